#ifndef POSTCTL_CHROOT_ACCOUNTS_H
#define POSTCTL_CHROOT_ACCOUNTS_H

#include <stdbool.h>

#include "base/text.h"

void accounts_without_passwords(const struct text *accounts, struct text *result);
bool accounts_map_used(const char *value, const char *map);

#endif
