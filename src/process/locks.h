#ifndef POSTCTL_PROCESS_LOCKS_H
#define POSTCTL_PROCESS_LOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"

/*
 * A flock(2) write lock that somebody holds.
 */
struct lock {
	uint64_t inode;
	dev_t device;	/* of the file system, not always stat's st_dev */
	pid_t pid;	/* in our pid namespace; 0 or less: not visible from it */
};

/*
 * All of them, in the order of their inode numbers.
 */
struct locks {
	struct lock *items;
	size_t count;
	size_t capacity;
};

#define LOCKS_EMPTY ((struct locks){ NULL, 0, 0 })

bool locks_read(struct locks *locks, struct text *why);
void locks_parse(struct locks *locks, const char *content);
void locks_free(struct locks *locks);
const struct lock *locks_find(const struct locks *locks, uint64_t inode, size_t *count);
bool locks_device(const char *path, dev_t *device);

#endif
