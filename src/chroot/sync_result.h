#ifndef POSTCTL_CHROOT_SYNC_RESULT_H
#define POSTCTL_CHROOT_SYNC_RESULT_H

#include <stddef.h>

#include "base/text.h"

enum sync_outcome {
	SYNC_MADE,
	SYNC_UPDATED,
	SYNC_ADOPTED,
	SYNC_REMOVED,
	SYNC_LEFT_ALONE,
	SYNC_FAILED,
};

/*
 * What was done, would be done or could not be done.  path is relative to the
 * queue directory, reason that of the plan or why it is removed; problem is a
 * sentence for the last two outcomes and NULL for the others.
 */
struct sync_change {
	enum sync_outcome outcome;
	char *path;
	char *reason;
	char *problem;
};

/*
 * The counts are of plan entries: a directory that cannot be used is one
 * change but counts for all that belongs below it.  What is adopted is
 * current, too; what is removed is no entry any more.
 */
struct sync_result {
	struct sync_change *changes;
	size_t count;
	size_t capacity;
	size_t current;
	size_t made;
	size_t updated;
	size_t adopted;
	size_t removed;
	size_t left_alone;
	size_t failed;
};

#define SYNC_RESULT_EMPTY ((struct sync_result){ .changes = NULL })

enum sync_flags {
	SYNC_NOW = 0,
	SYNC_DRY_RUN = 1,
	SYNC_ADOPT = 2,	/* what is as planned is taken for postctl's */
};

void sync_count(struct sync_result *result, enum sync_outcome outcome);
void sync_report(struct sync_result *result, enum sync_outcome outcome, const char *path,
		 size_t length, const char *reason, const struct text *problem);
void sync_result_free(struct sync_result *result);
const char *sync_outcome_name(enum sync_outcome outcome, enum sync_flags flags);

#endif
