/*
 * Options.  One row of the table is all that an option is: name, letter,
 * argument and help.
 */
#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	unsigned bit;
	const char *name;
	char letter;
	const char *argument;
	const char *help;
} table[] = {
	{ OPTION_GROUP, "group", 'g', "GROUP", "the instances of this group" },
	{ OPTION_JOBS, "jobs", 'j', "N",
	  "how many at a time; 1: in Postfix's own order" },
	{ OPTION_DRY_RUN, "dry-run", 'n', NULL, "show what would be done, change nothing" },
	{ OPTION_JSON, "json", '\0', NULL, "answer in JSON" },
	{ OPTION_OPENMETRICS, "openmetrics", '\0', NULL, "answer in the format of OpenMetrics" },
	{ OPTION_TIMEOUT, "timeout", '\0', "SECONDS", "give up after this time" },
	{ OPTION_QUIET, "quiet", 'q', NULL, "say only what went wrong" },
	{ OPTION_VERBOSE, "verbose", 'v', NULL, "say more: what Postfix printed, each step" },
	{ OPTION_PROPERTY, "property", 'p', "NAME", "only these parameters; several with commas" },
	{ OPTION_VALUE, "value", '\0', NULL, "values without their names" },
	{ OPTION_SET, "set", '\0', NULL, "only parameters that main.cf sets" },
	{ OPTION_SERVICES, "services", '\0', NULL, "the services of master.cf instead" },
	{ OPTION_DEFAULTS, "defaults", '\0', "FILE",
	  "take the defaults from this output of \"postconf -d\"" },
	{ OPTION_ADOPT, "adopt", '\0', NULL,
	  "adopt what is as planned, clear what Debian left" },
	{ OPTION_WITHOUT_SCRIPT, "without-script", '\0', NULL,
	  "leave out what has an init script of its own" },
	{ OPTION_HELP, "help", 'h', NULL, "show this help" },
	{ OPTION_VERSION, "version", '\0', NULL, "show the version" },
};

enum { ROWS = sizeof table / sizeof *table, FIRST_LONG = 256 };

static bool parse_number(const char *string, double low, double high, double *number)
{
	char *end;

	errno = 0;
	*number = strtod(string, &end);
	return end != string && *end == '\0' && errno == 0 && !isspace((unsigned char)*string) &&
	       *number >= low && *number <= high;
}

/* Take over the argument of the option in a row. */
static bool take_argument(struct options *options, size_t row, const char *argument,
			  struct text *why)
{
	double number;

	switch (table[row].bit) {
	case OPTION_GROUP:
		words_add(&options->groups, argument);
		return true;
	case OPTION_PROPERTY:
		words_split(&options->properties, argument, ", \t");
		return true;
	case OPTION_DEFAULTS:
		options->defaults_file = argument;
		return true;
	case OPTION_JOBS:
		if (!parse_number(argument, 1, 1000, &number) || number != (unsigned)number)
			return text_fail(why, "--jobs takes a whole number from 1 to 1000, "
					 "not \"%s\"", argument);
		options->jobs = (unsigned)number;
		return true;
	case OPTION_TIMEOUT:
		if (!parse_number(argument, 0.001, 1000000, &number))
			return text_fail(why, "--timeout takes seconds, not \"%s\"", argument);
		options->timeout_ms = (int64_t)(number * 1000);
		return true;
	default:
		return true;
	}
}

static void prepare(struct option *long_options, char *letters)
{
	*letters++ = ':';
	for (size_t row = 0; row < ROWS; row++) {
		long_options[row] = (struct option){
			.name = table[row].name,
			.has_arg = table[row].argument != NULL ? required_argument : no_argument,
			.val = FIRST_LONG + (int)row,
		};
		if (table[row].letter == '\0')
			continue;
		*letters++ = table[row].letter;
		if (table[row].argument != NULL)
			*letters++ = ':';
	}
	long_options[ROWS] = (struct option){ NULL, 0, NULL, 0 };
	*letters = '\0';
}

/*
 * Parse the command line after the program's name; options may stand anywhere
 * before a "--".  Return false with the reason.  The caller calls
 * options_free() in either case; argv must outlive options.
 */
bool options_parse(struct options *options, int argc, char **argv, struct text *why)
{
	struct option long_options[ROWS + 1];
	char letters[2 * ROWS + 2];
	int found;

	*options = (struct options){ .given = 0 };
	prepare(long_options, letters);
	/* It would end the options at the first word. */
	unsetenv("POSIXLY_CORRECT");
	/* Not 1: an earlier list may have been left in the middle of a word. */
	optind = 0;
	while ((found = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
		size_t row = 0;

		if (found == '?' && optopt > 0 && optopt < FIRST_LONG)
			return text_fail(why, "unknown option -%c", optopt);
		if (found == '?')
			return text_fail(why, "unknown option or one without an argument: %s",
					 argv[optind - 1]);
		if (found == ':')
			return text_fail(why, "option %s needs an argument", argv[optind - 1]);
		while (found >= FIRST_LONG ? row + FIRST_LONG != (size_t)found
					   : table[row].letter != found)
			row++;
		options->given |= table[row].bit;
		if (!take_argument(options, row, optarg, why))
			return false;
	}
	for (int i = optind; i < argc; i++)
		words_add(&options->words, argv[i]);
	return true;
}

void options_free(struct options *options)
{
	words_free(&options->words);
	words_free(&options->groups);
	words_free(&options->properties);
}

bool options_has(const struct options *options, unsigned option)
{
	return (options->given & option) != 0;
}

/*
 * Are all options that were given among those allowed?  Return false with
 * the reason.
 */
bool options_check(const struct options *options, unsigned allowed, struct text *why)
{
	for (size_t row = 0; row < ROWS; row++)
		if (options_has(options, table[row].bit & ~allowed))
			return text_fail(why, "this verb does not take --%s", table[row].name);
	return true;
}

/*
 * Append a line for each option that is allowed.
 */
void options_help(unsigned allowed, struct text *out)
{
	for (size_t row = 0; row < ROWS; row++) {
		struct text form = TEXT_EMPTY;

		if ((table[row].bit & allowed) == 0)
			continue;
		if (table[row].letter != '\0')
			text_printf(&form, "-%c, ", table[row].letter);
		else
			text_add(&form, "    ");
		text_printf(&form, "--%s", table[row].name);
		if (table[row].argument != NULL)
			text_printf(&form, " %s", table[row].argument);
		text_printf(out, "  %-24s  %s\n", form.data, table[row].help);
		text_free(&form);
	}
}
