#ifndef POSTCTL_PROCESS_POOL_H
#define POSTCTL_PROCESS_POOL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/deadline.h"
#include "base/text.h"
#include "process/capture.h"
#include "process/identity.h"
#include "process/wait.h"

struct pool;
struct pool_place;
struct task;

/*
 * A piece of a task's work.  It begins at most one wait, naming the step that
 * comes after it; a step that begins none is the task's last.
 */
typedef void task_step(struct task *task, struct pool *pool);

/*
 * Work of several steps that takes one place in a pool until it is done.  The
 * owner zeroes it, sets step and owner, keeps it where it is until the pool
 * has run, and frees it with task_free() then.
 */
struct task {
	task_step *step;
	void (*finished)(struct task *task);	/* after its last step; or NULL */
	void *owner;
	bool begun;
	bool done;

	/* Of the last command or process: its time was over before its end. */
	bool timed_out;

	/* Of the last command; see struct outcome. */
	int status;
	int signal_sent;
	struct capture messages;
	struct text data;
	uint64_t data_dropped;

	/* The pool's. */
	struct task *next;
	struct pool_place *place;
};

/*
 * Tasks, and those of them that are at work.  It must not move.
 */
struct pool {
	size_t limit;
	struct task *first_waiting;
	struct task **last_waiting;
	struct pool_place *places;
	struct pollfd *polled;
	int signal_fd;
	int interrupted;
	bool child_ended;
	bool without_pidfd;		/* for tests */
	sigset_t old_mask;
	struct sigaction old_child;
};

bool pool_init(struct pool *pool, size_t limit, struct text *why);
void pool_free(struct pool *pool);
void pool_add(struct pool *pool, struct task *task);
void pool_run(struct pool *pool);
int pool_interrupted(struct pool *pool);

void pool_limit(struct pool_command *command, deadline_ms limit);
bool pool_spawn(struct pool *pool, struct task *task, const struct pool_command *command,
		task_step *next, struct text *why);
void pool_wait_end(struct pool *pool, struct task *task, const struct identity *process,
		   deadline_ms deadline, task_step *next);
void pool_wait_until(struct pool *pool, struct task *task, deadline_ms moment,
		     task_step *next);
void task_free(struct task *task);

#endif
