/*
 * The file that a master locks for life and writes its pid to.
 */
#include "process/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/text.h"

/*
 * Open the pid file of a queue directory for reading, which disturbs nobody.
 * Return 0, also when it may be looked at but not read, or an errno: ENOENT
 * also for what is no regular file, for no master locks anything else.  The
 * caller closes it in any case.
 */
int pid_file_open(struct pid_file *pid_file, const char *queue_directory)
{
	struct text path = TEXT_EMPTY;
	struct stat status;
	int looked;

	text_printf(&path, "%s/pid/master.pid", queue_directory);
	pid_file->path = text_take(&path);
	pid_file->fd = open(pid_file->path,
			    O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	if (pid_file->fd < 0 && errno != EACCES && errno != EPERM && errno != ELOOP)
		return errno;
	/* A link is followed only to look: root's may be one (safe_open.c). */
	looked = pid_file->fd >= 0 ? fstat(pid_file->fd, &status) :
				     stat(pid_file->path, &status);
	if (looked < 0)
		return errno;
	pid_file->file = (struct place){ status.st_dev, status.st_ino };
	if (!S_ISREG(status.st_mode))
		return ENOENT;
	return place_of(queue_directory, &pid_file->queue) ? 0 : errno;
}

void pid_file_close(struct pid_file *pid_file)
{
	descriptor_close(pid_file->fd);
	free(pid_file->path);
	*pid_file = PID_FILE_EMPTY;
}

/*
 * Set pid to the number that the file holds: a claim, made in the pid
 * namespace of whoever wrote it, that outlives a stop.  postfix(1) signals it
 * unchecked.  Return false when there is none or it cannot be read.
 */
bool pid_file_claim(const struct pid_file *pid_file, pid_t *pid)
{
	char line[64];
	ssize_t length;
	char *end;
	long number;

	if (pid_file->fd < 0)
		return false;
	length = pread(pid_file->fd, line, sizeof line - 1, 0);
	if (length <= 0)
		return false;
	line[length] = '\0';
	number = strtol(line, &end, 10);
	*pid = (pid_t)number;
	return end != line && *end == '\n' && number > 0 && *pid == number;
}
