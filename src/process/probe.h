#ifndef POSTCTL_PROCESS_PROBE_H
#define POSTCTL_PROCESS_PROBE_H

#include <stdbool.h>

#include "base/text.h"
#include "process/identity.h"
#include "process/locks.h"
#include "process/masters.h"

/*
 * What this host's lock table shows, for as many instances as are asked for.
 * It is read when an answer first needs it.
 */
struct probe {
	struct locks locks;
	struct masters masters;
	bool has_locks;
	int locks_error;	/* why they could not be read, or 0 */
	bool has_masters;
	long waited_ms;		/* for masters that start */
};

#define PROBE_EMPTY ((struct probe){ LOCKS_EMPTY, MASTERS_EMPTY, false, 0, false, 0 })

enum probe_state {
	PROBE_STOPPED,
	PROBE_RUNNING,	/* it holds the lock of pid/master.pid */
	PROBE_STRAY,	/* it runs, but nothing leads from the queue directory
			   to it: postfix(1) neither sees nor stops it */
	PROBE_UNKNOWN
};

struct probe_answer {
	enum probe_state state;
	struct identity master;	/* while PROBE_RUNNING or PROBE_STRAY */
	struct place queue;	/* where that master works */
};

bool probe_read(struct probe *probe, struct text *why);
void probe_forget_locks(struct probe *probe);
void probe_free(struct probe *probe);
enum probe_state probe_instance(struct probe *probe, const char *queue_directory,
				const char *config_directory,
				struct probe_answer *answer, struct text *why);
bool probe_find_locker(struct probe *probe, const char *queue_directory, struct text *why);
bool probe_signal(const struct probe_answer *answer, int signal, struct text *why);

#endif
