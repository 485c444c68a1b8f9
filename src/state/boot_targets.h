#ifndef POSTCTL_STATE_BOOT_TARGETS_H
#define POSTCTL_STATE_BOOT_TARGETS_H

#include "base/words.h"

void boot_targets_lost(const char *etc, struct words *lost);

#endif
