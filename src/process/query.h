#ifndef POSTCTL_PROCESS_QUERY_H
#define POSTCTL_PROCESS_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

bool query_run(const char *path, char *const *arguments, char *const *environment,
	       int64_t limit_ms, struct text *data, struct text *messages, struct text *why);

#endif
