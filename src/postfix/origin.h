#ifndef POSTCTL_POSTFIX_ORIGIN_H
#define POSTCTL_POSTFIX_ORIGIN_H

#include <stdbool.h>

#include "base/text.h"
#include "postfix/configuration.h"

bool origin_get(const struct configuration *configuration, struct text *origin, struct text *why);
bool origin_is_debians(const char *origin);

#endif
