/*
 * Files of the host that a chroot holds copies of: looked at, and read in a
 * way that notices when somebody writes at the same time.
 */
#include "chroot/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"

/* As many as the kernel follows in one path. */
#define LINKS_MAX 40

void source_free(struct source *source)
{
	free(source->path);
	text_free(&source->content);
	*source = SOURCE_EMPTY;
}

static int compare(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return a->tv_nsec < b->tv_nsec ? -1 : a->tv_nsec > b->tv_nsec;
}

/*
 * Say whether a is certainly later than b, both being times of change that
 * file systems gave.  A time without a fraction comes from one that counts
 * whole seconds (or is one of a billion): what is in the same second is not
 * certainly later.
 */
bool source_later(const struct timespec *a, const struct timespec *b)
{
	if (b->tv_nsec == 0)
		return a->tv_sec > b->tv_sec;
	return compare(a, b) > 0;
}

/*
 * Put the target of the link name in directory into path, whose first length
 * bytes are that directory.  Return false with errno set.
 */
static bool read_link(int directory, const char *name, off_t size,
		      struct text *path, size_t length)
{
	size_t room = size > 0 ? (size_t)size + 1 : 256;

	for (;;) {
		char *target = memory_allocate(room + 1, 1);
		ssize_t got = readlinkat(directory, name, target, room);

		if (got < 0 || (size_t)got < room) {
			int saved = errno;

			if (got > 0) {
				/* name points into path; it is not needed now. */
				text_truncate(path, target[0] == '/' ? 0 : length);
				if (target[0] != '/')
					text_add_char(path, '/');
				text_add_n(path, target, (size_t)got);
			}
			free(target);
			errno = got == 0 ? ENOENT : saved;
			return got > 0;
		}
		free(target);
		if (room > 65536) {
			errno = ENAMETOOLONG;
			return false;
		}
		room *= 2;
	}
}

static void note(struct source *source, const struct stat *status)
{
	source->device = status->st_dev;
	source->inode = status->st_ino;
	source->size = status->st_size;
	source->mode = status->st_mode;
	source->owner = status->st_uid;
	source->group = status->st_gid;
	source->modified = status->st_mtim;
	source->own_change = status->st_ctim;
	if (compare(&status->st_ctim, &source->changed) > 0)
		source->changed = status->st_ctim;
}

/*
 * Follow the last component of path to what is no link.  Return false with
 * errno set.
 */
static bool follow(struct source *source, struct host *host, struct text *path)
{
	for (int links = 0; links <= LINKS_MAX; links++) {
		const char *whole, *slash, *name;
		struct stat status;
		size_t length;
		int directory;

		while (path->length > 1 && path->data[path->length - 1] == '/')
			text_truncate(path, path->length - 1);
		whole = text_string(path);
		slash = strrchr(whole, '/');
		name = slash != NULL ? slash + 1 : whole;
		length = slash != NULL ? (size_t)(slash - whole) : 0;
		if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			length = path->length;
			name = "";
		}
		directory = host_directory(host, whole, length);
		if (directory < 0 || fstatat(directory, name, &status,
					     AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0)
			return false;
		note(source, &status);
		if (!S_ISLNK(status.st_mode))
			return true;
		source->linked = true;
		if (!read_link(directory, name, status.st_size, path, length))
			return false;
	}
	errno = ELOOP;
	return false;
}

/*
 * Look at what the absolute path names on the host.  errno tells why where
 * the answer is SOURCE_MISSING or SOURCE_UNREADABLE; source_free() is needed
 * only where it is SOURCE_FILE or SOURCE_DIRECTORY.  In real, which may be
 * NULL, comes a path to the same file whose last component is no link.
 */
enum source_found source_find(struct source *source, struct host *host, const char *path,
			      struct text *real)
{
	struct text step = TEXT_EMPTY;
	bool found;
	int saved;

	*source = SOURCE_EMPTY;
	source->reach = 07777;
	text_add(&step, path);
	found = follow(source, host, &step);
	saved = errno;
	if (found && real != NULL) {
		text_clear(real);
		text_add_n(real, text_string(&step), step.length);
	}
	text_free(&step);
	errno = saved;
	if (!found)
		return errno == ENOENT || errno == ENOTDIR ? SOURCE_MISSING
							    : SOURCE_UNREADABLE;
	if (!S_ISREG(source->mode) && !S_ISDIR(source->mode))
		return SOURCE_SPECIAL;
	source->path = memory_copy(path);
	return S_ISREG(source->mode) ? SOURCE_FILE : SOURCE_DIRECTORY;
}

/*
 * Say whether two looks at a path saw the same file in the same state.
 */
bool source_same(const struct source *a, const struct source *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->mode == b->mode && a->owner == b->owner && a->group == b->group &&
	       a->reach == b->reach && compare(&a->modified, &b->modified) == 0 &&
	       compare(&a->own_change, &b->own_change) == 0 &&
	       compare(&a->changed, &b->changed) == 0;
}

/*
 * Say whether the open file is the one that source saw, in the same state.
 */
bool source_unchanged(const struct source *source, int fd)
{
	struct source now = *source;
	struct stat status;

	if (fstat(fd, &status) < 0)
		return false;
	note(&now, &status);
	return source_same(source, &now);
}

/*
 * Say whether the path still leads to the file that source saw, in the same
 * state, the links on the way included.
 */
bool source_still(const struct source *source, struct host *host)
{
	struct source again;
	enum source_found found;
	bool same;

	/* Another directory may have taken the name of one that is open. */
	host_forget(host);
	found = source_find(&again, host, source->path, NULL);
	again.reach = source->reach;
	same = found == SOURCE_FILE && source_same(source, &again);
	if (found == SOURCE_FILE || found == SOURCE_DIRECTORY)
		source_free(&again);
	return same;
}

/*
 * Wait until a write to the file would show in its time of change.  The
 * kernel's clock for these stands still between two ticks (1 to 10 ms), so
 * two writes within one are told apart by nothing.  Return false if the file
 * is written too often for that, or changes meanwhile.
 */
static bool settle(const struct source *source, int fd)
{
	struct timespec now, pause = { 0, 2000000 };

	for (int waits = 0; waits < 600; waits++) {
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
		if (source_later(&now, &source->own_change))
			return source_unchanged(source, fd);
		/* A time well ahead of the clock: no waiting would help. */
		if (source->own_change.tv_sec > now.tv_sec + 1)
			return true;
		nanosleep(&pause, NULL);
	}
	return source_unchanged(source, fd);
}

/*
 * Open the file for reading into *fd, which the caller closes.
 * SOURCE_CHANGED: it is not, or not any more, what source saw; look again.
 * SOURCE_FAILED comes with a reason.
 */
enum source_opened source_open(const struct source *source, const struct host *host,
			       int *fd, struct text *why)
{
	*fd = host_open_file(host, source->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0) {
		if (errno == ENOENT || errno == ENXIO)
			return SOURCE_CHANGED;
		text_fail(why, "cannot open %s: %s", source->path, strerror(errno));
		return SOURCE_FAILED;
	}
	if (source_unchanged(source, *fd) && settle(source, *fd))
		return SOURCE_OPENED;
	descriptor_close(*fd);
	*fd = -1;
	return SOURCE_CHANGED;
}
