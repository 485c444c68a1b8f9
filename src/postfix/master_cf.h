#ifndef POSTCTL_POSTFIX_MASTER_CF_H
#define POSTCTL_POSTFIX_MASTER_CF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "postfix/service.h"

/*
 * A master.cf in memory, every entry in the order of the file.
 */
struct master_cf {
	struct service *services;
	size_t count;
	size_t capacity;
};

#define MASTER_CF_EMPTY ((struct master_cf){ NULL, 0, 0 })

bool master_cf_read(struct master_cf *master, const char *directory, struct text *why);
bool master_cf_parse(struct master_cf *master, struct text *content, const char *path,
		     struct text *why);
void master_cf_free(struct master_cf *master);

#endif
