#ifndef POSTCTL_CHROOT_FOREIGN_H
#define POSTCTL_CHROOT_FOREIGN_H

#include "base/words.h"
#include "chroot/manifest.h"
#include "chroot/plan.h"

void foreign_find(const char *queue_directory, const struct plan *plan,
		  struct manifest *manifest, struct words *foreign);

#endif
