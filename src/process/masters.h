#ifndef POSTCTL_PROCESS_MASTERS_H
#define POSTCTL_PROCESS_MASTERS_H

#include <stdbool.h>
#include <stddef.h>

#include "process/identity.h"
#include "process/locks.h"

/*
 * A process that is a master by its program and by holding a lock.
 */
struct master {
	struct identity identity;
	char *config_directory;		/* as it was told; its own root's name */
	struct place config;		/* all 0 when it cannot be found */
	struct place queue;		/* where it works */
};

/*
 * The masters that the lock table shows, whatever their pid files say.
 */
struct masters {
	struct master *items;
	size_t count;
	size_t capacity;
	size_t hidden;	/* lock holders that we may not look at */
};

#define MASTERS_EMPTY ((struct masters){ NULL, 0, 0, 0 })

void masters_read(struct masters *masters, const struct locks *locks);
void masters_search(struct masters *masters);
void masters_free(struct masters *masters);
const struct master *masters_find(const struct masters *masters,
				  const char *config_directory);
bool masters_only_tests(pid_t pid);

#endif
