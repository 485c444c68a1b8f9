/*
 * main.cf: the parameters that an instance sets.
 */
#include "postfix/main_cf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postfix/lines.h"

/* FNV-1a */
static uint32_t name_hash(const char *name, size_t length)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619U;
	return hash;
}

/* Return the slot of a name, or the free one where it belongs. */
static uint32_t *find_slot(const struct main_cf *main, uint32_t hash, const char *name,
			   size_t length)
{
	size_t mask = main->slot_count - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		const struct main_cf_entry *entry;

		if (main->slots[i] == 0)
			return &main->slots[i];
		entry = &main->entries[main->slots[i] - 1];
		if (entry->hash == hash && strncmp(entry->name, name, length) == 0 &&
		    entry->name[length] == '\0')
			return &main->slots[i];
	}
}

/* Keep at least half of the slots free. */
static void grow_slots(struct main_cf *main)
{
	if (2 * (main->count + 1) <= main->slot_count)
		return;
	main->slot_count = main->slot_count > 0 ? 2 * main->slot_count : 128;
	free(main->slots);
	main->slots = memory_allocate(main->slot_count, sizeof *main->slots);
	for (size_t i = 0; i < main->count; i++) {
		const struct main_cf_entry *entry = &main->entries[i];

		*find_slot(main, entry->hash, entry->name, strlen(entry->name)) =
			(uint32_t)(i + 1);
	}
}

/*
 * Return the entry of the parameter whose name has length bytes, or NULL when
 * main.cf does not set it.
 */
const struct main_cf_entry *main_cf_find(const struct main_cf *main,
					 const char *name, size_t length)
{
	uint32_t slot = 0;

	if (main->slot_count > 0)
		slot = *find_slot(main, name_hash(name, length), name, length);
	return slot > 0 ? &main->entries[slot - 1] : NULL;
}

/* Set a parameter; the last entry wins.  config_directory's line is 0. */
static void set(struct main_cf *main, const char *name, const char *value,
		size_t line, const char *path, struct text *warnings)
{
	size_t length = strlen(name);
	uint32_t hash = name_hash(name, length);
	uint32_t *slot;
	struct main_cf_entry *entry;

	grow_slots(main);
	slot = find_slot(main, hash, name, length);
	if (*slot == 0) {
		main->entries = memory_grow(main->entries, main->count, &main->capacity,
					    sizeof *main->entries);
		main->count++;
		*slot = (uint32_t)main->count;
		entry = &main->entries[*slot - 1];
	} else {
		entry = &main->entries[*slot - 1];
		if (warnings != NULL && strcmp(entry->value, value) != 0)
			text_printf(warnings, "%s, line %zu: overriding earlier entry: %s=%s\n",
				    path, line, name, entry->value);
	}
	*entry = (struct main_cf_entry){ name, value, line, hash };
}

/*
 * Parse the content of a main.cf, which is taken over.  config_directory is
 * what Postfix presets the parameter of that name to; it must outlive main.
 * Return false with file, line and reason.  The caller calls main_cf_free()
 * in either case.
 */
bool main_cf_parse(struct main_cf *main, struct text *content, const char *path,
		   const char *config_directory, struct text *warnings, struct text *why)
{
	struct lines lines;
	size_t length = content->length;
	size_t number = 0;
	char *line;

	*main = MAIN_CF_EMPTY;
	main->buffer = text_take(content);
	set(main, "config_directory", config_directory, 0, path, NULL);
	lines_begin(&lines, main->buffer, length, path, warnings);
	while ((line = lines_next(&lines, &number)) != NULL) {
		char *name;
		char *value;
		const char *wrong;

		/* lines_split() leaves the line whole when it fails. */
		wrong = lines_split(line, &name, &value);
		if (wrong != NULL)
			return text_fail(why, "%s, line %zu: %s: \"%.60s%s\"", path, number,
					 wrong, line, strlen(line) > 60 ? "..." : "");
		set(main, name, value, number, path, warnings);
	}
	return true;
}

/*
 * Read the main.cf of a configuration directory.  warnings may be NULL.
 * Return false with the reason; the caller calls main_cf_free() in either
 * case.  directory must outlive main.
 */
bool main_cf_read(struct main_cf *main, const char *directory,
		  struct text *warnings, struct text *why)
{
	struct text content = TEXT_EMPTY;
	struct text path = TEXT_EMPTY;
	bool ok;

	*main = MAIN_CF_EMPTY;
	text_printf(&path, "%s/main.cf", directory);
	ok = lines_read_file(text_string(&path), &content, why);
	main->is_unread = !ok && lines_may_be_there(errno);
	ok = ok && main_cf_parse(main, &content, text_string(&path), directory, warnings, why);
	text_free(&content);
	text_free(&path);
	return ok;
}

void main_cf_free(struct main_cf *main)
{
	free(main->entries);
	free(main->slots);
	free(main->buffer);
	*main = MAIN_CF_EMPTY;
}
