#ifndef POSTCTL_BASE_PLACE_H
#define POSTCTL_BASE_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A file or directory, whatever its name.
 */
struct place {
	dev_t device;
	ino_t inode;
};

bool place_of(const char *path, struct place *place);
bool place_same(const struct place *a, const struct place *b);

#endif
