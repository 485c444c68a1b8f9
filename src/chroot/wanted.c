/*
 * What an administrator names in a list of files for chroots.
 *
 * Debian's scripts give theirs to the shell, so a word may be a pattern.  They
 * pass over directories; somebody who names one means what is in it, so here
 * it is copied with all that is below.
 */
#include "chroot/planner.h"

#include <errno.h>
#include <string.h>

#define ENTRIES_MAX 10000
#define DEPTH_MAX 32

struct walk {
	struct plan_cache *cache;
	const char *list;
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
				     "followed; if it is needed, name it in %s", path,
				     walk->list);
		break;
	case SOURCE_SPECIAL:
		if (depth == 0)
			words_printf(&expansion->notes, "%s is a device, socket or FIFO and "
				     "cannot be copied; it is named by %s", path, walk->list);
		walk->special++;
		break;
	case SOURCE_MISSING:
		if (depth == 0)
			words_printf(&expansion->notes, "%s does not exist; it is named by %s",
				     path, walk->list);
		break;
	case SOURCE_UNREADABLE:
		words_printf(&expansion->notes, "%s cannot be read; it is named by %s", path,
			     walk->list);
		break;
	}
}

/*
 * Expand a word of a list, with or without a leading slash: a file, a pattern
 * or a directory.  list says where the word stands, for the notes.
 */
void wanted_expand(struct plan_cache *cache, const char *word, const char *list,
		   struct expansion *expansion)
{
	struct walk walk = { .cache = cache, .list = list, .expansion = expansion };
	struct words found = WORDS_EMPTY;
	struct text path = TEXT_EMPTY;

	expansion->anywhere = true;
	if (!planner_normalize(word, &path)) {
		words_printf(&expansion->notes, "%s, named by %s, is not copied: give its real "
			     "path", word, list);
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
		words_printf(&expansion->notes, "%s, named by %s, holds more than %d files or "
			     "%d levels; the rest is not copied", word, list, ENTRIES_MAX,
			     DEPTH_MAX);
	if (walk.special > 0 && expansion->count > 0)
		words_printf(&expansion->notes, "%zu devices, sockets or FIFOs below %s are not "
			     "copied", walk.special, word);
	words_free(&found);
	text_free(&path);
}
