#ifndef POSTCTL_STATE_EPOCH_H
#define POSTCTL_STATE_EPOCH_H

#include <stdbool.h>

#include "base/text.h"

bool epoch_add(struct text *epoch);
bool epoch_same(const char *then, const char *now);

#endif
