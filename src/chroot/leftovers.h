#ifndef POSTCTL_CHROOT_LEFTOVERS_H
#define POSTCTL_CHROOT_LEFTOVERS_H

#include "chroot/manifest.h"
#include "chroot/plan.h"
#include "chroot/sync.h"

void leftovers_clear(const char *queue_directory, const struct plan *plan,
		     struct manifest *manifest, enum sync_flags flags,
		     struct sync_result *result);

#endif
