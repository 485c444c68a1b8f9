#ifndef POSTCTL_POSTFIX_INDEXED_TABLES_H
#define POSTCTL_POSTFIX_INDEXED_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "postfix/active_services.h"

/*
 * A table that is looked up in a file made from another, path; index is the
 * one made.  parameter is the first one that names it.
 */
struct indexed_table {
	char *type;
	char *path;
	char *index;
	char *parameter;
	bool is_aliases;	/* postalias(1) makes it, not postmap(1) */
	bool is_read;		/* not only written */
	bool is_database;	/* newaliases(1) makes it */
};

struct indexed_tables {
	struct indexed_table *items;
	size_t count;
	size_t capacity;
};

#define INDEXED_TABLES_EMPTY ((struct indexed_tables){ NULL, 0, 0 })

void indexed_tables_find(const struct configuration *configuration,
			 const struct active_services *active, struct indexed_tables *tables);
void indexed_tables_free(struct indexed_tables *tables);

#endif
