#ifndef POSTCTL_CLI_ACTION_REPORT_H
#define POSTCTL_CLI_ACTION_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/action.h"
#include "cli/exit_status.h"
#include "control/job.h"

/*
 * An action that is over, and how much is to be said of it.
 */
struct action_report {
	const struct action *action;
	struct job *jobs;
	size_t count;
	bool quiet;
	bool verbose;
	bool dry_run;
};

void action_report(const struct action_report *report, int interrupted);
enum exit_status action_summarise(const struct action_report *report);

#endif
