/*
 * The init script of one instance: what is to be done about it.
 */
#include "control/script.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "state/init_directory.h"
#include "state/init_script.h"

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
	enum init_links links = init_directory_links(INIT_ETC, script->name);
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
	directory = init_directory_open(INIT_ETC, &why);
	if (directory >= 0 && access(SCRIPT_UPDATE_RC_D, X_OK) < 0)
		text_fail(&why, "there is no %s", SCRIPT_UPDATE_RC_D);
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

/*
 * Return the word by which update-rc.d(8) is asked for a step, or NULL for one
 * that is not its work.
 */
const char *script_update_word(enum script_step step)
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
		const char *word = script_update_word(script->steps[i]);

		if (word != NULL)
			text_printf(out, "  would run \"update-rc.d %s %s\"\n", script->name, word);
		else
			text_printf(out, "  would %s %s/%s\n",
				    script->steps[i] == SCRIPT_WRITE ? "write" : "remove",
				    INIT_DIRECTORY, script->name);
	}
}

/*
 * Does the instance follow runlevel links of its own?
 */
bool script_governs(const struct instance *instance)
{
	struct text name = TEXT_EMPTY;
	bool governs = init_script_name(instance, &name, NULL) &&
		       init_directory_governs(INIT_ETC, name.data);

	text_free(&name);
	return governs;
}
