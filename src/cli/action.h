#ifndef POSTCTL_CLI_ACTION_H
#define POSTCTL_CLI_ACTION_H

#include <stdbool.h>

#include "cli/exit_status.h"
#include "cli/request.h"
#include "control/operate.h"

/*
 * How a verb that acts on instances chooses among those selected.
 */
struct action {
	enum operate_kind kind;
	const char *doing;	/* "start", for "would start" */
	bool disabled_too;	/* without being named */
	bool disabled_refused;	/* when named */
	bool needs_running;	/* one that does not run is passed over */
	bool must_run;		/* ... and when named it is an error */
	bool needs_stopped;	/* one that runs is done already */
	bool must_name;		/* all of them is not what anybody means */
	bool must_fit;		/* what it would do to others is looked at first */
};

enum exit_status action_run(struct request *request, const struct action *action);

#endif
