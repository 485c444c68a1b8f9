#ifndef POSTCTL_PROCESS_WAIT_H
#define POSTCTL_PROCESS_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/text.h"
#include "process/capture.h"
#include "process/child.h"
#include "process/identity.h"

struct pollfd;

/*
 * What to do to a child that takes too long.  signal goes to its process
 * group; 0 gives it up.
 */
struct pool_signal {
	deadline_ms when;
	int signal;
};

#define POOL_SIGNALS 4

/*
 * What a pool runs.
 */
struct pool_command {
	struct child_command child;
	struct pool_signal schedule[POOL_SIGNALS];	/* until when is 0 */
	bool interruptible;	/* an interrupt makes the schedule begin at once */
	/* NULL, or a process after whose end the command has nothing more to do:
	 * the schedule begins linger_ms later, unless it would before. */
	const struct identity *until;
	int64_t linger_ms;
};

/*
 * What a command came to.
 */
struct outcome {
	bool timed_out;		/* the schedule began, and only because of the time */
	int status;		/* as from waitpid(2); -1: given up, it may still run */
	int signal_sent;	/* the last of the schedule, 0 for none */
	struct capture messages;
	struct text data;
	uint64_t data_dropped;	/* what was too much to keep, from its end */
};

/*
 * A process that is looked after by its pidfd or, without one, at intervals.
 */
struct watch {
	struct identity process;
	int fd;
	deadline_ms look_at;
	bool gone;
};

enum wait_kind { WAIT_NOTHING, WAIT_CHILD, WAIT_PROCESS, WAIT_MOMENT };

/*
 * Something that is waited for: a child, the end of a process, a moment.
 */
struct wait {
	enum wait_kind kind;
	deadline_ms deadline;		/* of a process or a moment */
	struct watch watch;		/* of a process, or of what ends a child's work */
	bool watching;

	struct child child;
	struct pool_signal schedule[POOL_SIGNALS];
	size_t position;
	bool interruptible;
	bool hurried;			/* the schedule was brought forward */
	int64_t linger_ms;
	struct outcome outcome;
};

/* Descriptors that a wait has at most. */
#define WAIT_DESCRIPTORS 3

bool wait_for_child(struct wait *wait, const struct pool_command *command,
		    bool without_pidfd, struct text *why);
void wait_for_process(struct wait *wait, const struct identity *process,
		      deadline_ms deadline, bool without_pidfd);
void wait_for_moment(struct wait *wait, deadline_ms moment);
deadline_ms wait_prepare(const struct wait *wait, struct pollfd *polled);
bool wait_over(struct wait *wait, const struct pollfd *polled, bool child_ended);
void wait_interrupt(struct wait *wait);

#endif
