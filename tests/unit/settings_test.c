/*
 * /etc/default/postfix: what sh(1) would make of it, without sh(1).
 */
#include "chroot/settings.h"

#include "fixtures/chroot/world.h"
#include "tap.h"

static void joined(const struct words *words, struct text *out)
{
	text_clear(out);
	for (size_t i = 0; i < words->count; i++)
		text_printf(out, "%s%s", i > 0 ? "|" : "", words->items[i]);
}

/*
 * One row: the file, and "SYNC_CHROOT;extra files;CA directories".
 */
static const struct {
	const char *name, *content, *want;
} good[] = {
	{ "nothing", "", "y;;" },
	{ "comments only", "# SYNC_CHROOT=\n  # chroot_extra_files=/x\n", "y;;" },
	{ "off", "SYNC_CHROOT=\n", "n;;" },
	{ "off with quotes", "SYNC_CHROOT=\"\"\n", "n;;" },
	{ "anything is yes", "SYNC_CHROOT=no\n", "y;;" },
	{ "last one wins", "SYNC_CHROOT=\nSYNC_CHROOT=y\n", "y;;" },
	{ "no final newline", "SYNC_CHROOT=", "n;;" },
	{ "CRLF", "SYNC_CHROOT=\"y\"\r\n", "y;;" },
	{ "plain word", "chroot_extra_files=/etc/a\n", "y;/etc/a;" },
	{ "double quotes", "chroot_extra_files=\"/etc/a etc/b\"\n", "y;/etc/a|etc/b;" },
	{ "single quotes", "chroot_extra_files='/etc/a  $b `c`'\n", "y;/etc/a|$b|`c`;" },
	{ "quotes over lines", "chroot_extra_files='\n  /etc/a\n\t/etc/b\n'\n", "y;/etc/a|/etc/b;" },
	{ "escaped newline", "chroot_extra_files=\"/etc/a \\\n/etc/b\"\n", "y;/etc/a|/etc/b;" },
	{ "backslash", "chroot_extra_files=/etc/a\\ b\\'c\n", "y;/etc/a|b'c;" },
	{ "backslash in quotes", "chroot_extra_files=\"/a\\b\\\"c\\\\d\\$e\"\n", "y;/a\\b\"c\\d$e;" },
	{ "mixed", "chroot_extra_files=/a'b'\"c\"d\n", "y;/abcd;" },
	{ "pattern stays", "chroot_extra_files='/etc/ssl/*.pem'\n", "y;/etc/ssl/*.pem;" },
	{ "comment behind", "SYNC_CHROOT= # off\n", "n;;" },
	{ "hash in a word", "chroot_extra_files=/a#b\n", "y;/a#b;" },
	{ "several on a line", "SYNC_CHROOT= chroot_extra_CAdir=/ca chroot_extra_files=/f\n", "n;/f;/ca" },
	{ "semicolon", "SYNC_CHROOT=; chroot_extra_CAdir=/ca;\n", "n;;/ca" },
	{ "export", "export SYNC_CHROOT=\nexport chroot_extra_files='/a /b'\n", "n;/a|/b;" },
	{ "export of a name", "SYNC_CHROOT=\nexport SYNC_CHROOT\n", "n;;" },
	{ "readonly", "readonly chroot_extra_CAdir=/ca\n", "y;;/ca" },
	{ "unset", "chroot_extra_files=/a\nunset chroot_extra_files SYNC_CHROOT\n", "n;;" },
	{ "itself", "chroot_extra_files=/a\nchroot_extra_files=\"$chroot_extra_files /b\"\n", "y;/a|/b;" },
	{ "its default", "chroot_extra_files=\"${chroot_extra_files} /b\"\n", "y;/b;" },
	{ "plus", "chroot_extra_files=/a\nchroot_extra_files+=' /b'\n", "y;/a|/b;" },
	{ "another of the file", "D=/etc/x\nchroot_extra_files=\"$D/a ${D}/b\"\n", "y;/etc/x/a|/etc/x/b;" },
	{ "a dollar", "chroot_extra_files='a'\"$ \"$/b\n", "y;a$|$/b;" },
	{ "others are free", "FOO=$(date) BAR=`ls`\nif true; then FOO=1; fi\necho $((1+2)) \"x\"\nSYNC_CHROOT=\n", "n;;" },
	{ "functions and cases", "f() {\n  X=1\n}\ncase $1 in\n  a) X=2;;\n  (b) X=3;;\nesac\nfor i in a b; do X=$i; done\nSYNC_CHROOT=\n", "n;;" },
	{ "subshell of others", "(X=1; Y=2)\nchroot_extra_files=/a\n", "y;/a;" },
	{ "and of others", "[ -f /x ] && . /x\nSYNC_CHROOT=\n", "n;;" },
	{ "redirection", "echo x >/dev/null 2>&1\nSYNC_CHROOT=\n", "n;;" },
	{ "overwritten doubt", "chroot_extra_files=$(ls)\nchroot_extra_files=/a\n", "y;/a;" },
	{ "return", "SYNC_CHROOT=\nreturn 0\nSYNC_CHROOT=y\n", "n;;" },
	{ "names alike", "XSYNC_CHROOT=\nSYNC_CHROOTS=\nchroot_extra_file=/x\n", "y;;" },
};

/*
 * One row: the file, the line that the reason names, and a word of it.
 */
static const struct {
	const char *name, *content, *line, *word;
} bad[] = {
	{ "command", "\nchroot_extra_files=$(ls /etc)\n", "line 2", "chroot_extra_files" },
	{ "command in quotes", "chroot_extra_files=\"$(ls '/etc')\"\n", "line 1", "runs a command" },
	{ "backticks", "SYNC_CHROOT=`echo y`\n", "line 1", "runs a command" },
	{ "arithmetic", "SYNC_CHROOT=$((1+1))\n", "line 1", "command" },
	{ "unknown variable", "chroot_extra_files=$HOME/x\n", "line 1", "does not set" },
	{ "variable in doubt", "D=$(pwd)\nchroot_extra_files=$D/x\n", "line 2", "needs a shell" },
	{ "with a default", "chroot_extra_files=${D:-/x}\n", "line 1", "${...}" },
	{ "argument", "chroot_extra_files=$1\n", "line 1", "only a shell" },
	{ "tilde", "chroot_extra_files=~/x\n", "line 1", "~" },
	{ "condition", "if [ -f /x ]; then\n  SYNC_CHROOT=\nfi\n", "line 2", "condition" },
	{ "else", "if a; then b; else SYNC_CHROOT=; fi\n", "line 1", "condition" },
	{ "loop", "for i in a b; do\nchroot_extra_files=/x\ndone\n", "line 2", "condition" },
	{ "case", "case $x in\na) SYNC_CHROOT= ;;\nesac\n", "line 2", "condition" },
	{ "function", "f() {\nSYNC_CHROOT=\n}\n", "line 2", "function" },
	{ "subshell", "( SYNC_CHROOT= )\n", "line 1", "condition" },
	{ "and", "[ -f /x ] && SYNC_CHROOT=\n", "line 1", "depends" },
	{ "and over lines", "[ -f /x ] &&\n  SYNC_CHROOT=\n", "line 2", "depends" },
	{ "or", "test -f /x || chroot_extra_CAdir=/y\n", "line 1", "depends" },
	{ "pipe", "SYNC_CHROOT= | cat\n", "line 1", "process" },
	{ "for a command", "SYNC_CHROOT= true\n", "line 1", "one command" },
	{ "array", "chroot_extra_files=(/a /b)\n", "line 1", "" },
	{ "here-document", "cat <<X\nSYNC_CHROOT=\nX\n", "line 2", "here-document" },
	{ "open quote", "A=1\nB='x\nSYNC_CHROOT=\n", "line 2", "quotation" },
	{ "open command", "X=$(ls\n", "line 1", "quotation" },
	{ "stray fi", "fi\nSYNC_CHROOT=\n", "line 2", "grammar" },
};

static void test_tables(void)
{
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct text have = TEXT_EMPTY, list = TEXT_EMPTY, why = TEXT_EMPTY;
		struct settings settings;

		if (settings_parse(&settings, good[i].content, "/etc/default/postfix", &why)) {
			text_printf(&have, "%s;", settings.sync_chroot ? "y" : "n");
			joined(&settings.extra_files, &list);
			text_printf(&have, "%s;", text_string(&list));
			joined(&settings.extra_ca_directories, &list);
			text_printf(&have, "%s", text_string(&list));
		} else {
			text_add(&have, text_string(&why));
		}
		is(text_string(&have), good[i].want, good[i].name);
		settings_free(&settings);
		text_free(&have);
		text_free(&list);
		text_free(&why);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct text why = TEXT_EMPTY;
		struct settings settings;
		bool read = settings_parse(&settings, bad[i].content, "/d/postfix", &why);

		ok(!read && strstr(text_string(&why), "/d/postfix") != NULL &&
		   strstr(text_string(&why), bad[i].line) != NULL &&
		   strstr(text_string(&why), bad[i].word) != NULL,
		   "refused: %s: %s", bad[i].name, text_string(&why));
		settings_free(&settings);
		text_free(&why);
	}
}

static void test_refused(const char *name, const char *path)
{
	struct text why = TEXT_EMPTY;
	struct settings settings;
	bool read = settings_read(&settings, path, &why);

	ok(!read && strstr(text_string(&why), path) != NULL, "refused: %s: %s", name,
	   text_string(&why));
	settings_free(&settings);
	text_free(&why);
}

static void test_files(void)
{
	struct settings settings;

	ok(settings_read(&settings, in("missing"), NULL) && settings.sync_chroot,
	   "a missing file: the defaults");
	settings_free(&settings);
	put(in("default"), "SYNC_CHROOT=\n");
	ok(settings_read(&settings, in("default"), NULL) && !settings.sync_chroot, "a file");
	settings_free(&settings);
	test_refused("a directory", world_path);
	mkfifo(in("fifo"), 0644);
	test_refused("a FIFO", in("fifo"));
	put_bytes(in("nul"), "A=1\0\n", 5);
	test_refused("NUL", in("nul"));
}

/*
 * Every prefix of a file with everything in it must be read or refused.
 */
static void test_prefixes(void)
{
	const char *whole = "a=${b}\"$(x '(' \")\")\" `y \\` z` # c\nif (a) <<-E\n&&|;;\\\n+=$'\n";
	bool survived = true;

	for (size_t length = 0; length <= strlen(whole); length++)
		for (size_t start = 0; start < length; start++) {
			char *content = strndup(whole + start, length - start);
			struct settings settings;

			settings_parse(&settings, content, "x", NULL);
			settings_free(&settings);
			free(content);
		}
	ok(survived, "no piece of a file upsets the reader");
}

int main(void)
{
	world_begin();
	test_tables();
	test_files();
	test_prefixes();
	world_end();
	return tap_done();
}
