/*
 * What the administrator wants in the chroot of one instance: the file
 * chroot.files in its configuration directory, a path or pattern a line.
 */
#include "chroot/planner.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

#define NAME "chroot.files"
#define SIZE (1u << 20)
#define BLANKS " \t\r\v\f"

/*
 * Whoever writes to the list can have any file of the host copied to where
 * its daemons find it.
 */
static bool is_trusted(const struct stat *status)
{
	return (status->st_uid == 0 || status->st_uid == geteuid()) &&
	       (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * Read the list.  A missing one is empty.  Return false with a reason.
 */
static bool read_list(const char *path, struct text *content, struct text *why)
{
	struct stat status;

	if (!descriptor_read_text(path, SIZE, content, &status, why))
		return false;
	if (status.st_mode != 0 && !is_trusted(&status))
		return text_fail(why, "cannot trust %s: others than root can write it; type: "
				 "chown root:root %s; chmod go-w %s", path, path, path);
	return true;
}

static void expand_line(struct plan_cache *cache, const char *line,
			struct expansion *expansion)
{
	wanted_expand(cache, line, NAME, expansion);
}

static void add_line(struct planner *planner, const char *line, size_t length, size_t number)
{
	struct text word = TEXT_EMPTY, key = TEXT_EMPTY;

	text_add_n(&word, line, length);
	text_printf(&key, NAME " %s", text_string(&word));
	planner_add_all(planner,
			plan_cache_expand(planner->cache, text_string(&key),
					  text_string(&word), expand_line),
			planner_text(planner, NAME ", line %zu", number));
	text_free(&word);
	text_free(&key);
}

/*
 * Plan the files of the list.  Those that do not exist are notes, but a list
 * that cannot be read or trusted is an error, as a main.cf would be: without
 * it nobody knows what belongs in the chroot, and a plan that lacks the
 * instance's own files would take them from a chroot that works.
 */
bool planner_chroot_files(struct planner *planner, struct text *why)
{
	struct text path = TEXT_EMPTY, content = TEXT_EMPTY;
	const char *line;
	bool done;

	text_printf(&path, "%s/" NAME, planner->configuration->directory);
	done = read_list(text_string(&path), &content, why);
	line = text_string(&content);
	for (size_t number = 1; done && *line != '\0'; number++) {
		const char *end = line + strcspn(line, "\n"), *next = end + (*end == '\n');

		line += strspn(line, BLANKS);
		while (end > line && strchr(BLANKS, end[-1]) != NULL)
			end--;
		if (end > line && *line != '#')
			add_line(planner, line, (size_t)(end - line), number);
		line = next;
	}
	text_free(&path);
	text_free(&content);
	return done;
}
