/*
 * Which scripts startpar(8) does not get to know.
 */
#include "state/boot_targets.h"

#include "base/text.h"
#include "scratch.h"
#include "tap.h"

/* Write a list of count scripts, 16 bytes each, and a rest; return those lost. */
static size_t lost(size_t count, const char *rest, const char *first_lost)
{
	struct text content = TEXT_EMPTY;
	struct words found = WORDS_EMPTY;
	size_t result;

	/* 15 bytes, so that number 127 is the one that ends with the limit. */
	text_add(&content, "TARGETS = aaaaa");
	for (size_t i = 1; i <= count; i++)
		text_printf(&content, " postfix@%07zu", i);
	text_printf(&content, "\n%s", rest);
	scratch_write(scratch_path("init.d/.depend.start"), content.data, content.length);
	boot_targets_lost(scratch, &found);
	is(found.count > 0 ? found.items[0] : NULL, first_lost, "the first that is lost");
	result = found.count;
	words_free(&found);
	text_free(&content);
	return result;
}

int main(void)
{
	struct words found = WORDS_EMPTY;

	scratch_begin();
	mkdir(scratch_path("init.d"), 0755);
	boot_targets_lost(scratch, &found);
	ok(found.count == 0, "without a file");
	ok(lost(10, "INTERACTIVE =\n", NULL) == 0, "few");
	ok(lost(127, "INTERACTIVE =\n", NULL) == 0, "as many as there is room for");
	ok(lost(128, "INTERACTIVE =\n", "postfix@0000128") == 1, "one more");
	ok(lost(200, "INTERACTIVE =\n", "postfix@0000128") == 73, "many more");
	ok(lost(129, "postfix@0000128: rsyslog\n", "postfix@0000129") == 1,
	   "one with a line of its own is known");
	ok(lost(129, "rc.local: postfix@0000129\n", "postfix@0000128") == 1,
	   "so is one that is in another's");
	scratch_write(scratch_path("init.d/.legacy-bootordering"), "", 0);
	ok(lost(200, "", NULL) == 0, "without startpar none is lost");
	return tap_done();
}
