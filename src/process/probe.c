/*
 * Whether the master of an instance runs, and which process it is.
 *
 * A master holds flock(2) on QUEUE/pid/master.pid for life.
 * The lock is never taken to try it: even a shared one, held for microseconds,
 * makes a master that starts in that moment fail.  There are two other ways.
 *
 * A master has the file open for writing, and nobody else has; a lease tells.
 * The pid in the file is a claim that counts only if that process is a master
 * by its program and works in the queue directory.
 *
 * The lock table, /proc/locks, shows the holder of the lock, if this pid
 * namespace does.  He is not believed unseen either: device numbers of the
 * table are not those of stat(2) everywhere, and other programs can lock files
 * too.  The table is there for anybody to read, but the kernel keeps all
 * locking of the host waiting while it makes it, for 5 to 15 ms.  So it is
 * read only for what leases do not tell: somebody else's files, claims that
 * do not hold, and masters whose pid file is gone.
 */
#include "process/probe.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "process/lease.h"
#include "process/open_files.h"
#include "process/pid_file.h"

/*
 * How often at least to look again when the file is open but nobody has locked
 * it, and for how long with naps of what length, for all that are asked for.
 */
#define PROBE_ATTEMPTS 4
#define PROBE_PATIENCE_MS 1000
#define PROBE_NAP_MS 50

/* What a process is to a queue directory. */
enum role { ROLE_MASTER, ROLE_OTHER, ROLE_GONE, ROLE_HIDDEN };

/*
 * Begin to probe, or begin anew: no answer from now on is older than this.
 * Return false with the reason when there is no /proc, and nothing can be told
 * of anybody.  The caller frees the probe.
 */
bool probe_read(struct probe *probe, struct text *why)
{
	masters_free(&probe->masters);
	probe->has_masters = false;
	probe->has_locks = false;
	if (access("/proc/self/stat", R_OK) < 0)
		return text_fail(why, "cannot read /proc: %s", strerror(errno));
	return true;
}

/*
 * No lock is older than this, from now on.  Masters that no pid file leads to
 * are still those that were there before: to find them takes longer the more
 * there are, and who works on very many instances begins often.
 */
void probe_forget_locks(struct probe *probe)
{
	probe->has_locks = false;
}

static const struct locks *lock_table(struct probe *probe)
{
	/* Without one nobody holds locks, as far as can be seen. */
	if (!probe->has_locks) {
		errno = 0;
		probe->locks_error = 0;
		if (!locks_read(&probe->locks, NULL)) {
			probe->locks_error = errno != 0 ? errno : EIO;
			locks_free(&probe->locks);
		}
	}
	probe->has_locks = true;
	return &probe->locks;
}

void probe_free(struct probe *probe)
{
	locks_free(&probe->locks);
	masters_free(&probe->masters);
	*probe = PROBE_EMPTY;
}

/* Does it exist, although /proc does not show it?  With hidepid=2 others' are not there. */
static bool is_out_of_sight(pid_t pid)
{
	return pid > 0 && kill(pid, 0) < 0 && errno == EPERM;
}

/*
 * Find out what a process is to a queue directory.  A "master -t" is taken for
 * a master here.
 */
static enum role role_of(pid_t pid, const struct place *queue, struct identity *identity)
{
	struct text program = TEXT_EMPTY;
	struct place directory;
	bool seen;
	bool gone;
	bool named;

	if (!identity_read(pid, identity))
		return errno == ESRCH && !is_out_of_sight(pid) ? ROLE_GONE : ROLE_HIDDEN;
	if (identity->state == 'Z')
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
	return place_same(&directory, queue) ? ROLE_MASTER : ROLE_OTHER;
}

/*
 * Whether a lock that the table shows is on a pid file, for who may
 * not look at the process that holds it.
 */
static bool same_file(const struct lock *lock, const struct pid_file *file)
{
	dev_t device;

	if (lock->device == file->file.device)
		return true;
	return locks_device(file->path, &device) && lock->device == device;
}

/*
 * Look the file up in the lock table.  PROBE_STOPPED means only that the table
 * shows nobody.
 */
static enum probe_state look_up(const struct locks *locks, const struct pid_file *file,
				struct probe_answer *answer, struct text *why)
{
	enum probe_state state = PROBE_STOPPED;
	size_t count;
	const struct lock *lock = locks_find(locks, file->file.inode, &count);

	for (size_t i = 0; i < count; i++, lock++) {
		enum role role = lock->pid > 0 ?
			role_of(lock->pid, &file->queue, &answer->master) : ROLE_OTHER;

		if (role == ROLE_HIDDEN && strcmp(answer->master.name, "master") == 0 &&
		    same_file(lock, file))
			role = ROLE_MASTER;
		if (role == ROLE_HIDDEN && *answer->master.name == '\0' && same_file(lock, file)) {
			state = PROBE_UNKNOWN;
			text_fail(why, "%s is locked by process %ld, which /proc does not show to "
				  "you; only root can find out whether it runs", file->path,
				  (long)lock->pid);
			continue;
		}
		if (role == ROLE_MASTER && masters_only_tests(lock->pid))
			continue;
		if (role == ROLE_MASTER) {
			answer->queue = file->queue;
			return PROBE_RUNNING;
		}
		/* Another file system's file may have the same number. */
		if (role != ROLE_OTHER || (lock->device != file->file.device &&
					   !open_files_have(lock->pid, &file->file)))
			continue;
		state = PROBE_UNKNOWN;
		if (lock->pid > 0)
			text_fail(why, "%s is locked by process %ld (%s), which is not "
				  "a master that works in this queue directory; \"ps -fp %ld\" "
				  "shows it", file->path, (long)lock->pid, answer->master.name,
				  (long)lock->pid);
		else
			text_fail(why, "%s is locked by a process outside of this "
				  "pid namespace", file->path);
	}
	return state;
}

/*
 * Whether the process that the pid file names is a master of its queue
 * directory.  It may be the one that has the file open: a "master -t" claims
 * nothing, nor does one that starts, before it has the lock.
 */
static bool claim_holds(const struct pid_file *file, struct probe_answer *answer)
{
	pid_t pid;

	answer->queue = file->queue;
	return pid_file_claim(file, &pid) &&
	       role_of(pid, &file->queue, &answer->master) == ROLE_MASTER;
}

/*
 * Probe a pid file.  When it is open for writing and nothing shows by whom, a
 * master may just be starting, or a "master -t" about to end, or one has since
 * the table was read: it gets a moment, longer where the machine is busy, and
 * the table is read again, in place.
 */
static enum probe_state probe_file(struct probe *probe, const struct pid_file *file,
				   struct probe_answer *answer, struct text *why)
{
	long nap = 0;

	for (int attempt = 1;; attempt++) {
		enum lease_writer writer = LEASE_UNCLEAR;
		enum probe_state state;

		if (file->fd >= 0)
			writer = lease_writer(file->fd);
		if (writer == LEASE_NO_WRITER)
			return PROBE_STOPPED;
		if (writer == LEASE_WRITER && claim_holds(file, answer))
			return PROBE_RUNNING;
		state = look_up(lock_table(probe), file, answer, why);
		if (state != PROBE_STOPPED)
			return state;
		if (probe->locks_error != 0 && !claim_holds(file, answer)) {
			text_fail(why, "cannot read /proc/locks: %s",
				  strerror(probe->locks_error));
			return PROBE_UNKNOWN;
		}
		if (writer == LEASE_UNCLEAR)
			return claim_holds(file, answer) ? PROBE_RUNNING : PROBE_STOPPED;
		if (attempt >= PROBE_ATTEMPTS && probe->waited_ms >= PROBE_PATIENCE_MS)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000L * nap }, NULL);
		probe->waited_ms += nap;
		nap = nap < PROBE_NAP_MS / 2 ? 2 * nap + 1 : PROBE_NAP_MS;
		(void)probe_read(probe, NULL);
	}
	text_fail(why, "%s is open for writing by a process that /proc does not show here, "
		  "perhaps a master outside of this pid namespace, where \"fuser -v %s\" shows it",
		  file->path, file->path);
	return PROBE_UNKNOWN;
}

/*
 * After a start that failed: does somebody who is no master lock the pid file
 * of a queue directory?  If he has it open for reading only, that is seen in
 * the lock table alone.  Say who, in why.
 */
bool probe_find_locker(struct probe *probe, const char *queue_directory, struct text *why)
{
	struct pid_file file = PID_FILE_EMPTY;
	struct probe_answer answer;
	bool found = pid_file_open(&file, queue_directory) == 0 &&
		     look_up(lock_table(probe), &file, &answer, why) == PROBE_UNKNOWN;

	pid_file_close(&file);
	return found;
}

/* Find a master that runs with this configuration, wherever it works. */
static bool find_stray(struct probe *probe, const char *config_directory,
		       struct probe_answer *answer)
{
	const struct master *master;

	if (!probe->has_masters) {
		const struct locks *locks = lock_table(probe);

		if (probe->locks_error == 0)
			masters_read(&probe->masters, locks);
		else
			masters_search(&probe->masters);
		probe->has_masters = true;
	}
	master = masters_find(&probe->masters, config_directory);
	if (master == NULL || !identity_alive(&master->identity))
		return false;
	answer->master = master->identity;
	answer->queue = master->queue;
	return true;
}

static enum probe_state probe_queue(struct probe *probe, const char *queue_directory,
				    struct probe_answer *answer, struct text *why)
{
	struct pid_file file = PID_FILE_EMPTY;
	enum probe_state state = PROBE_STOPPED;
	int error = pid_file_open(&file, queue_directory);

	if (error == 0) {
		state = probe_file(probe, &file, answer, why);
	} else if (error != ENOENT && error != ENOTDIR) {
		text_fail(why, "cannot look at %s: %s", file.path, strerror(error));
		state = PROBE_UNKNOWN;
	}
	pid_file_close(&file);
	return state;
}

/*
 * Find out whether an instance's master runs.  queue_directory is NULL when
 * its configuration does not say; config_directory may be NULL, then nobody
 * looks for strays.  Return answer->state; why, which may be NULL, is of use
 * only for PROBE_UNKNOWN.
 *
 * As somebody else than root the answer rests on the lock table and on names
 * alone, and strays are not found.
 */
enum probe_state probe_instance(struct probe *probe, const char *queue_directory,
				const char *config_directory,
				struct probe_answer *answer, struct text *why)
{
	enum probe_state state = PROBE_STOPPED;
	struct probe_answer again = { .state = PROBE_UNKNOWN };
	struct place queue;

	*answer = (struct probe_answer){ .state = PROBE_UNKNOWN };
	if (queue_directory != NULL)
		state = probe_queue(probe, queue_directory, answer, why);
	if (state == PROBE_STOPPED && config_directory != NULL &&
	    find_stray(probe, config_directory, answer)) {
		state = PROBE_STRAY;
		/* It may have started, with this pid file, since that was looked at. */
		if (queue_directory != NULL && place_of(queue_directory, &queue) &&
		    place_same(&queue, &answer->queue) &&
		    probe_queue(probe, queue_directory, &again, NULL) == PROBE_RUNNING) {
			state = PROBE_RUNNING;
			*answer = again;
		}
	}
	answer->state = state;
	return state;
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
