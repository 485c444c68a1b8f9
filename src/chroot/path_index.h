#ifndef POSTCTL_CHROOT_PATH_INDEX_H
#define POSTCTL_CHROOT_PATH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Paths that were seen, each with a number.  The strings stay the caller's,
 * who also gives their hashes, to be reckoned once for many tables.
 */
struct path_index {
	struct path_slot {
		const char *path;
		uint32_t length;
		uint32_t hash;
		size_t value;
	} *slots;
	size_t room;
	size_t count;
};

#define PATH_INDEX_EMPTY ((struct path_index){ NULL, 0, 0 })

uint32_t path_index_hash(const char *path, size_t length);
void path_index_reserve(struct path_index *index, size_t more);
bool path_index_add(struct path_index *index, const char *path, size_t length,
		    uint32_t hash, size_t value);
bool path_index_find(const struct path_index *index, const char *path, size_t length,
		     uint32_t hash, size_t *value);
void path_index_free(struct path_index *index);

#endif
