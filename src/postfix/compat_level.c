/*
 * Compatibility levels, "major[.minor[.patch]]".
 */
#include "postfix/compat_level.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

enum { FIELD_BITS = 10, FIELD_MAX = (1 << FIELD_BITS) - 1 };

/*
 * Convert a level to a number that orders as levels do: 3.6 is 3.6.0, and
 * less than 3.10.  Return false when it is malformed.  The rule is that of
 * Postfix's compat_level_from_string(); it takes what strtol(3) takes.
 */
bool compat_level_parse(const char *string, long *level)
{
	const long limits[] = { LONG_MAX >> (2 * FIELD_BITS), FIELD_MAX, FIELD_MAX };
	int shift = 2 * FIELD_BITS;

	*level = 0;
	for (int field = 0; field < 3; field++, shift -= FIELD_BITS) {
		char *end;
		long number;

		errno = 0;
		number = strtol(string, &end, 10);
		if (end == string || errno == ERANGE || number < 0 || number > limits[field])
			return false;
		*level |= number << shift;
		if (*end == '\0')
			return true;
		if (*end != '.')
			return false;
		string = end + 1;
	}
	return false;
}
