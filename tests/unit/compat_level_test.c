/*
 * Compatibility levels.
 */
#include "postfix/compat_level.h"

#include <limits.h>
#include <stddef.h>

#include "tap.h"

/* In ascending order; those in one row are equal. */
static const char *const ordered[][4] = {
	{ "0", "0.0", "0.0.0", "00" },
	{ "0.0.1", "+0.+0.+1" },
	{ "0.1" },
	{ "1", "1.0", " 1", "\t\v1" },
	{ "1.1023.1023" },
	{ "2" },
	{ "3.6", "3.06", "3.6.0", "3. 6" },
	{ "3.6.1" },
	{ "3.10", "3.010" },
	{ "3.11" },
	{ "10" },
#if LONG_MAX > INT_MAX
	{ "8796093022207" },
#endif
};

static const char *const malformed[] = {
	"", " ", ".", "x", "-1", "1.", "1.-1", "1.x", "1 ", "1.2 ", "1.1024", "1.2.1024", "1.2.",
	"1.2.3.", "1.2.3.4", "1..2", ".1", "1,2", "0x10", "8796093022208", "99999999999999999999",
	"1.99999999999999999999", "1.2.99999999999999999999",
};

int main(void)
{
	long before = -1;
	long level;

	for (size_t row = 0; row < sizeof ordered / sizeof ordered[0]; row++) {
		long first;

		ok(compat_level_parse(ordered[row][0], &first) && first > before,
		   "%s is more than the one before", ordered[row][0]);
		for (size_t i = 1; i < 4 && ordered[row][i] != NULL; i++)
			ok(compat_level_parse(ordered[row][i], &level) && level == first,
			   "\"%s\" is %s", ordered[row][i], ordered[row][0]);
		before = first;
	}
	for (size_t row = 0; row < sizeof malformed / sizeof malformed[0]; row++)
		ok(!compat_level_parse(malformed[row], &level), "\"%s\" is malformed",
		   malformed[row]);
	return tap_done();
}
