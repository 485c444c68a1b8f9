/*
 * Waiting for one thing, without blocking: what poll(2) is to look at, until
 * when, and whether it is over.
 *
 * A child is finished when it has ended and what it said was read; never at
 * end-of-file, which does not come while a daemon that it left behind holds
 * the terminal.
 */
#include "process/wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"

/* What is kept of a child's messages, and of its data, in bytes. */
#define MESSAGES_LIMIT ((size_t)64 * 1024)
#define DATA_LIMIT ((size_t)16 * 1024 * 1024)

/* How much is read of one child before others have their turn; and after its
 * end, where somebody it left behind may write for ever. */
#define TURN_LIMIT ((size_t)128 * 1024)
#define DRAIN_LIMIT ((size_t)2 * 1024 * 1024)

/* How often to look after a process that has no pidfd, in milliseconds. */
#define LOOK_INTERVAL 20

static void watch_begin(struct watch *watch, const struct identity *process,
			bool without_pidfd)
{
	*watch = (struct watch){ *process, -1, DEADLINE_NEVER, false };
	if (without_pidfd)
		watch->gone = !identity_alive(process);
	else
		watch->gone = !identity_open(process, &watch->fd) && errno == ESRCH;
	/* Who is gone is noticed at the next look, which is due at once. */
	if (watch->fd < 0)
		watch->look_at = watch->gone ? 0 : deadline_in(LOOK_INTERVAL);
}

/* Return whether the process has ended; events are those of its pidfd. */
static bool watch_look(struct watch *watch, short events)
{
	if (!watch->gone && deadline_passed(watch->look_at)) {
		watch->gone = !identity_alive(&watch->process);
		watch->look_at = deadline_in(LOOK_INTERVAL);
	}
	watch->gone = watch->gone || events != 0;
	return watch->gone;
}

static void watch_end(struct watch *watch)
{
	descriptor_close(watch->fd);
	watch->fd = -1;
	watch->look_at = DEADLINE_NEVER;
}

/*
 * Start a command and wait for it.  Return false with the reason if it cannot
 * be executed.
 */
bool wait_for_child(struct wait *wait, const struct pool_command *command,
		    bool without_pidfd, struct text *why)
{
	if (!child_spawn(&wait->child, &command->child, why))
		return false;
	wait->kind = WAIT_CHILD;
	wait->position = 0;
	wait->interruptible = command->interruptible;
	wait->hurried = false;
	memcpy(wait->schedule, command->schedule, sizeof wait->schedule);
	wait->outcome = (struct outcome){ .status = -1 };
	capture_init(&wait->outcome.messages, MESSAGES_LIMIT);
	wait->watching = command->until != NULL;
	wait->linger_ms = command->linger_ms;
	if (wait->watching)
		watch_begin(&wait->watch, command->until, without_pidfd);
	return true;
}

/*
 * Wait until a process, which need not be a child, has ended, or until a
 * deadline.
 */
void wait_for_process(struct wait *wait, const struct identity *process,
		      deadline_ms deadline, bool without_pidfd)
{
	wait->kind = WAIT_PROCESS;
	wait->deadline = deadline;
	wait->watching = true;
	watch_begin(&wait->watch, process, without_pidfd);
}

void wait_for_moment(struct wait *wait, deadline_ms moment)
{
	wait->kind = WAIT_MOMENT;
	wait->deadline = moment;
	wait->watching = false;
}

/* The next entry of a child's schedule, or NULL. */
static const struct pool_signal *next_signal(const struct wait *wait)
{
	if (wait->position == POOL_SIGNALS || wait->schedule[wait->position].when == 0)
		return NULL;
	return &wait->schedule[wait->position];
}

/*
 * Fill in the WAIT_DESCRIPTORS that poll(2) is to look at; it passes over
 * negative ones.  Return the moment when there is something to do in any case.
 */
deadline_ms wait_prepare(const struct wait *wait, struct pollfd *polled)
{
	const bool child = wait->kind == WAIT_CHILD;
	const bool watching = wait->kind != WAIT_NOTHING && wait->watching;
	deadline_ms when = DEADLINE_NEVER;

	polled[0] = (struct pollfd){ child ? wait->child.messages : -1, POLLIN, 0 };
	polled[1] = (struct pollfd){ child ? wait->child.data : -1, POLLIN, 0 };
	polled[2] = (struct pollfd){ watching ? wait->watch.fd : -1, POLLIN, 0 };
	if (watching)
		when = wait->watch.look_at;
	if (child && next_signal(wait) != NULL)
		when = deadline_earlier(when, next_signal(wait)->when);
	if (wait->kind == WAIT_PROCESS || wait->kind == WAIT_MOMENT)
		when = deadline_earlier(when, wait->deadline);
	return when;
}

static void keep(struct outcome *outcome, bool data, const char *bytes, size_t length)
{
	size_t space = DATA_LIMIT - outcome->data.length;

	if (!data) {
		capture_add(&outcome->messages, bytes, length);
		return;
	}
	if (length > space) {
		outcome->data_dropped += length - space;
		length = space;
	}
	text_add_n(&outcome->data, bytes, length);
}

/*
 * Read what there is, at most limit bytes, and close the descriptor at its
 * end: EIO is what a terminal says when nobody has its other side any more.
 */
static void read_some(struct outcome *outcome, int *fd, bool data, size_t limit)
{
	char buffer[16384];

	for (size_t taken = 0; *fd >= 0 && taken < limit;) {
		ssize_t got = read(*fd, buffer, sizeof buffer);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			close(*fd);
			*fd = -1;
			return;
		}
		keep(outcome, data, buffer, (size_t)got);
		taken += (size_t)got;
	}
}

/*
 * Collect the child if it has ended.  One that had to be told leaves nobody of
 * its process group behind; that is done while its zombie still holds the
 * group's number.
 */
static bool collect(struct wait *wait)
{
	siginfo_t info = { .si_pid = 0 };
	pid_t pid = wait->child.pid;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		if (errno != EINTR)
			return true;
	if (info.si_pid == 0)
		return false;
	if (wait->outcome.signal_sent != 0)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &wait->outcome.status, 0) < 0 && errno == EINTR)
		;
	return true;
}

/*
 * Bring a child's schedule forward, so that its next entry is due at a moment
 * and the others as long after that as they would have been.
 */
static void hurry(struct wait *wait, deadline_ms when)
{
	const struct pool_signal *next = next_signal(wait);
	deadline_ms early = next != NULL ? next->when - when : 0;

	if (wait->hurried || early <= 0)
		return;
	wait->hurried = true;
	for (size_t i = wait->position; i < POOL_SIGNALS; i++)
		if (wait->schedule[i].when != 0)
			wait->schedule[i].when -= early;
}

/*
 * Tell a wait of the interrupt: a child that may be interrupted has no more
 * time.
 */
void wait_interrupt(struct wait *wait)
{
	if (wait->kind == WAIT_CHILD && wait->interruptible)
		hurry(wait, deadline_now());
}

/* Do what the schedule says is due.  Return true to give the child up. */
static bool escalate(struct wait *wait)
{
	const struct pool_signal *next;

	while ((next = next_signal(wait)) != NULL && deadline_passed(next->when)) {
		wait->position++;
		wait->outcome.timed_out = !wait->hurried;
		if (next->signal == 0)
			return true;
		wait->outcome.signal_sent = next->signal;
		kill(-wait->child.pid, next->signal);
	}
	return false;
}

static bool child_over(struct wait *wait, const struct pollfd *polled, bool child_ended)
{
	struct outcome *outcome = &wait->outcome;

	if (polled[0].revents != 0)
		read_some(outcome, &wait->child.messages, false, TURN_LIMIT);
	if (polled[1].revents != 0)
		read_some(outcome, &wait->child.data, true, TURN_LIMIT);
	if (wait->watching && watch_look(&wait->watch, polled[2].revents)) {
		watch_end(&wait->watch);
		wait->watching = false;
		hurry(wait, deadline_in(wait->linger_ms));
	}
	if (!(child_ended && collect(wait)) && !escalate(wait))
		return false;
	read_some(outcome, &wait->child.messages, false, DRAIN_LIMIT);
	read_some(outcome, &wait->child.data, true, DRAIN_LIMIT);
	descriptor_close(wait->child.messages);
	descriptor_close(wait->child.data);
	if (wait->watching)
		watch_end(&wait->watch);
	capture_end(&outcome->messages);
	return true;
}

static bool process_over(struct wait *wait, const struct pollfd *polled)
{
	bool gone = watch_look(&wait->watch, polled[2].revents);

	if (!gone && !deadline_passed(wait->deadline))
		return false;
	wait->outcome.timed_out = !gone;
	watch_end(&wait->watch);
	return true;
}

/*
 * Do what there is to do, given what poll(2) said of the descriptors that
 * wait_prepare() named and whether a SIGCHLD came since.  Return true when the
 * wait is over: nothing of it is open any more and its outcome, but of a
 * moment, is the caller's, who frees what is in it.
 */
bool wait_over(struct wait *wait, const struct pollfd *polled, bool child_ended)
{
	switch (wait->kind) {
	case WAIT_CHILD:
		return child_over(wait, polled, child_ended);
	case WAIT_PROCESS:
		return process_over(wait, polled);
	case WAIT_MOMENT:
		return deadline_passed(wait->deadline);
	case WAIT_NOTHING:
		break;
	}
	return false;
}
