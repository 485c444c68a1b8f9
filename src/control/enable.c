/*
 * Setting multi_instance_enable of an instance.
 */
#include "control/enable.h"

#include <signal.h>
#include <string.h>

#include "base/words.h"
#include "control/environment.h"
#include "control/job.h"
#include "postfix/paths.h"

enum { LIMIT_MS = 30 * 1000 };

/* Run a program of Postfix's on all instances, or on none in particular. */
static void run_program(struct job *job, struct pool *pool, const char *path,
			struct words *arguments, task_step *next)
{
	struct words environment = WORDS_EMPTY;
	struct text why = TEXT_EMPTY;

	environment_plain(&environment);
	if (!pool_spawn(pool, &job->task, &(struct pool_command){
			.child = {
				.path = path,
				.arguments = arguments->items,
				.environment = environment.items,
			},
			.schedule = { { deadline_in(LIMIT_MS), SIGTERM } },
		}, next, &why))
		job_done(job, JOB_FAILED, "cannot run %s: %s", path, text_string(&why));
	words_free(arguments);
	words_free(&environment);
	text_free(&why);
}

static void edited(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	(void)pool;
	if (job_succeeded(job))
		job_done(job, JOB_DONE, "%sd", job->edit);
	else
		job_done(job, JOB_FAILED, "cannot %s it\n%s", job->edit,
			 text_string(&job->output));
}

/* postmulti does nothing while any instance is damaged; do then what it does. */
static void edit_directly(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	struct words arguments = WORDS_EMPTY;

	if (job_succeeded(job)) {
		job_done(job, JOB_DONE, "%sd", job->edit);
		return;
	}
	words_add(&arguments, "postconf");
	words_add(&arguments, "-c");
	words_add(&arguments, job->instance->directory);
	words_add(&arguments, "-e");
	words_printf(&arguments, "multi_instance_enable=%s",
		     strcmp(job->edit, "enable") == 0 ? "yes" : "no");
	run_program(job, pool, POSTFIX_COMMAND_DIRECTORY "/postconf", &arguments, edited);
}

static void edit(struct job *job, struct pool *pool, const char *verb)
{
	struct words arguments = WORDS_EMPTY;

	job->edit = verb;
	words_add(&arguments, "postmulti");
	words_add(&arguments, "-i");
	/* A name would do as well, but not for an instance without one. */
	words_add(&arguments, job->instance->is_primary ? "-" : job->instance->directory);
	words_add(&arguments, "-e");
	words_add(&arguments, verb);
	run_program(job, pool, POSTFIX_COMMAND_DIRECTORY "/postmulti", &arguments, edit_directly);
}

/*
 * Let the instance of a job take part in what is done to all.
 */
void enable_begin(struct task *task, struct pool *pool)
{
	edit(task->owner, pool, "enable");
}

/*
 * Leave the instance of a job out of what is done to all.
 */
void disable_begin(struct task *task, struct pool *pool)
{
	edit(task->owner, pool, "disable");
}
