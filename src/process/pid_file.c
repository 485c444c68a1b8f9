/*
 * The file that a master locks for life and writes its pid to.
 */
#include "process/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/text.h"

/*
 * Open the pid file of a queue directory for reading, which disturbs nobody.
 * Return 0, also when it may be looked at but not read, or an errno: ENOENT
 * also for what is no regular file, nor leads to one: whoever locks that is not
 * found by it.  The
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
		return errno == ELOOP ? ENOENT : errno;
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

/* Is there nothing in a file but the number of a process? */
static bool holds_number(const char *path)
{
	char content[64];
	ssize_t length = -1;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		length = read(fd, content, sizeof content - 1);
	descriptor_close(fd);
	if (length < 0)
		return false;
	content[length] = '\0';
	return (size_t)length < sizeof content - 1 &&
	       strspn(content, " 0123456789\n") == (size_t)length;
}

/*
 * May a master(8) be started that writes its pid to the pid file of a queue
 * directory?  It locks whatever it can open there, where nobody finds it again
 * if that is not a file, and follows root's links to overwrite anything
 * (safe_open.c).  Where it cannot write, postfix(1) says that it runs already.
 * Return false with the reason.
 */
bool pid_file_usable(const char *queue_directory, struct text *why)
{
	struct text path = TEXT_EMPTY;
	struct stat status, target;
	const char *wrong = NULL;

	if (access(queue_directory, W_OK) < 0 && errno == EROFS)
		return text_fail(why, "queue directory %s: %s", queue_directory, strerror(EROFS));
	text_printf(&path, "%s/pid/master.pid", queue_directory);
	/* What cannot be looked at Postfix has its own words for. */
	if (lstat(text_string(&path), &status) == 0) {
		if (S_ISDIR(status.st_mode))
			wrong = "a directory";
		else if (S_ISFIFO(status.st_mode))
			wrong = "a named pipe";
		else if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
			wrong = "a device or a socket";
		else if (S_ISLNK(status.st_mode) &&
			 (stat(text_string(&path), &target) < 0 || !S_ISREG(target.st_mode)))
			wrong = "a link that does not lead to a file";
		else if (S_ISLNK(status.st_mode) || status.st_nlink > 1)
			wrong = holds_number(text_string(&path)) ? NULL :
				"a link to what is no pid file, and would be overwritten";
	}
	if (wrong != NULL)
		text_fail(why, "%s is %s; remove it", text_string(&path), wrong);
	text_free(&path);
	return wrong == NULL;
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
	errno = 0;
	number = strtol(line, &end, 10);
	*pid = (pid_t)number;
	return errno == 0 && end != line && *end == '\n' && number > 0 && *pid == number;
}
