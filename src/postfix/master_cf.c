/*
 * master.cf: the services of an instance.  Two programs read the file, and
 * each refuses what the other lets pass.  master_cf_parse() follows
 * postconf(1), on which postmulti(1) depends; service_check() adds the rules
 * of master(8).
 */
#include "postfix/master_cf.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postfix/lines.h"

static const char blanks[] = " \t\r\n";

static bool is_one_of(const char *word, const char *const *choices)
{
	for (; *choices != NULL; choices++)
		if (strcmp(word, *choices) == 0)
			return true;
	return false;
}

/* Return the name of the first column that postconf(1) refuses, or NULL. */
static const char *bad_column(const struct service *service, const char **content)
{
	static const char *const types[] = { "unix", "fifo", "inet", "pass", "unix-dgram", NULL };
	static const char *const flags[] = { "y", "n", "-", NULL };
	static const char *const names[] = { "name", "type", "private", "unprivileged",
					     "chroot", "wakeup", "process_limit" };

	for (int i = SERVICE_TYPE; i <= SERVICE_PROCESS_LIMIT; i++) {
		const char *column = *content = service->column[i];
		size_t length = strlen(column);
		bool good;

		if (i == SERVICE_TYPE) {
			good = is_one_of(column, types);
		} else if (i <= SERVICE_CHROOT) {
			good = is_one_of(column, flags);
		} else {
			if (i == SERVICE_WAKEUP && column[length - 1] == '?')
				length--;
			good = strspn(column, "0123456789") >= length ||
			       (length == 1 && *column == '-');
		}
		if (!good)
			return names[i];
	}
	return NULL;
}

/*
 * Parse the content of a master.cf, which is used up.  Return false with
 * file, line and reason.  The caller calls master_cf_free() in either case.
 */
bool master_cf_parse(struct master_cf *master, struct text *content, const char *path,
		     struct text *why)
{
	struct lines lines;
	size_t number = 0;
	char *line;

	*master = MASTER_CF_EMPTY;
	text_reserve(content, 0);
	lines_begin(&lines, content->data, content->length, path, NULL);
	while ((line = lines_next(&lines, &number)) != NULL) {
		struct service *service;
		const char *wrong;
		const char *found;
		const char *word;
		char *rest;

		master->services = memory_grow(master->services, master->count,
					       &master->capacity, sizeof *master->services);
		service = &master->services[master->count++];
		*service = (struct service){ .line = number, .storage = memory_copy(line) };
		rest = service->storage;
		for (int i = 0; i < SERVICE_COLUMNS; i++) {
			service->column[i] = lines_next_word(&rest, blanks);
			if (service->column[i] == NULL)
				return text_fail(why, "%s, line %zu: bad field count: \"%.60s\"",
						 path, number, line);
		}
		wrong = bad_column(service, &found);
		if (wrong != NULL)
			return text_fail(why, "%s, line %zu: invalid %s field \"%.60s\" in service %s",
					 path, number, wrong, found, service->column[SERVICE_NAME]);
		while ((word = lines_next_word(&rest, blanks)) != NULL)
			words_add(&service->arguments, word);
		service_split_arguments(service);
	}
	return true;
}

/*
 * Read the master.cf of a configuration directory.  Return false with the
 * reason; the caller calls master_cf_free() in either case.
 */
bool master_cf_read(struct master_cf *master, const char *directory, struct text *why)
{
	struct text content = TEXT_EMPTY;
	struct text path = TEXT_EMPTY;
	bool ok;

	*master = MASTER_CF_EMPTY;
	text_printf(&path, "%s/master.cf", directory);
	ok = lines_read_file(text_string(&path), &content, why) &&
	     master_cf_parse(master, &content, text_string(&path), why);
	text_free(&content);
	text_free(&path);
	return ok;
}

void master_cf_free(struct master_cf *master)
{
	for (size_t i = 0; i < master->count; i++)
		service_free(&master->services[i]);
	free(master->services);
	*master = MASTER_CF_EMPTY;
}
