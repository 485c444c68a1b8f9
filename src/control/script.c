/*
 * The init script of one instance: what is to be done about it, and doing it.
 * The links are made by update-rc.d(8), which has insserv(8) order them.
 */
#include "control/script.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "base/words.h"
#include "control/environment.h"
#include "state/init_directory.h"
#include "state/init_script.h"
#include "state/instance_lock.h"

#define ETC "/etc"
#define INIT_DIRECTORY ETC "/init.d"
#define UPDATE_RC_D "/usr/sbin/update-rc.d"

enum {
	LIMIT_MS = 60 * 1000,
	/* How long another postctl may work on init scripts, and how often to look. */
	PATIENCE_MS = 120 * 1000,
	INTERVAL_MS = 20,
};

/* Return another instance whose init script would have the same name, or NULL. */
static const struct instance *find_namesake(const struct instance *instance, const char *name,
					    const struct instances *instances)
{
	for (size_t i = 0; i < instances->count; i++) {
		const struct instance *other = &instances->items[i];
		struct text its = TEXT_EMPTY;
		bool same = strcmp(other->directory, instance->directory) != 0 &&
			    init_script_name(other, &its, NULL) && strcmp(its.data, name) == 0;

		text_free(&its);
		if (same)
			return other;
	}
	return NULL;
}

/*
 * Begin with the init script of one of the instances, of which nothing is
 * known yet.  The caller calls script_free().
 */
void script_init(struct script *script, enum script_goal goal, const struct instance *instance,
		 const struct instances *instances)
{
	struct text name = TEXT_EMPTY;
	const struct instance *other;

	*script = (struct script){ .goal = goal, .lock = -1 };
	if (!init_script_name(instance, &name, &script->impossible))
		return;
	other = find_namesake(instance, name.data, instances);
	if (other != NULL)
		text_printf(&script->impossible, "%s could be that of %s as well", name.data,
			    instance_label(other));
	script->name = text_take(&name);
	script->instance = memory_copy(init_script_instance(instance));
}

/*
 * Begin with an init script that no instance is known for: to be removed, or
 * to be left for a reason.
 */
void script_init_gone(struct script *script, const char *name, const char *impossible)
{
	*script = (struct script){ .goal = SCRIPT_UNWANTED, .lock = -1 };
	script->name = memory_copy(name);
	if (impossible != NULL)
		text_add(&script->impossible, impossible);
}

void script_free(struct script *script)
{
	free(script->name);
	free(script->instance);
	text_free(&script->impossible);
	text_free(&script->content);
	text_free(&script->note);
	text_free(&script->said);
	descriptor_close(script->lock);
}

static void add_step(struct script *script, enum script_step step)
{
	script->steps[script->count++] = step;
}

static void plan_wanted(struct script *script, const char *old, enum init_script_owner owner,
			enum init_links links)
{
	if (old == NULL || owner == INIT_SCRIPT_OURS)
		init_script_write(script->name, script->instance, old, &script->content);
	script->is_new = old == NULL;
	if (script->content.length > 0 &&
	    (old == NULL || strcmp(old, script->content.data) != 0)) {
		add_step(script, SCRIPT_WRITE);
		add_step(script, SCRIPT_MAKE_LINKS);
	} else if (links == INIT_LINKS_NONE && script->goal == SCRIPT_WANTED) {
		add_step(script, SCRIPT_MAKE_LINKS);
	}
	if (links == INIT_LINKS_OFF && script->goal == SCRIPT_WANTED)
		add_step(script, SCRIPT_ENABLE_LINKS);
}

static void plan_unwanted(struct script *script, const char *old, enum init_script_owner owner,
			  enum init_links links)
{
	if (links != INIT_LINKS_NONE)
		add_step(script, SCRIPT_REMOVE_LINKS);
	if (old != NULL && owner == INIT_SCRIPT_OURS)
		add_step(script, SCRIPT_REMOVE);
}

static void plan(struct script *script, int directory)
{
	struct text content = TEXT_EMPTY;
	enum init_file found = init_directory_read(directory, script->name, &content);
	enum init_links links = init_directory_links(ETC, script->name);
	enum init_script_owner owner = INIT_SCRIPT_FOREIGN;
	const char *old = NULL;

	if (found == INIT_FILE_PLAIN) {
		old = text_string(&content);
		owner = init_script_owner(script->name, old);
	}
	if (found != INIT_FILE_MISSING && owner == INIT_SCRIPT_FOREIGN) {
		text_printf(&script->note, "%s/%s is not postctl's and is left alone", INIT_DIRECTORY,
			    script->name);
	} else {
		if (owner == INIT_SCRIPT_CHANGED && found != INIT_FILE_MISSING)
			text_printf(&script->note, "%s/%s was changed by hand and stays as it is%s",
				    INIT_DIRECTORY, script->name, script->goal == SCRIPT_UNWANTED ?
				    "; remove it if nobody needs it" : "");
		if (script->goal == SCRIPT_UNWANTED || (script->goal == SCRIPT_KEPT && old == NULL))
			plan_unwanted(script, old, owner, links);
		else
			plan_wanted(script, old, owner, links);
	}
	text_free(&content);
}

/*
 * Find out what is to be done to reach the goal: steps, none when nothing is.
 * A note says what is not done, though it might be expected.
 */
void script_plan(struct script *script)
{
	struct text why = TEXT_EMPTY;
	int directory;

	script->count = script->position = 0;
	text_clear(&script->content);
	text_clear(&script->note);
	if (script->impossible.length > 0) {
		if (script->goal == SCRIPT_WANTED)
			text_printf(&script->note, "no init script: %s", script->impossible.data);
		else if (script->name != NULL)
			text_printf(&script->note, "%s/%s is left alone: %s", INIT_DIRECTORY,
				    script->name, script->impossible.data);
		return;
	}
	directory = init_directory_open(ETC, &why);
	if (directory >= 0 && access(UPDATE_RC_D, X_OK) < 0)
		text_fail(&why, "there is no %s", UPDATE_RC_D);
	if (why.length == 0)
		plan(script, directory);
	else if (script->goal == SCRIPT_WANTED)
		text_printf(&script->note, "no init script: %s", why.data);
	else if (directory >= 0 && init_directory_has(directory, script->name))
		text_printf(&script->note, "%s/%s is left alone: %s", INIT_DIRECTORY, script->name,
			    why.data);
	descriptor_close(directory);
	text_free(&why);
}

/* The word by which update-rc.d(8) is asked for a step, or NULL. */
static const char *update_word(enum script_step step)
{
	switch (step) {
	case SCRIPT_MAKE_LINKS:
		return "defaults";
	case SCRIPT_ENABLE_LINKS:
		return "enable";
	case SCRIPT_REMOVE_LINKS:
		return "remove";
	default:
		return NULL;
	}
}

/*
 * Append a line for each step that is planned.
 */
void script_describe(const struct script *script, struct text *out)
{
	for (size_t i = 0; i < script->count; i++) {
		const char *word = update_word(script->steps[i]);

		if (word != NULL)
			text_printf(out, "  would run \"update-rc.d %s %s\"\n", script->name, word);
		else
			text_printf(out, "  would %s %s/%s\n",
				    script->steps[i] == SCRIPT_WRITE ? "write" : "remove",
				    INIT_DIRECTORY, script->name);
	}
}

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
	int directory = init_directory_open(ETC, NULL);

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
	struct text why = TEXT_EMPTY;

	words_add(&arguments, "update-rc.d");
	words_add(&arguments, script->name);
	words_add(&arguments, word);
	environment_plain(&environment);
	script->running = pool_spawn(pool, task, &(struct pool_command){
		.child = {
			.path = UPDATE_RC_D,
			.arguments = arguments.items,
			.environment = environment.items,
		},
		.schedule = { { deadline_in(LIMIT_MS), SIGTERM } },
	}, step, &why);
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
	int directory = init_directory_open(ETC, &why);
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

/* What came of update-rc.d(8). */
static void updated(struct script *script, const struct task *task)
{
	enum script_step step = script->steps[script->position - 1];

	script->running = false;
	if (task->status == -1 || !WIFEXITED(task->status) || WEXITSTATUS(task->status) != 0) {
		struct text why = TEXT_EMPTY;

		text_printf(&why, "\"update-rc.d %s %s\" failed: ", script->name, update_word(step));
		add_output(task, &why);
		fail(script, why.data);
		text_free(&why);
	} else if (step == SCRIPT_MAKE_LINKS &&
		   init_directory_links(ETC, script->name) == INIT_LINKS_NONE) {
		take_back(script, task);
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
		const char *word = update_word(next);

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

/*
 * Does the instance follow runlevel links of its own?
 */
bool script_governs(const struct instance *instance)
{
	struct text name = TEXT_EMPTY;
	bool governs = init_script_name(instance, &name, NULL) &&
		       init_directory_governs(ETC, name.data);

	text_free(&name);
	return governs;
}
