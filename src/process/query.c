/*
 * Asking a program something: one child, whose standard output is the answer.
 */
#include "process/query.h"

#include <signal.h>
#include <sys/wait.h>

#include "process/pool.h"

struct query {
	struct task task;
	const struct pool_command *command;
	struct text *why;
	bool was_asked;
};

static void answered(struct task *task, struct pool *pool)
{
	struct query *query = task->owner;

	(void)pool;
	query->was_asked = true;
}

static void ask(struct task *task, struct pool *pool)
{
	struct query *query = task->owner;

	pool_spawn(pool, task, query->command, answered, query->why);
}

/*
 * Run the program at path, for limit_ms at most.  Append its standard output
 * to data, and what it said otherwise to messages, which may be NULL.  Return
 * false with the reason when it could not be run or did not exit with 0.
 */
bool query_run(const char *path, char *const *arguments, char *const *environment,
	       int64_t limit_ms, struct text *data, struct text *messages, struct text *why)
{
	const struct pool_command command = {
		.child = {
			.path = path,
			.arguments = arguments,
			.environment = environment,
			.separate_data = true,
		},
		.schedule = { { deadline_in(limit_ms), SIGKILL } },
		.interruptible = true,
	};
	struct query query = { .task = { .step = ask }, .command = &command, .why = why };
	struct text ended = TEXT_EMPTY;
	struct pool pool;
	int interrupted;
	bool ok;

	if (!pool_init(&pool, 1, why))
		return false;
	query.task.owner = &query;
	pool_add(&pool, &query.task);
	pool_run(&pool);
	interrupted = pool_interrupted(&pool);
	pool_free(&pool);
	/* A question changes nothing: let the signal have its usual effect. */
	if (interrupted != 0)
		raise(interrupted);
	ok = query.was_asked;
	if (ok && (query.task.status == -1 || !WIFEXITED(query.task.status) ||
		   WEXITSTATUS(query.task.status) != 0)) {
		child_describe(query.task.status, &ended);
		ok = text_fail(why, "%s: %s", path, text_string(&ended));
	}
	text_add_n(data, text_string(&query.task.data), query.task.data.length);
	if (messages != NULL)
		text_add(messages, text_string(&query.task.messages.text));
	text_free(&ended);
	task_free(&query.task);
	return ok;
}
