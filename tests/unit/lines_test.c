/*
 * Files, logical lines, "name = value", words and braces.
 */
#include "postfix/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/memory.h"
#include "scratch.h"
#include "tap.h"

/*
 * Contents with their logical lines, each with the number of its first
 * physical one.  length is that of the content where it has a NUL.
 */
static const struct {
	const char *name, *content, *want, *warning;
	size_t length;
} files[] = {
	{ .name = "nothing", .content = "", .want = "" },
	{ .name = "blank and comment lines alone", .content = "\n \n#x\n  # y\n\t", .want = "" },
	{ .name = "two", .content = "a\nb\n", .want = "1<a> 2<b> " },
	{ .name = "no final newline", .content = "a\nb", .want = "1<a> 2<b> " },
	{ .name = "lines are verbatim", .content = "a  = \tb \v\f \n", .want = "1<a  = \tb \v\f > " },
	{ .name = "numbers count every line", .content = "#\n\na\n\n#\nb\n", .want = "3<a> 6<b> " },
	{ .name = "continued", .content = "a\n b\n\tc\nd\n", .want = "1<a b\tc> 4<d> " },
	{ .name = "continued by VT, FF and CR", .content = "a\n\vb\n\fc\n\rd\ne",
	  .want = "1<a\vb\fc\rd> 5<e> " },
	{ .name = "continued through a comment", .content = "a\n#x\n b\n", .want = "1<a b> " },
	{ .name = "continued through an indented comment", .content = "a\n  #x\n b\n",
	  .want = "1<a b> " },
	{ .name = "continued through blank lines", .content = "a\n\n \t\n b\n", .want = "1<a b> " },
	{ .name = "continued through CRLF blank lines", .content = "a\r\n\r\n b\r\nc\r\n",
	  .want = "1<a\r b\r> 4<c\r> " },
	{ .name = "a comment does not continue itself", .content = "#x\n y\nb\n", .want = "3<b> ",
	  .warning = "F, line 2: logical line must not start with whitespace: \" y\"; it is ignored\n" },
	{ .name = "a comment ends at its newline", .content = "a\n#x\\\nb\n", .want = "1<a> 3<b> " },
	{ .name = "# within a line", .content = "a # b\n", .want = "1<a # b> " },
	{ .name = "trailing comments and blanks", .content = "a\n#x\n\n", .want = "1<a> " },
	{ .name = "backslash does not continue", .content = "a\\\nb\n", .want = "1<a\\> 2<b> " },
	{ .name = "bare CR ends no line", .content = "a\rb\r", .want = "1<a\rb\r> " },
	{ .name = "starts with whitespace: dropped, with what continues it",
	  .content = " a\n b\nc\n", .want = "3<c> ",
	  .warning = "F, line 1: logical line must not start with whitespace: \" a b\"; it is ignored\n" },
	{ .name = "dropped after comments, twice", .content = "#\n\ta\n#\n b\n", .want = "",
	  .warning = "F, line 2: logical line must not start with whitespace: \"\ta b\"; it is ignored\n" },
	{ .name = "the warning is cut short", .content = " 345678901234567890123456789012\n", .want = "",
	  .warning = "F, line 1: logical line must not start with whitespace: "
		     "\" 34567890123456789012345678901...\"; it is ignored\n" },
	{ .name = "byte order mark", .content = "\357\273\277a\nb", .want = "1<\357\273\277a> 2<b> " },
	{ .name = "no-break space is no blank", .content = "a\n\302\240b\n", .want = "1<a> 2<\302\240b> " },
	{ .name = "NUL ends a logical line", .content = "a\0x\n b\nc\n", .length = 9,
	  .want = "1<a> 3<c> " },
	{ .name = "NUL in front", .content = "\0a\nb\n", .length = 5, .want = "1<> 2<b> " },
	{ .name = "NUL in a comment", .content = "#\0\na\n", .length = 5, .want = "2<a> " },
	{ .name = "NUL alone", .content = "\0", .length = 1, .want = "1<> " },
	{ .name = "NUL and blanks", .content = "a\n \0\nb", .length = 6, .want = "1<a > 3<b> " },
};

static void logical_lines(size_t i)
{
	size_t length = files[i].length > 0 ? files[i].length : strlen(files[i].content);
	struct text warnings = TEXT_EMPTY;
	struct text have = TEXT_EMPTY;
	char *content = memory_copy_n(files[i].content, length);
	struct lines lines;
	size_t number = 0;
	char *line;

	lines_begin(&lines, content, length, "F", &warnings);
	while ((line = lines_next(&lines, &number)) != NULL)
		text_printf(&have, "%zu<%s> ", number, line);
	is(text_string(&have), files[i].want, files[i].name);
	is(text_string(&warnings), files[i].warning != NULL ? files[i].warning : "", "  and its warning");
	ok(lines_next(&lines, &number) == NULL, "  and nothing behind the end");
	memcpy(content, files[i].content, length);
	text_clear(&have);
	lines_begin(&lines, content, length, "F", NULL);
	while ((line = lines_next(&lines, &number)) != NULL)
		text_printf(&have, "%zu<%s> ", number, line);
	is(text_string(&have), files[i].want, "  and without a place for warnings");
	text_free(&warnings);
	text_free(&have);
	free(content);
}

static const struct {
	const char *line, *name, *value, *wrong;
} settings[] = {
	{ "a=b", "a", "b", NULL },
	{ "a = b", "a", "b", NULL },
	{ "a \t\r\n\v\f=\t\r\n\v\f b", "a", "b", NULL },
	{ "a = b \t\r\n\v\f", "a", "b", NULL },
	{ "a=", "a", "", NULL },
	{ "a =  \t", "a", "", NULL },
	{ "a = b  c", "a", "b  c", NULL },
	{ "a = b = c", "a", "b = c", NULL },
	{ "a == b", "a", "= b", NULL },
	{ " a = b", "a", "b", NULL },
	{ "{a=b}", "{a", "b}", NULL },
	{ "a-b.C/\303\251 = x", "a-b.C/\303\251", "x", NULL },
	{ "a = #b", "a", "#b", NULL },
	{ "a = \"b\\", "a", "\"b\\", NULL },
	{ "", NULL, NULL, "missing attribute name" },
	{ " ", NULL, NULL, "missing attribute name" },
	{ "= b", NULL, NULL, "missing attribute name" },
	{ " = b", NULL, NULL, "missing attribute name" },
	{ "a", NULL, NULL, "missing '=' after attribute name" },
	{ "a b = c", NULL, NULL, "missing '=' after attribute name" },
	{ "{ a = b }", NULL, NULL, "missing '=' after attribute name" },
	{ "a ", NULL, NULL, "missing '=' after attribute name" },
};

static void split(size_t i)
{
	char *line = memory_copy(settings[i].line);
	char *name = NULL;
	char *value = NULL;
	const char *wrong = lines_split(line, &name, &value);

	is(wrong, settings[i].wrong, settings[i].line);
	if (wrong == NULL) {
		is(name, settings[i].name, "  the name");
		is(value, settings[i].value, "  the value");
	} else {
		is(line, settings[i].line, "  the line is left whole");
	}
	free(line);
}

static const struct {
	const char *string, *separators, *want;
} words[] = {
	{ "", " ", "" },
	{ "  ", " ", "" },
	{ "a b", " ", "<a><b>" },
	{ " a  b ", " ", "<a><b>" },
	{ "a,b c", ", ", "<a><b><c>" },
	{ "{a b} c", " ", "<{a b}><c>" },
	{ "{a b}c d", " ", "<{a b}c><d>" },
	{ "x{a b} c", " ", "<x{a b}><c>" },
	{ "{a {b c} d} e", " ", "<{a {b c} d}><e>" },
	{ "{a b", " ", "<{a b>" },
	{ "a} b", " ", "<a}><b>" },
	{ "} {a b}", " ", "<}><{a b}>" },
	{ "a\tb\vc", " \t", "<a><b\vc>" },
};

static const struct {
	const char *word, *want, *wrong;
} braced[] = {
	{ "{a}", "a", NULL },
	{ "{}", "", NULL },
	{ "{ \t\r\n\v\fa b \v}", "a b", NULL },
	{ "{ }", "", NULL },
	{ "{a {b} c}", "a {b} c", NULL },
	{ "{{a}}", "{a}", NULL },
	{ "{a", "a", "missing '}'" },
	{ "{ {a} ", "{a}", "missing '}'" },
	{ "{", "", "missing '}'" },
	{ "{a}b", "a", "syntax error after '}'" },
	{ "{a}}", "a", "syntax error after '}'" },
	{ "{ a } ", "a", "syntax error after '}'" },
};

static void take_words(size_t i)
{
	struct text have = TEXT_EMPTY;
	char *copy = memory_copy(words[i].string);
	char *rest = copy;
	char *word;

	while ((word = lines_next_word(&rest, words[i].separators)) != NULL)
		text_printf(&have, "<%s>", word);
	is(text_string(&have), words[i].want, words[i].string);
	ok(lines_next_word(&rest, words[i].separators) == NULL, "  and nothing behind the end");
	text_free(&have);
	free(copy);
}

static void strip(size_t i)
{
	char *copy = memory_copy(braced[i].word);
	char *word = copy;

	is(lines_strip_braces(&word), braced[i].wrong, braced[i].word);
	is(word, braced[i].want, "  its content");
	free(copy);
}

/* Read a file and compare the reason that it cannot be read. */
static void refused(const char *path, const char *want, const char *name)
{
	struct text content = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;

	ok(!lines_read_file(path, &content, &why), "%s is refused", name);
	is(text_string(&why), want, "  with the reason");
	text_free(&content);
	text_free(&why);
}

static void refused_for(const char *path, const char *verb, int error, const char *name)
{
	char want[1024];

	snprintf(want, sizeof want, "%s %s: %s", verb, path, strerror(error));
	refused(path, want, name);
}

static void sparse(const char *path, off_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, size) < 0)
		perror(path);
	close(fd);
}

static void read_files(void)
{
	struct text content = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	const char *path = scratch_path("main.cf");
	bool is_root = geteuid() == 0;
	char *big;

	scratch_write(path, "a\0b\n", 4);
	text_add(&content, "what was there before");
	ok(lines_read_file(path, &content, &why) && content.length == 4 &&
	   memcmp(content.data, "a\0b\n", 5) == 0, "a file, with its NUL, and a NUL behind it");
	scratch_write(path, "", 0);
	ok(lines_read_file(path, &content, &why) && content.length == 0 && *content.data == '\0',
	   "an empty file");
	big = memory_allocate(1000000, 1);
	memset(big, 'x', 1000000);
	scratch_write(path, big, 1000000);
	ok(lines_read_file(path, &content, &why) && content.length == 1000000 &&
	   memcmp(content.data, big, 1000000) == 0 && content.data[1000000] == '\0',
	   "a file of a million bytes");
	free(big);
	ok(symlink(path, scratch_path("link")) == 0 &&
	   lines_read_file(scratch_path("link"), &content, &why), "a link to a file");
	is(text_string(&why), "", "no reason is given where nothing failed");

	refused_for(scratch_path("nosuch"), "open", ENOENT, "a missing file");
	refused_for(scratch_path("main.cf/x"), "open", ENOTDIR, "a file below a file");
	mkdir(scratch_path("directory"), 0755);
	refused_for(scratch_path("directory"), "read", EISDIR, "a directory");
	mkfifo(scratch_path("fifo"), 0644);
	text_printf(&why, "read %s: it is not a regular file", scratch_path("fifo"));
	refused(scratch_path("fifo"), text_string(&why), "a FIFO");
	text_clear(&why);
	refused("/dev/null", "read /dev/null: it is not a regular file", "a device");
	ok(symlink("loop", scratch_path("loop")) == 0, "a link to itself");
	refused_for(scratch_path("loop"), "open", ELOOP, "it");
	sparse(scratch_path("limit"), 64 * 1024 * 1024);
	ok(lines_read_file(scratch_path("limit"), &content, &why) &&
	   content.length == 64 * 1024 * 1024, "a file of 64 MiB");
	text_free(&content);
	sparse(scratch_path("limit"), 64 * 1024 * 1024 + 1);
	refused_for(scratch_path("limit"), "read", EFBIG, "a file of more");
	chmod(path, 0);
	if (is_root && seteuid(65534) < 0)
		perror("seteuid");
	refused_for(path, "open", EACCES, "a file that we may not read");
	if (is_root && seteuid(0) < 0)
		perror("seteuid");
	ok(!lines_read_file(path = scratch_path("nosuch"), &content, NULL),
	   "the reason may be unwanted");
	text_free(&content);
	text_free(&why);
}

int main(void)
{
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		logical_lines(i);
	for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
		split(i);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		take_words(i);
	for (size_t i = 0; i < sizeof braced / sizeof braced[0]; i++)
		strip(i);
	for (int c = 0; c < 256; c++) {
		bool want = c > 0 && strchr(" \t\n\v\f\r", c) != NULL;

		if (lines_is_space((char)c) != want)
			ok(false, "character %d", c);
	}
	ok(lines_is_space(' ') && !lines_is_space('\0'), "space, and no other character");
	scratch_begin();
	read_files();
	return tap_done();
}
