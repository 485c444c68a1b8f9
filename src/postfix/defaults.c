/*
 * Postfix's built-in defaults, as "postconf -d" prints them.
 */
#include "postfix/defaults.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postfix/lines.h"

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Is this "name = value" or "name ="?  No name has a blank in it, or anything
 * else that would come before the one behind it in the order of lines.
 */
static bool is_line(const char *line)
{
	size_t length = 0;

	while ((unsigned char)line[length] > ' ')
		length++;
	return length > 0 && strncmp(line + length, " =", 2) == 0 &&
	       (line[length + 2] == ' ' || line[length + 2] == '\0');
}

/*
 * Parse the output of "postconf -d", which is taken over.  Return false with
 * the reason; the caller calls defaults_free() in either case.
 */
bool defaults_parse(struct defaults *defaults, struct text *content, struct text *why)
{
	size_t capacity = 0;
	bool sorted = true;
	char *next;

	*defaults = (struct defaults){ text_take(content), NULL, 0 };
	for (next = defaults->content; *next != '\0';) {
		char *line = next;
		char *end = strchrnul(line, '\n');

		next = *end != '\0' ? end + 1 : end;
		*end = '\0';
		if (!is_line(line))
			return text_fail(why, "not a line of \"postconf -d\": \"%.60s\"", line);
		defaults->lines = memory_grow(defaults->lines, defaults->count, &capacity,
					      sizeof *defaults->lines);
		if (defaults->count > 0 &&
		    strcmp(defaults->lines[defaults->count - 1], line) > 0)
			sorted = false;
		defaults->lines[defaults->count++] = line;
	}
	if (defaults->count == 0)
		return text_fail(why, "\"postconf -d\" printed nothing");
	if (!sorted)
		qsort(defaults->lines, defaults->count, sizeof *defaults->lines,
		      compare_lines);
	return true;
}

/*
 * Read a file that holds the output of "postconf -d".
 */
bool defaults_read(struct defaults *defaults, const char *path, struct text *why)
{
	struct text content = TEXT_EMPTY;
	bool ok;

	*defaults = (struct defaults){ NULL, NULL, 0 };
	ok = lines_read_file(path, &content, why) && defaults_parse(defaults, &content, why);
	text_free(&content);
	return ok;
}

void defaults_free(struct defaults *defaults)
{
	free(defaults->lines);
	free(defaults->content);
	*defaults = (struct defaults){ NULL, NULL, 0 };
}

/*
 * Return the default of the parameter whose name has length bytes, or NULL
 * when Postfix has no such parameter.
 */
const char *defaults_find(const struct defaults *defaults, const char *name, size_t length)
{
	size_t low = 0;
	size_t high = defaults->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *line = defaults->lines[middle];
		int order = strncmp(line, name, length);

		if (order == 0 && line[length] != ' ')
			order = 1;
		if (order == 0)
			return line + length + (line[length + 2] == ' ' ? 3 : 2);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
