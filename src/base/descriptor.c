/*
 * Descriptors: complete reads and writes, closing that leaves errno alone.
 */
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Make sure that descriptors 0 to 2 are open, so that no file opened later
 * gets a number that somebody prints to.  Return false with errno set.
 */
bool descriptor_open_standard(void)
{
	for (;;) {
		int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (fd < 0)
			return false;
		if (fd > STDERR_FILENO) {
			close(fd);
			return true;
		}
		/* These three are meant to be inherited. */
		if (fcntl(fd, F_SETFD, 0) < 0)
			return false;
	}
}

/*
 * Return how many descriptors this process may have open.  Who wants many of
 * them at a time takes a part of that.
 */
size_t descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 256;	/* which every system has */
	return (size_t)limit.rlim_cur;
}

/*
 * Close fd unless it is negative.  errno is left as it was.
 */
void descriptor_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

/*
 * Read until size bytes are there or the file ends.  Return how many were
 * read, or -1 with errno set.
 */
ssize_t descriptor_read(int fd, void *buffer, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = read(fd, (char *)buffer + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/*
 * Write all of it.  Return false with errno set; a device that takes nothing
 * is full (ENOSPC).
 */
bool descriptor_write(int fd, const void *bytes, size_t size)
{
	const char *next = bytes;

	while (size > 0) {
		ssize_t put = write(fd, next, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put == 0)
			errno = ENOSPC;
		if (put <= 0)
			return false;
		next += put;
		size -= (size_t)put;
	}
	return true;
}

/*
 * Append all that can be read from fd to content, at most limit bytes.
 * Return false with errno set: EFBIG when there is more.
 */
bool descriptor_read_all(int fd, size_t limit, struct text *content)
{
	size_t start = content->length;
	char buffer[16384];

	for (;;) {
		ssize_t got = read(fd, buffer, sizeof buffer);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			return true;
		if ((size_t)got > limit - (content->length - start)) {
			errno = EFBIG;
			return false;
		}
		text_add_n(content, buffer, (size_t)got);
	}
}

/*
 * Append what the file at path holds, at most limit bytes.  Return false with
 * errno set; a file that holds more is too large (EFBIG).
 */
bool descriptor_read_path(const char *path, size_t limit, struct text *content)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool ok = fd >= 0 && descriptor_read_all(fd, limit, content);

	descriptor_close(fd);
	return ok;
}

/*
 * Append what the regular file at path holds, text of at most limit bytes;
 * *status is that of the file.  Nothing is missing where there is no file: its
 * st_mode is 0 then.  Return false with the reason.
 */
bool descriptor_read_text(const char *path, size_t limit, struct text *content,
			  struct stat *status, struct text *why)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t start = content->length;
	bool ok = true;

	memset(status, 0, sizeof *status);
	if (fd < 0 && errno == ENOENT)
		return true;
	if (fd < 0 || fstat(fd, status) < 0)
		ok = text_fail(why, "cannot read %s: %s", path, strerror(errno));
	else if (!S_ISREG(status->st_mode))
		ok = text_fail(why, "cannot read %s: it is not a regular file", path);
	else if (!descriptor_read_all(fd, limit, content))
		ok = text_fail(why, "cannot read %s: %s", path, strerror(errno));
	else if (memchr(text_string(content) + start, '\0', content->length - start) != NULL)
		ok = text_fail(why, "cannot read %s: it holds NUL bytes", path);
	descriptor_close(fd);
	return ok;
}
