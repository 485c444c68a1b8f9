/*
 * Whether the master of an instance runs, and which process it is.
 *
 * A master holds flock(2) on QUEUE/pid/master.pid for life (POSTFIX.md 8).
 * The lock table shows that without touching the file; the pid in the file is
 * never believed.  Whoever the table shows must also be a master by its
 * program and work in the queue directory: device numbers of the table are
 * not those of stat(2) everywhere, and other programs can lock files too.
 *
 * The lock itself is never taken to try it: even a shared one, held for
 * microseconds, makes a master that starts in that moment fail.
 */
#include "process/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "process/lease.h"

/* How often to look again when the file is open but nobody has locked it. */
#define PROBE_ATTEMPTS 4

/* What a process is to a queue directory. */
enum role { ROLE_MASTER, ROLE_TESTER, ROLE_OTHER, ROLE_GONE, ROLE_HIDDEN };

struct subject {
	const char *path;	/* of pid/master.pid */
	struct place file;
	struct place queue;
};

/*
 * Read the lock table, anew if it was read before: answers are as old as
 * that.  Return false with the reason when it cannot be read; probes then
 * still tell what they can.  The caller frees the probe.
 */
bool probe_read(struct probe *probe, struct text *why)
{
	masters_free(&probe->masters);
	probe->has_masters = false;
	return locks_read(&probe->locks, why);
}

void probe_free(struct probe *probe)
{
	locks_free(&probe->locks);
	masters_free(&probe->masters);
	*probe = PROBE_EMPTY;
}

static enum role role_of(pid_t pid, const struct place *queue, struct identity *identity)
{
	struct text program = TEXT_EMPTY;
	struct place directory;
	bool seen;
	bool gone;
	bool named;

	if (!identity_read(pid, identity) || identity->state == 'Z')
		return ROLE_GONE;
	seen = identity_program(pid, &program);
	gone = !seen && errno == ESRCH;
	named = seen && identity_program_named(text_string(&program), "master");
	text_free(&program);
	if (!seen)
		return gone ? ROLE_GONE : ROLE_HIDDEN;
	if (!named)
		return ROLE_OTHER;
	if (!identity_directory(pid, &directory))
		return errno == ESRCH ? ROLE_GONE : ROLE_HIDDEN;
	if (masters_only_tests(pid))
		return ROLE_TESTER;
	return place_same(&directory, queue) ? ROLE_MASTER : ROLE_OTHER;
}

/*
 * Whether a lock that the table shows is on the subject's file, for who may
 * not look at the process that holds it.
 */
static bool same_file(const struct lock *lock, const struct subject *subject)
{
	dev_t device;

	if (lock->device == subject->file.device)
		return true;
	return locks_device(subject->path, &device) && lock->device == device;
}

/*
 * Look the file up in the lock table.  PROBE_STOPPED means only that the table
 * shows nobody.
 */
static enum probe_state look_up(const struct locks *locks, const struct subject *subject,
				struct probe_answer *answer, struct text *why)
{
	enum probe_state state = PROBE_STOPPED;
	size_t count;
	const struct lock *lock = locks_find(locks, subject->file.inode, &count);

	for (size_t i = 0; i < count; i++, lock++) {
		bool exact = lock->device == subject->file.device;
		enum role role = lock->pid > 0 ?
			role_of(lock->pid, &subject->queue, &answer->master) : ROLE_OTHER;

		if (role == ROLE_HIDDEN && strcmp(answer->master.name, "master") == 0 &&
		    same_file(lock, subject))
			role = ROLE_MASTER;
		if (role == ROLE_MASTER) {
			answer->queue = subject->queue;
			return PROBE_RUNNING;
		}
		if (role != ROLE_OTHER || !exact)
			continue;
		state = PROBE_UNKNOWN;
		if (lock->pid > 0)
			text_fail(why, "%s is locked by process %ld (%s), which is not "
				  "a master that works in this queue directory",
				  subject->path, (long)lock->pid, answer->master.name);
		else
			text_fail(why, "%s is locked by a process outside of this "
				  "pid namespace", subject->path);
	}
	return state;
}

/*
 * Set pid to the number that the pid file holds: a claim, made in the pid
 * namespace of whoever wrote it, that outlives a stop.  postfix(1) signals it
 * unchecked.  Return false when there is none or it cannot be read.
 */
bool probe_claimed(const char *queue_directory, pid_t *pid)
{
	struct text path = TEXT_EMPTY;
	char line[64];
	ssize_t length;
	char *end;
	long number;
	int fd;

	text_printf(&path, "%s/pid/master.pid", queue_directory);
	fd = open(text_string(&path), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	text_free(&path);
	if (fd < 0)
		return false;
	length = descriptor_read(fd, line, sizeof line - 1);
	close(fd);
	if (length <= 0)
		return false;
	line[length] = '\0';
	number = strtol(line, &end, 10);
	*pid = (pid_t)number;
	return end != line && *end == '\n' && number > 0 && *pid == number;
}

/*
 * Whether the process that the pid file names is a master of this queue
 * directory: all there is to go by where locks and leases tell nothing.
 */
static bool claim_holds(const char *queue_directory, const struct subject *subject,
			struct probe_answer *answer)
{
	pid_t pid;

	answer->queue = subject->queue;
	return probe_claimed(queue_directory, &pid) &&
	       role_of(pid, &subject->queue, &answer->master) == ROLE_MASTER;
}

/*
 * Probe by the lock.  The table is read again, in place, when the file is
 * open for writing and the table does not say by whom: a master that has
 * started since, or one that is just starting.
 */
static enum probe_state probe_lock(struct probe *probe, const char *queue_directory,
				   const struct subject *subject,
				   struct probe_answer *answer, struct text *why)
{
	for (int attempt = 1;; attempt++) {
		enum probe_state state = look_up(&probe->locks, subject, answer, why);
		enum lease_writer writer;

		if (state != PROBE_STOPPED)
			return state;
		writer = lease_writer(subject->path);
		if (writer == LEASE_NO_WRITER)
			return PROBE_STOPPED;
		if (writer == LEASE_UNCLEAR || attempt == PROBE_ATTEMPTS) {
			if (claim_holds(queue_directory, subject, answer))
				return PROBE_RUNNING;
			if (writer == LEASE_UNCLEAR)
				return PROBE_STOPPED;
			text_fail(why, "%s is open for writing by a process that cannot be "
				  "seen from here, perhaps a master outside of this pid "
				  "namespace", subject->path);
			return PROBE_UNKNOWN;
		}
		if (attempt > 1)
			nanosleep(&(struct timespec){ .tv_nsec = 1000000L * attempt }, NULL);
		(void)probe_read(probe, NULL);
	}
}

/* Find a master that runs with this configuration, wherever it works. */
static bool find_stray(struct probe *probe, const char *config_directory,
		       struct probe_answer *answer)
{
	const struct master *master;

	if (!probe->has_masters) {
		masters_read(&probe->masters, &probe->locks);
		probe->has_masters = true;
	}
	master = masters_find(&probe->masters, config_directory);
	if (master == NULL || !identity_alive(&master->identity))
		return false;
	answer->master = master->identity;
	answer->queue = master->queue;
	return true;
}

/*
 * Find out whether an instance's master runs.  queue_directory is NULL when
 * its configuration does not say; config_directory may be NULL, then nobody
 * looks for strays.  Return answer->state; why, which may be NULL, is set only
 * for PROBE_UNKNOWN.
 *
 * Without a pid/master.pid no master holds its lock, and where it is not a
 * regular file none can.  As somebody else than root the answer rests on the
 * lock table and on names alone, and strays are not found.
 */
enum probe_state probe_instance(struct probe *probe, const char *queue_directory,
				const char *config_directory,
				struct probe_answer *answer, struct text *why)
{
	struct text path = TEXT_EMPTY;
	struct subject subject;
	struct stat status;

	*answer = (struct probe_answer){ .state = PROBE_STOPPED };
	if (queue_directory != NULL) {
		text_printf(&path, "%s/pid/master.pid", queue_directory);
		subject.path = text_string(&path);
		if (stat(subject.path, &status) == 0 &&
		    place_of(queue_directory, &subject.queue)) {
			subject.file = (struct place){ status.st_dev, status.st_ino };
			if (S_ISREG(status.st_mode))
				answer->state = probe_lock(probe, queue_directory, &subject,
							   answer, why);
		} else if (errno != ENOENT && errno != ENOTDIR) {
			text_fail(why, "cannot look at %s: %s", subject.path, strerror(errno));
			answer->state = PROBE_UNKNOWN;
		}
	}
	if (answer->state == PROBE_STOPPED && config_directory != NULL &&
	    find_stray(probe, config_directory, answer))
		answer->state = PROBE_STRAY;
	text_free(&path);
	return answer->state;
}

/*
 * Signal the master of an answer, provided it is still that process and still
 * a master that works in that directory.  Return false with the reason; why
 * is left empty when it has ended, which is no failure to who wants that.
 */
bool probe_signal(const struct probe_answer *answer, int signal, struct text *why)
{
	struct identity now;
	enum role role = role_of(answer->master.pid, &answer->queue, &now);

	if (role == ROLE_GONE || now.start != answer->master.start)
		return false;
	if (role != ROLE_MASTER)
		return text_fail(why, "process %ld is not the master that was found before",
				 (long)answer->master.pid);
	if (identity_signal(&answer->master, signal))
		return true;
	if (errno == ESRCH)
		return false;
	return text_fail(why, "cannot send signal %d to master %ld: %s", signal,
			 (long)answer->master.pid, strerror(errno));
}
