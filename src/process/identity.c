/*
 * Who a process is, according to /proc, and signals that cannot hit somebody
 * else.  Errors are errno; ESRCH always means that the process is gone.
 */
#include "process/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptor.h"

/* "/proc/", a pid, "/" and the longest name used below. */
#define PROC_PATH_SIZE 48

/* More than the kernel lets arguments and environment have by default. */
#define PROC_FILE_LIMIT ((size_t)8 * 1024 * 1024)

static const char *proc_path(char *path, pid_t pid, const char *name)
{
	snprintf(path, PROC_PATH_SIZE, "/proc/%ld/%s", (long)pid, name);
	return path;
}

/* What a missing file in /proc means. */
static bool failed(void)
{
	if (errno == ENOENT)
		errno = ESRCH;
	return false;
}

/*
 * Parse a line of /proc/PID/stat.  The program's name may contain blanks and
 * parentheses, so fields are counted from its last one: state is the 3rd,
 * parent the 4th, group the 5th, session the 6th, start the 22nd (proc(5)).
 */
static bool parse(char *line, struct identity *identity)
{
	char *open = strchr(line, '(');
	char *close = strrchr(line, ')');
	char *field;

	if (open == NULL || close == NULL || close < open || close[1] != ' ')
		return false;
	*close = '\0';
	snprintf(identity->name, sizeof identity->name, "%.15s", open + 1);
	field = close + 2;
	identity->state = *field;
	for (int number = 3; number < 22; number++) {
		field = strchr(field, ' ');
		if (field == NULL)
			return false;
		field++;
		if (number + 1 == 4)
			identity->parent = (pid_t)strtol(field, NULL, 10);
		else if (number + 1 == 5)
			identity->group = (pid_t)strtol(field, NULL, 10);
		else if (number + 1 == 6)
			identity->session = (pid_t)strtol(field, NULL, 10);
	}
	identity->start = strtoull(field, NULL, 10);
	return true;
}

/*
 * Read what /proc says of pid; a zombie is still a process.  Return false
 * with errno set.
 */
bool identity_read(pid_t pid, struct identity *identity)
{
	char path[PROC_PATH_SIZE];
	char line[1024];
	ssize_t length;
	int fd;

	*identity = (struct identity){ .pid = pid };
	if (pid <= 0) {
		errno = ESRCH;
		return false;
	}
	fd = open(proc_path(path, pid, "stat"), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failed();
	/* The kernel makes this line in one piece. */
	length = read(fd, line, sizeof line - 1);
	descriptor_close(fd);
	if (length < 0)
		return failed();
	line[length] = '\0';
	if (!parse(line, identity)) {
		errno = length == 0 ? ESRCH : EPROTO;
		return false;
	}
	return true;
}

/*
 * Is our parent called so, or its parent, or one further up?  name is that of
 * a program, at most 15 bytes of it.
 */
bool identity_has_ancestor(const char *name)
{
	struct identity identity = { .parent = getppid() };

	while (identity.parent > 0 && identity_read(identity.parent, &identity))
		if (strcmp(identity.name, name) == 0)
			return true;
	return false;
}

static bool ended(const struct identity *identity)
{
	return identity->state == 'Z' || identity->state == 'X';
}

/*
 * Tell whether the process still runs: not ended, not a zombie, not another
 * one with its pid.
 */
bool identity_alive(const struct identity *identity)
{
	struct identity now;

	return identity_read(identity->pid, &now) && !ended(&now) &&
	       now.start == identity->start;
}

/*
 * Return when the process started, as time(2) counts.
 */
time_t identity_since(const struct identity *identity)
{
	const int64_t second = 1000000000;
	struct timespec boot, now;
	long ticks = sysconf(_SC_CLK_TCK);

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &now);
	/* In whole seconds the answer would not be the same every time. */
	return (time_t)(((now.tv_sec - boot.tv_sec) * second + now.tv_nsec - boot.tv_nsec +
			 (int64_t)identity->start * (second / (ticks > 0 ? ticks : 100))) /
			second);
}

/* What the kernel appends to the name of a program that an upgrade has replaced. */
static const char deleted[] = " (deleted)";

static bool ends_deleted(const struct text *path)
{
	const size_t tail = sizeof deleted - 1;

	return path->length > tail && strcmp(path->data + path->length - tail, deleted) == 0;
}

/* Set path to what the kernel calls the program. */
static bool program_link(pid_t pid, struct text *path)
{
	char link[PROC_PATH_SIZE];
	/* The kernel makes these links from a page; a longer one is an error. */
	char target[4096];
	ssize_t length = readlink(proc_path(link, pid, "exe"), target, sizeof target);

	text_clear(path);
	if (length < 0)
		return failed();
	text_add_n(path, target, (size_t)length);
	return true;
}

/*
 * Set path to the program that pid executes, without the " (deleted)" that
 * the kernel appends after an upgrade.  Return false with errno set: ESRCH
 * also for a kernel thread, EACCES for a process of somebody else.
 */
bool identity_program(pid_t pid, struct text *path)
{
	if (!program_link(pid, path))
		return false;
	if (ends_deleted(path))
		text_truncate(path, path->length - (sizeof deleted - 1));
	return true;
}

/*
 * Tell whether the file of the program that pid executes is gone, as when an
 * upgrade has put another one in its place.  False where that cannot be seen.
 */
bool identity_program_gone(pid_t pid)
{
	struct text path = TEXT_EMPTY;
	bool gone = program_link(pid, &path) && ends_deleted(&path);

	text_free(&path);
	return gone;
}

/*
 * Tell whether the last component of a program's path is name.
 */
bool identity_program_named(const char *program, const char *name)
{
	const char *slash = strrchr(program, '/');

	return slash != NULL && strcmp(slash + 1, name) == 0;
}

/*
 * Append /proc/PID/NAME, for instance "cmdline" or "environ", to content.
 * Return false with errno set.
 */
bool identity_file(pid_t pid, const char *name, struct text *content)
{
	char path[PROC_PATH_SIZE];
	int fd = open(proc_path(path, pid, name), O_RDONLY | O_CLOEXEC);
	bool read;

	if (fd < 0)
		return failed();
	read = descriptor_read_all(fd, PROC_FILE_LIMIT, content);
	descriptor_close(fd);
	return read || failed();
}

/* Append a variable's value.  Text is always ended by a NUL, so the last variable is as well. */
static bool find_variable(const struct text *environment, const char *name, struct text *value)
{
	size_t length = strlen(name);

	for (size_t at = 0; at < environment->length;) {
		const char *variable = environment->data + at;

		if (strncmp(variable, name, length) == 0 && variable[length] == '=') {
			text_add(value, variable + length + 1);
			return true;
		}
		at += strlen(variable) + 1;
	}
	return false;
}

/*
 * Set value to a variable of the environment that pid was started with.
 * Return false with errno set, ENODATA when it has none of that name.
 */
bool identity_variable(pid_t pid, const char *name, struct text *value)
{
	struct text environment = TEXT_EMPTY;
	bool read = identity_file(pid, "environ", &environment);
	bool found;

	text_clear(value);
	found = read && find_variable(&environment, name, value);
	text_free(&environment);
	if (read && !found)
		errno = ENODATA;
	return found;
}

/*
 * Find the directory that pid works in.  Return false with errno set.
 */
bool identity_directory(pid_t pid, struct place *place)
{
	char path[PROC_PATH_SIZE];

	return place_of(proc_path(path, pid, "cwd"), place) || failed();
}

/*
 * Open a pidfd that is certain to mean this process; the caller closes it.
 * Return false with errno set: ESRCH when the process has ended or its pid
 * now is somebody else's, anything else when pidfds are not to be had.
 */
bool identity_open(const struct identity *identity, int *fd)
{
#ifdef SYS_pidfd_open
	*fd = (int)syscall(SYS_pidfd_open, identity->pid, 0);
	if (*fd < 0)
		return false;
	/* The descriptor holds the pid: who has it now keeps it. */
	if (identity_alive(identity))
		return true;
	close(*fd);
	errno = ESRCH;
#else
	(void)identity;
	errno = ENOSYS;
#endif
	*fd = -1;
	return false;
}

/*
 * Send a signal to this process and to no other.  Kernels before 5.3, and
 * seccomp filters that know no pidfd, leave a moment between look and kill.
 * Return false with errno set, ESRCH when there is nobody left to signal.
 */
bool identity_signal(const struct identity *identity, int signal)
{
#ifdef SYS_pidfd_send_signal
	int fd = -1;

	if (identity_open(identity, &fd)) {
		bool sent = syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0;

		descriptor_close(fd);
		if (sent || errno == ESRCH || errno == EPERM)
			return sent;
	} else if (errno == ESRCH) {
		return false;
	}
#endif
	if (!identity_alive(identity)) {
		errno = ESRCH;
		return false;
	}
	return kill(identity->pid, signal) == 0;
}
