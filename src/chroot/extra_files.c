/*
 * What the administrator wants in the chroots: chroot_extra_files.
 *
 * Debian's scripts give the list to the shell, so a word may be a pattern.
 * They pass over directories; somebody who names one means what is in it, so
 * here it is copied with all that is below.
 */
#include "chroot/planner.h"

#include <errno.h>
#include <string.h>

#define REASON "chroot_extra_files in /etc/default/postfix"
#define ENTRIES_MAX 10000
#define DEPTH_MAX 32

struct walk {
	struct plan_cache *cache;
	struct expansion *expansion;
	size_t special;
	bool too_much;
};

static void add_path(struct walk *walk, const char *path, int depth);

/*
 * Add a directory and what is in it, hidden files included.  Links in there
 * that lead to directories are not followed: they may lead back.
 */
static void add_directory(struct walk *walk, const char *path, int depth)
{
	struct words names = WORDS_EMPTY;

	if (depth > DEPTH_MAX) {
		walk->too_much = true;
		return;
	}
	if (!host_list(&walk->cache->host, path, &names))
		words_printf(&walk->expansion->notes, "cannot read directory %s: %s", path,
			     strerror(errno));
	else
		expansion_add(walk->expansion, expansion_text(walk->expansion, "%s", path + 1),
			      NULL, PLAN_DIRECTORY, NULL);
	for (size_t i = 0; i < names.count && !walk->too_much; i++) {
		struct text below = TEXT_EMPTY;

		text_printf(&below, "%s/%s", path, names.items[i]);
		add_path(walk, text_string(&below), depth + 1);
		text_free(&below);
	}
	words_free(&names);
}

static void add_path(struct walk *walk, const char *path, int depth)
{
	struct expansion *expansion = walk->expansion;
	enum source_found found;
	const struct source *source = plan_cache_source(walk->cache, path, PLAN_GUARDED,
							&found);

	if (expansion->count >= ENTRIES_MAX) {
		walk->too_much = true;
		return;
	}
	switch (found) {
	case SOURCE_FILE:
		expansion_add(expansion, source->path + 1, source, PLAN_GUARDED, NULL);
		break;
	case SOURCE_DIRECTORY:
		if (depth == 0 || !source->linked)
			add_directory(walk, path, depth);
		else
			words_printf(&expansion->notes, "%s leads to a directory and is not "
				     "followed; name it in chroot_extra_files if it is needed",
				     path);
		break;
	case SOURCE_SPECIAL:
		if (depth == 0)
			words_printf(&expansion->notes, "%s is a device, socket or FIFO and "
				     "cannot be copied; it is named by " REASON, path);
		walk->special++;
		break;
	case SOURCE_MISSING:
		if (depth == 0)
			words_printf(&expansion->notes, "%s does not exist; it is named by "
				     REASON, path);
		break;
	case SOURCE_UNREADABLE:
		words_printf(&expansion->notes, "%s cannot be read; it is named by " REASON,
			     path);
		break;
	}
}

static void expand_word(struct plan_cache *cache, const char *word,
			struct expansion *expansion)
{
	struct walk walk = { .cache = cache, .expansion = expansion };
	struct words parts = WORDS_EMPTY, found = WORDS_EMPTY;
	struct text path = TEXT_EMPTY;

	expansion->anywhere = true;
	words_split(&parts, word, "/");
	for (size_t i = 0; i < parts.count; i++)
		if (strcmp(parts.items[i], ".") != 0)
			text_printf(&path, "/%s", parts.items[i]);
	if (words_contain(&parts, "..") || path.length == 0) {
		words_printf(&expansion->notes, "%s in chroot_extra_files is not copied: give "
			     "its real path", word);
	} else {
		/* A file may have a name that looks like a pattern. */
		enum source_found literal;

		plan_cache_source(cache, text_string(&path), PLAN_GUARDED, &literal);
		if (literal == SOURCE_MISSING && strpbrk(word, "*?[\\") != NULL)
			host_glob(&cache->host, text_string(&path), &found);
		if (found.count == 0)
			words_add(&found, text_string(&path));
		for (size_t i = 0; i < found.count; i++)
			add_path(&walk, found.items[i], found.count > 1 ? 1 : 0);
	}
	if (walk.too_much)
		words_printf(&expansion->notes, "%s in chroot_extra_files holds more than %d "
			     "files or %d levels; the rest is not copied", word, ENTRIES_MAX,
			     DEPTH_MAX);
	if (walk.special > 0 && expansion->count > 0)
		words_printf(&expansion->notes, "%zu devices, sockets or FIFOs below %s are not "
			     "copied", walk.special, word);
	words_free(&parts);
	words_free(&found);
	text_free(&path);
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
				REASON);
		text_free(&key);
	}
	return true;
}
