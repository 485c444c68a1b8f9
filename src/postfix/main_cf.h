#ifndef POSTCTL_POSTFIX_MAIN_CF_H
#define POSTCTL_POSTFIX_MAIN_CF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/*
 * A parameter as main.cf sets it, not expanded.
 */
struct main_cf_entry {
	const char *name;
	const char *value;
	size_t line;
	uint32_t hash;
};

/*
 * A main.cf in memory.  Entries point into buffer; a name stands there once,
 * with its last value.  slots, a hash table, has room for slot_count numbers
 * of entries, counted from 1; 0 is a free slot.
 */
struct main_cf {
	char *buffer;
	struct main_cf_entry *entries;
	size_t count;
	size_t capacity;
	uint32_t *slots;
	size_t slot_count;
	bool is_unread;		/* there may well be one, but the system does not give it out */
};

#define MAIN_CF_EMPTY ((struct main_cf){ NULL, NULL, 0, 0, NULL, 0, false })

bool main_cf_read(struct main_cf *main, const char *directory,
		  struct text *warnings, struct text *why);
bool main_cf_parse(struct main_cf *main, struct text *content, const char *path,
		   const char *config_directory, struct text *warnings, struct text *why);
void main_cf_free(struct main_cf *main);
const struct main_cf_entry *main_cf_find(const struct main_cf *main,
					 const char *name, size_t length);

#endif
