#ifndef POSTCTL_CHROOT_PLAN_H
#define POSTCTL_CHROOT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/text.h"
#include "base/words.h"
#include "chroot/plan_cache.h"
#include "chroot/settings.h"
#include "chroot/source.h"
#include "postfix/configuration.h"

enum plan_kind {
	PLAN_DIRECTORY,	/* made 0755 where it is missing, else left as it is */
	PLAN_PUBLIC,	/* a copy that all may read, whatever the source says */
	PLAN_COPY,	/* a copy with the owner and the mode of its source */
	PLAN_GUARDED,	/* the same, read by nobody who cannot reach the source */
	PLAN_ACCOUNTS,	/* a copy of passwd or group without the passwords, public */
};

/*
 * Something that a chroot must hold.  path is relative to the queue directory
 * and its first directory_length bytes are the directory of the entry; hash is
 * the path's.  source is NULL for a directory.  reason is a short phrase.
 */
struct plan_entry {
	const char *path;
	const struct source *source;
	const char *reason;
	size_t directory_length;
	uint32_t hash;
	enum plan_kind kind;
	mode_t mode;
	uid_t owner;
	gid_t group;
};

/*
 * What the chroot of an instance must hold, each directory before what is in
 * it.  notes are sentences about what could not be planned and why; kept are
 * paths that would be planned if the host had the file now, which it may have
 * again.
 */
struct plan {
	struct plan_entry *entries;
	size_t count;
	size_t capacity;
	struct words notes;
	struct words kept;
	struct words texts;
	struct plan_cache *cache;
};

#define PLAN_EMPTY ((struct plan){ .entries = NULL })

bool plan_build(struct plan *plan, struct plan_cache *cache,
		const struct configuration *configuration,
		const struct settings *settings, struct text *why);
void plan_free(struct plan *plan);
const char *plan_kind_name(enum plan_kind kind);

#endif
