/*
 * One file of a chroot is made, or replaced, whole.
 *
 * Power loss.  A copy is not forced to the disk: a fsync of each, times the
 * instances, would cost seconds at every change of a CA package, and one
 * syncfs would write out the whole mail queue.  What can be there after a
 * power failure is the old file, the new one, or, where the file system gave
 * the name to a file whose data it had not written yet, one that is too short
 * (ext4, xfs and btrfs never show blocks of others).  Every road to a running
 * Postfix passes through a sync, which compares sizes, so a short one is
 * replaced before a daemon reads it.
 */
#include "chroot/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "chroot/acl.h"
#include "chroot/planner.h"

#define PIECE 32768
#define TRIES 6

/*
 * A copy in the making.
 */
struct copy {
	struct host *host;
	const struct plan_entry *entry;
	const struct source *source;
	int directory;
	const char *name;
	int fd;
	struct text acl;
};

static bool no_copy(struct text *why)
{
	return text_fail(why, "%s", strerror(errno));
}

/*
 * Create the temporary file, for nobody's eyes yet.  What an interrupted sync
 * has left under its name goes first.
 */
static bool create(struct copy *copy, struct text *why)
{
	for (int tries = 0; tries < 2; tries++) {
		copy->fd = openat(copy->directory, COPY_TEMPORARY,
				  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (copy->fd >= 0 || errno != EEXIST)
			break;
		if (unlinkat(copy->directory, COPY_TEMPORARY, 0) < 0 && errno != ENOENT)
			break;
	}
	return copy->fd >= 0 || no_copy(why);
}

/*
 * Fill the temporary file from an open source.
 */
static enum source_opened fill_from(struct copy *copy, int from, struct text *why)
{
	char piece[PIECE];
	off_t total = 0;

	for (;;) {
		ssize_t got = descriptor_read(from, piece, sizeof piece);

		if (got < 0) {
			text_fail(why, "cannot read %s: %s", copy->source->path,
				  strerror(errno));
			return SOURCE_FAILED;
		}
		total += got;
		if (total > copy->source->size)
			return SOURCE_CHANGED;
		if (!descriptor_write(copy->fd, piece, (size_t)got)) {
			no_copy(why);
			return SOURCE_FAILED;
		}
		if ((size_t)got < sizeof piece)
			break;
	}
	return total == copy->source->size && source_unchanged(copy->source, from)
		       ? SOURCE_OPENED
		       : SOURCE_CHANGED;
}

static enum source_opened fill(struct copy *copy, struct text *why)
{
	const struct text *content = &copy->source->content;
	enum source_opened opened;
	int from;

	if (copy->entry->kind == PLAN_ACCOUNTS) {
		if (descriptor_write(copy->fd, text_string(content), content->length))
			return SOURCE_OPENED;
		no_copy(why);
		return SOURCE_FAILED;
	}
	opened = source_open(copy->source, copy->host, &from, why);
	if (opened != SOURCE_OPENED)
		return opened;
	/* A list names users who might not reach the source's directory. */
	if (copy->entry->kind == PLAN_GUARDED && copy->source->reach == 07777 &&
	    !acl_read(from, &copy->acl)) {
		text_fail(why, "cannot read the access control list of %s: %s",
			  copy->source->path, strerror(errno));
		opened = SOURCE_FAILED;
	} else {
		opened = fill_from(copy, from, why);
	}
	descriptor_close(from);
	return opened;
}

/*
 * Give the temporary file its owner first, then what others may do with it,
 * and the time of its source, by which Debian's syncfiles.pl tells equal
 * files, too.
 */
static bool finish(struct copy *copy, struct stat *status, struct text *why)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, copy->source->modified };
	mode_t mode;
	uid_t owner;
	gid_t group;
	int fd = copy->fd;

	plan_attributes(copy->source, copy->entry->kind, &mode, &owner, &group);
	if (fstat(fd, status) < 0)
		return no_copy(why);
	if ((status->st_uid != owner || status->st_gid != group) &&
	    fchown(fd, owner, group) < 0)
		return text_fail(why, "cannot give it to user %lu, group %lu: %s",
				 (unsigned long)owner, (unsigned long)group, strerror(errno));
	if (!acl_write(fd, &copy->acl))
		return text_fail(why, "cannot give it the access control list of %s: %s",
				 copy->source->path, strerror(errno));
	if (fchmod(fd, mode) < 0 || futimens(fd, times) < 0 || fstat(fd, status) < 0)
		return no_copy(why);
	return true;
}

/*
 * Is what has the name now what was made?  Only its time of change may be
 * another: that of the renaming.
 */
static bool is_same(const struct stat *made, const struct stat *there)
{
	return there->st_dev == made->st_dev && there->st_ino == made->st_ino &&
	       there->st_size == made->st_size && there->st_mode == made->st_mode &&
	       there->st_uid == made->st_uid && there->st_gid == made->st_gid &&
	       there->st_mtim.tv_sec == made->st_mtim.tv_sec &&
	       there->st_mtim.tv_nsec == made->st_mtim.tv_nsec;
}

/*
 * Make the temporary file and give it the name; placed is its status then.
 * SOURCE_CHANGED: nothing was replaced, or not by what was made; try again.
 */
static enum source_opened make(struct copy *copy, struct stat *placed, struct text *why)
{
	enum source_opened result = SOURCE_FAILED;
	struct stat made;

	text_clear(&copy->acl);
	if (!create(copy, why))
		return SOURCE_FAILED;
	result = fill(copy, why);
	if (result == SOURCE_OPENED && !finish(copy, &made, why))
		result = SOURCE_FAILED;
	/* Some file systems tell only here that there was no room. */
	if (close(copy->fd) < 0 && errno != EINTR && result == SOURCE_OPENED) {
		no_copy(why);
		result = SOURCE_FAILED;
	}
	if (result == SOURCE_OPENED &&
	    renameat(copy->directory, COPY_TEMPORARY, copy->directory, copy->name) < 0) {
		no_copy(why);
		result = SOURCE_FAILED;
	}
	if (result != SOURCE_OPENED) {
		unlinkat(copy->directory, COPY_TEMPORARY, 0);
		return result;
	}
	if (fstatat(copy->directory, copy->name, placed, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !is_same(&made, placed))
		return SOURCE_CHANGED;
	return SOURCE_OPENED;
}

/*
 * Put a copy of the entry's source under name into the directory, in place of
 * whatever has that name and is no directory.  A reader sees the old file or
 * the new one; placed is the status of that.  Return false with the reason, a
 * phrase; what was there is still there then, unless the source changes all
 * the time.
 */
bool copy_replace(struct host *host, const struct plan_entry *entry, int directory,
		  const char *name, struct stat *placed, struct text *why)
{
	struct copy copy = { host, entry, entry->source, directory, name, -1, TEXT_EMPTY };
	struct timespec pause = { 0, 1000000 };
	enum source_opened result = SOURCE_CHANGED;
	struct source fresh = SOURCE_EMPTY;
	bool replaced = false;

	for (int tries = 0; tries < TRIES && result == SOURCE_CHANGED; tries++) {
		if (tries > 0) {
			enum source_found found;

			nanosleep(&pause, NULL);
			pause.tv_nsec *= 2;
			host_forget(host);
			source_free(&fresh);
			found = plan_look(&fresh, host, entry->source->path, entry->kind, why);
			if (found == SOURCE_MISSING)
				continue;
			if (found == SOURCE_UNREADABLE) {
				result = SOURCE_FAILED;
				break;
			}
			if (found != SOURCE_FILE) {
				text_fail(why, "%s is not a regular file any more",
					  entry->source->path);
				result = SOURCE_FAILED;
				break;
			}
			copy.source = &fresh;
		}
		result = make(&copy, placed, why);
		if (result == SOURCE_OPENED) {
			replaced = true;
			/*
			 * This look comes after the copy has its time of
			 * change: what changes later than now has a later
			 * time than the copy, and the next sync sees it.
			 */
			if (!source_still(copy.source, host))
				result = SOURCE_CHANGED;
		}
	}
	if (result == SOURCE_CHANGED) {
		text_fail(why, "%s changes while it is copied", entry->source->path);
		/* Whole, but old: the next sync must not take it for current. */
		if (replaced) {
			struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, 0 } };

			utimensat(directory, name, times, AT_SYMLINK_NOFOLLOW);
		}
	}
	source_free(&fresh);
	text_free(&copy.acl);
	return result == SOURCE_OPENED;
}
