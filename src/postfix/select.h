#ifndef POSTCTL_POSTFIX_SELECT_H
#define POSTCTL_POSTFIX_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/words.h"
#include "postfix/instance.h"

/*
 * How an instance came to be selected.
 */
enum selected {
	SELECTED_NOT,
	SELECTED_BY_PATTERN,	/* by default, a glob or a group */
	SELECTED_BY_NAME
};

bool select_instances(const struct instances *instances, const struct words *words,
		      const struct words *groups, enum selected *selected, struct text *why);

#endif
