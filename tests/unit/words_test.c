/*
 * Lists of strings.
 */
#include "base/words.h"

#include <stdlib.h>

#include "base/text.h"
#include "tap.h"

/* Does the list hold what want holds between its "|", and end in NULL? */
static void same(const struct words *words, const char *want, const char *name)
{
	struct text have = TEXT_EMPTY;

	for (size_t i = 0; i < words->count; i++)
		text_printf(&have, "%s%s", i > 0 ? "|" : "", words->items[i]);
	is(text_string(&have), want, name);
	if (words->items != NULL)
		ok(words->items[words->count] == NULL, "%s: NULL at the end", name);
	text_free(&have);
}

static const struct {
	const char *name, *string, *separators, *want;
} splits[] = {
	{ "nothing", "", " ", "" },
	{ "separators alone", " , ,", ", ", "" },
	{ "one", "a", " ", "a" },
	{ "two", "a b", " ", "a|b" },
	{ "separators at the ends", "  a  b  ", " ", "a|b" },
	{ "mixed", ",a,,\tb\n c ,", ", \t\r\n", "a|b|c" },
	{ "no separator", "a b", "", "a b" },
	{ "others stay", "a,b c", " ", "a,b|c" },
	{ "form feed is no separator", "a\fb", " \t\r\n", "a\fb" },
};

int main(void)
{
	struct words words = WORDS_EMPTY;
	char *first;

	for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
		words_split(&words, splits[i].string, splits[i].separators);
		same(&words, splits[i].want, splits[i].name);
		words_free(&words);
	}
	ok(words.items == NULL && words.count == 0 && words.capacity == 0, "freed, it is empty");
	ok(!words_contain(&words, ""), "an empty list has nothing");

	words_add(&words, "a");
	words_add_n(&words, "bcd", 1);
	words_add_n(&words, NULL, 0);
	words_printf(&words, "%d-%s", 1, "x");
	same(&words, "a|b||1-x", "added");
	ok(words_contain(&words, "") && words_contain(&words, "1-x"), "it has these");
	ok(!words_contain(&words, "1") && !words_contain(&words, "1-xx"), "but not these");
	words_split(&words, "c d", " ");
	same(&words, "a|b||1-x|c|d", "split words are added");

	words_insert(&words, 0, "%s", "first");
	same(&words, "first|a|b||1-x|c|d", "inserted in front");
	words_insert(&words, 7, "%s", "last");
	same(&words, "first|a|b||1-x|c|d|last", "inserted at the end");
	words_insert(&words, 3, "%s", words.items[1]);
	same(&words, "first|a|b|a||1-x|c|d|last", "inserted in the middle, a copy of another");
	words_remove(&words, 8);
	words_remove(&words, 4);
	words_remove(&words, 0);
	same(&words, "a|b|a|1-x|c|d", "removed");

	first = words_take_first(&words);
	is(first, "a", "taken");
	free(first);
	same(&words, "b|a|1-x|c|d", "and the others move up");
	while (words.count > 0)
		free(words_take_first(&words));
	same(&words, "", "all taken");

	for (int i = 0; i < 1000; i++)
		words_printf(&words, "%d", i);
	ok(words.count == 1000 && strcmp(words.items[999], "999") == 0 &&
	   words.items[1000] == NULL, "a thousand");
	words_free(&words);
	words_insert(&words, 0, "x");
	same(&words, "x", "inserted into nothing");
	words_free(&words);
	return tap_done();
}
