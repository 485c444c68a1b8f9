#ifndef POSTCTL_BASE_WORDS_H
#define POSTCTL_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A list of strings that it owns.  items[count] is NULL as soon as anything
 * was added, so a list serves as an argument vector.
 */
struct words {
	char **items;
	size_t count;
	size_t capacity;
};

#define WORDS_EMPTY ((struct words){ NULL, 0, 0 })

void words_free(struct words *words);
void words_add(struct words *words, const char *word);
void words_add_n(struct words *words, const char *bytes, size_t length);
void words_printf(struct words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void words_insert(struct words *words, size_t index, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void words_remove(struct words *words, size_t index);
void words_split(struct words *words, const char *string, const char *separators);
char *words_take_first(struct words *words);
bool words_contain(const struct words *words, const char *word);

#endif
