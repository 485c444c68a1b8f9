#ifndef POSTCTL_CHROOT_LEFTOVERS_JUDGE_H
#define POSTCTL_CHROOT_LEFTOVERS_JUDGE_H

#include <sys/stat.h>

#include "chroot/host.h"
#include "chroot/path_index.h"

/*
 * Something in a chroot that is neither planned nor recorded: name in
 * directory, and its path.  gone are paths that were cleared before.
 */
struct leftover {
	const struct host *host;
	const struct path_index *gone;
	const char *path;
	const char *name;
	int directory;
	struct stat status;
};

/*
 * Return why it is provably Debian's, a phrase, or NULL.
 */
typedef const char *leftover_judge(const struct leftover *leftover);

leftover_judge leftover_copy;
leftover_judge leftover_etc;
leftover_judge leftover_device;
leftover_judge leftover_zone;
leftover_judge leftover_library;
leftover_judge leftover_certificate;
leftover_judge leftover_hash;

#endif
