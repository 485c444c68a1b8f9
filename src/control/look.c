/*
 * Does an instance run?  The queue directory leads to a master, and the master
 * knows the configuration directory it was started with.
 */
#include "control/look.h"

#include <stddef.h>

/*
 * Probe the master of an instance.  Where two instances claim one queue
 * directory the master that works there is that of only one of them: the one
 * whose configuration directory it has.  Return answer->state; why is set for
 * PROBE_UNKNOWN.
 */
enum probe_state look_at(const struct instance *instance, struct probe *probe,
			 struct probe_answer *answer, struct text *why)
{
	const char *queue = *instance->queue_directory != '\0' ? instance->queue_directory : NULL;
	struct probe_answer own;
	enum probe_state state = probe_instance(probe, queue, instance->directory, answer, why);

	if (state != PROBE_RUNNING || !instance->shares_queue)
		return state;
	if (probe_instance(probe, NULL, instance->directory, &own, why) == PROBE_STRAY &&
	    own.master.pid == answer->master.pid)
		return state;
	*answer = own;
	return own.state;
}
