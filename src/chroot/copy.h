#ifndef POSTCTL_CHROOT_COPY_H
#define POSTCTL_CHROOT_COPY_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "chroot/plan.h"

/*
 * The name under which a copy is made before it takes its place.  Syncs of
 * one chroot never run side by side, so there is one in a directory at most.
 */
#define COPY_TEMPORARY ".postctl.new"

bool copy_is_current(const struct stat *status, const struct plan_entry *entry,
		     const struct timespec *now);
bool copy_holds_same(int fd, int other);
bool copy_is_equal(struct host *host, const struct plan_entry *entry, int directory,
		   const char *name, struct stat *status, bool confirm);
bool copy_replace(struct host *host, const struct plan_entry *entry, int directory,
		  const char *name, struct stat *placed, struct text *why);

#endif
