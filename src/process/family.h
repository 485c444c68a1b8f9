#ifndef POSTCTL_PROCESS_FAMILY_H
#define POSTCTL_PROCESS_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A process and all that came of it.  The first member is the process itself;
 * each other follows its parent, one level deeper.
 */
struct family_member {
	pid_t pid;
	unsigned depth;
	uint64_t private_bytes;		/* of memory, its own alone */
	uint64_t shared_bytes;		/* that others may have as well */
};

struct family {
	struct family_member *items;
	size_t count;
	size_t capacity;
};

#define FAMILY_EMPTY ((struct family){ NULL, 0, 0 })

bool family_read(pid_t pid, struct family *family);
uint64_t family_memory(const struct family *family);
void family_free(struct family *family);

#endif
