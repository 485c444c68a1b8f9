/*
 * Strings that grow.
 */
#include "base/text.h"

#include <stdlib.h>

#include "tap.h"

static void empty_text(void)
{
	struct text text = TEXT_EMPTY;
	char *taken;

	is(text_string(&text), "", "an empty text is the empty string");
	text_clear(&text);
	text_truncate(&text, 0);
	ok(text.data == NULL, "clearing an empty text allocates nothing");
	taken = text_take(&text);
	is(taken, "", "an empty text can be taken");
	free(taken);
	text_add_n(&text, NULL, 0);
	ok(text.data != NULL && text.length == 0, "adding nothing makes it a string");
	text_free(&text);
	ok(text.data == NULL && text.length == 0 && text.capacity == 0, "freed, it is empty");
	text_add(&text, "x");
	is(text_string(&text), "x", "freed, it is usable");
	text_free(&text);
}

static void growth(void)
{
	struct text text = TEXT_EMPTY;
	size_t capacity;
	bool same = true;

	for (int i = 0; i < 10000; i++)
		text_add_char(&text, (char)('a' + i % 26));
	for (int i = 0; i < 10000; i++)
		same = same && text.data[i] == (char)('a' + i % 26);
	ok(same && text.length == 10000 && text.data[10000] == '\0',
	   "ten thousand characters, one by one");
	ok(text.capacity > text.length, "the NUL has room");
	text_clear(&text);
	capacity = text.capacity;
	text_reserve(&text, capacity - 1);
	ok(text.capacity == capacity, "what fits needs no more memory");
	text_reserve(&text, capacity);
	ok(text.capacity > capacity, "what does not fit does");
	is(text_string(&text), "", "cleared, it is empty");
	text_free(&text);
}

static void pieces(void)
{
	struct text text = TEXT_EMPTY;
	char *taken;

	text_add(&text, "ab");
	text_add_n(&text, "cdef", 2);
	text_add_char(&text, 'e');
	text_printf(&text, "%d%s", 10, "-");
	is(text_string(&text), "abcde10-", "strings, bytes, characters, formats");
	text_truncate(&text, 100);
	is(text_string(&text), "abcde10-", "cutting behind the end changes nothing");
	text_truncate(&text, 8);
	ok(text.length == 8, "neither does cutting at the end");
	text_truncate(&text, 3);
	is(text_string(&text), "abc", "cut");
	ok(text.length == 3, "the length, too");
	text_add_n(&text, "\0x", 2);
	ok(text.length == 5 && memcmp(text.data, "abc\0x", 6) == 0, "a NUL is a byte");
	taken = text_take(&text);
	is(taken, "abc", "taken");
	ok(text.data == NULL && text.length == 0 && text.capacity == 0, "and nothing is left");
	free(taken);
	text_printf(&text, "%s", "");
	ok(text.data != NULL && text.length == 0, "printing nothing makes it a string");
	text_printf(&text, "%0500d", 0);
	ok(text.length == 500 && strlen(text.data) == 500, "a format longer than the memory");
	text_free(&text);
}

static void reasons(void)
{
	struct text why = TEXT_EMPTY;

	ok(!text_fail(NULL, "%s", "unheard"), "a reason that nobody wants");
	ok(!text_fail(&why, "open %s: %d", "x", 2), "failing is false");
	is(text_string(&why), "open x: 2", "a reason");
	text_fail(&why, "outer: %s", text_string(&why));
	is(text_string(&why), "outer: open x: 2", "a reason that quotes the one before");
	text_fail(&why, "other");
	is(text_string(&why), "other", "a reason takes the place of the one before");
	text_free(&why);
}

static void printable(void)
{
	struct text text = TEXT_EMPTY;

	text_add_printable(&text, "a\033[31mb\177\r\n\tgr\303\274n");
	is(text_string(&text), "a?[31mb??\n\tgr\303\274n", "nothing that a terminal obeys");
	text_clear(&text);
	text_add_printable(&text, "\2332J\302\2332J\340\202\2332J \342\202\254 \351t\351");
	is(text_string(&text), "?2J?2J\340??2J \342\202\254 \351t\351",
	   "nor a control character of eight bits, in any form");
	text_free(&text);
}

int main(void)
{
	empty_text();
	growth();
	pieces();
	reasons();
	printable();
	return tap_done();
}
