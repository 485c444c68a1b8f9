#ifndef POSTCTL_STATE_EPOCH_H
#define POSTCTL_STATE_EPOCH_H

#include "base/text.h"

void epoch_add(struct text *epoch);

#endif
