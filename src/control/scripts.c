/*
 * All init scripts of instances, made to match the instances that exist.
 */
#include "control/scripts.h"

#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "base/words.h"
#include "state/init_directory.h"
#include "state/init_script.h"

/* Find the instance that an init script is for.  Return false if there is none. */
static bool find_instance(const struct instances *instances, const char *script, size_t *found)
{
	for (size_t i = 0; i < instances->count; i++) {
		struct text name = TEXT_EMPTY;
		bool is_it = init_script_name(&instances->items[i], &name, NULL) &&
			     strcmp(name.data, script) == 0;

		text_free(&name);
		*found = i;
		if (is_it)
			return true;
	}
	return false;
}

/*
 * Which instances there are, and what they are called, is known only when all
 * can be read.  Return one that cannot, or NULL.
 */
static const struct instance *find_damaged(const struct instances *instances)
{
	for (size_t i = 0; i < instances->count; i++)
		if (instances->items[i].damage != NULL)
			return &instances->items[i];
	return NULL;
}

static void add_gone(struct scripts *scripts, const struct instances *instances, const char *name)
{
	const struct instance *damaged = find_damaged(instances);
	struct text reason = TEXT_EMPTY;

	if (damaged != NULL)
		text_printf(&reason, "it may be for %s, which cannot be read", damaged->directory);
	script_init_gone(&scripts->items[scripts->count++].script, name,
			 damaged != NULL ? reason.data : NULL);
	text_free(&reason);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Find the init scripts of the instances that are selected, and with gone_too
 * those that no instance is known for, and plan what is to be done about each.
 * The caller calls scripts_free().
 */
void scripts_find(struct scripts *scripts, const struct instances *instances,
		  const enum selected *selected, bool gone_too)
{
	struct words names = WORDS_EMPTY;
	int directory = init_directory_open(INIT_ETC, NULL);

	if (directory >= 0)
		init_directory_list(directory, &names);
	descriptor_close(directory);
	/* Links that lead nowhere are left of a script that somebody removed. */
	init_directory_list_links(INIT_ETC, &names);
	if (names.count > 0)
		qsort(names.items, names.count, sizeof *names.items, compare_names);
	*scripts = (struct scripts){
		.items = memory_allocate(names.count, sizeof *scripts->items),
	};
	for (size_t i = 0; i < names.count; i++) {
		size_t found;

		if (!find_instance(instances, names.items[i], &found)) {
			if (gone_too)
				add_gone(scripts, instances, names.items[i]);
		} else if (selected[found] != SELECTED_NOT &&
			   instances->items[found].damage == NULL) {
			script_init(&scripts->items[scripts->count++].script, SCRIPT_KEPT,
				    &instances->items[found], instances);
		}
	}
	for (size_t i = 0; i < scripts->count; i++)
		script_plan(&scripts->items[i].script);
	words_free(&names);
}

void scripts_free(struct scripts *scripts)
{
	for (size_t i = 0; i < scripts->count; i++) {
		task_free(&scripts->items[i].task);
		script_free(&scripts->items[i].script);
	}
	free(scripts->items);
}

static void go_on(struct task *task, struct pool *pool)
{
	struct scripts_item *item = task->owner;

	item->done = !script_go_on(&item->script, task, pool, go_on);
}

/*
 * Do what is planned, one script after the other.  After an interrupt some are
 * not done; *interrupted is the signal then.  Return false with the reason when
 * nothing could be done at all.
 */
bool scripts_run(struct scripts *scripts, int *interrupted, struct text *why)
{
	struct pool pool;

	if (!pool_init(&pool, 1, why))
		return false;
	for (size_t i = 0; i < scripts->count; i++) {
		struct scripts_item *item = &scripts->items[i];

		item->task.owner = item;
		item->task.step = go_on;
		if (item->script.count > 0)
			pool_add(&pool, &item->task);
		else
			item->done = true;
	}
	pool_run(&pool);
	*interrupted = pool_interrupted(&pool);
	pool_free(&pool);
	return script_clear_litter(why);
}
