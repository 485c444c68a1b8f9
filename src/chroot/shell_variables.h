#ifndef POSTCTL_CHROOT_SHELL_VARIABLES_H
#define POSTCTL_CHROOT_SHELL_VARIABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * A variable of a shell file.  value is NULL where only a shell could tell
 * it; then problem says why, as "it runs a command".
 */
struct shell_variable {
	char *name;
	char *value;
	const char *problem;
	size_t line;
};

struct shell_variables {
	struct shell_variable *items;
	size_t count;
	size_t capacity;
};

#define SHELL_VARIABLES_EMPTY ((struct shell_variables){ NULL, 0, 0 })

void shell_variables_set(struct shell_variables *variables, const char *name,
			 const char *value);
bool shell_variables_read(struct shell_variables *variables, const char *content,
			  const char *path, struct text *why);
const struct shell_variable *shell_variables_find(const struct shell_variables *variables,
						  const char *name, size_t length);
void shell_variables_free(struct shell_variables *variables);

#endif
