/*
 * What a process has open, according to /proc/PID/fd.
 */
#include "process/open_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

typedef bool matcher(const struct stat *status, const void *wanted);

/* Does any match what is wanted?  If not, errno tells whether all were seen: then it is 0. */
static bool any(pid_t pid, matcher *matches, const void *wanted)
{
	char path[48];
	struct stat status;
	struct dirent *entry;
	bool found = false;
	int error = 0;
	DIR *directory;

	snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	directory = opendir(path);
	if (directory == NULL)
		return false;
	while (!found && (entry = readdir(directory)) != NULL) {
		if (fstatat(dirfd(directory), entry->d_name, &status, 0) < 0)
			error = errno;
		else
			found = matches(&status, wanted);
	}
	closedir(directory);
	errno = error;
	return found;
}

static bool is_file(const struct stat *status, const void *wanted)
{
	return place_same(&(struct place){ status->st_dev, status->st_ino }, wanted);
}

static bool is_socket(const struct stat *status, const void *wanted)
{
	return S_ISSOCK(status->st_mode) && status->st_ino == *(const ino_t *)wanted;
}

/*
 * Has a process that file open?  false also when we may not know, with errno
 * set: EACCES for one that may do more than we.
 */
bool open_files_have(pid_t pid, const struct place *file)
{
	return any(pid, is_file, file);
}

/*
 * Has a process the socket open to which the kernel's tables give that inode?
 * false also when we may not know, as above.
 */
bool open_files_have_socket(pid_t pid, ino_t inode)
{
	return any(pid, is_socket, &inode);
}
