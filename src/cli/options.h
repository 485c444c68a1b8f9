#ifndef POSTCTL_CLI_OPTIONS_H
#define POSTCTL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/words.h"

/*
 * One bit for each option, so that a verb can tell which it takes.
 */
enum {
	OPTION_GROUP = 1 << 0,
	OPTION_JOBS = 1 << 1,
	OPTION_DRY_RUN = 1 << 2,
	OPTION_JSON = 1 << 3,
	OPTION_TIMEOUT = 1 << 4,
	OPTION_QUIET = 1 << 5,
	OPTION_VERBOSE = 1 << 6,
	OPTION_PROPERTY = 1 << 7,
	OPTION_VALUE = 1 << 8,
	OPTION_SET = 1 << 9,
	OPTION_SERVICES = 1 << 10,
	OPTION_DEFAULTS = 1 << 11,
	OPTION_HELP = 1 << 12,
	OPTION_VERSION = 1 << 13,
	OPTION_ADOPT = 1 << 14,
	OPTION_OPENMETRICS = 1 << 15,
	OPTION_WITHOUT_SCRIPT = 1 << 16
};

/*
 * The command line.  given has the bit of each option that was used.
 */
struct options {
	unsigned given;
	struct words words;
	struct words groups;
	struct words properties;
	const char *defaults_file;
	unsigned jobs;
	int64_t timeout_ms;
};

bool options_parse(struct options *options, int argc, char **argv, struct text *why);
void options_free(struct options *options);
bool options_has(const struct options *options, unsigned option);
bool options_check(const struct options *options, unsigned allowed, struct text *why);
void options_help(unsigned allowed, struct text *out);

#endif
