#ifndef POSTCTL_POSTFIX_COMPAT_LEVEL_H
#define POSTCTL_POSTFIX_COMPAT_LEVEL_H

#include <stdbool.h>

bool compat_level_parse(const char *string, long *level);

#endif
