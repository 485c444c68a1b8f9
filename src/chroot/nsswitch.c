/*
 * /etc/nsswitch.conf, read as nsswitch.conf(5) and glibc's nss_database.c do.
 */
#include "chroot/nsswitch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BLANKS " \t\v\f\r"

void nsswitch_free(struct nsswitch *nsswitch)
{
	for (size_t i = 0; i < nsswitch->count; i++) {
		free(nsswitch->uses[i].database);
		free(nsswitch->uses[i].module);
	}
	free(nsswitch->uses);
	*nsswitch = NSSWITCH_EMPTY;
}

static void add(struct nsswitch *nsswitch, const char *database, size_t database_length,
		const char *module, size_t module_length)
{
	struct nsswitch_use *use;

	nsswitch->uses = memory_grow(nsswitch->uses, nsswitch->count,
				     &nsswitch->capacity, sizeof *nsswitch->uses);
	use = &nsswitch->uses[nsswitch->count++];
	use->database = memory_copy_n(database, database_length);
	use->module = memory_copy_n(module, module_length);
}

/*
 * Forget what an earlier line said of the database: the last line counts.
 */
static void forget(struct nsswitch *nsswitch, const char *database, size_t length)
{
	size_t kept = 0;

	for (size_t i = 0; i < nsswitch->count; i++) {
		struct nsswitch_use use = nsswitch->uses[i];

		if (strlen(use.database) == length &&
		    memcmp(use.database, database, length) == 0) {
			free(use.database);
			free(use.module);
		} else {
			nsswitch->uses[kept++] = use;
		}
	}
	nsswitch->count = kept;
}

/*
 * Read the line that ends at end.  Actions such as [NOTFOUND=return] name no
 * module.
 */
static void parse_line(struct nsswitch *nsswitch, const char *line, const char *end)
{
	const char *database, *comment = memchr(line, '#', (size_t)(end - line));
	size_t length;

	if (comment != NULL)
		end = comment;
	while (line < end && strchr(BLANKS, *line) != NULL)
		line++;
	for (database = line; line < end && *line != ':' && strchr(BLANKS, *line) == NULL;)
		line++;
	length = (size_t)(line - database);
	while (line < end && strchr(BLANKS, *line) != NULL)
		line++;
	if (length == 0 || line == end || *line++ != ':')
		return;
	forget(nsswitch, database, length);
	while (line < end) {
		const char *module = line;

		if (strchr(BLANKS, *line) != NULL) {
			line++;
			continue;
		}
		if (*line == '[') {
			const char *close = memchr(line, ']', (size_t)(end - line));

			line = close != NULL ? close + 1 : end;
			continue;
		}
		while (line < end && *line != '[' && strchr(BLANKS, *line) == NULL)
			line++;
		/* A module is a file name's part, never a path. */
		if (memchr(module, '/', (size_t)(line - module)) == NULL)
			add(nsswitch, database, length, module, (size_t)(line - module));
	}
}

/*
 * Take down which modules each database names.  Lines that make no sense are
 * passed over, as the C library does.  nsswitch_free() frees it.
 */
void nsswitch_parse(struct nsswitch *nsswitch, const char *content)
{
	*nsswitch = NSSWITCH_EMPTY;
	while (*content != '\0') {
		const char *end = content + strcspn(content, "\n");

		parse_line(nsswitch, content, end);
		content = *end != '\0' ? end + 1 : end;
	}
}
