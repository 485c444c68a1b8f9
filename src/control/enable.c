/*
 * Setting multi_instance_enable of an instance, and making or removing its init
 * script.
 */
#include "control/enable.h"

#include <string.h>

#include "base/words.h"
#include "control/environment.h"
#include "control/script.h"
#include "postfix/paths.h"

enum { LIMIT_MS = 30 * 1000 };

/* Run a program of Postfix's on all instances, or on none in particular. */
static void run_program(struct job *job, struct pool *pool, const char *path,
			struct words *arguments, task_step *next)
{
	struct words environment = WORDS_EMPTY;
	struct pool_command run = { .child.path = path };
	struct text why = TEXT_EMPTY;

	environment_plain(&environment);
	run.child.arguments = arguments->items;
	run.child.environment = environment.items;
	pool_limit(&run, deadline_earlier(deadline_in(LIMIT_MS), job->operation->deadline));
	if (!pool_spawn(pool, &job->task, &run, next, &why))
		job_done(job, JOB_FAILED, "cannot run %s: %s", path, text_string(&why));
	words_free(arguments);
	words_free(&environment);
	text_free(&why);
}

static bool disables(const struct job *job)
{
	return strcmp(job->edit, "disable") == 0;
}

/* All is done, or the init script could not be. */
static void finish(struct job *job)
{
	const struct script *script = &job->script;
	struct text said = TEXT_EMPTY;

	if (job->is_only && disables(job))
		text_add(&said, "it is the only instance, which Postfix always runs");
	else
		text_printf(&said, "%sd%s", job->edit, job->was_edited ? " already" : "");
	if (script->said.length > 0)
		text_printf(&said, "; %s", script->said.data);
	if (script->note.length > 0 && !script->failed)
		text_printf(&said, "; %s", script->note.data);
	job_done(job, script->failed ? JOB_FAILED :
		 job->was_edited && script->said.length == 0 ? JOB_UNCHANGED : JOB_DONE,
		 "%s", said.data);
	text_free(&said);
}

static void go_on_with_script(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	if (!script_go_on(&job->script, task, pool, go_on_with_script))
		finish(job);
}

static void edited(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	if (job_succeeded(job))
		go_on_with_script(task, pool);
	else
		job_failed_command(job, "postconf -e multi_instance_enable");
}

/* postmulti does nothing while any instance is damaged; do then what it does. */
static void edit_directly(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	struct words arguments = WORDS_EMPTY;

	if (job_succeeded(job)) {
		go_on_with_script(task, pool);
		return;
	}
	if (deadline_passed(job->operation->deadline)) {
		job_failed_command(job, "postmulti -e");
		return;
	}
	words_add(&arguments, "postconf");
	words_add(&arguments, "-c");
	words_add(&arguments, job->instance->directory);
	words_add(&arguments, "-e");
	words_printf(&arguments, "multi_instance_enable=%s", disables(job) ? "no" : "yes");
	run_program(job, pool, POSTFIX_COMMAND_DIRECTORY "/postconf", &arguments, edited);
}

/*
 * Let the instance of a job take part in what is done to all and have an init
 * script of its own, or the opposite, as was decided.
 */
void enable_begin(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	struct words arguments = WORDS_EMPTY;

	if (job->was_edited) {
		go_on_with_script(task, pool);
		return;
	}
	words_add(&arguments, "postmulti");
	words_add(&arguments, "-i");
	/* A name would do as well, but not for an instance without one. */
	words_add(&arguments, job->instance->is_primary ? "-" : job->instance->directory);
	words_add(&arguments, "-e");
	words_add(&arguments, job->edit);
	run_program(job, pool, POSTFIX_COMMAND_DIRECTORY "/postmulti", &arguments, edit_directly);
}

/*
 * Decide what is to be done to enable or disable, which edit says, the instance
 * of a job, one of instances.  If that is nothing the job is done.
 */
void enable_decide(struct job *job, const char *edit, const struct instances *instances)
{
	job->edit = edit;
	job->is_only = instances->count == 1;
	job->was_edited = job->is_only || job->instance->is_enabled != disables(job);
	script_init(&job->script, disables(job) ? SCRIPT_UNWANTED : SCRIPT_WANTED, job->instance,
		    instances);
	script_plan(&job->script);
	if (job->script.count > 0 || !job->was_edited)
		return;
	if (job->is_only && disables(job))
		job_done(job, JOB_FAILED, "it is the only instance, which Postfix always runs; "
			 "\"update-rc.d postfix disable\" keeps it from starting at boot");
	else
		finish(job);
}
