#ifndef POSTCTL_POSTFIX_LINES_H
#define POSTCTL_POSTFIX_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * Reads logical lines out of a buffer, in place.
 */
struct lines {
	char *next;
	char *end;
	size_t line;
	const char *path;
	struct text *warnings;
};

void lines_begin(struct lines *lines, char *content, size_t length,
		 const char *path, struct text *warnings);
char *lines_next(struct lines *lines, size_t *line);
const char *lines_split(char *line, char **name, char **value);
char *lines_next_word(char **rest, const char *separators);
const char *lines_strip_braces(char **word);
bool lines_is_space(char c);
bool lines_may_be_there(int error);
bool lines_read_file(const char *path, struct text *content, struct text *why);

#endif
