#ifndef POSTCTL_CLI_TABLE_H
#define POSTCTL_CLI_TABLE_H

#include <stddef.h>

#include "base/text.h"
#include "base/words.h"

/*
 * Rows of cells, for people.  A note follows its row on lines of its own.
 */
struct table {
	size_t columns;
	struct words cells;
	struct words notes;

	/* Where it is printed, set after table_begin(): 0 for any width. */
	size_t width;
	/* The columns to leave out, one after the other, until it fits. */
	const size_t *expendable;
	size_t expendables;
	/* What to print before a cell of this column, and TABLE_PLAIN after it; or NULL. */
	const char *(*colour)(const char *cell);
	size_t colour_column;
};

#define TABLE_PLAIN "\033[0m"

void table_begin(struct table *table, size_t columns, const char *const *titles);
void table_row(struct table *table, const char *const *cells, const char *note);
void table_print(const struct table *table, struct text *out);
void table_free(struct table *table);

#endif
