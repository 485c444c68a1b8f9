/*
 * The parameter myorigin, which in Debian may be the name of a file.
 */
#include "postfix/origin.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/descriptor.h"
#include "postfix/lines.h"

enum { FILE_LIMIT = 4096 };

/* The first line of the file, without the blanks around it. */
static bool read_file(const char *path, struct text *origin, struct text *why)
{
	struct text content = TEXT_EMPTY;
	const char *line;
	size_t length;
	bool ok = descriptor_read_path(path, FILE_LIMIT, &content);

	if (!ok)
		text_fail(why, "myorigin = %s: %s", path, strerror(errno));
	line = text_string(&content);
	length = strcspn(line, "\n");
	while (length > 0 && lines_is_space(*line)) {
		line++;
		length--;
	}
	while (length > 0 && lines_is_space(line[length - 1]))
		length--;
	text_add_n(origin, line, length);
	text_free(&content);
	if (ok && length == 0)
		ok = text_fail(why, "myorigin = %s: the file is empty", path);
	return ok;
}

/*
 * Append the domain that mail from here has.  Return false with the reason.
 * (Debian's read_param_from_file().)
 */
bool origin_get(const struct configuration *configuration, struct text *origin, struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool ok = configuration_get(configuration, "myorigin", &value, why);

	if (ok && *text_string(&value) == '/')
		ok = read_file(text_string(&value), origin, why);
	else if (ok)
		text_add(origin, text_string(&value));
	text_free(&value);
	return ok;
}

/*
 * Is it one that Debian's scripts refuse to start Postfix with, since mail
 * from there would annoy others than who sends it?
 */
bool origin_is_debians(const char *origin)
{
	return strcasecmp(origin, "debian.org") == 0 || strcasecmp(origin, "ubuntu.com") == 0;
}
