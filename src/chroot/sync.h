#ifndef POSTCTL_CHROOT_SYNC_H
#define POSTCTL_CHROOT_SYNC_H

#include <stdbool.h>

#include "chroot/manifest.h"
#include "chroot/plan.h"
#include "chroot/sync_result.h"

bool sync_apply(const char *queue_directory, const struct plan *plan,
		struct manifest *manifest, enum sync_flags flags, struct sync_result *result);
bool sync_is_shared(const char *directory);

#endif
