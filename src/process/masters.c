/*
 * Masters found without their pid files: for an instance whose main.cf is
 * damaged, whose queue_directory was changed while it ran, or whose
 * pid/master.pid somebody removed.  postfix(1) does not see such a master;
 * its locks, program and MAIL_CONFIG betray it.
 */
#include "process/masters.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What a master uses that was told nothing (DEF_CONFIG_DIR). */
#define DEFAULT_CONFIG_DIRECTORY "/etc/postfix"

static int compare(const void *left, const void *right)
{
	pid_t a = *(const pid_t *)left;
	pid_t b = *(const pid_t *)right;

	return (a > b) - (a < b);
}

/* The argument that follows the option in /proc/PID/cmdline, or NULL. */
static const char *argument_of(const struct text *arguments, const char *option)
{
	size_t at = 0;

	while (at < arguments->length) {
		const char *word = arguments->data + at;
		size_t next = at + strlen(word) + 1;

		if (strcmp(word, option) == 0)
			return next < arguments->length ? arguments->data + next : "";
		at = next;
	}
	return NULL;
}

/*
 * Tell whether pid is a "master -t": it takes the lock, for a moment, only to
 * see whether that is possible.
 */
bool masters_only_tests(pid_t pid)
{
	struct text arguments = TEXT_EMPTY;
	bool tests = identity_file(pid, "cmdline", &arguments) &&
		     argument_of(&arguments, "-t") != NULL;

	text_free(&arguments);
	return tests;
}

/*
 * Find a master's configuration directory: -c, MAIL_CONFIG or the default, in
 * master's own order.
 */
static void find_configuration(struct master *master)
{
	struct text value = TEXT_EMPTY;
	const char *directory;

	if (!identity_file(master->identity.pid, "cmdline", &value))
		text_clear(&value);
	directory = argument_of(&value, "-c");
	if (directory == NULL) {
		bool set = identity_variable(master->identity.pid, "MAIL_CONFIG", &value);

		directory = set ? text_string(&value) : DEFAULT_CONFIG_DIRECTORY;
	}
	master->config_directory = memory_copy(directory);

	/* A container's master means a directory of the container. */
	text_clear(&value);
	text_printf(&value, "/proc/%ld/root/%s", (long)master->identity.pid,
		    master->config_directory);
	if (!place_of(text_string(&value), &master->config))
		master->config = (struct place){ 0, 0 };
	text_free(&value);
}

static void examine(struct masters *masters, pid_t pid, struct text *program)
{
	struct master master = { .config_directory = NULL };

	if (!identity_program(pid, program)) {
		masters->hidden += errno != ESRCH;
		return;
	}
	if (!identity_program_named(text_string(program), "master") ||
	    !identity_read(pid, &master.identity) || master.identity.state == 'Z' ||
	    masters_only_tests(pid))
		return;
	if (!identity_directory(pid, &master.queue))
		return;
	find_configuration(&master);
	masters->items = memory_grow(masters->items, masters->count,
				     &masters->capacity, sizeof master);
	masters->items[masters->count++] = master;
}

/*
 * Find all masters among those who hold locks.  The caller frees the list.
 */
void masters_read(struct masters *masters, const struct locks *locks)
{
	pid_t *pids = memory_allocate(locks->count, sizeof *pids);
	struct text program = TEXT_EMPTY;

	*masters = MASTERS_EMPTY;
	for (size_t i = 0; i < locks->count; i++)
		pids[i] = locks->items[i].pid;
	if (locks->count > 1)
		qsort(pids, locks->count, sizeof *pids, compare);
	for (size_t i = 0; i < locks->count; i++)
		if (pids[i] > 0 && (i == 0 || pids[i] != pids[i - 1]))
			examine(masters, pids[i], &program);
	text_free(&program);
	free(pids);
}

/*
 * Find all masters among the processes of this host, where there is no lock
 * table.  The caller frees the list.
 */
void masters_search(struct masters *masters)
{
	struct text program = TEXT_EMPTY;
	struct dirent *entry;
	DIR *directory = opendir("/proc");

	*masters = MASTERS_EMPTY;
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			examine(masters, (pid_t)strtol(entry->d_name, NULL, 10), &program);
	if (directory != NULL)
		closedir(directory);
	text_free(&program);
}

void masters_free(struct masters *masters)
{
	for (size_t i = 0; i < masters->count; i++)
		free(masters->items[i].config_directory);
	free(masters->items);
	*masters = MASTERS_EMPTY;
}

/*
 * Return the master that runs with this configuration directory, or NULL; it
 * lives as long as the list.  The directories are compared, not their names,
 * so a master of a container is not taken for one of the host.
 */
const struct master *masters_find(const struct masters *masters,
				  const char *config_directory)
{
	const struct place nowhere = { 0, 0 };
	struct place place;
	bool is_there = place_of(config_directory, &place);

	for (size_t i = 0; i < masters->count; i++) {
		const struct master *master = &masters->items[i];

		/* When the directory is gone, there and here, its name must do. */
		if (is_there ? place_same(&master->config, &place)
			     : place_same(&master->config, &nowhere) &&
			       strcmp(master->config_directory, config_directory) == 0)
			return master;
	}
	return NULL;
}
