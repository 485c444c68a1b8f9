/*
 * The directory of the log daemon's socket.
 *
 * A daemon opens /dev/log before it enters its chroot, and looks for it again,
 * inside, when the log daemon was restarted.  The socket in there is the log
 * daemon's to make (rsyslog: AddUnixListenSocket); the directory is ours, so
 * that it can, for secondary instances as well.
 */
#include "chroot/planner.h"

/*
 * Plan dev, unless postlogd(8) logs, whose socket is in the queue directory
 * anyway.  Return false with a reason if a parameter cannot be read.
 */
bool planner_log_socket(struct planner *planner, struct text *why)
{
	struct text file = TEXT_EMPTY;
	bool done = configuration_get(planner->configuration, "maillog_file", &file, why);

	if (done && file.length == 0)
		planner_add(planner, "dev", NULL, PLAN_DIRECTORY,
			    "place of the log daemon's socket");
	text_free(&file);
	return done;
}
