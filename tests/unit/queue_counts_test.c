/*
 * Counting the messages of an instance.
 */
#include "postfix/queue_counts.h"

#include "scratch.h"
#include "tap.h"

static void make(const char *name)
{
	scratch_write(scratch_path("%s", name), "x", 1);
}

int main(void)
{
	struct queue_counts counts;
	struct text why = TEXT_EMPTY;

	scratch_begin();
	ok(queue_counts_read(scratch, &counts, &why) && counts.messages[QUEUE_INCOMING] == 0 &&
	   counts.messages[QUEUE_HOLD] == 0, "no queue at all is an empty one");
	mkdir(scratch_path("incoming"), 0700);
	mkdir(scratch_path("active"), 0700);
	mkdir(scratch_path("hold"), 0700);
	mkdir(scratch_path("deferred"), 0700);
	mkdir(scratch_path("deferred/A"), 0700);
	mkdir(scratch_path("deferred/A/B"), 0700);
	mkdir(scratch_path("deferred/C"), 0700);
	make("incoming/4XYZabc");
	make("incoming/.hidden");
	make("active/1");
	make("active/12");
	make("deferred/A/A12345");
	make("deferred/A/B/AB2345");
	make("deferred/A/B/AB2346");
	make("deferred/C/C12345");
	if (symlink("/etc", scratch_path("hold/E")) < 0)
		return 1;
	ok(queue_counts_read(scratch, &counts, &why), "what is there can be read");
	ok(counts.messages[QUEUE_INCOMING] == 1, "what begins with a dot is no message");
	ok(counts.messages[QUEUE_ACTIVE] == 1, "nor is a file with a name of one character");
	ok(counts.messages[QUEUE_DEFERRED] == 4, "a hashed queue is counted at any depth");
	ok(counts.messages[QUEUE_HOLD] == 0, "a link is not followed");

	remove(scratch_path("hold/E"));
	rmdir(scratch_path("hold"));
	make("hold");
	ok(!queue_counts_read(scratch, &counts, &why), "what is no directory");
	ok(strstr(text_string(&why), "/hold: ") != NULL, "is named: %s", text_string(&why));
	text_clear(&why);
	ok(!queue_counts_read(scratch_path("none"), &counts, &why), "no queue directory");
	ok(strstr(text_string(&why), "/none: ") != NULL, "is named: %s", text_string(&why));
	text_free(&why);
	return tap_done();
}
