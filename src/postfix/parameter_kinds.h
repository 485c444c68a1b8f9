#ifndef POSTCTL_POSTFIX_PARAMETER_KINDS_H
#define POSTCTL_POSTFIX_PARAMETER_KINDS_H

#include <stdbool.h>
#include <stddef.h>

bool parameter_is_raw(const char *name, size_t length);
bool parameter_is_legacy(const char *name, size_t length);

#endif
