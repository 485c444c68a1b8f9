/*
 * What came of an action: sentences, and an exit status.
 */
#include "cli/action_report.h"

#include <stdio.h>

#include "cli/message.h"
#include "cli/terminal.h"

static void say(const struct action_report *report, const struct job *job, int interrupted)
{
	const char *label = instance_label(job->instance);

	if (job->result == JOB_FAILED)
		message_lines(label, text_string(&job->said));
	else if (job->result == JOB_PENDING && !report->dry_run)
		message_instance(label, interrupted != 0
				 ? "not attempted: interrupted" : "not attempted");
	else if (job->result == JOB_NOT_RUNNING && job->named)
		message_instance(label, "not running; \"postctl start %s\" starts it", label);
	else if (job->result == JOB_PENDING)
		message_result(label, "would %s it", report->action->doing);
	else if (!report->quiet)
		message_result(label, "%s", text_string(&job->said));
	message_lines(label, text_string(&job->warnings));
	if (report->verbose || report->dry_run)
		terminal_print(text_string(&job->output));
}

/*
 * Say what came of the jobs, of each once, and nothing of those that are left
 * for later.  interrupted is the signal that kept the rest from being begun,
 * or 0.
 */
void action_report(const struct action_report *report, int interrupted)
{
	for (size_t i = 0; i < report->count; i++) {
		struct job *job = &report->jobs[i];

		if (job->told || job->result == JOB_BUSY)
			continue;
		job->told = true;
		say(report, job, interrupted);
	}
	/* Who waits for the rest can read this meanwhile. */
	fflush(stdout);
}

/*
 * Return the exit status that the jobs come to.
 */
enum exit_status action_summarise(const struct action_report *report)
{
	size_t not_running = 0;
	bool named_not_running = false;

	for (size_t i = 0; i < report->count; i++) {
		const struct job *job = &report->jobs[i];

		if (job->result == JOB_FAILED || (job->result == JOB_PENDING && !report->dry_run))
			return EXIT_FAILED;
		not_running += job->result == JOB_NOT_RUNNING;
		named_not_running |= job->result == JOB_NOT_RUNNING && job->named;
	}
	if (!report->action->must_run)
		return EXIT_DONE;
	if (named_not_running)
		return EXIT_NOT_RUNNING;
	if (not_running == report->count) {
		if (report->count > 0)
			message_error("no instance is running");
		return EXIT_NOT_RUNNING;
	}
	return EXIT_DONE;
}
