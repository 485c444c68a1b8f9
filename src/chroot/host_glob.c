/*
 * Patterns over the host's files.  glob(3) knows no root of its own, and its
 * hooks for one are not in every C library.
 */
#include "chroot/host.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"

static bool exists(const struct host *host, const char *path)
{
	int fd = host_open_file(host, path, O_PATH);

	descriptor_close(fd);
	return fd >= 0;
}

/*
 * Add what rest, a pattern relative to directory, matches.  directory ends
 * without a slash and is left as it was.
 */
static void match(const struct host *host, struct text *directory, const char *rest,
		  struct words *found)
{
	struct words names = WORDS_EMPTY;
	struct text pattern = TEXT_EMPTY;
	size_t length, before = directory->length;

	rest += strspn(rest, "/");
	length = strcspn(rest, "/");
	if (length == 0) {
		if (exists(host, before > 0 ? text_string(directory) : "/"))
			words_add(found, text_string(directory));
		return;
	}
	text_add_n(&pattern, rest, length);
	if (strpbrk(text_string(&pattern), "*?[\\") == NULL) {
		text_printf(directory, "/%s", text_string(&pattern));
		match(host, directory, rest + length, found);
	} else if (host_list(host, before > 0 ? text_string(directory) : "/", &names)) {
		for (size_t i = 0; i < names.count; i++) {
			if (fnmatch(text_string(&pattern), names.items[i],
				    FNM_PERIOD) != 0)
				continue;
			text_truncate(directory, before);
			text_printf(directory, "/%s", names.items[i]);
			match(host, directory, rest + length, found);
		}
	}
	text_truncate(directory, before);
	words_free(&names);
	text_free(&pattern);
}

/*
 * Add the absolute paths of existing files that an absolute pattern matches,
 * with the shell's meaning of "*", "?", "[]" and backslash, in strcmp(3) order
 * of each directory.  What cannot be read matches nothing.
 */
void host_glob(const struct host *host, const char *pattern, struct words *found)
{
	struct text directory = TEXT_EMPTY;

	match(host, &directory, pattern, found);
	text_free(&directory);
}
