#ifndef POSTCTL_CLI_ATTEMPT_H
#define POSTCTL_CLI_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "cli/action.h"
#include "cli/request.h"
#include "control/chroots.h"
#include "control/job.h"
#include "process/probe.h"

/*
 * What an action is attempted on: its jobs, and what they share.
 */
struct attempt {
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

bool attempt_all(struct attempt *attempt, bool patient, int *interrupted, struct text *why);
bool attempt_take_busy(struct attempt *attempt);

#endif
