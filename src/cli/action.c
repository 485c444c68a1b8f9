/*
 * From the words on the command line to instances that were acted upon, and
 * back to an exit status.
 */
#include "cli/action.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "cli/action_report.h"
#include "cli/attempt.h"
#include "cli/enable_lint.h"
#include "cli/message.h"
#include "cli/verbs.h"
#include "control/chroots.h"
#include "control/remember.h"

/*
 * Refuse what must not be done at all.  This comes before any work.
 */
static bool refuse(const struct request *request, const struct action *action)
{
	bool refused = false;

	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];

		if (!action->disabled_refused || request->selected[i] != SELECTED_BY_NAME ||
		    instance_may_be_enabled(instance))
			continue;
		message_instance(instance_label(instance), "cannot %s it: it is disabled; "
				 "\"postctl enable %s\" enables it", action->doing,
				 instance_label(instance));
		refused = true;
	}
	return refused;
}

static void make_jobs(struct attempt *attempt)
{
	const struct request *request = attempt->request;

	attempt->jobs = memory_allocate(request->instances.count, sizeof *attempt->jobs);
	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];
		struct job *job;

		if (request->selected[i] == SELECTED_NOT ||
		    (request->selected[i] == SELECTED_BY_PATTERN &&
		     !attempt->action->disabled_too && !instance_may_be_enabled(instance)))
			continue;
		job = &attempt->jobs[attempt->count++];
		job_init(job, &attempt->operation, instance);
		job->named = request->selected[i] == SELECTED_BY_NAME;
	}
}

static struct action_report report_of(const struct attempt *attempt)
{
	return (struct action_report){
		.action = attempt->action,
		.jobs = attempt->jobs,
		.count = attempt->count,
		.quiet = options_has(&attempt->request->options, OPTION_QUIET),
		.verbose = options_has(&attempt->request->options, OPTION_VERBOSE),
		.dry_run = attempt->dry_run,
	};
}

/* Remember and say what came of those that were not left for later. */
static void tell(const struct attempt *attempt, int interrupted)
{
	const struct action_report report = report_of(attempt);

	for (size_t i = 0; i < attempt->count && !attempt->dry_run; i++)
		remember_job(&attempt->jobs[i]);
	action_report(&report, interrupted);
}

static bool any_busy(const struct attempt *attempt)
{
	for (size_t i = 0; i < attempt->count; i++)
		if (attempt->jobs[i].result == JOB_BUSY)
			return true;
	return false;
}

/*
 * No instance waits for another: those on which nobody else works come first.
 * While it waits for one, postctl holds no lock that somebody waits for; and it
 * has said what came of the others, for who loses patience.
 */
static bool work(struct attempt *attempt, int *interrupted, struct text *why)
{
	if (!attempt_all(attempt, false, interrupted, why))
		return false;
	if (*interrupted == 0 && any_busy(attempt))
		tell(attempt, 0);
	return !attempt_take_busy(attempt) || *interrupted != 0 ||
	       attempt_all(attempt, true, interrupted, why);
}

/* Say the rest of what came of it. */
static enum exit_status conclude(const struct attempt *attempt, int interrupted)
{
	const struct action_report report = report_of(attempt);

	tell(attempt, interrupted);
	if (attempt->count == 0 && !report.quiet)
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
	struct attempt attempt = {
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
	attempt.operation = (struct operation){
		.verb = request->verb->name,
		.defaults = &request->defaults,
		.chroots = &attempt.chroots,
		.processes = SESSION_TABLE_EMPTY,
		.deadline = options_has(&request->options, OPTION_TIMEOUT)
			    ? deadline_in(request->options.timeout_ms) : DEADLINE_NEVER,
	};
	attempt.chroots = CHROOTS_EMPTY;
	attempt.chroots.adopt = options_has(&request->options, OPTION_ADOPT);
	make_jobs(&attempt);
	if (work(&attempt, &interrupted, &why)) {
		status = conclude(&attempt, interrupted);
	} else {
		message_error("%s", text_string(&why));
		if (attempt.has_operated)
			conclude(&attempt, interrupted);
		status = EXIT_FAILED;
	}
	for (size_t i = 0; i < attempt.count; i++)
		job_free(&attempt.jobs[i]);
	free(attempt.jobs);
	chroots_close(&attempt.chroots);
	session_table_free(&attempt.operation.processes);
	probe_free(&attempt.probe);
	text_free(&why);
	return status;
}
