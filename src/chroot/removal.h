#ifndef POSTCTL_CHROOT_REMOVAL_H
#define POSTCTL_CHROOT_REMOVAL_H

#include <stdbool.h>

#include "chroot/manifest.h"
#include "chroot/plan.h"
#include "chroot/sync.h"

bool removal_is_barred(const char *path);
bool removal_would_empty(int directory, const char *name, const char *path,
			 const struct path_index *gone);
void removal_apply(const char *queue_directory, const struct plan *plan,
		   struct manifest *manifest, enum sync_flags flags,
		   struct sync_result *result);

#endif
