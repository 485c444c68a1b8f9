/*
 * What the administrator wants in the chroots of all instances:
 * chroot_extra_files.
 */
#include "chroot/planner.h"

#define LIST "chroot_extra_files in /etc/default/postfix"

static void expand_word(struct plan_cache *cache, const char *word,
			struct expansion *expansion)
{
	wanted_expand(cache, word, LIST, expansion);
}

/*
 * Plan the extra files.  Those that do not exist are notes.  Always true.
 */
bool planner_extra_files(struct planner *planner, struct text *why)
{
	const struct words *words = &planner->settings->extra_files;

	(void)why;
	for (size_t i = 0; i < words->count; i++) {
		struct text key = TEXT_EMPTY;

		text_printf(&key, "extra %s", words->items[i]);
		planner_add_all(planner,
				plan_cache_expand(planner->cache, text_string(&key),
						  words->items[i], expand_word),
				LIST);
		text_free(&key);
	}
	return true;
}
