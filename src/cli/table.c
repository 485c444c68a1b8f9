/*
 * Aligned tables.
 */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Between two columns. */
enum { GAP = 2 };

/*
 * Begin a table with a row of titles.  The caller calls table_free().
 */
void table_begin(struct table *table, size_t columns, const char *const *titles)
{
	*table = (struct table){ .columns = columns };
	table_row(table, titles, NULL);
}

/*
 * Add a row; an empty cell shows as "-".  note may be NULL.
 */
void table_row(struct table *table, const char *const *cells, const char *note)
{
	for (size_t i = 0; i < table->columns; i++)
		words_add(&table->cells, *cells[i] != '\0' ? cells[i] : "-");
	words_add(&table->notes, note != NULL ? note : "");
}

/* The width of a cell on the terminal: characters, not bytes, of UTF-8. */
static size_t width_of(const char *cell)
{
	size_t width = 0;

	for (; *cell != '\0'; cell++)
		width += ((unsigned char)*cell & 0xc0) != 0x80;
	return width;
}

static void add_notes(struct text *out, const char *notes)
{
	struct words lines = WORDS_EMPTY;

	words_split(&lines, notes, "\n");
	for (size_t i = 0; i < lines.count; i++) {
		text_add(out, "    ");
		text_add_printable(out, lines.items[i]);
		text_add_char(out, '\n');
	}
	words_free(&lines);
}

static void find_widths(const struct table *table, size_t *widths)
{
	for (size_t i = 0; i < table->cells.count; i++) {
		size_t width = width_of(table->cells.items[i]);

		if (width > widths[i % table->columns])
			widths[i % table->columns] = width;
	}
}

/* Leave out columns, by a width of 0, until what is left fits. */
static void fit(const struct table *table, size_t *widths)
{
	size_t total = 0;

	for (size_t i = 0; i < table->columns; i++)
		total += widths[i] + (i > 0 ? GAP : 0);
	for (size_t i = 0; i < table->expendables && table->width > 0 &&
	     total > table->width; i++) {
		total -= widths[table->expendable[i]] + GAP;
		widths[table->expendable[i]] = 0;
	}
}

static void print_row(const struct table *table, const size_t *widths, size_t row,
		      struct text *out)
{
	size_t pad = 0;

	for (size_t i = 0; i < table->columns; i++) {
		const char *cell = table->cells.items[row * table->columns + i];
		const char *colour = table->colour != NULL && row > 0 && i == table->colour_column
				     ? table->colour(cell) : NULL;

		if (widths[i] == 0)
			continue;
		for (; pad > 0; pad--)
			text_add_char(out, ' ');
		if (colour != NULL)
			text_add(out, colour);
		text_add_printable(out, cell);
		if (colour != NULL)
			text_add(out, TABLE_PLAIN);
		pad = widths[i] - width_of(cell) + GAP;
	}
	text_add_char(out, '\n');
}

void table_print(const struct table *table, struct text *out)
{
	size_t *widths = memory_allocate(table->columns, sizeof *widths);

	find_widths(table, widths);
	fit(table, widths);
	for (size_t row = 0; row < table->notes.count; row++) {
		print_row(table, widths, row, out);
		add_notes(out, table->notes.items[row]);
	}
	free(widths);
}

void table_free(struct table *table)
{
	words_free(&table->cells);
	words_free(&table->notes);
}
