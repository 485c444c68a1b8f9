/*
 * master.cf: columns, options, arguments, and what is refused by whom.
 */
#include "postfix/master_cf.h"

#include <errno.h>

#include "scratch.h"
#include "tap.h"

/*
 * Contents with what "postconf -M" prints of them and the settings that their
 * daemons get; or why they are refused.
 */
static const struct {
	const char *name, *content, *want, *settings, *wrong;
} rows[] = {
	/* Lines and columns. */
	{ .name = "nothing", .content = "", .want = "" },
	{ .name = "comments", .content = "# x\n\n  # y\n", .want = "" },
	{ .name = "columns", .content = "smtp inet n - y - 100 smtpd\n",
	  .want = "smtp       inet  n       -       y       -       100     smtpd\n" },
	{ .name = "blanks of all kinds", .content = "smtp \t inet\tn  -\t-\r-  - smtpd\r\n",
	  .want = "smtp       inet  n       -       -       -       -       smtpd\n" },
	{ .name = "vertical tab is none", .content = "a\vb unix - - - - - x\fy\n",
	  .want = "a\vb        unix  -       -       -       -       -       x\fy\n" },
	{ .name = "long names", .content = "long-service-name unix-dgram - - - - - smtpd\n",
	  .want = "long-service-name unix-dgram - - -       -       -       smtpd\n" },
	{ .name = "continued", .content = "a unix - - -\n# x\n\n - - smtp\n -v\nb unix - - - - - y\n",
	  .want = "a          unix  -       -       -       -       -       smtp -v\n"
		  "b          unix  -       -       -       -       -       y\n" },
	{ .name = "an indented first line is dropped", .content = " a unix - - - - - x\n y\nb unix - - - - - z\n",
	  .want = "b          unix  -       -       -       -       -       z\n" },
	{ .name = "duplicates are kept", .content = "a unix - - - - - x\na unix - - y - - y\n",
	  .want = "a          unix  -       -       -       -       -       x\n"
		  "a          unix  -       -       y       -       -       y\n" },
	{ .name = "braces keep columns together", .content = "{a b} unix - - - - - {x y}\n",
	  .want = "{a b}      unix  -       -       -       -       -       {x y}\n" },
	{ .name = "every type", .content = "a inet - - - - - x\na unix - - - - - x\n"
					    "a fifo - - - - - x\na pass - - - - - x\n"
					    "a unix-dgram - - - - - x\n",
	  .want = "a          inet  -       -       -       -       -       x\n"
		  "a          unix  -       -       -       -       -       x\n"
		  "a          fifo  -       -       -       -       -       x\n"
		  "a          pass  -       -       -       -       -       x\n"
		  "a          unix-dgram -  -       -       -       -       x\n" },
	{ .name = "wakeup times", .content = "a unix - - - 0 0 x\na unix - - - 60? - x\n"
					     "a unix - - - ? - x\na unix - - - -? - x\n",
	  .want = "a          unix  -       -       -       0       0       x\n"
		  "a          unix  -       -       -       60?     -       x\n"
		  "a          unix  -       -       -       ?       -       x\n"
		  "a          unix  -       -       -       -?      -       x\n" },
	/* What postconf(1) refuses. */
	{ .name = "no service", .content = "a\n", .wrong = "F, line 1: bad field count: \"a\"" },
	{ .name = "seven columns", .content = "#\na unix - - -\n#\n - -\n",
	  .wrong = "F, line 2: bad field count: \"a unix - - - - -\"" },
	{ .name = "type", .content = "a Unix - - - - - x\n",
	  .wrong = "F, line 1: invalid type field \"Unix\" in service a" },
	{ .name = "type -", .content = "a - - - - - - x\n",
	  .wrong = "F, line 1: invalid type field \"-\" in service a" },
	{ .name = "private", .content = "a unix Y - - - - x\n",
	  .wrong = "F, line 1: invalid private field \"Y\" in service a" },
	{ .name = "unprivileged", .content = "a unix - yes - - - x\n",
	  .wrong = "F, line 1: invalid unprivileged field \"yes\" in service a" },
	{ .name = "chroot", .content = "a unix - - {y} - - x\n",
	  .wrong = "F, line 1: invalid chroot field \"{y}\" in service a" },
	{ .name = "wakeup", .content = "a unix - - - 1m - x\n",
	  .wrong = "F, line 1: invalid wakeup field \"1m\" in service a" },
	{ .name = "wakeup, negative", .content = "a unix - - - -1 - x\n",
	  .wrong = "F, line 1: invalid wakeup field \"-1\" in service a" },
	{ .name = "wakeup, two marks", .content = "a unix - - - 1?? - x\n",
	  .wrong = "F, line 1: invalid wakeup field \"1??\" in service a" },
	{ .name = "process limit", .content = "a unix - - - - 10s x\n",
	  .wrong = "F, line 1: invalid process_limit field \"10s\" in service a" },
	{ .name = "process limit with a mark", .content = "a unix - - - - 1? x\n",
	  .wrong = "F, line 1: invalid process_limit field \"1?\" in service a" },
	{ .name = "process limit -- ", .content = "a unix - - - - -- x\n",
	  .wrong = "F, line 1: invalid process_limit field \"--\" in service a" },
	{ .name = "the second line", .content = "a unix - - - - - x\n\nb unix - - - - -\n",
	  .wrong = "F, line 3: bad field count: \"b unix - - - - -\"" },
	/* Options; the columns of these are cut off. */
	{ .name = "-o n=v", .content = "-o a=b", .want = "-o a=b", .settings = "a=<b> " },
	{ .name = "-o", .content = "-o", .want = "-o" },
	{ .name = "-on=v", .content = "-oa=b", .want = "-o a=b", .settings = "a=<b> " },
	{ .name = "-on=v with an o", .content = "-ofoo=bar x", .want = "-o f -o -o=bar x",
	  .settings = "foo=<bar> " },
	{ .name = "-vo n=v", .content = "-vo a=b", .want = "-v -o a=b", .settings = "a=<b> " },
	{ .name = "-vDon=v", .content = "-vDoa=b", .want = "-vD -o a=b", .settings = "a=<b> " },
	{ .name = "-vono=v", .content = "-vono=v -x", .want = "-v -o n -o =v -x", .settings = "no=<v> " },
	{ .name = "-o {n = v w}", .content = "-o {a = b  c}", .want = "-o {a=b  c}",
	  .settings = "a=<b  c> " },
	{ .name = "-o { n = v }", .content = "-o { a =\tb }", .want = "-o a=b", .settings = "a=<b> " },
	{ .name = "-o{n = v}", .content = "-o{a = b}", .want = "-o a=b", .settings = "{a=<b}> " },
	{ .name = "empty value", .content = "-o a= -o { b = }", .want = "-o a= -o b=",
	  .settings = "a=<> b=<> " },
	{ .name = "signs in a value", .content = "-o a=b=c -o {d==e}", .want = "-o a=b=c -o d==e",
	  .settings = "a=<b=c> d=<=e> " },
	{ .name = "the last one wins", .content = "-o a=b -o a=c", .want = "-o a=b -o a=c",
	  .settings = "a=<b> a=<c> " },
	{ .name = "no settings", .content = "-o x -o {y z} -o =b -o a=b",
	  .want = "-o x -o {y z} -o =b -o a=b", .settings = "a=<b> " },
	{ .name = "options end at a word", .content = "-v x -o a=b", .want = "-v x -o a=b" },
	{ .name = "options end at --", .content = "-v -- -o a=b", .want = "-v -- -o a=b" },
	{ .name = "options end at a brace", .content = "{-v} -o a=b", .want = "-v -o a=b",
	  .settings = "a=<b> " },
	{ .name = "a value of --", .content = "-o -- -o a=b", .want = "-o -- -o a=b",
	  .settings = "a=<b> " },
	{ .name = "options with values that postconf does not know", .content = "-i 60 -o a=b",
	  .want = "-i 60 -o a=b", .settings = "a=<b> " },
	{ .name = "-m10 -o n=v", .content = "-m10 -o a=b", .want = "-m10 -o a=b", .settings = "a=<b> " },
	{ .name = "a value that looks like an option", .content = "-n -o -o a=b", .want = "-n -o -o a=b",
	  .settings = "a=<b> " },
	{ .name = "a value that is missing", .content = "-v -m", .want = "-v -m" },
	/* Arguments. */
	{ .name = "words", .content = "flags=DRhu user=x argv=/bin/y ${sender}",
	  .want = "flags=DRhu user=x argv=/bin/y ${sender}" },
	{ .name = "braces, and the first word never has any", .content = "{a b} { c  d } {e} {}",
	  .want = "a b {c  d} e " },
	{ .name = "braces after options", .content = "-o a=b {x y} {x y}", .want = "-o a=b x y {x y}",
	  .settings = "a=<b> " },
	{ .name = "braces within a word", .content = "x{a b}y z", .want = "x{a b}y z" },
	{ .name = "nested braces", .content = "x {a {b c} d}", .want = "x {a {b c} d}" },
	{ .name = "quotes are words", .content = "\"a b\" 'c", .want = "\"a b\" 'c" },
	{ .name = "comments are words", .content = "x #y", .want = "x #y" },
	{ .name = "no end of a brace", .content = "x {a b", .want = "x {a b}" },
	{ .name = "junk behind a brace", .content = "x {a b}c d", .want = "x {a b} d" },
};

static bool parse(struct master_cf *master, const char *string, struct text *why)
{
	struct text content = TEXT_EMPTY;
	bool done;

	text_add(&content, string);
	done = master_cf_parse(master, &content, "F", why);
	text_free(&content);
	return done;
}

static void row(size_t i)
{
	static const char columns[] = "a unix - - - - - x ";
	static const char shown[] = "a          unix  -       -       -       -       -       x ";
	bool is_arguments = rows[i].wrong == NULL && strchr(rows[i].content, '\n') == NULL &&
			    *rows[i].content != '\0';
	struct text content = TEXT_EMPTY;
	struct text have = TEXT_EMPTY;
	struct text want = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct master_cf master;
	bool done;

	text_printf(&content, "%s%s", is_arguments ? columns : "", rows[i].content);
	if (rows[i].want != NULL && is_arguments)
		text_printf(&want, "%s%s\n", shown, rows[i].want);
	else if (rows[i].want != NULL)
		text_add(&want, rows[i].want);
	done = parse(&master, content.data, &why);
	for (size_t j = 0; done && j < master.count; j++)
		service_print(&master.services[j], &have);
	is(text_string(&have), text_string(&want), rows[i].name);
	is(text_string(&why), rows[i].wrong != NULL ? rows[i].wrong : "", "  what is wrong");
	text_clear(&have);
	for (size_t j = 0; done && j < master.count; j++) {
		size_t position = 0;
		size_t length;
		const char *name;
		const char *value;

		while (service_next_option(&master.services[j], &position, &name, &length, &value))
			text_printf(&have, "%.*s=<%s> ", (int)length, name, value);
	}
	is(text_string(&have), rows[i].settings != NULL ? rows[i].settings : "", "  the settings");
	master_cf_free(&master);
	ok(master.count == 0 && master.services == NULL, "  and freed");
	text_free(&content);
	text_free(&have);
	text_free(&want);
	text_free(&why);
}

/* Settings as postconf(1) sees them. */
static const struct {
	const char *arguments, *want;
} shown_options[] = {
	{ "-o a=b -vo {c = d} x -o e=f", "a=<b> c=<d> " },
	{ "-i 60 -o a=b", "" },
	{ "-ofoo=bar", "-o=<bar> " },
	{ "-o x -o =y -o {a b = c} -o", "" },
	{ "-o a=b=c", "a=<b=c> " },
	{ "- a=b -o c=d", "c=<d> " },
	{ "-o \va\f=b -o \v=b", "a=<b> " },
};

static void options(void)
{
	struct master_cf master;
	const struct service *service;
	const char *value;

	for (size_t i = 0; i < sizeof shown_options / sizeof shown_options[0]; i++) {
		struct text content = TEXT_EMPTY;
		struct text have = TEXT_EMPTY;
		const char *name;
		size_t position = 0;
		size_t length;

		text_printf(&content, "a unix - - - - - x %s\n", shown_options[i].arguments);
		parse(&master, content.data, NULL);
		while (service_next_shown_option(&master.services[0], &position, &name, &length, &value))
			text_printf(&have, "%.*s=<%s> ", (int)length, name, value);
		is(text_string(&have), shown_options[i].want, shown_options[i].arguments);
		master_cf_free(&master);
		text_free(&content);
		text_free(&have);
	}
	parse(&master, "a unix - - - - - x -o a=1 -o ab=2 -o a=3\n", NULL);
	service = &master.services[0];
	is(service_option(service, "a", 1), "3", "the last of two settings");
	is(service_option(service, "ab", 2), "2", "a name of which another is the beginning");
	is(service_option(service, "ab=2", 1), "3", "a name that ends before its NUL");
	is(service_option(service, "b", 1), NULL, "none");
	is(service_option(service, "abc", 3), NULL, "none of a longer name");
	master_cf_free(&master);
}

/* What master(8) makes of entries that postconf(1) takes. */
static const struct {
	const char *entry, *wrong;
} checks[] = {
	{ "a unix - - - - - x", NULL },
	{ "a inet n - - 60? 0 x -o {a = b} {c}", NULL },
	{ "a inet y - - - - x", "F, line 2: service a: inet service cannot be private" },
	{ "a inet - - - - - x", "F, line 2: service a: inet service cannot be private" },
	{ "a unix - - - ? - x", "F, line 2: service a: invalid wakeup field \"?\"" },
	{ "a unix - - - -? - x", "F, line 2: service a: invalid wakeup field \"-?\"" },
	{ "a unix - - - - - -", "F, line 2: service a: no command" },
	{ "{a b} unix - - - - - x", "F, line 2: service {a b}: blanks in a column" },
	{ "a unix - - - - - {x y}", "F, line 2: service a: blanks in a column" },
	{ "a unix - - - - - x {y", "F, line 2: service a: missing '}' in an argument" },
	{ "a unix - - - - - x {y}z", "F, line 2: service a: syntax error after '}' in an argument" },
	{ "a unix - - - - - x -o {a = b", "F, line 2: service a: missing '}' in an argument" },
	{ "a unix - - - - - x -o {a = b}c d", "F, line 2: service a: syntax error after '}' in an argument" },
	{ "a unix - - - - - x -- {y", "F, line 2: service a: missing '}' in an argument" },
	{ "a unix - - - - - x -o{a=b y{ }}", NULL },
};

static void check(size_t i)
{
	struct text content = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct master_cf master;

	text_printf(&content, "#\n%s\n", checks[i].entry);
	ok(parse(&master, content.data, &why), "%s", checks[i].entry);
	ok(service_check(&master.services[0], "F", &why) == (checks[i].wrong == NULL),
	   "  may be run or not");
	is(text_string(&why), checks[i].wrong != NULL ? checks[i].wrong : "", "  what is wrong");
	master_cf_free(&master);
	text_free(&content);
	text_free(&why);
}

int main(void)
{
	struct text why = TEXT_EMPTY;
	struct master_cf master;
	const char *directory;
	char want[1024];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i);
	options();
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		check(i);
	scratch_begin();
	directory = scratch_configuration("d", "", "a unix - - - - - x\n");
	ok(master_cf_read(&master, directory, &why) && master.count == 1, "a directory is read");
	master_cf_free(&master);
	directory = scratch_configuration("d", "", "\na unix\n");
	ok(!master_cf_read(&master, directory, &why), "none with a bad master.cf");
	snprintf(want, sizeof want, "%s/master.cf, line 2: bad field count: \"a unix\"", directory);
	is(text_string(&why), want, "  with file and line");
	master_cf_free(&master);
	directory = scratch_configuration("d", "", NULL);
	ok(!master_cf_read(&master, directory, &why), "none without one");
	snprintf(want, sizeof want, "open %s/master.cf: %s", directory, strerror(ENOENT));
	is(text_string(&why), want, "  with the reason");
	master_cf_free(&master);
	text_free(&why);
	return tap_done();
}
