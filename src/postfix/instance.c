/*
 * Instances as data.
 */
#include "postfix/instance.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Add an instance of which only the configuration directory is known.  The
 * result is valid until the next one is added.
 */
struct instance *instances_add(struct instances *instances, const char *directory,
			       bool is_primary)
{
	struct instance *instance;

	instances->items = memory_grow(instances->items, instances->count,
				       &instances->capacity, sizeof *instances->items);
	instance = &instances->items[instances->count++];
	*instance = (struct instance){
		.directory = memory_copy(directory),
		.name = memory_copy(""),
		.group = memory_copy(""),
		.queue_directory = memory_copy(""),
		.data_directory = memory_copy(""),
		.daemon_directory = memory_copy(""),
		.command_directory = memory_copy(""),
		.shlib_directory = memory_copy(""),
		.syslog_name = memory_copy(""),
		.maillog_file = memory_copy(""),
		.is_primary = is_primary,
	};
	return instance;
}

void instances_free(struct instances *instances)
{
	for (size_t i = 0; i < instances->count; i++) {
		struct instance *instance = &instances->items[i];

		free(instance->directory);
		free(instance->name);
		free(instance->group);
		free(instance->queue_directory);
		free(instance->data_directory);
		free(instance->daemon_directory);
		free(instance->command_directory);
		free(instance->shlib_directory);
		free(instance->syslog_name);
		free(instance->maillog_file);
		free(instance->damage);
	}
	free(instances->items);
	*instances = INSTANCES_EMPTY;
}

/*
 * Whether an instance is enabled, or its main.cf cannot be read: such a one may
 * be meant to run.
 */
bool instance_may_be_enabled(const struct instance *instance)
{
	return instance->is_enabled || instance->damage != NULL;
}

/*
 * Whether the instance has a name, and is the first to have it: where several
 * claim one, no other goes by it.
 */
bool instance_is_named(const struct instance *instance)
{
	return *instance->name != '\0' && !instance->is_namesake;
}

/*
 * Return what messages call the instance: its name; "-" for a primary without
 * one, as in postmulti(1); the configuration directory of any other without.
 */
const char *instance_label(const struct instance *instance)
{
	if (instance_is_named(instance))
		return instance->name;
	return instance->is_primary ? "-" : instance->directory;
}

/*
 * Return an instance name without the prefix that postmulti(1) demands of it.
 */
const char *instance_short_name(const char *name)
{
	static const char prefix[] = "postfix-";

	return strncmp(name, prefix, strlen(prefix)) == 0 ? name + strlen(prefix) : name;
}

/*
 * A damaged instance cannot tell its name, but its directory can.  Return the
 * last part of that, or NULL if the instance has a name or needs none.
 */
const char *instance_directory_name(const struct instance *instance)
{
	const char *slash = strrchr(instance->directory, '/');

	if (instance_is_named(instance) || instance->is_primary || slash == NULL)
		return NULL;
	return slash + 1;
}

/*
 * Record why nothing may be changed about the instance.  The first reason
 * stays.
 */
void instance_set_damage(struct instance *instance, const char *reason)
{
	if (instance->damage == NULL)
		instance->damage = memory_copy(reason);
}
