/*
 * The file quick-start in the queue directory, by which postfix-script is told
 * to start without its checks, once: it removes the file.
 */
#include "control/quick_start.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

static const char name[] = "quick-start";

/* Open the queue directory, if nobody but root can have put things into it. */
static int open_queue(const char *queue_directory, struct text *why)
{
	struct stat status;
	int fd = open(queue_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == 0 &&
	    (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return fd;
	text_fail(why, "queue directory %s: %s", queue_directory,
		  fd < 0 ? strerror(errno) : "not root's, or writable by others");
	descriptor_close(fd);
	return -1;
}

/*
 * Ask for a quick start of the instance with that queue directory.  Return
 * false with the reason.
 */
bool quick_start_request(const char *queue_directory, struct text *why)
{
	int queue = open_queue(queue_directory, why);
	int fd;

	if (queue < 0)
		return false;
	fd = openat(queue, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
	if (fd < 0)
		text_fail(why, "cannot make %s/%s: %s", queue_directory, name, strerror(errno));
	descriptor_close(fd);
	descriptor_close(queue);
	return fd >= 0;
}

/*
 * Take the request back, lest a later start by hand should skip its checks.
 */
void quick_start_cancel(const char *queue_directory)
{
	int queue = open_queue(queue_directory, NULL);

	if (queue >= 0)
		unlinkat(queue, name, 0);
	descriptor_close(queue);
}
