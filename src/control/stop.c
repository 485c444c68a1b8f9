/*
 * Stopping one instance, so that afterwards none of its processes is left.
 *
 * "postfix stop" tells the master to go, looks after it for five seconds and
 * then means to kill it, but never does; and it does not look after the
 * master's children, which keep its sockets if they hang.  So we look
 * ourselves, at the master and at its session, and kill what is left when
 * Postfix's own five seconds are over.
 */
#include "control/stop.h"

#include <signal.h>

#include "state/started.h"

enum {
	GRACE_MS = 5000,	/* as in postfix-script */
	LAST_WORD_MS = 2000,	/* of these, for a master that "postfix stop" may not have told */
	AFTER_KILL_MS = 5000,	/* for the kernel to take processes down, of a busy machine too */
	LINGER_MS = 50,		/* for postfix-script to see that the master is gone */
	LOOK_MS = 5,		/* how often to ask whether the children are gone, */
	LOOKS = 20,		/* and how many times before looking for them */
};

/* Kill what is left, once. */
static void kill_rest(struct job *job, const struct session_list *left)
{
	session_signal(left, SIGKILL);
	job->killed = true;
	job->kill_at = deadline_in(AFTER_KILL_MS);
}

/*
 * The master is gone, or was given its time: see to its children.
 */
static void clear_session(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	struct session_table *processes = &job->operation->processes;
	struct session_list left = SESSION_LIST_EMPTY;
	struct text why = TEXT_EMPTY;

	/* They mostly go at once; to ask is cheap, to look for them is not. */
	if (!job->has_orphans && session_empty(&job->session)) {
		job->runs = false;
		job->next(task, pool);
		return;
	}
	if (job->looks++ < LOOKS) {
		job->scan_at = deadline_in(LOOK_MS);
		pool_wait_until(pool, task, job->scan_at, clear_session);
		return;
	}
	/* One scan serves all jobs that wait for the same moment. */
	if (!session_table_read(processes, job->scan_at, &why)) {
		job_done(job, JOB_FAILED, "cannot look for its processes: %s", text_string(&why));
		text_free(&why);
		return;
	}
	if (job->session.master.pid > 0)
		session_find(&job->session, processes, &left);
	else
		session_find_orphans(&job->session, processes, &left);
	if (left.count > 0 && deadline_passed(job->kill_at) && job->killed) {
		job_done(job, JOB_FAILED, "process %ld does not end, not even when killed; "
			 "\"ps -l %ld\" shows what it waits for", (long)left.items[0].pid,
			 (long)left.items[0].pid);
		session_list_free(&left);
		return;
	}
	if (left.count > 0 && deadline_passed(job->kill_at))
		kill_rest(job, &left);
	if (left.count > 0) {
		session_list_free(&left);
		job->scan_at = session_table_next(processes);
		pool_wait_until(pool, task, job->scan_at, clear_session);
		return;
	}
	session_list_free(&left);
	job->runs = false;
	job->next(task, pool);
}

/*
 * Has the instance processes of an earlier master, which died without them?
 * They hold its sockets and would take the connections of the next one.  One
 * scan of /proc serves all jobs of an operation.
 */
bool stop_find_orphans(struct job *job)
{
	struct session_table *processes = &job->operation->processes;
	struct session_list found = SESSION_LIST_EMPTY;
	struct session session;
	struct place queue;

	job->has_orphans = false;
	if (!place_of(job->instance->queue_directory, &queue) ||
	    (processes->read_at == 0 && !session_table_read(processes, 0, NULL)))
		return false;
	session_init(&session, job->runs ? &job->probe.master : NULL, &queue,
		     job->instance->daemon_directory);
	session_find_orphans(&session, processes, &found);
	job->has_orphans = found.count > 0;
	session_list_free(&found);
	session_free(&session);
	return job->has_orphans;
}

/*
 * End the processes of an earlier master of the instance of a job, which does
 * not run, and go on with next when none is left.
 */
void stop_orphans(struct job *job, struct pool *pool, task_step *next)
{
	struct place queue;

	job->next = next;
	job->killed = false;
	job->looks = LOOKS;
	job->kill_at = deadline_earlier(deadline_in(GRACE_MS), job->operation->deadline);
	job->scan_at = deadline_now();
	if (!place_of(job->instance->queue_directory, &queue)) {
		next(&job->task, pool);
		return;
	}
	session_free(&job->session);
	session_init(&job->session, NULL, &queue, job->instance->daemon_directory);
	clear_session(&job->task, pool);
}

/* Wait for the master, as long as there is time, and go on to its children. */
static void await_master(struct job *job, struct pool *pool)
{
	if (identity_alive(&job->probe.master) && !deadline_passed(job->kill_at))
		pool_wait_end(pool, &job->task, &job->probe.master, job->kill_at, clear_session);
	else
		clear_session(&job->task, pool);
}

/* Do ourselves what postfix(1) would not: the master is surely the master. */
static void signal_master(struct job *job, struct pool *pool)
{
	struct text why = TEXT_EMPTY;

	if (!deadline_passed(job->kill_at) && !probe_signal(&job->probe, SIGTERM, &why))
		text_printf(&job->output, "%s\n", text_string(&why));
	text_free(&why);
	await_master(job, pool);
}

static void after_command(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	/* Told twice it comes to no harm, whatever the command said of itself. */
	if (identity_alive(&job->probe.master))
		signal_master(job, pool);
	else
		await_master(job, pool);
}

/*
 * Stop the instance of a job, which runs, by "postfix verb" (stop or abort),
 * and go on with next when nothing of it is left.  When it cannot be stopped
 * the job has failed, and next is not reached.
 */
void stop_begin(struct job *job, struct pool *pool, const char *verb, task_step *next)
{
	struct text why = TEXT_EMPTY;

	job->next = next;
	job->killed = false;
	job->looks = 0;
	job->kill_at = deadline_earlier(deadline_in(GRACE_MS), job->operation->deadline);
	session_free(&job->session);
	session_init(&job->session, &job->probe.master, &job->probe.queue,
		     job->instance->daemon_directory);
	started_forget(job->instance->directory);
	/*
	 * postfix(1) reads the configuration again and signals the process that the
	 * pid file names, unchecked; when either has gone bad it is of no use.  Nor
	 * is it on a machine so busy that its scripts do not get there in time: a
	 * healthy master is told by us, rather than killed without a word.
	 */
	if (!job->confirmed || !job_pid_file_is_true(job) ||
	    !job_postfix(job, pool, &(struct job_command){
		    .verb = verb,
		    .deadline = deadline_earlier(deadline_in(GRACE_MS - LAST_WORD_MS), job->kill_at),
		    .until = &job->probe.master,
		    .linger_ms = LINGER_MS,
	    }, after_command, &why))
		signal_master(job, pool);
	text_free(&why);
}
