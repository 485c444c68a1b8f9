/*
 * The relations of ${{left} == {right} ? ...}; Postfix's mac_exp_eval().
 */
#include "postfix/relation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "postfix/compat_level.h"

/*
 * Find the relation that the first length bytes are the sign of.  Return
 * false if they are none's.
 */
bool relation_parse(enum relation *relation, const char *operator, size_t length)
{
	static const char *const signs[] = { "==", "!=", "<", "<=", ">=", ">" };

	for (enum relation r = EQUAL; r <= GREATER; r++)
		if (strlen(signs[r]) == length && strncmp(signs[r], operator, length) == 0) {
			*relation = r;
			return true;
		}
	return false;
}

static bool holds(enum relation relation, int order)
{
	switch (relation) {
	case EQUAL:
		return order == 0;
	case NOT_EQUAL:
		return order != 0;
	case LESS:
		return order < 0;
	case LESS_EQUAL:
		return order <= 0;
	case GREATER_EQUAL:
		return order >= 0;
	case GREATER:
		return order > 0;
	}
	return false;
}

static bool holds_for_longs(enum relation relation, const long *values)
{
	return holds(relation, (values[0] > values[1]) - (values[0] < values[1]));
}

static bool all_digits(const char *string)
{
	return *string != '\0' && string[strspn(string, "0123456789")] == '\0';
}

/*
 * Does the relation hold between two values?  They are compared as numbers if
 * both are.  Return false with the reason if that cannot be told.
 */
bool relation_of_values(enum relation relation, const char *left, const char *right,
			bool *result, struct text *why)
{
	long numbers[2];

	if (!all_digits(left) || !all_digits(right)) {
		*result = holds(relation, strcmp(left, right));
		return true;
	}
	for (int i = 0; i < 2; i++) {
		const char *digits = i == 0 ? left : right;

		errno = 0;
		numbers[i] = strtol(digits, NULL, 10);
		if (errno == ERANGE)
			return text_fail(why, "number too large to compare: %.60s", digits);
	}
	*result = holds_for_longs(relation, numbers);
	return true;
}

/*
 * Does it hold between two compatibility levels?  Return false with the
 * reason if either is none.
 */
bool relation_of_levels(enum relation relation, const char *left, const char *right,
			bool *result, struct text *why)
{
	long levels[2];

	for (int i = 0; i < 2; i++) {
		const char *level = i == 0 ? left : right;

		if (!compat_level_parse(level, &levels[i]))
			return text_fail(why, "malformed compatibility level syntax: \"%.60s\"",
					 level);
	}
	*result = holds_for_longs(relation, levels);
	return true;
}
