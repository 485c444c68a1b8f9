/*
 * Starting one instance, and making sure that it runs.
 */
#include "control/start.h"

#include "control/quick_start.h"
#include "process/pid_file.h"
#include "state/started.h"

enum {
	/* master(8) itself gives up after 100 seconds, MASTER_INIT_TIMEOUT. */
	LIMIT_MS = 120 * 1000,
	/* How often to look for its last words, for a log daemon to write them, */
	LOOK_MS = 50,
	LOOKS = 6,		/* and how many times. */
	/* When to try again what could not even be tried, */
	TRY_MS = 200,
	TRIES = 20,		/* and how many times. */
};

static void drive(struct job *job, struct pool *pool);

/*
 * Look for the master that "postfix start" should have left behind: one to
 * which the pid file leads, not an older one in some other queue directory.
 */
static bool look(struct job *job)
{
	struct probe probe = PROBE_EMPTY;
	struct text why = TEXT_EMPTY;

	if (probe_read(&probe, &why))
		job_probe(job, &probe);
	else
		job_done(job, JOB_FAILED, "cannot find out whether it runs: %s",
			 text_string(&why));
	probe_free(&probe);
	text_free(&why);
	return job->probe.state == PROBE_RUNNING;
}

/* "postfix start" calls it running already, whoever has locked the pid file. */
static void add_locker(struct job *job)
{
	struct probe probe = PROBE_EMPTY;
	struct text why = TEXT_EMPTY;

	if (probe_read(&probe, NULL) &&
	    probe_find_locker(&probe, job->instance->queue_directory, &why))
		text_printf(&job->said, "\n%s", text_string(&why));
	probe_free(&probe);
	text_free(&why);
}

/*
 * Why master(8) itself ended, which "postfix start" does not tell, is in the
 * log by now, or in a moment.
 */
static void add_last_words(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	struct words complaints = WORDS_EMPTY;

	mail_log_complaints(&job->log, job->instance->syslog_name, "master", &complaints);
	for (size_t i = 0; i < complaints.count; i++)
		text_printf(&job->said, "\nmaster: %s", complaints.items[i]);
	if (complaints.count == 0 && ++job->looks < LOOKS)
		pool_wait_until(pool, task, deadline_in(LOOK_MS), add_last_words);
	else
		mail_log_free(&job->log);
	words_free(&complaints);
}

static void after_command(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	struct text why = TEXT_EMPTY;
	bool quick = job->quick;

	/* What it said of its failure does not count if the instance runs. */
	job_succeeded(job);
	if (quick)
		quick_start_cancel(job->instance->queue_directory);
	job->quick = false;
	if (look(job)) {
		bool remembered = started_remember(job->instance->directory, &why);

		mail_log_free(&job->log);
		job->next(task, pool);
		if (!remembered)
			text_printf(&job->warnings, "status will call it stopped, not dead, if it "
				    "dies: %s\n", text_string(&why));
		text_free(&why);
	} else if (quick && !task->timed_out) {
		/* The checks that were skipped may mend it, or tell what is wrong. */
		drive(job, pool);
	} else {
		job_failed_command(job, "postfix start");
		add_locker(job);
		job->looks = 0;
		add_last_words(task, pool);
	}
}

static void drive_again(struct task *task, struct pool *pool)
{
	drive(task->owner, pool);
}

/* What was stopped for this is not left down for want of a process or of memory in that moment. */
static bool may_try_again(struct job *job)
{
	return job->was_running && job->tries++ < TRIES;
}

static void drive(struct job *job, struct pool *pool)
{
	struct text why = TEXT_EMPTY;

	if (!job_postfix(job, pool, &(struct job_command){
			 .verb = "start", .deadline = deadline_in(LIMIT_MS),
			 .must_finish = job->was_running,
		 }, after_command, &why)) {
		if (may_try_again(job)) {
			pool_wait_until(pool, &job->task, deadline_in(TRY_MS), drive_again);
			text_free(&why);
			return;
		}
		if (job->quick)
			quick_start_cancel(job->instance->queue_directory);
		job_done(job, JOB_FAILED, "cannot start it: %s", text_string(&why));
	}
	text_free(&why);
}

/*
 * Start the instance of a job, which does not run, and go on with next when it
 * does.  A quick start leaves out the checks, for who has just made them.
 * When it cannot be started the job has failed, and next is not reached.
 */
void start_begin(struct job *job, struct pool *pool, bool quick, task_step *next)
{
	struct text why = TEXT_EMPTY;

	if (!pid_file_usable(job->instance->queue_directory, &why)) {
		job_done(job, JOB_FAILED, "cannot start it: %s", text_string(&why));
		text_free(&why);
		return;
	}
	job->next = next;
	job->tries = 0;
	mail_log_mark(&job->log, job->instance->maillog_file);
	/* If the file cannot be made the start is merely a slow one. */
	job->quick = quick && quick_start_request(job->instance->queue_directory, NULL);
	drive(job, pool);
}
