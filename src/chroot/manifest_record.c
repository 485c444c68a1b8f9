/*
 * One line of a manifest: a thing in the chroot, and what proves that nobody
 * has changed it.
 *
 * A file is postctl's as long as it is the same inode with the same time of
 * change.  Nobody can set that time, and the kernel moves it on for all that
 * can be done to a file: writing, another mode or owner, a time set back with
 * touch(1), a new name.  Size, mode, owner and the time of the content add
 * what two changes in one tick of the kernel's clock (1 to 10 ms) would hide.
 * A chroot that was copied to another disk holds other inodes: then nothing in
 * it is postctl's, until "sync --adopt".
 *
 * What comes and goes in a directory changes its times, so for that the inode,
 * the owner and the mode count, and the time at which it was made, where the
 * file system keeps it; postctl removes empty directories only.  Device
 * numbers change from boot to boot and are not recorded.
 *
 * A name may hold anything.  A line is believed only if it is, byte for byte,
 * what postctl would write for what it read there.
 */
#include "chroot/manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chroot/kernel.h"

/*
 * Append a path as one word: what is no plain character becomes \xNN.
 */
void manifest_add_path(struct text *line, const char *path)
{
	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (c > ' ' && c < 127 && c != '\\' && c != '#')
			text_add_char(line, *path);
		else
			text_printf(line, "\\x%02x", c);
	}
}

/*
 * Append the line of a record:
 *
 *   etc/hosts file 0644 0 0 182 131 1700000000.000000000 1700000009.123456789
 *
 * that is path, kind, mode, owner, group, size, inode, modified, changed.
 */
void manifest_record_write(const struct manifest_record *record, struct text *line)
{
	manifest_add_path(line, record->path);
	text_printf(line, " %s %04o %lu %lu %jd %ju %jd.%09ld %jd.%09ld\n",
		    S_ISDIR(record->mode) ? "directory" : "file",
		    (unsigned)(record->mode & 07777), (unsigned long)record->owner,
		    (unsigned long)record->group, (intmax_t)record->size,
		    (uintmax_t)record->inode, (intmax_t)record->modified.tv_sec,
		    record->modified.tv_nsec, (intmax_t)record->changed.tv_sec,
		    record->changed.tv_nsec);
}

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/*
 * Is the path one of something below the chroot, in the one form in which a
 * plan has it?
 */
static bool is_inside(const char *path)
{
	for (;; path++) {
		size_t length = strcspn(path, "/");

		if (length == 0 || (length == 1 && path[0] == '.') ||
		    (length == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += length;
		if (*path == '\0')
			return true;
	}
}

static bool read_path(const char *word, size_t length, char **path)
{
	struct text text = TEXT_EMPTY;
	bool good = true;

	for (size_t i = 0; i < length && good; i++) {
		int high, low;

		if (word[i] != '\\') {
			text_add_char(&text, word[i]);
			continue;
		}
		good = length - i >= 4 && word[i + 1] == 'x';
		high = good ? digit(word[i + 2]) : -1;
		low = good ? digit(word[i + 3]) : -1;
		good = high >= 0 && low >= 0 && high + low > 0;
		if (good)
			text_add_char(&text, (char)(high * 16 + low));
		i += 3;
	}
	*path = text_take(&text);
	return good && is_inside(*path);
}

static bool read_number(const char **at, int base, uintmax_t most, char stop, uintmax_t *number)
{
	char *end;

	if (digit(**at) < 0 || digit(**at) >= base)
		return false;
	errno = 0;
	*number = strtoumax(*at, &end, base);
	if (errno != 0 || *number > most || *end != stop)
		return false;
	*at = end + 1;
	return true;
}

static bool read_time(const char **at, char stop, struct timespec *time)
{
	uintmax_t seconds, fraction;
	bool early = **at == '-';

	/* The year 1969 is the fashion in some archives. */
	*at += early;
	if (!read_number(at, 10, INT64_MAX, '.', &seconds) ||
	    !read_number(at, 10, 999999999, stop, &fraction))
		return false;
	*time = (struct timespec){ early ? -(time_t)seconds : (time_t)seconds, (long)fraction };
	return true;
}

/*
 * Read a line, which ends in a newline.  Return false if it is not exactly one
 * that manifest_record_write() writes.  record->path is the caller's to free
 * either way.
 */
bool manifest_record_read(struct manifest_record *record, const char *line, size_t length)
{
	const char *at = memchr(line, ' ', length);
	uintmax_t mode, owner, group, size, inode;
	struct text again = TEXT_EMPTY;
	bool good;

	*record = (struct manifest_record){ .path = NULL };
	if (at == NULL || !read_path(line, (size_t)(at - line), &record->path))
		return false;
	if (strncmp(at, " file ", 6) == 0) {
		record->mode = S_IFREG;
		at += 6;
	} else if (strncmp(at, " directory ", 11) == 0) {
		record->mode = S_IFDIR;
		at += 11;
	}
	if (!read_number(&at, 8, 07777, ' ', &mode) ||
	    !read_number(&at, 10, UINT32_MAX, ' ', &owner) ||
	    !read_number(&at, 10, UINT32_MAX, ' ', &group) ||
	    !read_number(&at, 10, INT64_MAX, ' ', &size) ||
	    !read_number(&at, 10, UINTMAX_MAX, ' ', &inode) ||
	    !read_time(&at, ' ', &record->modified) || !read_time(&at, '\n', &record->changed))
		return false;
	record->mode |= (mode_t)mode;
	record->owner = (uid_t)owner;
	record->group = (gid_t)group;
	record->size = (off_t)size;
	record->inode = (ino_t)inode;
	manifest_record_write(record, &again);
	good = again.length == length && memcmp(again.data, line, length) == 0;
	text_free(&again);
	return good;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/*
 * Fill in how name in directory looks, whose status this is; its path is the
 * caller's matter.
 */
void manifest_record_fill(struct manifest_record *record, int directory, const char *name,
			  const struct stat *status)
{
	record->is_forgotten = false;
	record->mode = status->st_mode & (S_IFMT | 07777);
	record->owner = status->st_uid;
	record->group = status->st_gid;
	record->inode = status->st_ino;
	record->size = 0;
	record->modified = (struct timespec){ 0, 0 };
	if (S_ISDIR(status->st_mode)) {
		kernel_birth(directory, name, &record->changed);
	} else {
		record->size = status->st_size;
		record->modified = status->st_mtim;
		record->changed = status->st_ctim;
	}
}

/*
 * Say whether name in directory, whose status this is, is what was recorded
 * and nobody has changed it; record may be NULL.
 */
bool manifest_matches(const struct manifest_record *record, int directory, const char *name,
		      const struct stat *status)
{
	struct manifest_record now;

	if (record == NULL || (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)))
		return false;
	manifest_record_fill(&now, directory, name, status);
	return now.mode == record->mode && now.owner == record->owner &&
	       now.group == record->group && now.size == record->size &&
	       now.inode == record->inode && same_time(&now.modified, &record->modified) &&
	       same_time(&now.changed, &record->changed) &&
	       (S_ISDIR(status->st_mode) || status->st_nlink == 1);
}
