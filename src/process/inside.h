#ifndef POSTCTL_PROCESS_INSIDE_H
#define POSTCTL_PROCESS_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/*
 * Runs in the child; what it writes to fd is what is read of it.
 */
typedef void inside_function(const void *context, int fd);

bool inside_run(const char *root, const char *user, inside_function *function,
		const void *context, int64_t limit_ms, struct text *output, struct text *why);

#endif
