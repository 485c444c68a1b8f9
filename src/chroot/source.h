#ifndef POSTCTL_CHROOT_SOURCE_H
#define POSTCTL_CHROOT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "base/text.h"
#include "chroot/host.h"

/*
 * A file of the host as it was when it was looked at.  changed is the latest
 * change of the file and of each symbolic link that the last component of its
 * path leads through, which there are if linked.  reach holds the bits of the
 * mode that the directories above leave in force: all, unless somebody looked.
 * content is empty unless the chroot gets something else than the file's.
 */
struct source {
	char *path;
	dev_t device;
	ino_t inode;
	off_t size;
	mode_t mode;
	uid_t owner;
	gid_t group;
	bool linked;
	mode_t reach;
	struct timespec modified;
	struct timespec own_change;
	struct timespec changed;
	struct text content;
};

#define SOURCE_EMPTY ((struct source){ .path = NULL })

enum source_found {
	SOURCE_FILE,
	SOURCE_DIRECTORY,
	SOURCE_SPECIAL,
	SOURCE_MISSING,
	SOURCE_UNREADABLE,
};

enum source_opened {
	SOURCE_OPENED,
	SOURCE_CHANGED,
	SOURCE_FAILED,
};

enum source_found source_find(struct source *source, struct host *host, const char *path,
			      struct text *real);
void source_free(struct source *source);
bool source_same(const struct source *a, const struct source *b);
enum source_opened source_open(const struct source *source, const struct host *host,
			       int *fd, struct text *why);
bool source_unchanged(const struct source *source, int fd);
bool source_still(const struct source *source, struct host *host);
bool source_later(const struct timespec *a, const struct timespec *b);

#endif
