#ifndef POSTCTL_CLI_STATUS_H
#define POSTCTL_CLI_STATUS_H

#include "base/text.h"
#include "cli/view.h"
#include "control/details.h"

/*
 * What status shows: how the instances are doing, and in detail those for
 * which that is wanted; details[i] belongs to views.items[i] and may be NULL.
 */
struct status {
	struct views views;
	struct details **details;
	struct text summary;
};

/* How many of its last lines in the log are shown. */
enum { STATUS_LOG_LINES = 10 };

void status_command(pid_t pid, struct text *out);
void status_print_details(const struct view *view, const struct details *details,
			  struct text *out);
void status_json(const struct status *status, struct text *out);
void status_metrics(const struct status *status, struct text *out);

#endif
