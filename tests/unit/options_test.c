/*
 * The command line: a list of arguments after one that was left in the middle.
 */
#include "cli/options.h"

#include "tap.h"

static char program[] = "postctl", quiet_jobs[] = "-qjx", list[] = "list", verbose[] = "-v";

int main(void)
{
	char *bad[] = { program, quiet_jobs, NULL };
	char *good[] = { program, list, verbose, NULL };
	struct options options;
	struct text why = TEXT_EMPTY;

	ok(!options_parse(&options, 2, bad, &why), "a number that is none");
	is(text_string(&why), "--jobs takes a whole number from 1 to 1000, not \"x\"", "the reason");
	options_free(&options);
	quiet_jobs[1] = 'z';
	ok(!options_parse(&options, 2, bad, &why), "an unknown letter, with others behind it");
	options_free(&options);
	memset(quiet_jobs, '!', sizeof quiet_jobs - 1);
	ok(options_parse(&options, 3, good, &why), "then another list of arguments");
	ok(options.given == OPTION_VERBOSE, "has its own options only");
	ok(options.words.count == 1 && strcmp(options.words.items[0], list) == 0, "and its words");
	options_free(&options);
	text_free(&why);
	return tap_done();
}
