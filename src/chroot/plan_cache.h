#ifndef POSTCTL_CHROOT_PLAN_CACHE_H
#define POSTCTL_CHROOT_PLAN_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "chroot/host.h"
#include "chroot/library.h"
#include "chroot/nsswitch.h"
#include "chroot/path_index.h"

/*
 * What the plans of all instances have in common: the host's files as they
 * were first looked at.  A plan points into its cache.
 */
struct plan_cache {
	struct host host;
	struct cached_source **sources;
	size_t source_count;
	size_t source_capacity;
	struct path_index source_index;
	struct expansion **expansions;
	size_t expansion_count;
	size_t expansion_capacity;
	bool has_name_service;
	struct nsswitch nsswitch;
	bool has_libraries;
	struct library_path libraries;
};

bool plan_cache_open(struct plan_cache *cache, const char *root, struct text *why);
void plan_cache_close(struct plan_cache *cache);

#endif
