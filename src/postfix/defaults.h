#ifndef POSTCTL_POSTFIX_DEFAULTS_H
#define POSTCTL_POSTFIX_DEFAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * Postfix's built-in defaults: the lines that "postconf -d" prints, in
 * strcmp(3) order, "name = value" each.
 */
struct defaults {
	char *content;
	const char **lines;
	size_t count;
};

bool defaults_parse(struct defaults *defaults, struct text *content, struct text *why);
bool defaults_read(struct defaults *defaults, const char *path, struct text *why);
void defaults_free(struct defaults *defaults);
const char *defaults_find(const struct defaults *defaults, const char *name, size_t length);

#endif
