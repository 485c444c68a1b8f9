#ifndef POSTCTL_CHROOT_SHELL_WORDS_H
#define POSTCTL_CHROOT_SHELL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum shell_token_type {
	SHELL_WORD,
	SHELL_OPERATOR,
	SHELL_NEWLINE,
	SHELL_END,
	SHELL_BROKEN,
};

/*
 * A piece of a shell program as written, quotes and all.
 */
struct shell_token {
	enum shell_token_type type;
	const char *start;
	size_t length;
	size_t line;
};

/*
 * Where in a program the next token begins.
 */
struct shell_reader {
	const char *at;
	size_t line;
};

/*
 * Gives a variable its value: NULL if it has none, with a phrase in problem.
 */
typedef const char *shell_lookup(const void *context, const char *name, size_t length,
				 const char **problem);

struct shell_token shell_next(struct shell_reader *reader);
bool shell_is(const struct shell_token *token, const char *string);
size_t shell_name_length(const char *word, size_t length);
bool shell_expand(const char *word, size_t length, shell_lookup *lookup,
		  const void *context, struct text *value, const char **problem);

#endif
