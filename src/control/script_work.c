/*
 * Working on the init script of one instance.  Its links are made by
 * update-rc.d(8), which has insserv(8) order them.
 */
#include "control/script.h"

#include <sys/wait.h>

#include "base/descriptor.h"
#include "base/words.h"
#include "control/environment.h"
#include "state/boot_targets.h"
#include "state/init_directory.h"
#include "state/instance_lock.h"

enum {
	LIMIT_MS = 60 * 1000,
	/* How long another postctl may work on init scripts, and how often to look. */
	PATIENCE_MS = 120 * 1000,
	INTERVAL_MS = 20,
};

static void fail(struct script *script, const char *why)
{
	script->failed = true;
	text_clear(&script->said);
	text_add(&script->said, why);
}

/* One postctl at a time: insserv(8) orders all scripts, and locks nothing. */
static enum instance_lock_result take_lock(int *lock, struct text *why)
{
	int directory = instance_lock_open(why);
	enum instance_lock_result result = INSTANCE_LOCK_FAILED;

	if (directory >= 0)
		result = instance_lock_try(directory, INIT_DIRECTORY, "scripts", lock, why);
	descriptor_close(directory);
	return result;
}

static void clear_litter(void)
{
	int directory = init_directory_open(INIT_ETC, NULL);

	if (directory >= 0)
		init_directory_clear(directory);
	descriptor_close(directory);
}

/*
 * Remove what killed ones have left, unless another is at work.  Return false
 * with the reason if that cannot be found out.
 */
bool script_clear_litter(struct text *why)
{
	int lock = -1;
	enum instance_lock_result result = take_lock(&lock, why);

	if (result == INSTANCE_LOCK_TAKEN)
		clear_litter();
	descriptor_close(lock);
	return result != INSTANCE_LOCK_FAILED;
}

/* Begin: with the lock in hand, look again.  Return whether that has to wait. */
static bool must_wait(struct script *script, struct task *task, struct pool *pool,
		      task_step *step)
{
	struct text why = TEXT_EMPTY;
	enum instance_lock_result result = take_lock(&script->lock, &why);
	bool wait = false;

	if (script->patience == 0)
		script->patience = deadline_in(PATIENCE_MS);
	if (result == INSTANCE_LOCK_TAKEN) {
		clear_litter();
		script->began = true;
		script_plan(script);
	} else if (result == INSTANCE_LOCK_BUSY && !deadline_passed(script->patience) &&
		   pool_interrupted(pool) == 0) {
		wait = true;
		pool_wait_until(pool, task, deadline_in(INTERVAL_MS), step);
	} else if (result == INSTANCE_LOCK_BUSY) {
		text_fail(&why, "another postctl, %s, still works on init scripts", why.data);
		fail(script, why.data);
	} else {
		fail(script, why.data);
	}
	text_free(&why);
	return wait;
}

static void update_links(struct script *script, const char *word, struct task *task,
			 struct pool *pool, task_step *step)
{
	struct words arguments = WORDS_EMPTY;
	struct words environment = WORDS_EMPTY;
	struct pool_command run = { .child.path = SCRIPT_UPDATE_RC_D };
	struct text why = TEXT_EMPTY;

	words_add(&arguments, "update-rc.d");
	words_add(&arguments, script->name);
	words_add(&arguments, word);
	environment_plain(&environment);
	run.child.arguments = arguments.items;
	run.child.environment = environment.items;
	pool_limit(&run, deadline_in(LIMIT_MS));
	script->running = pool_spawn(pool, task, &run, step, &why);
	if (!script->running)
		fail(script, why.data);
	words_free(&arguments);
	words_free(&environment);
	text_free(&why);
}

/* Append what a command said, its lines joined to one. */
static void add_output(const struct task *task, struct text *out)
{
	struct words lines = WORDS_EMPTY;

	words_split(&lines, text_string(&task->messages.text), "\r\n");
	for (size_t i = 0; i < lines.count; i++)
		text_printf(out, "%s%s", i > 0 ? "; " : "", lines.items[i]);
	words_free(&lines);
}

static void write_or_remove(struct script *script, enum script_step step)
{
	struct text why = TEXT_EMPTY;
	int directory = init_directory_open(INIT_ETC, &why);
	bool done = directory >= 0 &&
		    (step == SCRIPT_WRITE
		     ? init_directory_write(directory, script->name, script->content.data, &why)
		     : init_directory_remove(directory, script->name, &why));

	if (!done)
		fail(script, why.data);
	descriptor_close(directory);
	text_free(&why);
}

/*
 * insserv(8) skips some names, such as those of backup copies, and says so only
 * in passing.  A script without links would be of no use.
 */
static void take_back(struct script *script, const struct task *task)
{
	text_clear(&script->note);
	text_printf(&script->note, "no init script: update-rc.d made no links for %s: ",
		    script->name);
	add_output(task, &script->note);
	if (script->is_new)
		write_or_remove(script, SCRIPT_REMOVE);
	script->count = 0;
}

/* With many scripts some are not started, and nothing else would tell. */
static void warn_of_lost_targets(struct script *script)
{
	struct words lost = WORDS_EMPTY;

	boot_targets_lost(INIT_ETC, &lost);
	if (lost.count > 0)
		text_printf(&script->note, "%s%s%s not started at boot: the line of targets in "
			    INIT_DIRECTORY "/.depend.start is too long for startpar; \"touch "
			    INIT_DIRECTORY "/.legacy-bootordering\" has scripts started one by one",
			    script->note.length > 0 ? "; " : "", lost.items[0],
			    lost.count > 1 ? " and others are" : " is");
	words_free(&lost);
}

/* What came of update-rc.d(8). */
static void updated(struct script *script, const struct task *task)
{
	enum script_step step = script->steps[script->position - 1];

	script->running = false;
	if (task->status == -1 || !WIFEXITED(task->status) || WEXITSTATUS(task->status) != 0) {
		struct text why = TEXT_EMPTY;

		text_printf(&why, "\"update-rc.d %s %s\" failed: ", script->name,
			    script_update_word(step));
		add_output(task, &why);
		if (task->messages.text.length == 0)
			text_add(&why, "it did not say why");
		fail(script, why.data);
		text_free(&why);
	} else if (step == SCRIPT_MAKE_LINKS) {
		if (init_directory_links(INIT_ETC, script->name) == INIT_LINKS_NONE)
			take_back(script, task);
		else
			warn_of_lost_targets(script);
	}
}

static void say_what_was_done(struct script *script)
{
	const char *done = NULL;

	if (script->failed || script->count == 0)
		return;
	if (script->steps[script->count - 1] == SCRIPT_REMOVE)
		done = "removed";
	else if (script->steps[0] == SCRIPT_WRITE)
		done = script->is_new ? "made" : "brought up to date";
	if (done != NULL)
		text_printf(&script->said, "%s/%s %s", INIT_DIRECTORY, script->name, done);
	else if (script->steps[0] == SCRIPT_ENABLE_LINKS)
		text_printf(&script->said, "%s/%s starts it at boot again", INIT_DIRECTORY,
			    script->name);
	else
		text_printf(&script->said, "links of %s/%s %s", INIT_DIRECTORY, script->name,
			    script->steps[0] == SCRIPT_REMOVE_LINKS ? "removed" : "made");
}

/*
 * Do the next steps towards the goal, in a step of a task.  Return true when
 * that has to wait; step is called then, which calls this again.  Otherwise all
 * is done or it has failed; said tells which.
 */
bool script_go_on(struct script *script, struct task *task, struct pool *pool, task_step *step)
{
	if (script->running)
		updated(script, task);
	else if (!script->began && must_wait(script, task, pool, step))
		return true;
	while (!script->failed && script->position < script->count) {
		enum script_step next = script->steps[script->position++];
		const char *word = script_update_word(next);

		if (word == NULL) {
			write_or_remove(script, next);
			continue;
		}
		update_links(script, word, task, pool, step);
		if (script->running)
			return true;
	}
	say_what_was_done(script);
	descriptor_close(script->lock);
	script->lock = -1;
	return false;
}
