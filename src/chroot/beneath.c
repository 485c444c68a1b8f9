/*
 * Directories in a chroot, whose content nobody vouches for.
 *
 * A path is never walked twice: each directory is opened from the one above,
 * through no symbolic link and into no other mount, and is used only if root
 * alone can change what is in it.  Whoever owns a file deeper down can then
 * not bend the way to another one, because all the way there is root's.
 */
#include "chroot/beneath.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "chroot/kernel.h"

/*
 * May the directory be written through?  where is its path for the reason.
 */
static bool check_owner(int fd, const char *where, struct text *why)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return text_fail(why, "cannot look at %s: %s", where, strerror(errno));
	if (status.st_uid != 0 && status.st_uid != geteuid())
		return text_fail(why, "cannot use directory %s: it belongs to user %lu, who could "
				 "exchange what is in it; type: chown root %s", where,
				 (unsigned long)status.st_uid, where);
	if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return text_fail(why, "cannot use directory %s: others than root may write in "
				 "it; type: chmod go-w %s", where, where);
	return true;
}

/*
 * Open the directory path, an absolute one that the configuration names and
 * whose own links count.  Return false with a reason if it is missing or if
 * others than root may write in it.  beneath_close() frees it either way.
 */
bool beneath_open(struct beneath *beneath, const char *path, struct text *why)
{
	struct stat status;

	memset(beneath, 0, sizeof *beneath);
	beneath->path = memory_copy(path);
	beneath->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (beneath->root < 0 || fstat(beneath->root, &status) < 0)
		return text_fail(why, "cannot open directory %s: %s", path, strerror(errno));
	beneath->device = status.st_dev;
	return check_owner(beneath->root, path, why);
}

static void leave(struct beneath *beneath, size_t count)
{
	while (beneath->count > count) {
		beneath->count--;
		descriptor_close(beneath->levels[beneath->count].fd);
		free(beneath->levels[beneath->count].name);
	}
}

void beneath_close(struct beneath *beneath)
{
	leave(beneath, 0);
	descriptor_close(beneath->root);
	free(beneath->levels);
	free(beneath->path);
	memset(beneath, 0, sizeof *beneath);
	beneath->root = -1;
}

static int innermost(const struct beneath *beneath)
{
	return beneath->count > 0 ? beneath->levels[beneath->count - 1].fd : beneath->root;
}

/*
 * Open one directory in another as openat2(2) would, where the kernel or a
 * container's filter has none.  A kernel that old (before 5.8) tells mounts
 * apart only by their device.
 */
static int open_step(const struct beneath *beneath, int directory, const char *name)
{
	int fd = openat(directory, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return -1;
	if (kernel_is_mount(directory, name) || fstat(fd, &status) < 0 ||
	    status.st_dev != beneath->device) {
		close(fd);
		errno = EXDEV;
		return -1;
	}
	return fd;
}

static int open_below(struct beneath *beneath, int directory, const char *name)
{
	int fd;

	if (!beneath->without_openat2) {
		fd = kernel_open(directory, name,
				  O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
				  KERNEL_BENEATH | KERNEL_NO_SYMLINKS |
				  KERNEL_NO_MAGICLINKS | KERNEL_NO_XDEV);
		if (fd >= 0 || errno != ENOSYS)
			return fd;
		beneath->without_openat2 = true;
	}
	return open_step(beneath, directory, name);
}

/*
 * Word why a directory could not be entered.
 */
static enum beneath_answer refuse(int directory, const char *name, const char *where,
				  struct text *why)
{
	int error = errno;
	struct stat status;

	if (error == ENOENT)
		return BENEATH_MISSING;
	if (error == EXDEV) {
		text_fail(why, "%s is a mount point; left alone", where);
		return BENEATH_MOUNT;
	}
	if ((error == ELOOP || error == ENOTDIR) &&
	    fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
		text_fail(why, "cannot use %s: it is %s, where a directory belongs; remove it",
			  where, S_ISLNK(status.st_mode) ? "a symbolic link" : "no directory");
	else
		text_fail(why, "cannot open directory %s: %s", where, strerror(error));
	return BENEATH_REFUSED;
}

static enum beneath_answer enter_one(struct beneath *beneath, const char *path,
				     const char *name, size_t length, struct text *why)
{
	struct beneath_level level = { memory_copy_n(name, length), -1 };
	enum beneath_answer answer = BENEATH_OPEN;
	struct text where = TEXT_EMPTY;
	int above = innermost(beneath);

	text_printf(&where, "%s/%.*s", beneath->path, (int)(name + length - path), path);
	level.fd = open_below(beneath, above, level.name);
	if (level.fd < 0)
		answer = refuse(above, level.name, text_string(&where), why);
	else if (!check_owner(level.fd, text_string(&where), why))
		answer = BENEATH_REFUSED;
	if (answer == BENEATH_OPEN) {
		beneath->levels = memory_grow(beneath->levels, beneath->count,
					      &beneath->capacity, sizeof *beneath->levels);
		beneath->levels[beneath->count++] = level;
	} else {
		descriptor_close(level.fd);
		free(level.name);
	}
	text_free(&where);
	return answer;
}

/*
 * Enter the directory that the first length bytes of path name, relative to
 * the root and without "." or "..".  What it has in common with the directory
 * entered last stays open.
 *
 * BENEATH_OPEN: *fd (O_PATH) is good until the next call, *fresh says whether
 * it was opened now.  BENEATH_MISSING: there is no such directory.
 * BENEATH_MOUNT and BENEATH_REFUSED come with a reason that names the
 * directory.
 */
enum beneath_answer beneath_enter(struct beneath *beneath, const char *path, size_t length,
				  int *fd, bool *fresh, struct text *why)
{
	const char *name = path, *end = path + length;
	size_t depth = 0;

	*fresh = false;
	*fd = -1;
	while (name < end) {
		const char *slash = memchr(name, '/', (size_t)(end - name));
		size_t part = (size_t)((slash != NULL ? slash : end) - name);

		if (depth == beneath->count ||
		    strlen(beneath->levels[depth].name) != part ||
		    memcmp(beneath->levels[depth].name, name, part) != 0) {
			enum beneath_answer answer;

			leave(beneath, depth);
			answer = enter_one(beneath, path, name, part, why);
			if (answer != BENEATH_OPEN)
				return answer;
			*fresh = true;
		}
		depth++;
		name += part + (slash != NULL);
	}
	leave(beneath, depth);
	*fd = innermost(beneath);
	return BENEATH_OPEN;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Enter the directory path and add the names of what is in it, sorted, to an
 * empty list.  Return the descriptor of beneath_enter(), or -1 if there is no
 * directory that can be used and read.
 */
int beneath_list(struct beneath *beneath, const char *path, struct words *names)
{
	const struct dirent *entry;
	int directory, fd = -1;
	bool fresh;
	DIR *list;

	if (beneath_enter(beneath, path, strlen(path), &directory, &fresh, NULL) == BENEATH_OPEN)
		fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fd >= 0 ? fdopendir(fd) : NULL;
	if (list == NULL) {
		descriptor_close(fd);
		return -1;
	}
	while ((entry = readdir(list)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			words_add(names, entry->d_name);
	closedir(list);
	if (names->count > 1)
		qsort(names->items, names->count, sizeof *names->items, by_name);
	return directory;
}

/*
 * Make the directory that the first length bytes of path name, in one that
 * can be entered.  Return false with a reason.
 */
bool beneath_make(struct beneath *beneath, const char *path, size_t length,
		  struct text *why)
{
	const char *slash = memrchr(path, '/', length);
	size_t above = slash != NULL ? (size_t)(slash - path) : 0;
	size_t begin = slash != NULL ? above + 1 : 0;
	enum beneath_answer answer;
	struct stat status;
	bool fresh, done;
	char *name;
	int fd;

	answer = beneath_enter(beneath, path, above, &fd, &fresh, why);
	if (answer == BENEATH_MISSING)
		text_fail(why, "cannot make directory %s/%.*s: there is none to make it in",
			  beneath->path, (int)length, path);
	if (answer != BENEATH_OPEN)
		return false;
	name = memory_copy_n(path + begin, length - begin);
	done = mkdirat(fd, name, 0755) == 0;
	/* The umask may have taken something away. */
	if (done && fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (status.st_mode & 0777) != 0755)
		done = fchmodat(fd, name, 0755, 0) == 0;
	if (!done)
		text_fail(why, "cannot make directory %s/%.*s: %s", beneath->path, (int)length,
			  path, strerror(errno));
	free(name);
	return done;
}
