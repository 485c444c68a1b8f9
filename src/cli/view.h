#ifndef POSTCTL_CLI_VIEW_H
#define POSTCTL_CLI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/text.h"
#include "cli/exit_status.h"
#include "cli/request.h"
#include "process/family.h"
#include "state/last_operation.h"

enum view_state {
	VIEW_RUNNING,
	VIEW_STOPPED,
	VIEW_FAILED,	/* not running, since what was done to it last failed */
	VIEW_DEAD,	/* started, not stopped, and gone */
	VIEW_DAMAGED,	/* not running, and could not be started */
	VIEW_UNKNOWN
};

/*
 * How an instance is doing.
 */
struct view {
	const struct instance *instance;
	bool named;		/* selected by its own name */
	enum view_state state;
	pid_t pid;		/* while it runs */
	time_t since;
	struct family family;	/* its processes; none where the kernel does not tell */
	bool has_last;
	struct last_operation last;
	struct text note;	/* what is wrong with it, a line each */
};

struct views {
	struct view *items;
	size_t count;
};

bool views_make(const struct request *request, bool enabled_only, struct views *views,
		struct text *why);
void views_free(struct views *views);
const char *view_state_name(enum view_state state);
bool view_counts(const struct view *view);
bool view_has_failed(const struct view *view);
void view_format_time(time_t when, struct text *out);
enum exit_status views_status(const struct views *views);

#endif
