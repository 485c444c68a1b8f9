/*
 * From the words on the command line to instances that were acted upon, and
 * back to an exit status.
 */
#include "cli/action.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "cli/action_report.h"
#include "cli/enable_lint.h"
#include "cli/message.h"
#include "cli/verbs.h"
#include "control/chroots.h"
#include "control/confirm.h"
#include "control/enable.h"
#include "control/lock_jobs.h"
#include "control/prepare.h"
#include "control/remember.h"
#include "control/stop.h"
#include "state/started.h"

/* How many instances are locked at a time, at most: each lock is a descriptor. */
enum { BATCH = 256 };

/*
 * One action: its jobs, and what they share.
 */
struct act {
	struct request *request;
	const struct action *action;
	struct operation operation;
	struct chroots chroots;
	struct job *jobs;
	size_t count;
	bool dry_run;
	struct probe probe;
	bool has_probed;
	bool has_operated;	/* something may have been done */
};

static void say_waiting(const struct instance *instance, const char *holder)
{
	message_instance(instance_label(instance), "waiting for postctl %s", holder);
}

/*
 * Refuse what must not be done at all.  This comes before any work.
 */
static bool refuse(const struct request *request, const struct action *action)
{
	bool refused = false;

	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];

		if (!action->disabled_refused || request->selected[i] != SELECTED_BY_NAME ||
		    instance->is_enabled || instance->damage != NULL)
			continue;
		message_instance(instance_label(instance), "cannot %s it: it is disabled; "
				 "\"postctl enable %s\" enables it", action->doing,
				 instance_label(instance));
		refused = true;
	}
	return refused;
}

/* An instance whose main.cf cannot be read may be meant to run. */
static bool may_be_enabled(const struct instance *instance)
{
	return instance->is_enabled || instance->damage != NULL;
}

static void make_jobs(struct act *act)
{
	const struct request *request = act->request;

	act->jobs = memory_allocate(request->instances.count, sizeof *act->jobs);
	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];
		struct job *job;

		if (request->selected[i] == SELECTED_NOT ||
		    (request->selected[i] == SELECTED_BY_PATTERN &&
		     !act->action->disabled_too && !may_be_enabled(instance)))
			continue;
		job = &act->jobs[act->count++];
		job_init(job, &act->operation, instance);
		job->named = request->selected[i] == SELECTED_BY_NAME;
	}
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
static void decide(struct act *act, struct job *job)
{
	const struct action *action = act->action;
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
		enable_decide(job, action->doing, &act->request->instances);
}

/* Probe jobs.  Only the first of many batches, and who has waited, looks for all masters. */
static bool probe_jobs(struct act *act, struct job *jobs, size_t count, bool patient,
		       struct text *why)
{
	if (act->has_probed && !patient)
		probe_forget_locks(&act->probe);
	else if (!probe_read(&act->probe, why))
		return false;
	act->has_probed = true;
	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs[i];

		if (job->result != JOB_PENDING)
			continue;
		job_probe(job, &act->probe);
		decide(act, job);
		if (act->dry_run && syncs(act->action) && job->result == JOB_PENDING)
			chroots_is_current(job, &job->output);
		if (act->dry_run && job->result == JOB_PENDING)
			script_describe(&job->script, &job->output);
		/* A stop that finds nothing to do still ends what is remembered. */
		if (!act->dry_run && !job->runs && stops(act->action))
			started_forget(job->instance->directory);
	}
	return true;
}

/*
 * Read the instances again for jobs that were left for later: who worked on
 * them may have changed what they are.
 */
static void read_again(struct act *act, struct job *jobs, size_t count)
{
	const struct action *action = act->action;

	request_discover_again(act->request);
	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs[i];
		const struct instance *instance = job->instance;

		job->read_again = true;
		if (job->result != JOB_PENDING || may_be_enabled(instance))
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
static void refuse_unconfirmed(struct act *act, struct job *jobs, size_t total)
{
	for (size_t i = 0; i < total; i++) {
		struct job *job = &jobs[i];

		if (job->result != JOB_PENDING || job->confirmed || stops(act->action))
			continue;
		if (deadline_passed(act->operation.deadline))
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

/*
 * Do the work of some jobs: lock, probe, confirm, operate.  Unless it is
 * patient, an instance on which another postctl works is left for later.
 */
static bool attempt(struct act *act, struct job *jobs, size_t count, bool patient,
		    int *interrupted, struct text *why)
{
	lock_waiting *waiting = patient ? say_waiting : NULL;
	const char *verb = act->request->verb->name;
	const struct options *options = &act->request->options;
	size_t limit = options_has(options, OPTION_JOBS)
		       ? options->jobs : operate_default_limit(act->action->kind);
	/* A sync that finds nothing to do leaves not even a lock behind. */
	bool lock_late = act->action->kind == OPERATE_SYNC && !patient;

	if (pending(jobs, count) == 0)
		return true;
	if (!act->dry_run && !lock_late && !lock_jobs(jobs, count, verb, waiting, why))
		return false;
	if (patient)
		read_again(act, jobs, count);
	if (!probe_jobs(act, jobs, count, patient, why))
		return false;
	if (act->dry_run || pending(jobs, count) == 0)
		return true;
	if (lock_late && !lock_jobs(jobs, count, verb, waiting, why))
		return false;
	if (pending(jobs, count) == 0)
		return true;
	if (!confirm_jobs(jobs, count, &act->request->instances, interrupted, why))
		return false;
	if (*interrupted != 0) {
		/* Nothing was changed yet: let the signal have its usual effect. */
		if (!act->has_operated)
			raise(*interrupted);
		return true;
	}
	refuse_unconfirmed(act, jobs, count);
	if (pending(jobs, count) == 0)
		return true;
	act->has_operated = true;
	return operate(jobs, count, act->action->kind, limit, interrupted, why);
}

/* Let others work on instances that are done. */
static void let_go(struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		job_unlock(&jobs[i]);
}

/* Attempt all jobs, in Postfix's order, some at a time where there are very many. */
static bool attempt_all(struct act *act, bool patient, int *interrupted, struct text *why)
{
	size_t most = descriptor_limit() / 4;
	size_t count;

	if (most > BATCH)
		most = BATCH;
	if (most == 0)
		most = 1;
	for (size_t done = 0; done < act->count && *interrupted == 0; done += count) {
		struct job *jobs = act->jobs + done;

		count = act->count - done < most ? act->count - done : most;
		if (stops(act->action))
			jobs = act->jobs + (act->count - done - count);
		if (!attempt(act, jobs, count, patient, interrupted, why))
			return false;
		let_go(jobs, count);
	}
	return true;
}

/* Turn to what was left.  Return whether there is any. */
static bool take_busy(struct act *act)
{
	bool any = false;

	for (size_t i = 0; i < act->count; i++) {
		struct job *job = &act->jobs[i];

		if (job->result != JOB_BUSY)
			continue;
		job->result = JOB_PENDING;
		any = true;
	}
	/* Processes and files have come and gone since. */
	session_table_free(&act->operation.processes);
	chroots_close(&act->chroots);
	return any;
}

static struct action_report report_of(const struct act *act)
{
	return (struct action_report){
		.action = act->action,
		.jobs = act->jobs,
		.count = act->count,
		.quiet = options_has(&act->request->options, OPTION_QUIET),
		.verbose = options_has(&act->request->options, OPTION_VERBOSE),
		.dry_run = act->dry_run,
	};
}

/* Remember and say what came of those that were not left for later. */
static void tell(const struct act *act, int interrupted)
{
	const struct action_report report = report_of(act);

	for (size_t i = 0; i < act->count && !act->dry_run; i++)
		remember_job(&act->jobs[i]);
	action_report(&report, interrupted);
}

static bool any_busy(const struct act *act)
{
	for (size_t i = 0; i < act->count; i++)
		if (act->jobs[i].result == JOB_BUSY)
			return true;
	return false;
}

/*
 * No instance waits for another: those on which nobody else works come first.
 * While it waits for one, postctl holds no lock that somebody waits for; and it
 * has said what came of the others, for who loses patience.
 */
static bool work(struct act *act, int *interrupted, struct text *why)
{
	if (!attempt_all(act, false, interrupted, why))
		return false;
	if (*interrupted == 0 && any_busy(act))
		tell(act, 0);
	return !take_busy(act) || *interrupted != 0 ||
	       attempt_all(act, true, interrupted, why);
}

/* Say the rest of what came of it. */
static enum exit_status conclude(const struct act *act, int interrupted)
{
	const struct action_report report = report_of(act);

	tell(act, interrupted);
	if (act->count == 0 && !report.quiet)
		puts("nothing to do: no enabled instance was selected");
	return action_summarise(&report);
}

/* At boot those that have runlevel links of their own follow them. */
static void leave_out_those_with_scripts(struct request *request)
{
	for (size_t i = 0; i < request->instances.count; i++)
		if (script_governs(&request->instances.items[i]))
			request->selected[i] = SELECTED_NOT;
}

/*
 * Act on the instances that the request selects.
 */
enum exit_status action_run(struct request *request, const struct action *action)
{
	struct act act = {
		.request = request,
		.action = action,
		.probe = PROBE_EMPTY,
		.dry_run = options_has(&request->options, OPTION_DRY_RUN),
	};
	struct text why = TEXT_EMPTY;
	enum exit_status status = EXIT_DONE;
	int interrupted = 0;

	if (action->must_name && request->options.words.count == 0 &&
	    request->options.groups.count == 0) {
		message_error("%s which instance? \"postctl list\" shows them", action->doing);
		return EXIT_BAD_ARGUMENTS;
	}
	if (!request_discover(request, &status) || !request_select(request, &status))
		return status;
	if (options_has(&request->options, OPTION_WITHOUT_SCRIPT))
		leave_out_those_with_scripts(request);
	if (refuse(request, action))
		return EXIT_NOT_CONFIGURED;
	if (action->must_fit && !enable_lint(request))
		return EXIT_FAILED;
	act.operation = (struct operation){
		.verb = request->verb->name,
		.defaults = &request->defaults,
		.chroots = &act.chroots,
		.processes = SESSION_TABLE_EMPTY,
		.deadline = options_has(&request->options, OPTION_TIMEOUT)
			    ? deadline_in(request->options.timeout_ms) : DEADLINE_NEVER,
	};
	act.chroots = CHROOTS_EMPTY;
	act.chroots.adopt = options_has(&request->options, OPTION_ADOPT);
	make_jobs(&act);
	if (work(&act, &interrupted, &why)) {
		status = conclude(&act, interrupted);
	} else {
		message_error("%s", text_string(&why));
		if (act.has_operated)
			conclude(&act, interrupted);
		status = EXIT_FAILED;
	}
	for (size_t i = 0; i < act.count; i++)
		job_free(&act.jobs[i]);
	free(act.jobs);
	chroots_close(&act.chroots);
	session_table_free(&act.operation.processes);
	probe_free(&act.probe);
	text_free(&why);
	return status;
}
