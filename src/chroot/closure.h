#ifndef POSTCTL_CHROOT_CLOSURE_H
#define POSTCTL_CHROOT_CLOSURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/words.h"
#include "chroot/library.h"

/*
 * A library and all that it needs, each once: the library first, then level
 * by level.  missing holds sentences about what was not found.
 */
struct closure {
	struct library **libraries;
	size_t count;
	size_t capacity;
	struct words missing;
};

#define CLOSURE_EMPTY ((struct closure){ .libraries = NULL })

bool closure_find(struct closure *closure, const struct host *host,
		  const struct library_path *path, const char *name);
bool closure_has(const struct closure *closure, const char *name);
bool closure_builtin(const struct host *host, const struct library *library,
		     const char *module);
void closure_free(struct closure *closure);

#endif
