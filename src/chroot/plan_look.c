/*
 * A source as plan and sync see it: the file, and what of its rights the copy
 * may have.
 */
#include "chroot/planner.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "chroot/accounts.h"

#define ACCOUNTS_SIZE (64u << 20)
#define TRIES 6

/*
 * Take from the source's reach what its place on the host takes away: a
 * file 0644 in a directory 0700 is read by the owner of that directory only,
 * and its copy must not be read by more.  real is a path to the file whose
 * last component is no link; each directory above that place counts.
 */
static void limit_to_reach(struct source *source, const struct host *host, char *real)
{
	struct stat status, top, below = { .st_ino = 0 };
	char *slash = strrchr(real, '/');
	int fd;

	slash[slash == real] = '\0';
	fd = host_open_file(host, real, O_PATH | O_DIRECTORY);
	for (int depth = 0; fd >= 0; depth++) {
		int up;

		if (fstat(fd, &status) < 0 || fstat(host->root_fd, &top) < 0 || depth == 1000)
			break;
		if ((status.st_mode & S_IXOTH) == 0) {
			source->reach &= ~(mode_t)S_IRWXO;
			/* Another group would have to be a member of both. */
			if ((status.st_mode & S_IXGRP) == 0 || status.st_gid != source->group)
				source->reach &= ~(mode_t)S_IRWXG;
		}
		if ((status.st_dev == top.st_dev && status.st_ino == top.st_ino) ||
		    (status.st_dev == below.st_dev && status.st_ino == below.st_ino)) {
			close(fd);
			return;
		}
		below = status;
		up = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(fd);
		fd = up;
	}
	descriptor_close(fd);
	source->reach &= ~(mode_t)(S_IRWXG | S_IRWXO);
}

/*
 * Read the accounts without their passwords.  SOURCE_CHANGED: look again.
 */
static enum source_opened read_accounts(struct source *source, const struct host *host,
					struct text *why)
{
	struct text content = TEXT_EMPTY;
	enum source_opened opened;
	int fd;

	opened = source_open(source, host, &fd, why);
	if (opened != SOURCE_OPENED)
		return opened;
	if (!descriptor_read_all(fd, ACCOUNTS_SIZE, &content)) {
		text_fail(why, "cannot read %s: %s", source->path, strerror(errno));
		opened = SOURCE_FAILED;
	} else if (!source_unchanged(source, fd) ||
		   content.length != (size_t)source->size) {
		opened = SOURCE_CHANGED;
	} else {
		accounts_without_passwords(&content, &source->content);
	}
	text_free(&content);
	descriptor_close(fd);
	return opened;
}

/*
 * Look at path on the host as at the source of an entry of this kind.  The
 * answers and who frees what are those of source_find(); where the answer is
 * SOURCE_UNREADABLE there is a reason in why, and the host has noted it.
 */
enum source_found plan_look(struct source *source, struct host *host, const char *path,
			    enum plan_kind kind, struct text *why)
{
	struct timespec pause = { 0, 1000000 };

	for (int tries = 0; tries < TRIES; tries++) {
		struct text real = TEXT_EMPTY;
		enum source_found found = source_find(source, host, path, &real);
		enum source_opened opened = SOURCE_OPENED;

		if (found == SOURCE_UNREADABLE) {
			host_note_trouble(host, path, errno);
			text_fail(why, "cannot read %s: %s", path, strerror(errno));
		}
		if (found == SOURCE_FILE && kind == PLAN_GUARDED)
			limit_to_reach(source, host, real.data);
		text_free(&real);
		if (found == SOURCE_FILE && kind == PLAN_ACCOUNTS)
			opened = read_accounts(source, host, why);
		if (opened == SOURCE_OPENED)
			return found;
		source_free(source);
		if (opened == SOURCE_FAILED) {
			host_note_trouble(host, path, EIO);
			return SOURCE_UNREADABLE;
		}
		host_forget(host);
		nanosleep(&pause, NULL);
		pause.tv_nsec *= 2;
	}
	host_note_trouble(host, path, EBUSY);
	text_fail(why, "cannot read %s: it changes while it is read", path);
	return SOURCE_UNREADABLE;
}

/*
 * Say which mode and owner an entry of this kind has.  Nobody but its owner
 * may write to a file in a chroot, and none runs there as somebody else.
 *
 * libc's files are public by nature: where an odd umask has made the host's
 * resolv.conf unreadable, postctl does as Debian's older script did and gives
 * the chroot one that its daemons can read.
 */
void plan_attributes(const struct source *source, enum plan_kind kind, mode_t *mode,
		     uid_t *owner, gid_t *group)
{
	if (kind == PLAN_COPY || kind == PLAN_GUARDED) {
		*mode = source->mode & source->reach & 0755;
		*owner = source->owner;
		*group = source->group;
		return;
	}
	*mode = kind == PLAN_DIRECTORY ? 0755 : 0644;
	*owner = 0;
	*group = 0;
}
