/*
 * What a path leads to, for who compares files and not their names.
 */
#include "base/place.h"

#include <sys/stat.h>

/*
 * Find what a path, whose links are followed, names.  Return false with errno
 * set.
 */
bool place_of(const char *path, struct place *place)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return false;
	*place = (struct place){ status.st_dev, status.st_ino };
	return true;
}

bool place_same(const struct place *a, const struct place *b)
{
	return a->device == b->device && a->inode == b->inode;
}
