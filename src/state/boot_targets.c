/*
 * What startpar(8) gets to know of the order in which to start scripts.
 * insserv(8) writes it to .depend.start: a line with all of them, then a line
 * for each that comes after others.  startpar's reader (parse_makefile() in its
 * makeboot.c) takes lines of LINE_MAX; of what is longer it never hears, and
 * with some hundred instances those are not started at boot.
 */
#include "state/boot_targets.h"

#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/text.h"

enum {
	/* glibc's LINE_MAX, less the NUL. */
	LINE_LIMIT = 2047,
	FILE_LIMIT = 1024 * 1024,
};

static const char targets[] = "TARGETS =";

/* Add the words of a line as far as startpar reads it. */
static void add_read(const char *line, size_t length, struct words *words)
{
	struct text read = TEXT_EMPTY;
	struct words found = WORDS_EMPTY;

	text_add_n(&read, line, length < LINE_LIMIT ? length : LINE_LIMIT);
	words_split(&found, text_string(&read), " \t:=");
	/* The last word may be a part of one. */
	if (length > LINE_LIMIT && strchr(" \t", line[LINE_LIMIT]) == NULL && found.count > 0)
		words_remove(&found, found.count - 1);
	for (size_t i = 0; i < found.count; i++)
		words_add(words, found.items[i]);
	words_free(&found);
	text_free(&read);
}

static bool is_one_by_one(const char *etc)
{
	struct text path = TEXT_EMPTY;
	bool exists;

	text_printf(&path, "%s/init.d/.legacy-bootordering", etc);
	exists = access(path.data, F_OK) == 0;
	text_free(&path);
	return exists;
}

/*
 * Add the scripts that startpar(8) will not start at boot, though insserv(8)
 * listed them; none where rc runs one script after the other itself.
 */
void boot_targets_lost(const char *etc, struct words *lost)
{
	struct text path = TEXT_EMPTY, content = TEXT_EMPTY;
	struct words read = WORDS_EMPTY, all = WORDS_EMPTY;

	text_printf(&path, "%s/init.d/.depend.start", etc);
	if (!is_one_by_one(etc) && descriptor_read_path(path.data, FILE_LIMIT, &content))
		for (const char *line = text_string(&content); *line != '\0';) {
			size_t length = strcspn(line, "\n");

			add_read(line, length, &read);
			if (strncmp(line, targets, strlen(targets)) == 0 && length > LINE_LIMIT) {
				struct text names = TEXT_EMPTY;

				text_add_n(&names, line + strlen(targets),
					   length - strlen(targets));
				words_split(&all, names.data, " \t");
				text_free(&names);
			}
			line += length;
			line += *line == '\n';
		}
	for (size_t i = 0; i < all.count; i++)
		if (!words_contain(&read, all.items[i]))
			words_add(lost, all.items[i]);
	words_free(&read);
	words_free(&all);
	text_free(&path);
	text_free(&content);
}
