#ifndef POSTCTL_POSTFIX_EXPAND_H
#define POSTCTL_POSTFIX_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * What a name stands for: its value before expansion, or NULL when nothing
 * defines it.  A verbatim value is inserted as it stands.
 */
struct expand_value {
	const char *value;
	bool verbatim;
};

/*
 * Looks up the name of length bytes.  Returns false with the reason when the
 * question cannot be answered, which is not the same as undefined.
 */
typedef bool expand_lookup(void *context, const char *name, size_t length,
			   struct expand_value *found, struct text *why);

/*
 * The names that a value may use: parameters and, since Postfix 3.11,
 * functions.
 */
struct expand_names {
	expand_lookup *lookup;
	void *context;
	bool with_functions;
};

bool expand(const char *value, const struct expand_names *names, struct text *out,
	    struct text *why);
void expand_scan(const char *value, const struct expand_names *names);

#endif
