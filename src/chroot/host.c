/*
 * The host's files.  Here symbolic links are followed, as an administrator
 * means them; under a root of its own (a disposable Debian tree) absolute
 * links lead to places below that root, as they would after chroot(2).
 */
#include "chroot/host.h"

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
 * Take root, "" for this machine, as the host.  Return false with a reason if
 * it is no directory that can be opened.  host_close() frees it either way.
 */
bool host_open(struct host *host, const char *root, struct text *why)
{
	size_t length = strlen(root);

	memset(host, 0, sizeof *host);
	for (size_t i = 0; i < HOST_KEPT; i++)
		host->kept[i].fd = -1;
	while (length > 0 && root[length - 1] == '/')
		length--;
	host->trouble = memory_allocate(1, sizeof *host->trouble);
	host->root = memory_copy_n(root, length);
	host->root_fd = open(length > 0 ? host->root : "/",
			     O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (host->root_fd < 0)
		return text_fail(why, "cannot open %s: %s", root, strerror(errno));
	return true;
}

void host_close(struct host *host)
{
	host_forget(host);
	descriptor_close(host->root_fd);
	free(host->root);
	free(host->trouble->path);
	free(host->trouble);
	host->root = NULL;
	host->trouble = NULL;
	host->root_fd = -1;
}

/*
 * Note that path could not be looked at on the host, so that nobody takes it
 * for missing; 0 and what only says that there is no such file count for
 * nothing.  errno is left as it was.
 */
void host_note_trouble(const struct host *host, const char *path, int error)
{
	int saved = errno;

	/* ENXIO: a socket.  ELOOP: a link to itself leads to no file. */
	if (error == 0 || error == ENOENT || error == ENOTDIR || error == ENXIO ||
	    error == ELOOP || host->trouble->error != 0)
		return;
	host->trouble->error = error;
	host->trouble->path = memory_copy(path);
	errno = saved;
}

static int open_file(const struct host *host, const char *path, int flags)
{
	struct text full = TEXT_EMPTY;
	int fd;

	if (host->root[0] == '\0')
		return open(path, flags | O_CLOEXEC);
	fd = kernel_open(host->root_fd, path, flags | O_CLOEXEC, KERNEL_IN_ROOT);
	if (fd >= 0 || errno != ENOSYS)
		return fd;
	/* Only absolute links lead astray then, and only in such a tree. */
	text_printf(&full, "%s/%s", host->root, path);
	fd = open(text_string(&full), flags | O_CLOEXEC);
	text_free(&full);
	return fd;
}

/*
 * Open the absolute path with flags, O_CLOEXEC added.  Return the descriptor,
 * or -1 with errno set.
 */
int host_open_file(const struct host *host, const char *path, int flags)
{
	int fd = open_file(host, path, flags);

	if (fd < 0)
		host_note_trouble(host, path, errno);
	return fd;
}

/*
 * Return a descriptor (O_PATH) of the directory that the first length bytes
 * of path name, or -1 with errno set.  It belongs to the host and is good
 * until the next call: the last few are kept open, because the files of one
 * directory are looked at one after the other.
 */
int host_directory(struct host *host, const char *path, size_t length)
{
	char *name;
	int fd;

	for (size_t i = 0; i < HOST_KEPT; i++)
		if (host->kept[i].fd >= 0 && host->kept[i].length == length &&
		    memcmp(host->kept[i].path, path, length) == 0)
			return host->kept[i].fd;
	name = memory_copy_n(path, length);
	fd = host_open_file(host, length > 0 ? name : "/", O_PATH | O_DIRECTORY);
	if (fd < 0) {
		int saved = errno;

		free(name);
		errno = saved;
		return -1;
	}
	descriptor_close(host->kept[host->next].fd);
	free(host->kept[host->next].path);
	host->kept[host->next].path = name;
	host->kept[host->next].length = length;
	host->kept[host->next].fd = fd;
	host->next = (host->next + 1) % HOST_KEPT;
	return fd;
}

/*
 * Close the directories that are kept open, so that the next look at a path
 * finds the directory that has this name by then.
 */
void host_forget(struct host *host)
{
	for (size_t i = 0; i < HOST_KEPT; i++) {
		descriptor_close(host->kept[i].fd);
		free(host->kept[i].path);
		host->kept[i].path = NULL;
		host->kept[i].fd = -1;
	}
}

/*
 * Append the content of a regular file of at most limit bytes.  Return false
 * with errno set; EINVAL if it is something else than a regular file.
 */
bool host_read_file(const struct host *host, const char *path, size_t limit,
		    struct text *content)
{
	/* Opened without waiting: a FIFO must not make us hang. */
	int fd = host_open_file(host, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	bool done = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &status) < 0)
		host_note_trouble(host, path, errno);
	else if (!S_ISREG(status.st_mode))
		errno = EINVAL;
	else if (!(done = descriptor_read_all(fd, limit, content)))
		host_note_trouble(host, path, errno);
	descriptor_close(fd);
	return done;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Add the names in a directory, without "." and "..", in strcmp(3) order.
 * Return false with errno set.
 */
bool host_list(const struct host *host, const char *path, struct words *names)
{
	int fd = host_open_file(host, path, O_RDONLY | O_DIRECTORY);
	size_t first = names->count;
	struct dirent *entry;
	DIR *list;

	if (fd < 0)
		return false;
	list = fdopendir(fd);
	if (list == NULL) {
		host_note_trouble(host, path, errno);
		descriptor_close(fd);
		return false;
	}
	for (errno = 0; (entry = readdir(list)) != NULL; errno = 0)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			words_add(names, entry->d_name);
	if (errno != 0) {
		int saved = errno;

		host_note_trouble(host, path, saved);
		closedir(list);
		errno = saved;
		return false;
	}
	closedir(list);
	if (names->count > first)
		qsort(names->items + first, names->count - first,
		      sizeof *names->items, by_name);
	return true;
}
