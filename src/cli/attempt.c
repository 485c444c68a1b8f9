/*
 * Attempts at what an action does to its jobs: lock, probe, decide, confirm,
 * operate.
 */
#include "cli/attempt.h"

#include <signal.h>

#include "base/descriptor.h"
#include "cli/message.h"
#include "cli/verbs.h"
#include "control/chroots.h"
#include "control/confirm.h"
#include "control/enable.h"
#include "control/lock_jobs.h"
#include "control/prepare.h"
#include "control/stop.h"
#include "state/started.h"

/* How many instances are locked at a time, at most: each lock is a descriptor. */
enum { BATCH = 256 };

static void say_waiting(const struct instance *instance, const char *holder)
{
	message_instance(instance_label(instance), "waiting for postctl %s", holder);
}

static bool stops(const struct action *action)
{
	return action->kind == OPERATE_STOP || action->kind == OPERATE_ABORT;
}

static bool reads_configuration(const struct action *action)
{
	return action->kind == OPERATE_START || action->kind == OPERATE_RESTART ||
	       action->kind == OPERATE_RELOAD;
}

static bool syncs(const struct action *action)
{
	return reads_configuration(action) || action->kind == OPERATE_SYNC;
}

/* Decide what needs no work, now that it is known what runs. */
static void decide(struct attempt *attempt, struct job *job)
{
	const struct action *action = attempt->action;
	const struct instance *instance = job->instance;

	if (job->result != JOB_PENDING)
		return;
	if (stops(action) && stop_find_orphans(job))
		return;
	if (action->needs_running && !job->runs) {
		if (stops(action))
			job_done(job, JOB_UNCHANGED, "stopped already");
		else
			job_done(job, JOB_NOT_RUNNING, "not running");
		return;
	}
	if (action->needs_stopped && job->runs && job->probe.state == PROBE_RUNNING) {
		job_done(job, JOB_UNCHANGED, "running already (process %ld)",
			 (long)job->probe.master.pid);
		return;
	}
	if (instance->damage != NULL && !stops(action)) {
		job_done(job, JOB_FAILED, "%s%s", instance->damage,
			 job->runs ? "; it goes on running as it is" : "");
		return;
	}
	if (job->probe.state == PROBE_STRAY && !stops(action)) {
		job_done(job, JOB_FAILED, "its master (process %ld) runs, but %s/pid/master.pid "
			 "does not lead to it; \"postctl stop %s\" ends it",
			 (long)job->probe.master.pid, instance->queue_directory,
			 instance_label(instance));
		return;
	}
	if (reads_configuration(action) && !prepare_check(job)) {
		text_add(&job->said, job->runs ? "; it goes on running as it is" : "");
		return;
	}
	if (action->kind == OPERATE_START || action->kind == OPERATE_RESTART)
		stop_find_orphans(job);
	if (action->kind == OPERATE_SYNC && chroots_is_current(job, NULL))
		job_done(job, JOB_UNCHANGED, "chroot is current");
	if (action->kind == OPERATE_ENABLE || action->kind == OPERATE_DISABLE)
		enable_decide(job, action->doing, &attempt->request->instances);
}

/* Probe jobs.  Only the first of many batches, and who has waited, looks for all masters. */
static bool probe_jobs(struct attempt *attempt, struct job *jobs, size_t count, bool patient,
		       struct text *why)
{
	if (attempt->has_probed && !patient)
		probe_forget_locks(&attempt->probe);
	else if (!probe_read(&attempt->probe, why))
		return false;
	attempt->has_probed = true;
	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs[i];

		if (job->result != JOB_PENDING)
			continue;
		job_probe(job, &attempt->probe);
		decide(attempt, job);
		if (attempt->dry_run && syncs(attempt->action) && job->result == JOB_PENDING)
			chroots_is_current(job, &job->output);
		if (attempt->dry_run && job->result == JOB_PENDING)
			script_describe(&job->script, &job->output);
		/* A stop that finds nothing to do still ends what is remembered. */
		if (!attempt->dry_run && !job->runs && job->result != JOB_FAILED &&
		    stops(attempt->action))
			started_forget(job->instance->directory);
	}
	return true;
}

/*
 * Read the instances again for jobs that were left for later: who worked on
 * them may have changed what they are.
 */
static void read_again(struct attempt *attempt, struct job *jobs, size_t count)
{
	const struct action *action = attempt->action;

	request_discover_again(attempt->request);
	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs[i];
		const struct instance *instance = job->instance;

		job->read_again = true;
		if (job->result != JOB_PENDING || instance_may_be_enabled(instance))
			continue;
		if (job->named && action->disabled_refused)
			job_done(job, JOB_FAILED, "cannot %s it: it has just been disabled; "
				 "\"postctl enable %s\" enables it", action->doing,
				 instance_label(instance));
		else if (!job->named && !action->disabled_too)
			job_done(job, JOB_UNCHANGED, "has just been disabled; nothing was done");
	}
}

/* Those that Postfix had no answer for can only be stopped. */
static void refuse_unconfirmed(struct attempt *attempt, struct job *jobs, size_t total)
{
	for (size_t i = 0; i < total; i++) {
		struct job *job = &jobs[i];

		if (job->result != JOB_PENDING || job->confirmed || stops(attempt->action))
			continue;
		if (deadline_passed(attempt->operation.deadline))
			job_done(job, JOB_FAILED, "Postfix did not say in time how it reads its "
				 "configuration; nothing was done");
		job_done(job, JOB_FAILED, "Postfix cannot read its configuration; "
			 "\"postconf -c %s\" shows why%s\n%s", job->instance->directory,
			 job->runs ? "; it goes on running as it is" : "",
			 text_string(&job->output));
	}
}

static size_t pending(const struct job *jobs, size_t total)
{
	size_t count = 0;

	for (size_t i = 0; i < total; i++)
		count += jobs[i].result == JOB_PENDING;
	return count;
}

/* Do the work of some jobs, as attempt_all() does that of all. */
static bool attempt_some(struct attempt *attempt, struct job *jobs, size_t count, bool patient,
		    int *interrupted, struct text *why)
{
	lock_waiting *waiting = patient ? say_waiting : NULL;
	const char *verb = attempt->request->verb->name;
	const struct options *options = &attempt->request->options;
	size_t limit = options_has(options, OPTION_JOBS)
		       ? options->jobs : operate_default_limit(attempt->action->kind);
	/* A sync that finds nothing to do leaves not even a lock behind. */
	bool lock_late = attempt->action->kind == OPERATE_SYNC && !patient;

	if (pending(jobs, count) == 0)
		return true;
	if (!attempt->dry_run && !lock_late && !lock_jobs(jobs, count, verb, waiting, why))
		return false;
	if (patient)
		read_again(attempt, jobs, count);
	if (!probe_jobs(attempt, jobs, count, patient, why))
		return false;
	if (attempt->dry_run || pending(jobs, count) == 0)
		return true;
	if (lock_late && !lock_jobs(jobs, count, verb, waiting, why))
		return false;
	if (pending(jobs, count) == 0)
		return true;
	if (!confirm_jobs(jobs, count, &attempt->request->instances, interrupted, why))
		return false;
	if (*interrupted != 0) {
		/* Nothing was changed yet: let the signal have its usual effect. */
		if (!attempt->has_operated)
			raise(*interrupted);
		return true;
	}
	refuse_unconfirmed(attempt, jobs, count);
	if (pending(jobs, count) == 0)
		return true;
	attempt->has_operated = true;
	return operate(jobs, count, attempt->action->kind, limit, interrupted, why);
}

/* Let others work on instances that are done. */
static void let_go(struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		job_unlock(&jobs[i]);
}

/*
 * Attempt all jobs that are pending, in Postfix's order, some at a time where there
 * are very many.  Unless it is patient, an instance on which another postctl works is
 * left for later (JOB_BUSY); otherwise it is waited for, and read again.  Return false
 * with the reason in why when the system refuses; *interrupted is set to the signal
 * that ended the work early.
 */
bool attempt_all(struct attempt *attempt, bool patient, int *interrupted, struct text *why)
{
	size_t most = descriptor_limit() / 4;
	size_t count;

	if (most > BATCH)
		most = BATCH;
	if (most == 0)
		most = 1;
	for (size_t done = 0; done < attempt->count && *interrupted == 0; done += count) {
		struct job *jobs = attempt->jobs + done;

		count = attempt->count - done < most ? attempt->count - done : most;
		if (stops(attempt->action))
			jobs = attempt->jobs + (attempt->count - done - count);
		if (!attempt_some(attempt, jobs, count, patient, interrupted, why))
			return false;
		let_go(jobs, count);
	}
	return true;
}

/*
 * Turn to what was left for later.  Return whether there is any.
 */
bool attempt_take_busy(struct attempt *attempt)
{
	bool any = false;

	for (size_t i = 0; i < attempt->count; i++) {
		struct job *job = &attempt->jobs[i];

		if (job->result != JOB_BUSY)
			continue;
		job->result = JOB_PENDING;
		any = true;
	}
	/* Processes and files have come and gone since. */
	session_table_free(&attempt->operation.processes);
	chroots_close(&attempt->chroots);
	return any;
}
