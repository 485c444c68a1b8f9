/*
 * Two instances must not share a name or a directory.  postmulti(1) refuses
 * to do anything at all then; here the instance that stands first keeps what
 * it claims, because it may be running, and the later one is damaged.
 */
#include "postfix/clash.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

struct claim {
	char *value;
	const char *parameter;
	size_t owner;
};

struct claims {
	struct claim *items;
	size_t count;
	size_t capacity;
};

/* Claim a value; a path is brought into one spelling: no // and no end in /. */
static void claim(struct claims *claims, const char *parameter, const char *value, size_t owner)
{
	char *copy;
	size_t length = 0;

	if (*value == '\0')
		return;
	copy = memory_copy(value);
	for (const char *p = copy; *copy == '/' && *p != '\0'; p++)
		if (*p != '/' || p[1] != '/')
			copy[length++] = *p;
	if (length > 1 && copy[length - 1] == '/')
		length--;
	if (length > 0)
		copy[length] = '\0';
	claims->items = memory_grow(claims->items, claims->count, &claims->capacity,
				    sizeof *claims->items);
	claims->items[claims->count++] = (struct claim){ copy, parameter, owner };
}

static int compare(const void *a, const void *b)
{
	const struct claim *first = a;
	const struct claim *second = b;
	int order = strcmp(first->value, second->value);

	if (order == 0)
		order = (first->owner > second->owner) - (first->owner < second->owner);
	return order != 0 ? order : strcmp(first->parameter, second->parameter);
}

static int compare_queues(const void *a, const void *b)
{
	const struct instance *first = *(struct instance *const *)a;
	const struct instance *second = *(struct instance *const *)b;

	if (first->queue.inode != second->queue.inode)
		return first->queue.inode < second->queue.inode ? -1 : 1;
	if (first->queue.device != second->queue.device)
		return first->queue.device < second->queue.device ? -1 : 1;
	return (first > second) - (first < second);
}

/*
 * Two names, such as a link and what it leads to, may be those of one queue
 * directory: postmulti(1) does not see that, but a master that works there is
 * that of only one instance, and so is its chroot.
 */
static void find_shared_queues(struct instances *instances)
{
	struct instance **sorted = memory_allocate(instances->count, sizeof *sorted);

	for (size_t i = 0; i < instances->count; i++)
		sorted[i] = &instances->items[i];
	if (instances->count > 0)
		qsort(sorted, instances->count, sizeof *sorted, compare_queues);
	for (size_t i = 1; i < instances->count; i++) {
		struct instance *first = sorted[i - 1];
		struct instance *later = sorted[i];
		struct text why = TEXT_EMPTY;

		if (later->queue.inode == 0 || !place_same(&later->queue, &first->queue))
			continue;
		text_printf(&why, "queue_directory = %s is the same directory as queue_directory = %s "
			    "of instance %s; \"postconf -c %s queue_directory=DIRECTORY\" names one "
			    "of its own", later->queue_directory, first->queue_directory,
			    instance_label(first), later->directory);
		instance_set_damage(later, text_string(&why));
		first->shares_queue = later->shares_queue = true;
		text_free(&why);
	}
	free(sorted);
}

/*
 * Mark each instance as damaged that claims what an earlier one has: the rule
 * of postmulti(1), register_claim(), but for the spelling of paths, and for
 * queue directories that have several.
 */
void clash_find(struct instances *instances)
{
	struct claims claims = { NULL, 0, 0 };

	for (size_t i = 0; i < instances->count; i++) {
		const struct instance *instance = &instances->items[i];

		if (instance->is_primary) {
			claim(&claims, "command_directory", instance->command_directory, i);
			claim(&claims, "daemon_directory", instance->daemon_directory, i);
			/* "no" where Postfix has no libraries of its own. */
			if (*instance->shlib_directory == '/')
				claim(&claims, "shlib_directory", instance->shlib_directory, i);
		}
		claim(&claims, "multi_instance_name", instance->name, i);
		claim(&claims, "config_directory", instance->directory, i);
		claim(&claims, "queue_directory", instance->queue_directory, i);
		claim(&claims, "data_directory", instance->data_directory, i);
	}
	if (claims.count > 0)
		qsort(claims.items, claims.count, sizeof *claims.items, compare);
	for (size_t i = 1; i < claims.count; i++) {
		const struct claim *first = &claims.items[i - 1];
		const struct claim *later = &claims.items[i];
		struct text why = TEXT_EMPTY;

		if (strcmp(first->value, later->value) != 0)
			continue;
		text_printf(&why, "%s = %s conflicts with instance %s, %s = %s",
			    later->parameter, later->value,
			    instance_label(&instances->items[first->owner]),
			    first->parameter, first->value);
		instance_set_damage(&instances->items[later->owner], text_string(&why));
		if (strcmp(first->parameter, "multi_instance_name") == 0 &&
		    strcmp(later->parameter, "multi_instance_name") == 0)
			instances->items[later->owner].is_namesake = true;
		if (strcmp(first->parameter, "queue_directory") == 0 &&
		    strcmp(later->parameter, "queue_directory") == 0)
			instances->items[first->owner].shares_queue =
				instances->items[later->owner].shares_queue = true;
		text_free(&why);
	}
	for (size_t i = 0; i < claims.count; i++)
		free(claims.items[i].value);
	free(claims.items);
	find_shared_queues(instances);
}
