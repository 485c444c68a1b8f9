/*
 * /run/postctl: what postctl remembers until the next boot.
 *
 * All of it is written by way of one temporary file, which whoever writes has
 * locked: what a postctl that was killed leaves is cleared away by the next.
 */
#include "state/run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

static const char temporary[] = ".new";

/*
 * Open the temporary file and lock it.  Return -1 when it is another's, or has
 * become the file it was written for since it was opened.
 */
static int open_temporary(int top, int flags)
{
	int fd = openat(top, temporary, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | flags, 0644);
	struct stat own;
	struct stat there;

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &own) == 0 &&
	    fstatat(top, temporary, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    own.st_ino == there.st_ino)
		return fd;
	descriptor_close(fd);
	return -1;
}

/* Remove what somebody left who was killed while he wrote. */
static void clear(int top)
{
	int fd = open_temporary(top, 0);

	if (fd >= 0)
		unlinkat(top, temporary, 0);
	descriptor_close(fd);
}

/*
 * Open the directory name below RUN_DIRECTORY, or that one itself when name is
 * NULL.  With a mode other than 0 missing directories are made, and others
 * than root's refused.  Return a descriptor, or -1 with the reason.
 */
int run_directory_open(const char *name, unsigned mode, struct text *why)
{
	struct text shown = TEXT_EMPTY;
	int top = own_directory_open(AT_FDCWD, RUN_DIRECTORY, RUN_DIRECTORY,
				     mode != 0 ? 0755 : 0, why);
	int fd;

	if (top >= 0 && mode != 0)
		clear(top);
	if (top < 0 || name == NULL)
		return top;
	text_printf(&shown, "%s/%s", RUN_DIRECTORY, name);
	fd = own_directory_open(top, name, text_string(&shown), mode, why);
	descriptor_close(top);
	text_free(&shown);
	return fd;
}

/*
 * Replace the content of a file as a whole, in the directory of that name below
 * RUN_DIRECTORY, or in that one itself for NULL.  Return false with the reason.
 */
bool run_directory_write(const char *directory, const char *name, const char *content,
			 struct text *why)
{
	int top = run_directory_open(NULL, 0755, why);
	int place = top >= 0 && directory != NULL ? run_directory_open(directory, 0755, why) : top;
	int fd = place >= 0 ? open_temporary(top, O_CREAT) : -1;
	bool ok = place >= 0;
	int error = 0;

	if (fd >= 0) {
		ok = ftruncate(fd, 0) == 0 && descriptor_write(fd, content, strlen(content)) &&
		     renameat(top, temporary, place, name) == 0;
		if (!ok) {
			error = errno;
			text_fail(why, "cannot write %s: %s", name, strerror(error));
			unlinkat(top, temporary, 0);
		}
	}
	/* Who finds it taken, or on another file system, has one of his own. */
	if (place >= 0 && (fd < 0 || error == EXDEV))
		ok = own_directory_write(place, name, NULL, content, why);
	descriptor_close(fd);
	if (place != top)
		descriptor_close(place);
	descriptor_close(top);
	return ok;
}

/*
 * Remove the file name of the directory below RUN_DIRECTORY, if both are there.
 */
void run_directory_remove(const char *directory, const char *name)
{
	int below = run_directory_open(directory, 0, NULL);

	if (below >= 0)
		unlinkat(below, name, 0);
	descriptor_close(below);
}
