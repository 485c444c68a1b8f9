#ifndef POSTCTL_STATE_DEFAULTS_CACHE_H
#define POSTCTL_STATE_DEFAULTS_CACHE_H

#include <stdbool.h>

#include "base/text.h"
#include "postfix/defaults.h"

bool defaults_cache_get(struct defaults *defaults, struct text *why);

#endif
