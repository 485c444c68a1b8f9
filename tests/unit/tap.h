#ifndef POSTCTL_TESTS_TAP_H
#define POSTCTL_TESTS_TAP_H

/*
 * Tests that print the Test Anything Protocol.  Each check is one line of the
 * plan; a failed one says where it stands and what was found.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count;
static int tap_failures;

static inline bool __attribute__((format(printf, 4, 5)))
tap_check(bool passed, const char *file, int line, const char *format, ...)
{
	va_list arguments;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	if (!passed) {
		tap_failures++;
		printf("#   at %s:%d\n", file, line);
	}
	fflush(stdout);
	return passed;
}

static inline bool tap_same(const char *have, const char *want, const char *file,
			    int line, const char *name)
{
	bool same = have != NULL && want != NULL ? strcmp(have, want) == 0 : have == want;

	tap_check(same, file, line, "%s", name);
	if (!same)
		printf("#   have: %s\n#   want: %s\n", have != NULL ? have : "(null)",
		       want != NULL ? want : "(null)");
	return same;
}

#define ok(condition, ...) tap_check((condition), __FILE__, __LINE__, __VA_ARGS__)
#define is(have, want, name) tap_same((have), (want), __FILE__, __LINE__, (name))

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures > 0;
}

#endif
