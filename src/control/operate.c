/*
 * The operations, each a chain of steps for one instance, and the pools they
 * run in.
 */
#include "control/operate.h"

#include <signal.h>

#include "base/processors.h"
#include "control/data_directory.h"
#include "control/enable.h"
#include "control/ports.h"
#include "control/prepare.h"
#include "control/remember.h"
#include "control/start.h"
#include "control/stop.h"
#include "control/sync_job.h"
#include "process/pid_file.h"

enum {
	CHECK_LIMIT_MS = 120 * 1000,
	COMMAND_LIMIT_MS = 30 * 1000,
	/* Stopping is mostly waiting. */
	MANY_AT_A_TIME = 32,
};

/* Run postfix(1) in a step of its own; when it cannot be, the job has failed. */
static void drive(struct job *job, struct pool *pool, const char *verb, int64_t limit_ms,
		  bool interruptible, task_step *next)
{
	struct text why = TEXT_EMPTY;

	if (!job_postfix(job, pool, &(struct job_command){
			 .verb = verb, .deadline = deadline_in(limit_ms),
			 .interruptible = interruptible,
		 }, next, &why))
		job_done(job, JOB_FAILED, "cannot run \"postfix %s\": %s", verb,
			 text_string(&why));
	text_free(&why);
}

/* start */

static void started(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	(void)pool;
	/*
	 * Since 3.9 Debian's Postfix runs its own preparation of the chroot when it
	 * starts; what that took away is put back.
	 */
	if (chroots_sync(job, CHROOTS_MATCH))
		job_done(job, JOB_DONE, "started (process %ld)", (long)job->probe.master.pid);
	else
		job_done(job, JOB_FAILED, "it was started (process %ld), but its chroot is not "
			 "complete", (long)job->probe.master.pid);
}

static void start_cleared(struct task *task, struct pool *pool)
{
	start_begin(task->owner, pool, false, started);
}

static void start(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	if (!job_may_begin(job) || !prepare_check(job))
		return;
	/* Mail with a chroot that lacks something is better than no mail. */
	chroots_sync(job, CHROOTS_MATCH);
	if (job->has_orphans)
		stop_orphans(job, pool, start_cleared);
	else
		start_cleared(task, pool);
}

/* stop, abort */

static void stopped(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	(void)pool;
	job_done(job, JOB_DONE, job->killed ? "stopped; what did not end in time was killed"
					    : "stopped");
}

static void stop_by(struct job *job, struct pool *pool, const char *verb)
{
	job->began = deadline_now();
	if (job->runs)
		stop_begin(job, pool, verb, stopped);
	else
		stop_orphans(job, pool, stopped);
}

static void stop(struct task *task, struct pool *pool)
{
	stop_by(task->owner, pool, "stop");
}

static void abort_now(struct task *task, struct pool *pool)
{
	stop_by(task->owner, pool, "abort");
}

/* restart: first all are checked, then each is restarted */

static void checked(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	job->checked = job_succeeded(job);
	/* One that was cut short says nothing of the instance: it stays PENDING. */
	if (!job->checked && (task->signal_sent == 0 || pool_interrupted(pool) == 0))
		job_failed_command(job, "postfix check");
	/* Not before: that makes a directory which is missing. */
	if (job->checked && job->runs)
		job->checked = data_directory_check(job);
	if (job->result == JOB_FAILED && job->runs)
		text_add(&job->said, "\nit goes on running as it is");
}

/* Could a new master take the place of the one that runs? */
static bool check_place(struct job *job)
{
	struct text why = TEXT_EMPTY;
	bool ok = pid_file_usable(job->instance->queue_directory, &why);

	if (!ok)
		job_done(job, JOB_FAILED, "%s", text_string(&why));
	text_free(&why);
	return ok && ports_check(job);
}

/* Check what must be right before what runs is touched, and go on with next. */
static void check_before(struct job *job, struct pool *pool, task_step *next)
{
	if (!job_may_begin(job))
		return;
	if (prepare_check(job) && (!job->runs || check_place(job)))
		drive(job, pool, "check", CHECK_LIMIT_MS, true, next);
	else if (job->runs)
		text_add(&job->said, "; it goes on running as it is");
}

static void check(struct task *task, struct pool *pool)
{
	check_before(task->owner, pool, checked);
}

static void restarted(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	(void)pool;
	sync_clear(job);
	job_done(job, JOB_DONE, "%s (process %ld)", job->was_running ? "restarted" : "started",
		 (long)job->probe.master.pid);
}

static void start_again(struct task *task, struct pool *pool)
{
	start_begin(task->owner, pool, true, restarted);
}

static void restart(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	/* The sync reads the configuration again: somebody may have broken it since. */
	if (!job_may_begin(job) || !sync_must(job, job->runs ? CHROOTS_ADD : CHROOTS_MATCH))
		return;
	job->was_running = job->runs;
	if (job->runs)
		stop_begin(job, pool, "stop", start_again);
	else if (job->has_orphans)
		stop_orphans(job, pool, start_again);
	else
		start_again(task, pool);
}

/* reload */

static void reloaded(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	(void)pool;
	if (job_succeeded(job)) {
		sync_clear(job);
		job_done(job, JOB_DONE, "reloaded");
	} else {
		job_failed_command(job, "postfix reload");
	}
}

static void reload_checked(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	checked(task, pool);
	if (job->checked && sync_must(job, CHROOTS_ADD))
		drive(job, pool, "reload", COMMAND_LIMIT_MS, false, reloaded);
}

static void reload(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	if (!job_pid_file_is_true(job))
		job_done(job, JOB_FAILED, "%s/pid/master.pid does not name its master (process %ld); "
			 "\"postctl restart %s\" mends it", job->instance->queue_directory,
			 (long)job->probe.master.pid, instance_label(job->instance));
	check_before(job, pool, reload_checked);
}

/* flush */

static void flushed(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	(void)pool;
	if (job_succeeded(job))
		job_done(job, JOB_DONE, "flushed");
	else
		job_failed_command(job, "postfix flush");
}

static void flush(struct task *task, struct pool *pool)
{
	if (job_may_begin(task->owner))
		drive(task->owner, pool, "flush", COMMAND_LIMIT_MS, true, flushed);
}

static const struct {
	task_step *first;	/* for all instances, before any goes on */
	task_step *second;
	bool one_by_one;
	bool many;
} table[] = {
	[OPERATE_START] = { NULL, start, false, false },
	[OPERATE_STOP] = { NULL, stop, false, true },
	[OPERATE_RESTART] = { check, restart, false, false },
	[OPERATE_RELOAD] = { NULL, reload, false, false },
	[OPERATE_SYNC] = { NULL, sync_begin, true, false },
	[OPERATE_FLUSH] = { NULL, flush, false, false },
	[OPERATE_ABORT] = { NULL, abort_now, false, true },
	[OPERATE_ENABLE] = { NULL, enable_begin, true, false },
	[OPERATE_DISABLE] = { NULL, enable_begin, true, false },
};

/*
 * Return how many instances to work on at a time, unless the user says.
 */
size_t operate_default_limit(enum operate_kind kind)
{
	if (table[kind].one_by_one)
		return 1;
	if (table[kind].many)
		return MANY_AT_A_TIME;
	return processors_count();
}

/* Whoever kills us later does not take the memory of this one with us. */
static void finished(struct task *task)
{
	remember_job(task->owner);
}

/* Run one step and what follows from it for all jobs that are still to do. */
static bool run(struct job *jobs, size_t count, task_step *step, size_t limit, bool reverse,
		int *interrupted, struct text *why)
{
	struct pool pool;

	if (!pool_init(&pool, limit, why))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs[reverse ? count - 1 - i : i];

		if (job->result != JOB_PENDING)
			continue;
		job->task.begun = job->task.done = false;
		job->task.step = step;
		job->task.finished = finished;
		pool_add(&pool, &job->task);
	}
	pool_run(&pool);
	*interrupted = pool_interrupted(&pool);
	pool_free(&pool);
	return true;
}

/*
 * Do it to the instances of all jobs that are PENDING, limit at a time; with a
 * limit of 1 in postmulti's order, which is backwards for what stops.
 * Afterwards a job that is still PENDING was never begun: *interrupted is the
 * signal that came in between.  Return false with the reason when nothing
 * could be done at all.
 */
bool operate(struct job *jobs, size_t count, enum operate_kind kind, size_t limit,
	     int *interrupted, struct text *why)
{
	bool reverse = kind == OPERATE_STOP || kind == OPERATE_ABORT;

	*interrupted = 0;
	if (table[kind].first != NULL &&
	    !run(jobs, count, table[kind].first, limit, false, interrupted, why))
		return false;
	if (*interrupted != 0)
		return true;
	return run(jobs, count, table[kind].second, limit, reverse, interrupted, why);
}
