/*
 * A hash table of paths: a plan has a few hundred of them, a host a hundred
 * plans, and each path is to be there once.
 */
#include "chroot/path_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void path_index_free(struct path_index *index)
{
	free(index->slots);
	*index = PATH_INDEX_EMPTY;
}

/*
 * Return the hash of the first length bytes of path: FNV-1a,
 * http://www.isthe.com/chongo/tech/comp/fnv/.
 */
uint32_t path_index_hash(const char *path, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)path[i]) * 16777619u;
	return hash;
}

/*
 * Return the slot of the path, or the free one where it belongs.
 */
static struct path_slot *slot_for(const struct path_index *index, const char *path,
				  size_t length, uint32_t hash)
{
	size_t at = hash & (index->room - 1);

	for (;; at = (at + 1) & (index->room - 1)) {
		struct path_slot *slot = &index->slots[at];

		if (slot->path == NULL ||
		    (slot->hash == hash && slot->length == length &&
		     memcmp(slot->path, path, length) == 0))
			return slot;
	}
}

static void resize(struct path_index *index, size_t room)
{
	struct path_index larger = { NULL, room, 0 };

	larger.slots = memory_allocate(larger.room, sizeof *larger.slots);
	for (size_t i = 0; i < index->room; i++) {
		const struct path_slot *slot = &index->slots[i];

		if (slot->path != NULL)
			*slot_for(&larger, slot->path, slot->length, slot->hash) = *slot;
	}
	free(index->slots);
	index->slots = larger.slots;
	index->room = larger.room;
}

/*
 * Make room for so many more paths.
 */
void path_index_reserve(struct path_index *index, size_t more)
{
	size_t room = index->room > 0 ? index->room : 64;

	while (room < 2 * (index->count + more))
		room *= 2;
	if (room > index->room)
		resize(index, room);
}

/*
 * Take down the first length bytes of path, of this hash, with a value; the
 * caller keeps them as long as the index.  Return false if the path is there
 * already.
 */
bool path_index_add(struct path_index *index, const char *path, size_t length,
		    uint32_t hash, size_t value)
{
	struct path_slot *slot;

	path_index_reserve(index, 1);
	slot = slot_for(index, path, length, hash);
	if (slot->path != NULL)
		return false;
	*slot = (struct path_slot){ path, (uint32_t)length, hash, value };
	index->count++;
	return true;
}

/*
 * Return whether the path was taken down, and its value.
 */
bool path_index_find(const struct path_index *index, const char *path, size_t length,
		     uint32_t hash, size_t *value)
{
	const struct path_slot *slot;

	if (index->count == 0)
		return false;
	slot = slot_for(index, path, length, hash);
	if (slot->path == NULL)
		return false;
	*value = slot->value;
	return true;
}
