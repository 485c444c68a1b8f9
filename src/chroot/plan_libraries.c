/*
 * A library that a daemon loads when it is in its chroot already, and those
 * that come with it.
 *
 * libgcc_s.so.1, which glibc loads by itself for whoever cancels a thread, is
 * not among them: every program of Postfix has it by way of ICU.
 */
#include "chroot/planner.h"

#include <string.h>

/*
 * Add the libraries of a closure, but for those that the daemon has loaded
 * before it enters; loaded may be NULL.  What is missing becomes a note.
 */
void expansion_add_libraries(struct expansion *expansion, struct plan_cache *cache,
			     const struct closure *closure, const struct closure *loaded)
{
	for (size_t i = 0; i < closure->count; i++) {
		const struct library *library = closure->libraries[i];
		enum source_found found;
		const struct source *source;
		const char *path, *reason = NULL;

		if (loaded != NULL && closure_has(loaded, library->name))
			continue;
		source = plan_cache_source(cache, library->path, PLAN_COPY, &found);
		if (found != SOURCE_FILE)
			continue;
		/* One that is asked for by its path must be found by it. */
		if (strchr(library->name, '/') != NULL)
			path = expansion_text(expansion, "%s", library->name + 1);
		else
			path = expansion_text(expansion, "%s/%s", library_destination(),
					      library->name);
		if (library->by != NULL)
			reason = expansion_text(expansion, "needed by %s", library->by->name);
		expansion_add(expansion, path, source, PLAN_COPY, reason);
	}
	for (size_t i = 0; i < closure->missing.count; i++)
		words_add(&expansion->notes, closure->missing.items[i]);
}
