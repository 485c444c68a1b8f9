/*
 * Lists of strings.
 */
#include "base/words.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/*
 * Free the strings and the list; it is empty and usable afterwards.
 */
void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
	*words = WORDS_EMPTY;
}

static void add_owned(struct words *words, char *word)
{
	words->items = memory_grow(words->items, words->count + 1,
				   &words->capacity, sizeof *words->items);
	words->items[words->count++] = word;
	words->items[words->count] = NULL;
}

void words_add(struct words *words, const char *word)
{
	add_owned(words, memory_copy(word));
}

void words_add_n(struct words *words, const char *bytes, size_t length)
{
	add_owned(words, memory_copy_n(bytes, length));
}

/*
 * Add what printf(3) would print as one word.
 */
void words_printf(struct words *words, const char *format, ...)
{
	struct text word = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&word, format, arguments);
	va_end(arguments);
	add_owned(words, text_take(&word));
}

/*
 * Make what printf(3) would print the word at an index, which is at most
 * words->count; those from there on move up.
 */
void words_insert(struct words *words, size_t index, const char *format, ...)
{
	struct text word = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&word, format, arguments);
	va_end(arguments);
	add_owned(words, NULL);
	memmove(words->items + index + 1, words->items + index,
		(words->count - 1 - index) * sizeof *words->items);
	words->items[index] = text_take(&word);
}

/*
 * Remove the word at an index that there is.
 */
void words_remove(struct words *words, size_t index)
{
	free(words->items[index]);
	/* The NULL at the end moves along. */
	memmove(words->items + index, words->items + index + 1,
		(words->count - index) * sizeof *words->items);
	words->count--;
}

/*
 * Add the words of string that any of the separators sets apart; empty words
 * vanish, as in Postfix's mystrtok(3).
 */
void words_split(struct words *words, const char *string, const char *separators)
{
	for (;;) {
		size_t length;

		string += strspn(string, separators);
		length = strcspn(string, separators);
		if (length == 0)
			return;
		words_add_n(words, string, length);
		string += length;
	}
}

/*
 * Take the first word off a list that has one.  The caller frees it.
 */
char *words_take_first(struct words *words)
{
	char *first = words->items[0];

	/* The NULL at the end moves along. */
	memmove(words->items, words->items + 1, words->count * sizeof *words->items);
	words->count--;
	return first;
}

bool words_contain(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->items[i], word) == 0)
			return true;
	return false;
}
