#ifndef POSTCTL_CONTROL_OPERATE_H
#define POSTCTL_CONTROL_OPERATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "control/job.h"

/*
 * What can be done to instances.
 */
enum operate_kind {
	OPERATE_START,
	OPERATE_STOP,
	OPERATE_RESTART,
	OPERATE_RELOAD,
	OPERATE_SYNC,
	OPERATE_FLUSH,
	OPERATE_ABORT,
	OPERATE_ENABLE,
	OPERATE_DISABLE
};

bool operate(struct job *jobs, size_t count, enum operate_kind kind, size_t limit,
	     int *interrupted, struct text *why);
size_t operate_default_limit(enum operate_kind kind);

#endif
