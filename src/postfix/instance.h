#ifndef POSTCTL_POSTFIX_INSTANCE_H
#define POSTCTL_POSTFIX_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/place.h"

/*
 * A Postfix instance.  Strings are never NULL, but for damage; what could not
 * be found out is empty.
 */
struct instance {
	char *directory;
	char *name;
	char *group;
	char *queue_directory;
	char *data_directory;
	char *daemon_directory;
	char *command_directory;
	char *shlib_directory;
	char *syslog_name;
	char *maillog_file;
	bool is_primary;
	bool is_enabled;
	struct place queue;	/* what its queue directory is; inode 0: not there */
	bool is_namesake;	/* an earlier instance has its name */
	bool shares_queue;	/* another instance claims its queue directory */
	bool is_unread;		/* damaged only because the system does not let us look */
	/* Why nothing may be changed about it, or NULL. */
	char *damage;
};

/*
 * The instances of a host: the primary, then the others in the order of
 * multi_instance_directories.
 */
struct instances {
	struct instance *items;
	size_t count;
	size_t capacity;
};

#define INSTANCES_EMPTY ((struct instances){ NULL, 0, 0 })

struct instance *instances_add(struct instances *instances, const char *directory,
			       bool is_primary);
void instances_free(struct instances *instances);
bool instance_may_be_enabled(const struct instance *instance);
bool instance_is_named(const struct instance *instance);
const char *instance_label(const struct instance *instance);
const char *instance_short_name(const char *name);
const char *instance_directory_name(const struct instance *instance);
void instance_set_damage(struct instance *instance, const char *reason);

#endif
