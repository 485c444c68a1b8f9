/*
 * The last lines of an instance in a log, read backwards.
 */
#include "state/mail_log_tail.h"

#include <fcntl.h>

#include "base/text.h"
#include "scratch.h"
#include "tap.h"

static const char *path;

static void tail(const char *name, size_t count, struct words *lines)
{
	words_free(lines);
	mail_log_tail(path, name, count, lines);
}

static void write_log(const struct text *log)
{
	scratch_write(path, text_string(log), log->length);
}

int main(void)
{
	struct text log = TEXT_EMPTY;
	struct words lines = WORDS_EMPTY;

	scratch_begin();
	path = scratch_path("mail.log");
	tail("postfix", 10, &lines);
	ok(lines.count == 0, "no log, no lines");
	write_log(&log);
	tail("postfix", 10, &lines);
	ok(lines.count == 0, "an empty log has none");

	text_add(&log, "Nov 1 host postfix/master[1]: one\n"
		 "Nov 2 host postfix-out/smtpd[2]: two\n"
		 "\n"
		 "Nov 3 host postfix/submission/smtpd[3]: three\n"
		 "Nov 4 host sshd[4]: postfix/master[1]: no\n"
		 "Nov 5 host postfix/qmgr[5]: five");
	write_log(&log);
	tail("postfix", 10, &lines);
	ok(lines.count == 3, "the lines of one instance");
	is(lines.items[0], "Nov 1 host postfix/master[1]: one", "from the very first");
	is(lines.items[1], "Nov 3 host postfix/submission/smtpd[3]: three",
	   "also of a service with a name of its own");
	is(lines.items[2], "Nov 5 host postfix/qmgr[5]: five", "to the last, without an end");
	tail("postfix-out", 10, &lines);
	ok(lines.count == 1, "one of another");
	tail("postfix", 2, &lines);
	ok(lines.count == 2, "no more than asked for");
	is(lines.items[0], "Nov 3 host postfix/submission/smtpd[3]: three", "the last ones");

	/* Blocks of the file end anywhere in a line. */
	for (size_t width = 61; width < 70; width++) {
		bool all = true;

		text_clear(&log);
		for (int i = 0; i < 5000; i++) {
			text_printf(&log, "Nov 1 host postfix%s/smtpd[%d]: %0*d\n",
				    i % 100 == 0 ? "-out" : "", i, (int)width, i);
			if (i == 2500)
				for (int j = 0; j < 200000; j++)
					text_add_char(&log, 'x');
		}
		write_log(&log);
		tail("postfix-out", 40, &lines);
		for (size_t i = 0; i < lines.count; i++) {
			struct text want = TEXT_EMPTY;

			text_printf(&want, "Nov 1 host postfix-out/smtpd[%zu]: %0*zu",
				    (i + 10) * 100, (int)width, (i + 10) * 100);
			/* The endless line swallows the one that it was put before. */
			all = all && strcmp(lines.items[i], want.data) == 0;
			text_free(&want);
		}
		ok(lines.count == 40 && all, "lines of %zu bytes, and an endless one", width);
	}
	words_free(&lines);
	text_free(&log);
	return tap_done();
}
