#ifndef POSTCTL_STATE_LAST_OPERATION_H
#define POSTCTL_STATE_LAST_OPERATION_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/text.h"

/*
 * What was done last to an instance, and what came of it.
 */
struct last_operation {
	struct text verb;	/* as it was typed */
	time_t ended;
	int64_t took_ms;
	bool failed;
	bool ran_afterwards;	/* the instance */
	struct text said;	/* the outcome, or why it failed; may have several lines */
};

#define LAST_OPERATION_NONE \
	((struct last_operation){ TEXT_EMPTY, 0, 0, false, false, TEXT_EMPTY })

/*
 * The memory of all instances, while several are asked for.
 */
struct last_operations {
	int directory;
	struct text epoch;
};

void last_operations_open(struct last_operations *operations);
void last_operations_close(struct last_operations *operations);
bool last_operations_find(const struct last_operations *operations,
			  const char *config_directory, struct last_operation *operation);
bool last_operation_remember(const char *config_directory,
			     const struct last_operation *operation, struct text *why);
void last_operation_forget(const char *config_directory);
void last_operation_free(struct last_operation *operation);

#endif
