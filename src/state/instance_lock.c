/*
 * One operation on an instance at a time.  The lock is a flock(2) on a file
 * that only root can open, so that it goes with the process that holds it
 * whatever becomes of that, and nobody else can take it.
 */
#include "state/instance_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "process/identity.h"
#include "process/locks.h"
#include "state/run_directory.h"

/* Of what the file of a lock holds. */
enum { CONTENT_LIMIT = 4096 };

/*
 * Open the directory of the locks.  Return a descriptor, or -1 with the
 * reason.
 */
int instance_lock_open(struct text *why)
{
	return run_directory_open("lock", 0700, why);
}

/* Append what tells this pid namespace from others: "pid:[4026531836]". */
static void add_namespace(struct text *text)
{
	char name[64];
	ssize_t length = readlink("/proc/self/ns/pid", name, sizeof name);

	text_add_n(text, name, length > 0 ? (size_t)length : 0);
}

/*
 * Write who we are: a line for messages, and one that tells in which pid
 * namespace, of which host, the number is a process.
 */
static void write_holder(int fd, const char *verb)
{
	struct text holder = TEXT_EMPTY;
	char host[HOST_NAME_MAX + 1] = "";

	text_printf(&holder, "%s (process %ld)\n", verb, (long)getpid());
	add_namespace(&holder);
	if (gethostname(host, sizeof host - 1) == 0)
		text_printf(&holder, " %s", host);
	/* Only a message depends on it; a full /run must not stop us. */
	if (ftruncate(fd, 0) == 0)
		(void)descriptor_write(fd, holder.data, holder.length);
	text_free(&holder);
}

/* The process that has the lock, as the lock table shows it here; or 0. */
static pid_t find_holder(int fd)
{
	struct locks locks = LOCKS_EMPTY;
	const struct lock *lock;
	struct stat status;
	size_t count = 0;
	pid_t pid = 0;

	if (fstat(fd, &status) == 0 && locks_read(&locks, NULL)) {
		lock = locks_find(&locks, status.st_ino, &count);
		for (size_t i = 0; i < count; i++)
			if (lock[i].device == status.st_dev && lock[i].pid > 0)
				pid = lock[i].pid;
	}
	locks_free(&locks);
	return pid;
}

static bool is_postctl(pid_t pid)
{
	struct identity identity;

	return identity_read(pid, &identity) && strcmp(identity.name, "postctl") == 0;
}

/*
 * Append who has the lock: "verb (process N)".  The number that he wrote counts
 * in his pid namespace; and what is written may be of the one before him, who
 * was killed.
 */
static void describe_holder(int fd, struct text *holder)
{
	struct text content = TEXT_EMPTY, ours = TEXT_EMPTY;
	char *first, *namespace, *host, *process;
	pid_t pid = 0;

	(void)descriptor_read_all(fd, CONTENT_LIMIT, &content);
	first = text_take(&content);
	add_namespace(&ours);
	namespace = first + strcspn(first, "\n");
	if (*namespace != '\0')
		*namespace++ = '\0';
	host = namespace + strcspn(namespace, " ");
	if (*host != '\0')
		*host++ = '\0';
	process = strstr(first, " (process ");
	if (*namespace == '\0' || process == NULL) {
		text_add(holder, first);
	} else if (strcmp(namespace, text_string(&ours)) == 0) {
		pid_t written = (pid_t)strtol(process + strlen(" (process "), NULL, 10);

		if (kill(written, 0) == 0 || errno != ESRCH)
			text_add(holder, first);
	} else {
		pid = find_holder(fd);
		*process = '\0';
		process += strlen(" (process ");
		if (pid > 0 && is_postctl(pid))
			text_printf(holder, "%s (process %ld)", first, (long)pid);
		else if (pid == 0)
			text_printf(holder, "%s (process %.*s of another pid namespace, host %s)",
				    first, (int)strspn(process, "0123456789"), process, host);
	}
	if (holder->length == 0 && pid == 0)
		pid = find_holder(fd);
	if (holder->length == 0 && pid > 0)
		text_printf(holder, "(process %ld)", (long)pid);
	else if (holder->length == 0)
		text_add(holder, "(process unknown)");
	free(first);
	text_free(&ours);
}

/*
 * Try to lock the instance for a verb.  When the lock was TAKEN, *lock is the
 * descriptor that holds it until it is closed.  When it is BUSY, why names
 * who has it: "verb (process N)".  FAILED gives the reason.
 */
enum instance_lock_result instance_lock_try(int directory, const char *config_directory,
					    const char *verb, int *lock, struct text *why)
{
	struct text key = TEXT_EMPTY;
	struct text holder = TEXT_EMPTY;
	enum instance_lock_result result = INSTANCE_LOCK_FAILED;
	int fd;

	own_directory_key(config_directory, &key);
	fd = openat(directory, text_string(&key), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		write_holder(fd, verb);
		*lock = fd;
		result = INSTANCE_LOCK_TAKEN;
	} else if (fd >= 0 && errno == EWOULDBLOCK) {
		describe_holder(fd, &holder);
		text_fail(why, "%s", holder.data);
		result = INSTANCE_LOCK_BUSY;
	} else {
		text_fail(why, "cannot lock %s/lock/%s: %s", RUN_DIRECTORY, text_string(&key),
			  strerror(errno));
	}
	if (result != INSTANCE_LOCK_TAKEN)
		descriptor_close(fd);
	text_free(&key);
	text_free(&holder);
	return result;
}
