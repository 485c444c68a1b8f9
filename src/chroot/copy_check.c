/*
 * Is a file in a chroot the copy that the plan wants?
 *
 * With stat(2) alone: it is, if size, times and rights are as they must be
 * and it was last changed after its source was.  The kernel sets the time of
 * change, nobody can set it back, and everything that gives a path on the
 * host other content changes it somewhere: a write and a rename on the file
 * itself, a new target on the symbolic link.  So two zones of one tzdata
 * package, equal in size and date, are told apart, which size and date alone
 * do not.  The copy's time of change must not lie in the future: a clock that
 * was wrong and set back says nothing about what came first.
 *
 * Where the times prove nothing (a package was unpacked anew, links were made
 * anew by "openssl rehash", the host was restored from a backup), the
 * contents are compared, and an equal copy gets a new time of change instead
 * of being written again.
 */
#include "chroot/copy.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "chroot/acl.h"

#define PIECE 16384

static off_t wanted_size(const struct plan_entry *entry)
{
	return entry->kind == PLAN_ACCOUNTS ? (off_t)entry->source->content.length
					    : entry->source->size;
}

/*
 * Are size, times and rights as they must be?  A chroot on a file system that
 * keeps whole seconds has the source's time without its fraction.
 */
static bool looks_right(const struct stat *status, const struct plan_entry *entry)
{
	const struct timespec *modified = &entry->source->modified;

	return S_ISREG(status->st_mode) && status->st_nlink == 1 &&
	       status->st_size == wanted_size(entry) &&
	       (status->st_mode & 07777) == entry->mode && status->st_uid == entry->owner &&
	       status->st_gid == entry->group && status->st_mtim.tv_sec == modified->tv_sec &&
	       (status->st_mtim.tv_nsec == modified->tv_nsec || status->st_mtim.tv_nsec == 0);
}

/*
 * Say whether the file with this status is certainly the entry's copy, now
 * being the time of CLOCK_REALTIME.
 */
bool copy_is_current(const struct stat *status, const struct plan_entry *entry,
		     const struct timespec *now)
{
	return looks_right(status, entry) &&
	       source_later(&status->st_ctim, &entry->source->changed) &&
	       (status->st_ctim.tv_sec < now->tv_sec ||
		(status->st_ctim.tv_sec == now->tv_sec &&
		 status->st_ctim.tv_nsec <= now->tv_nsec));
}

static bool equal_to_memory(int fd, const char *bytes, size_t size)
{
	char piece[PIECE];
	ssize_t got;

	while ((got = descriptor_read(fd, piece, sizeof piece)) > 0) {
		if ((size_t)got > size || memcmp(piece, bytes, (size_t)got) != 0)
			return false;
		bytes += got;
		size -= (size_t)got;
	}
	return got == 0 && size == 0;
}

/*
 * Say whether two open files hold the same, from where they are read now.
 */
bool copy_holds_same(int fd, int other)
{
	char piece[PIECE], other_piece[PIECE];
	ssize_t got, other_got;

	do {
		got = descriptor_read(fd, piece, sizeof piece);
		other_got = descriptor_read(other, other_piece, sizeof other_piece);
		if (got < 0 || got != other_got ||
		    memcmp(piece, other_piece, (size_t)got) != 0)
			return false;
	} while (got > 0);
	return true;
}

static bool equal_lists(int fd, int other)
{
	struct text list = TEXT_EMPTY, other_list = TEXT_EMPTY;
	bool equal = acl_read(fd, &list) && acl_read(other, &other_list) &&
		     list.length == other_list.length &&
		     (list.length == 0 || memcmp(list.data, other_list.data, list.length) == 0);

	text_free(&list);
	text_free(&other_list);
	return equal;
}

static bool equal_to_source(struct host *host, const struct plan_entry *entry, int fd)
{
	const struct source *source = entry->source;
	bool equal;
	int from;

	if (entry->kind == PLAN_ACCOUNTS)
		return equal_to_memory(fd, text_string(&source->content),
				       source->content.length);
	if (source_open(source, host, &from, NULL) != SOURCE_OPENED)
		return false;
	equal = copy_holds_same(fd, from) && source_unchanged(source, from);
	if (equal && entry->kind == PLAN_GUARDED && source->reach == 07777)
		equal = equal_lists(fd, from);
	descriptor_close(from);
	return equal;
}

/*
 * Say whether the file under name, whose status this is, has the rights and
 * the content that the entry wants.  If confirm, its time of change is set to
 * now, so that copy_is_current() says so from now on; status is that of the
 * file afterwards.
 */
bool copy_is_equal(struct host *host, const struct plan_entry *entry, int directory,
		   const char *name, struct stat *status, bool confirm)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, entry->source->modified };
	struct stat opened;
	bool equal = false;
	int fd;

	if (!looks_right(status, entry))
		return false;
	fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* What is open must be what was looked at, and nobody else's, too. */
	if (fstat(fd, &opened) == 0 && looks_right(&opened, entry) &&
	    opened.st_dev == status->st_dev && opened.st_ino == status->st_ino)
		equal = equal_to_source(host, entry, fd);
	/* So that nobody's change goes under in ours. */
	if (equal && confirm)
		equal = fstat(fd, &opened) == 0 &&
			opened.st_ctim.tv_sec == status->st_ctim.tv_sec &&
			opened.st_ctim.tv_nsec == status->st_ctim.tv_nsec &&
			futimens(fd, times) == 0 && fstat(fd, status) == 0;
	descriptor_close(fd);
	/* The look must come after the new time, as for a new copy. */
	if (equal && confirm)
		equal = source_still(entry->source, host);
	return equal;
}
