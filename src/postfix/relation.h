#ifndef POSTCTL_POSTFIX_RELATION_H
#define POSTCTL_POSTFIX_RELATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum relation { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER_EQUAL, GREATER };

bool relation_parse(enum relation *relation, const char *operator, size_t length);
bool relation_of_values(enum relation relation, const char *left, const char *right,
			bool *result, struct text *why);
bool relation_of_levels(enum relation relation, const char *left, const char *right,
			bool *result, struct text *why);

#endif
