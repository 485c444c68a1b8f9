#ifndef POSTCTL_CONTROL_INSPECT_H
#define POSTCTL_CONTROL_INSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "control/chroots.h"
#include "postfix/defaults.h"
#include "postfix/instance.h"

/*
 * Something that is wrong with an instance; advice is what to type, or empty.
 */
struct finding {
	bool is_error;
	char *what;
	char *advice;
};

struct findings {
	struct finding *items;
	size_t count;
	size_t capacity;
};

#define FINDINGS_EMPTY ((struct findings){ NULL, 0, 0 })

void inspect(const struct instance *instance, const struct defaults *defaults,
	     struct chroots *chroots, struct findings *findings);
void findings_free(struct findings *findings);

#endif
