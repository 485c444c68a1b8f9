#ifndef POSTCTL_POSTFIX_QUEUE_COUNTS_H
#define POSTCTL_POSTFIX_QUEUE_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * The queues that hold mail, in the order in which it passes through them.
 */
enum {
	QUEUE_INCOMING,
	QUEUE_ACTIVE,
	QUEUE_DEFERRED,
	QUEUE_HOLD,
	QUEUES
};

struct queue_counts {
	size_t messages[QUEUES];
};

const char *queue_name(size_t queue);
bool queue_counts_read(const char *queue_directory, struct queue_counts *counts,
		       struct text *why);

#endif
