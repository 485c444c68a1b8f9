#ifndef POSTCTL_POSTFIX_EXPAND_H
#define POSTCTL_POSTFIX_EXPAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * What a name stands for: its value before expansion, or NULL when nothing
 * defines it.  A verbatim value is inserted as it stands.  is_function says
 * that Postfix has a function of that name, ${name{domain}}, which brings a
 * domain name into its ASCII or its UTF-8 form.
 */
struct expand_value {
	const char *value;
	bool verbatim;
	bool is_function;
};

/*
 * Looks up the name of length bytes.  Returns false with the reason when the
 * question cannot be answered, which is not the same as undefined.
 */
typedef bool expand_lookup(void *context, const char *name, size_t length,
			   struct expand_value *found, struct text *why);

bool expand(const char *value, expand_lookup *lookup, void *context,
	    struct text *out, struct text *why);
void expand_scan(const char *value, expand_lookup *lookup, void *context);

#endif
