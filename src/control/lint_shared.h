#ifndef POSTCTL_CONTROL_LINT_SHARED_H
#define POSTCTL_CONTROL_LINT_SHARED_H

#include <stdbool.h>
#include <stddef.h>

#include "control/finding.h"
#include "postfix/instance.h"

/*
 * What instances must not have in common.  owner is the number of an instance,
 * rival the claim of another one to the same, or NULL.
 */
struct shared {
	struct shared_claim {
		char *key;
		const char *parameter;
		const char *value;
		size_t owner;
		const struct shared_claim *rival;
	} *items;
	size_t count;
	size_t capacity;
};

#define SHARED_EMPTY ((struct shared){ NULL, 0, 0 })

void shared_add(struct shared *shared, const struct instance *instance, size_t owner);
void shared_match(struct shared *shared);
void shared_report(const struct shared *shared, const struct instances *instances, size_t owner,
		   struct findings *findings);
void shared_free(struct shared *shared);

#endif
