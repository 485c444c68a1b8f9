/*
 * main.cf: names, last values, lines and what is refused.
 */
#include "postfix/main_cf.h"

#include <errno.h>

#include "scratch.h"
#include "tap.h"

/*
 * Contents with their entries, "line:name=<value>"; or why they are refused.
 * length is that of the content where it has a NUL.
 */
static const struct {
	const char *name, *content, *want, *wrong, *warning;
	size_t length;
} files[] = {
	{ .name = "nothing", .content = "", .want = "0:config_directory=</D> " },
	{ .name = "settings", .content = "a = b\n#x\nc=\n", .want = "0:config_directory=</D> 1:a=<b> 3:c=<> " },
	{ .name = "continued", .content = "a =\n  b,\n#c\n  d\n",
	  .want = "0:config_directory=</D> 1:a=<b,  d> " },
	{ .name = "continued before the sign", .content = "a\n = b\n",
	  .want = "0:config_directory=</D> 1:a=<b> " },
	{ .name = "the last one wins", .content = "a = 1\nb = 2\na = 3\n",
	  .want = "0:config_directory=</D> 3:a=<3> 2:b=<2> ",
	  .warning = "F, line 3: overriding earlier entry: a=1\n" },
	{ .name = "the same again is no matter for a warning", .content = "a = 1\na=1\n",
	  .want = "0:config_directory=</D> 2:a=<1> " },
	{ .name = "each override is warned of", .content = "a = 1\na = 2\na = 1\n",
	  .want = "0:config_directory=</D> 3:a=<1> ",
	  .warning = "F, line 2: overriding earlier entry: a=1\n"
		     "F, line 3: overriding earlier entry: a=2\n" },
	{ .name = "config_directory counts as an earlier entry", .content = "config_directory = /x\n",
	  .want = "1:config_directory=</x> ",
	  .warning = "F, line 1: overriding earlier entry: config_directory=/D\n" },
	{ .name = "config_directory as it is", .content = "config_directory = /D\n",
	  .want = "1:config_directory=</D> " },
	{ .name = "names are case-sensitive, and any byte goes", .content = "A=1\na=2\na-b.c=3\n{x=4\n",
	  .want = "0:config_directory=</D> 1:A=<1> 2:a=<2> 3:a-b.c=<3> 4:{x=<4> " },
	{ .name = "byte order mark", .content = "\357\273\277a = 1\n",
	  .want = "0:config_directory=</D> 1:\357\273\277a=<1> " },
	{ .name = "an indented first line is dropped", .content = " a = 1\n b\nc = 2\n",
	  .want = "0:config_directory=</D> 3:c=<2> ",
	  .warning = "F, line 1: logical line must not start with whitespace: \" a = 1 b\"; "
		     "it is ignored\n" },
	{ .name = "NUL in a value", .content = "a = 1\0x\n 2\nb = 3\n", .length = 17,
	  .want = "0:config_directory=</D> 1:a=<1> 3:b=<3> " },
	{ .name = "bare CRs make one line", .content = "a = 1\rb = 2\r",
	  .want = "0:config_directory=</D> 1:a=<1\rb = 2> " },
	{ .name = "no name", .content = "\n= 1\n",
	  .wrong = "F, line 2: missing attribute name: \"= 1\"" },
	{ .name = "no sign", .content = "a = 1\n# x\nb\n c\n",
	  .wrong = "F, line 3: missing '=' after attribute name: \"b c\"" },
	{ .name = "two words before the sign", .content = "a b = 1\n",
	  .wrong = "F, line 1: missing '=' after attribute name: \"a b = 1\"" },
	{ .name = "braces", .content = "{ a = 1 }\n",
	  .wrong = "F, line 1: missing '=' after attribute name: \"{ a = 1 }\"" },
	{ .name = "NUL before the sign", .content = "a\0 = 1\n", .length = 7,
	  .wrong = "F, line 1: missing '=' after attribute name: \"a\"" },
	{ .name = "NUL in front", .content = "\0a = 1\n", .length = 7,
	  .wrong = "F, line 1: missing attribute name: \"\"" },
	{ .name = "a line is quoted up to 60 bytes",
	  .content = "12345678901234567890123456789012345678901234567890123456789x\n",
	  .wrong = "F, line 1: missing '=' after attribute name: "
		   "\"12345678901234567890123456789012345678901234567890123456789x\"" },
	{ .name = "and a longer one cut",
	  .content = "12345678901234567890123456789012345678901234567890123456789xy\n",
	  .wrong = "F, line 1: missing '=' after attribute name: "
		   "\"12345678901234567890123456789012345678901234567890123456789x...\"" },
};

static void parse(size_t i)
{
	size_t length = files[i].length > 0 ? files[i].length : strlen(files[i].content);
	struct text content = TEXT_EMPTY;
	struct text warnings = TEXT_EMPTY;
	struct text have = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct main_cf main;
	bool done;

	text_add_n(&content, files[i].content, length);
	done = main_cf_parse(&main, &content, "F", "/D", &warnings, &why);
	for (size_t j = 0; done && j < main.count; j++)
		text_printf(&have, "%zu:%s=<%s> ", main.entries[j].line, main.entries[j].name,
			    main.entries[j].value);
	is(text_string(&have), files[i].want != NULL ? files[i].want : "", files[i].name);
	is(text_string(&why), files[i].wrong != NULL ? files[i].wrong : "", "  what is wrong");
	is(text_string(&warnings), files[i].warning != NULL ? files[i].warning : "",
	   "  what is warned of");
	ok(content.data == NULL, "  the content is taken over");
	main_cf_free(&main);
	ok(main.entries == NULL && main.buffer == NULL && main.count == 0, "  and freed");
	text_free(&content);
	text_free(&warnings);
	text_free(&have);
	text_free(&why);
}

static void lookups(void)
{
	struct text content = TEXT_EMPTY;
	struct main_cf main = MAIN_CF_EMPTY;
	size_t wrong = 0;

	ok(main_cf_find(&main, "a", 1) == NULL, "an empty main.cf has nothing");
	/* Each twice, in the opposite order. */
	for (int i = 0; i < 20000; i++)
		text_printf(&content, "name%d = %d\n", i, i);
	for (int i = 19999; i >= 0; i--)
		text_printf(&content, "name%d = %d\n", i, 2 * i);
	ok(main_cf_parse(&main, &content, "F", "/D", NULL, NULL) && main.count == 20001,
	   "twenty thousand names, each twice");
	for (int i = 0; i < 20000; i++) {
		const struct main_cf_entry *entry;
		char name[32];
		char value[32];

		snprintf(name, sizeof name, "name%d.", i);
		snprintf(value, sizeof value, "%d", 2 * i);
		entry = main_cf_find(&main, name, strlen(name) - 1);
		wrong += entry == NULL || strcmp(entry->value, value) != 0 ||
			 entry->line != (size_t)(40000 - i);
		wrong += main_cf_find(&main, name, strlen(name)) != NULL;
	}
	ok(wrong == 0, "each is found, with its last value and line, and no other");
	ok(main_cf_find(&main, "name", 4) == NULL && main_cf_find(&main, "name1x", 6) == NULL &&
	   main_cf_find(&main, "", 0) == NULL, "nor is a part of one");
	main_cf_free(&main);
}

static void directories(void)
{
	struct text why = TEXT_EMPTY;
	struct main_cf main;
	const struct main_cf_entry *entry;
	const char *directory;
	char want[1024];

	scratch_begin();
	directory = scratch_configuration("good", "a = 1\n", NULL);
	ok(main_cf_read(&main, directory, NULL, &why), "a directory is read");
	entry = main_cf_find(&main, "config_directory", strlen("config_directory"));
	ok(entry != NULL && entry->line == 0 && strcmp(entry->value, directory) == 0,
	   "config_directory is its name");
	main_cf_free(&main);
	directory = scratch_path("good/");
	ok(main_cf_read(&main, directory, NULL, &why), "also with a slash at the end");
	entry = main_cf_find(&main, "config_directory", strlen("config_directory"));
	is(entry->value, directory, "which it keeps");
	main_cf_free(&main);
	directory = scratch_configuration("none", NULL, NULL);
	ok(!main_cf_read(&main, directory, NULL, &why), "none without a main.cf");
	snprintf(want, sizeof want, "open %s/main.cf: %s", directory, strerror(ENOENT));
	is(text_string(&why), want, "  with the reason");
	main_cf_free(&main);
	directory = scratch_configuration("bad", "a = 1\nb\n", NULL);
	ok(!main_cf_read(&main, directory, NULL, &why), "none with a bad one");
	snprintf(want, sizeof want, "%s/main.cf, line 2: missing '=' after attribute name: \"b\"",
		 directory);
	is(text_string(&why), want, "  with file and line");
	main_cf_free(&main);
	text_free(&why);
}

int main(void)
{
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		parse(i);
	lookups();
	directories();
	return tap_done();
}
