/*
 * What a hundred plans share, so that a hundred chroots cost the host's files
 * one look.
 */
#include "chroot/planner.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct cached_source {
	char *key;
	enum source_found found;
	struct source source;
};

/*
 * Begin with nothing known of the host below root ("" for this machine).
 * Return false with a reason; plan_cache_close() frees it either way, once
 * the plans made from it are freed.
 */
bool plan_cache_open(struct plan_cache *cache, const char *root, struct text *why)
{
	memset(cache, 0, sizeof *cache);
	return host_open(&cache->host, root, why);
}

static void expansion_free(struct expansion *expansion)
{
	free(expansion->key);
	free(expansion->entries);
	words_free(&expansion->texts);
	words_free(&expansion->notes);
	free(expansion);
}

void plan_cache_close(struct plan_cache *cache)
{
	for (size_t i = 0; i < cache->expansion_count; i++)
		expansion_free(cache->expansions[i]);
	for (size_t i = 0; i < cache->source_count; i++) {
		source_free(&cache->sources[i]->source);
		free(cache->sources[i]->key);
		free(cache->sources[i]);
	}
	free(cache->expansions);
	free(cache->sources);
	path_index_free(&cache->source_index);
	if (cache->has_name_service)
		nsswitch_free(&cache->nsswitch);
	if (cache->has_libraries)
		library_path_free(&cache->libraries);
	host_close(&cache->host);
}

/*
 * Look at path as at the source of an entry of this kind, once.  The result
 * belongs to the cache and is NULL where there is neither a file nor a
 * directory.
 */
const struct source *plan_cache_source(struct plan_cache *cache, const char *path,
				       enum plan_kind kind, enum source_found *found)
{
	struct text key = TEXT_EMPTY;
	struct cached_source *cached;
	uint32_t hash;
	size_t at;

	text_add(&key, path);
	text_add_char(&key, '\n');
	text_add_char(&key, (char)('0' + (int)kind));
	hash = path_index_hash(key.data, key.length);
	if (!path_index_find(&cache->source_index, key.data, key.length, hash, &at)) {
		cached = memory_allocate(1, sizeof *cached);
		cached->found = plan_look(&cached->source, &cache->host, path, kind, NULL);
		at = cache->source_count;
		cache->sources = memory_grow(cache->sources, at, &cache->source_capacity,
					     sizeof *cache->sources);
		cache->sources[cache->source_count++] = cached;
		path_index_add(&cache->source_index, key.data, key.length, hash, at);
		cached->key = text_take(&key);
	}
	text_free(&key);
	cached = cache->sources[at];
	*found = cached->found;
	return cached->source.path != NULL ? &cached->source : NULL;
}

/*
 * Return what fill() makes of argument; it is called once for a key.
 */
const struct expansion *plan_cache_expand(struct plan_cache *cache, const char *key,
					  const char *argument, expansion_fill *fill)
{
	struct expansion *expansion;

	for (size_t i = 0; i < cache->expansion_count; i++)
		if (strcmp(cache->expansions[i]->key, key) == 0)
			return cache->expansions[i];
	expansion = memory_allocate(1, sizeof *expansion);
	expansion->key = memory_copy(key);
	cache->expansions = memory_grow(cache->expansions, cache->expansion_count,
					&cache->expansion_capacity,
					sizeof *cache->expansions);
	cache->expansions[cache->expansion_count++] = expansion;
	fill(cache, argument, expansion);
	return expansion;
}

/*
 * Return where the dynamic linker of the host looks for libraries.
 */
const struct library_path *plan_cache_libraries(struct plan_cache *cache)
{
	if (!cache->has_libraries)
		library_path_read(&cache->libraries, &cache->host);
	cache->has_libraries = true;
	return &cache->libraries;
}

/*
 * Add an entry.  path, relative to the chroot, source and reason are kept as
 * long as the cache.
 */
void expansion_add(struct expansion *expansion, const char *path,
		   const struct source *source, enum plan_kind kind, const char *reason)
{
	const char *slash = strrchr(path, '/');
	struct plan_entry *entry;

	expansion->entries = memory_grow(expansion->entries, expansion->count,
					 &expansion->capacity, sizeof *expansion->entries);
	entry = &expansion->entries[expansion->count++];
	entry->path = path;
	entry->source = source;
	entry->reason = reason;
	entry->directory_length = slash != NULL ? (size_t)(slash - path) : 0;
	entry->hash = path_index_hash(path, strlen(path));
	entry->kind = kind;
	plan_attributes(source, kind, &entry->mode, &entry->owner, &entry->group);
}

/*
 * Return a string that lives as long as the expansion.
 */
const char *expansion_text(struct expansion *expansion, const char *format, ...)
{
	struct text text = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&text, format, arguments);
	va_end(arguments);
	words_add(&expansion->texts, text_string(&text));
	text_free(&text);
	return expansion->texts.items[expansion->texts.count - 1];
}
