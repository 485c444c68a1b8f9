/*
 * Postfix's built-in defaults, as "postconf -d" prints them.
 */
#include "postfix/defaults.h"

#include <errno.h>

#include "base/words.h"
#include "scratch.h"
#include "tap.h"

/* All names of the first, with their values; none of the others. */
static const struct {
	const char *name, *content, *found, *missing, *wrong;
} rows[] = {
	{ .name = "one", .content = "a = b\n", .found = "a=<b> ", .missing = "b ab  a= A" },
	{ .name = "no final newline", .content = "a = b", .found = "a=<b> " },
	{ .name = "empty values", .content = "a =\nb = \nc =", .found = "a=<> b=<> c=<> " },
	{ .name = "values are verbatim", .content = "a =  b = c \nb = $a${c? d}\n",
	  .found = "a=< b = c > b=<$a${c? d}> " },
	{ .name = "names that begin alike", .content = "a = 1\na1 = 2\na_b = 3\nab = 4\nabc = 5\n",
	  .found = "a=<1> a1=<2> a_b=<3> ab=<4> abc=<5> ", .missing = "a_ abcd b a1b" },
	{ .name = "in no order", .content = "c = 3\nb_c = 5\na = 1\nb = 2\nd = 4\n",
	  .found = "a=<1> b=<2> b_c=<5> c=<3> d=<4> ", .missing = "e b_ b_d" },
	{ .name = "nothing", .content = "", .wrong = "\"postconf -d\" printed nothing" },
	{ .name = "no sign", .content = "a = b\nc\n",
	  .wrong = "not a line of \"postconf -d\": \"c\"" },
	{ .name = "no blank", .content = "a=b\n",
	  .wrong = "not a line of \"postconf -d\": \"a=b\"" },
	{ .name = "no name", .content = " = b\n",
	  .wrong = "not a line of \"postconf -d\": \" = b\"" },
	{ .name = "an error message", .content = "postconf: fatal: x = y\n",
	  .wrong = "not a line of \"postconf -d\": \"postconf: fatal: x = y\"" },
	{ .name = "a tab in a name", .content = "a = 1\na\tb = 2\n",
	  .wrong = "not a line of \"postconf -d\": \"a\tb = 2\"" },
	{ .name = "no blank behind the sign", .content = "a =b\n",
	  .wrong = "not a line of \"postconf -d\": \"a =b\"" },
	{ .name = "an empty line", .content = "a = b\n\nc = d\n",
	  .wrong = "not a line of \"postconf -d\": \"\"" },
};

static void row(size_t i)
{
	struct text content = TEXT_EMPTY;
	struct text have = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct words missing = WORDS_EMPTY;
	struct defaults defaults;
	bool done;

	text_add(&content, rows[i].content);
	done = defaults_parse(&defaults, &content, &why);
	for (size_t j = 0; done && j < defaults.count; j++) {
		const char *line = defaults.lines[j];
		size_t length = strcspn(line, " ");

		text_printf(&have, "%.*s=<%s> ", (int)length, line,
			    defaults_find(&defaults, line, length));
	}
	is(text_string(&have), rows[i].found != NULL ? rows[i].found : "", rows[i].name);
	is(text_string(&why), rows[i].wrong != NULL ? rows[i].wrong : "", "  what is wrong");
	if (rows[i].missing != NULL)
		words_split(&missing, rows[i].missing, " ");
	for (size_t j = 0; j < missing.count; j++)
		ok(defaults_find(&defaults, missing.items[j], strlen(missing.items[j])) == NULL,
		   "  no %s", missing.items[j]);
	if (done)
		ok(defaults_find(&defaults, "", 0) == NULL, "  no empty name");
	defaults_free(&defaults);
	ok(defaults.count == 0 && defaults.lines == NULL, "  and freed");
	words_free(&missing);
	text_free(&content);
	text_free(&have);
	text_free(&why);
}

int main(void)
{
	struct defaults defaults;
	struct text content = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	const char *path;
	char want[1024];
	size_t found = 0;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i);

	for (int i = 0; i < 1000; i++)
		text_printf(&content, "name%d = %d\n", i, i);
	defaults_parse(&defaults, &content, &why);
	for (int i = 0; i < 1000; i++) {
		char name[16];

		snprintf(name, sizeof name, "name%dx", i);
		found += defaults_find(&defaults, name, strlen(name) - 1) != NULL &&
			 atoi(defaults_find(&defaults, name, strlen(name) - 1)) == i &&
			 defaults_find(&defaults, name, strlen(name)) == NULL;
	}
	ok(found == 1000, "a thousand are found, and nothing else");
	defaults_free(&defaults);
	text_free(&content);

	scratch_begin();
	path = scratch_path("defaults");
	scratch_write(path, "a = b\n", 6);
	ok(defaults_read(&defaults, path, &why) && defaults.count == 1, "a file is read");
	defaults_free(&defaults);
	path = scratch_path("nosuch");
	ok(!defaults_read(&defaults, path, &why), "one that is not there is not");
	snprintf(want, sizeof want, "open %s: %s", path, strerror(ENOENT));
	is(text_string(&why), want, "  with the reason");
	defaults_free(&defaults);
	text_free(&why);
	return tap_done();
}
