/*
 * Many children at once, from one loop: tasks in the order they were added, a
 * limited number of them at a time, each a chain of steps with a wait between
 * one and the next.
 */
#include "process/pool.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"

/*
 * What a task at work has open at most: what it waits for, and the mark in a
 * log.  A quarter of the descriptors is for locks, which come before the pool,
 * and these are for who calls it, and for starting a child.
 */
enum { OPEN_BY_TASK = WAIT_DESCRIPTORS + 1, OPEN_BESIDE = 24 };

/* How long a program that was asked to end may take before it is killed. */
enum { TERMINATION_MS = 5000 };

/*
 * Room for a task that is at work, what it waits for and what comes after.
 */
struct pool_place {
	struct task *task;
	struct wait wait;
	task_step *next;
};

/* As many of limit tasks as there are descriptors for, at least one. */
static size_t affordable(size_t limit)
{
	size_t free = descriptor_limit() - descriptor_limit() / 4;
	size_t most = free > OPEN_BESIDE ? (free - OPEN_BESIDE) / OPEN_BY_TASK : 0;

	if (limit > most)
		limit = most;
	return limit > 0 ? limit : 1;
}

/*
 * Make a pool for limit tasks at a time, fewer where there are not enough
 * descriptors for them.  Until it is freed SIGCHLD, SIGINT,
 * SIGTERM and SIGHUP are its own; interrupts that were ignored stay so.
 * Return false with the reason; the pool may be freed then as well.
 */
bool pool_init(struct pool *pool, size_t limit, struct text *why)
{
	static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t mask;

	*pool = (struct pool){ .limit = affordable(limit) };
	pool->last_waiting = &pool->first_waiting;
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	for (size_t i = 0; i < sizeof interrupts / sizeof *interrupts; i++) {
		struct sigaction old;

		sigaction(interrupts[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaddset(&mask, interrupts[i]);
	}
	pool->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (pool->signal_fd < 0)
		return text_fail(why, "cannot wait for signals: %s", strerror(errno));
	/* Who ignores SIGCHLD gets no exit status. */
	sigaction(SIGCHLD, &standard, &pool->old_child);
	sigprocmask(SIG_BLOCK, &mask, &pool->old_mask);
	pool->places = memory_allocate(pool->limit, sizeof *pool->places);
	pool->polled = memory_allocate(1 + pool->limit * WAIT_DESCRIPTORS,
				       sizeof *pool->polled);
	return true;
}

static void take_signals(struct pool *pool)
{
	struct signalfd_siginfo info;

	while (read(pool->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGCHLD) {
			pool->child_ended = true;
			continue;
		}
		if (pool->interrupted == 0)
			pool->interrupted = (int)info.ssi_signo;
		for (size_t i = 0; i < pool->limit; i++)
			wait_interrupt(&pool->places[i].wait);
	}
}

/*
 * Free the pool and give the signals back; an interrupt that came meanwhile is
 * in pool->interrupted and not delivered again.
 */
void pool_free(struct pool *pool)
{
	if (pool->signal_fd >= 0) {
		take_signals(pool);
		close(pool->signal_fd);
		pool->signal_fd = -1;
		sigaction(SIGCHLD, &pool->old_child, NULL);
		sigprocmask(SIG_SETMASK, &pool->old_mask, NULL);
	}
	free(pool->places);
	free(pool->polled);
	pool->places = NULL;
	pool->polled = NULL;
}

/*
 * Add a task; it begins, with task->step, after all that were added before.
 * A step may add tasks.
 */
void pool_add(struct pool *pool, struct task *task)
{
	task->next = NULL;
	*pool->last_waiting = task;
	pool->last_waiting = &task->next;
}

/*
 * Return the signal that asked us to end, or 0.  Tasks that had not begun then
 * do not begin at all; those that had go on, and it is theirs to decide what
 * must still be finished.
 */
int pool_interrupted(struct pool *pool)
{
	take_signals(pool);
	return pool->interrupted;
}

static struct wait *begin_wait(struct task *task, task_step *next)
{
	/* A step waits for one thing, and only a step waits. */
	assert(task->place != NULL && task->place->wait.kind == WAIT_NOTHING);
	task->place->next = next;
	return &task->place->wait;
}

/*
 * Let a command that has not ended at limit be asked to, be killed when it does
 * not, and be given up when even that has no effect.
 */
void pool_limit(struct pool_command *command, deadline_ms limit)
{
	const struct pool_signal schedule[POOL_SIGNALS] = {
		{ limit, SIGTERM },
		{ limit + TERMINATION_MS, SIGKILL },
		{ limit + 2 * TERMINATION_MS, 0 },
	};

	memcpy(command->schedule, schedule, sizeof schedule);
}

/*
 * Run a command for a task; next is called when it has ended.  Return false
 * with the reason if it cannot be executed; next is not called then, and the
 * step may wait for something else.
 */
bool pool_spawn(struct pool *pool, struct task *task, const struct pool_command *command,
		task_step *next, struct text *why)
{
	task_free(task);
	return wait_for_child(begin_wait(task, next), command, pool->without_pidfd, why);
}

/*
 * Call next when a process, which need not be a child, has ended or the
 * deadline has passed; task->timed_out tells which.
 */
void pool_wait_end(struct pool *pool, struct task *task, const struct identity *process,
		   deadline_ms deadline, task_step *next)
{
	wait_for_process(begin_wait(task, next), process, deadline, pool->without_pidfd);
}

/*
 * Call next at a moment.
 */
void pool_wait_until(struct pool *pool, struct task *task, deadline_ms moment,
		     task_step *next)
{
	(void)pool;
	wait_for_moment(begin_wait(task, next), moment);
}

/*
 * Free what a task's last command left in it.  What its owner wants to keep he
 * takes or copies before.
 */
void task_free(struct task *task)
{
	capture_free(&task->messages);
	text_free(&task->data);
	task->timed_out = false;
	task->status = -1;
	task->signal_sent = 0;
	task->data_dropped = 0;
}

/* Hand over what a wait came to. */
static void learn(struct task *task, const struct wait *wait)
{
	const struct outcome *outcome = &wait->outcome;

	if (wait->kind != WAIT_MOMENT)
		task->timed_out = outcome->timed_out;
	if (wait->kind != WAIT_CHILD)
		return;
	task->status = outcome->status;
	task->signal_sent = outcome->signal_sent;
	task->messages = outcome->messages;
	task->data = outcome->data;
	task->data_dropped = outcome->data_dropped;
}

/* Let a task take its next step; without a wait after that it is done. */
static void step(struct pool *pool, struct pool_place *place)
{
	struct task *task = place->task;

	place->wait.kind = WAIT_NOTHING;
	task->step(task, pool);
	if (place->wait.kind != WAIT_NOTHING) {
		task->step = place->next;
		return;
	}
	task->done = true;
	task->place = NULL;
	place->task = NULL;
	if (task->finished != NULL)
		task->finished(task);
}

/* Sleep until something has happened, and let it have its effect. */
static void turn(struct pool *pool)
{
	struct pollfd *polled = pool->polled;
	deadline_ms when = pool->child_ended ? 0 : DEADLINE_NEVER;
	size_t count = 1;
	bool child_ended;

	polled[0] = (struct pollfd){ pool->signal_fd, POLLIN, 0 };
	for (size_t i = 0; i < pool->limit; i++, count += WAIT_DESCRIPTORS)
		when = deadline_earlier(when, wait_prepare(&pool->places[i].wait,
							   &polled[count]));
	if (poll(polled, count, deadline_poll_timeout(when)) < 0)
		for (size_t i = 0; i < count; i++)
			polled[i].revents = 0;
	take_signals(pool);
	child_ended = pool->child_ended;
	pool->child_ended = false;
	for (size_t i = 0; i < pool->limit; i++) {
		struct pool_place *place = &pool->places[i];

		if (place->task != NULL &&
		    wait_over(&place->wait, &polled[1 + i * WAIT_DESCRIPTORS],
			      child_ended)) {
			learn(place->task, &place->wait);
			step(pool, place);
		}
	}
}

static struct task *first_waiting(struct pool *pool)
{
	struct task *task = pool->first_waiting;

	take_signals(pool);
	if (task == NULL || pool->interrupted != 0)
		return NULL;
	pool->first_waiting = task->next;
	if (pool->first_waiting == NULL)
		pool->last_waiting = &pool->first_waiting;
	return task;
}

/* Fill the free places.  Return whether any is taken then. */
static bool begin(struct pool *pool)
{
	bool taken = false;

	for (size_t i = 0; i < pool->limit; i++) {
		struct pool_place *place = &pool->places[i];

		/* A task may be done with its first step. */
		while (place->task == NULL &&
		       (place->task = first_waiting(pool)) != NULL) {
			place->task->place = place;
			place->task->begun = true;
			place->task->status = -1;
			step(pool, place);
		}
		taken = taken || place->task != NULL;
	}
	return taken;
}

/*
 * Run all tasks to their end; after an interrupt only those that have begun.
 */
void pool_run(struct pool *pool)
{
	while (begin(pool))
		turn(pool);
}
