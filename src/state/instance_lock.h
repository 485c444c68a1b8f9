#ifndef POSTCTL_STATE_INSTANCE_LOCK_H
#define POSTCTL_STATE_INSTANCE_LOCK_H

#include "base/text.h"

/*
 * What came of an attempt to lock an instance.
 */
enum instance_lock_result {
	INSTANCE_LOCK_TAKEN,
	INSTANCE_LOCK_BUSY,
	INSTANCE_LOCK_FAILED
};

int instance_lock_open(struct text *why);
enum instance_lock_result instance_lock_try(int directory, const char *config_directory,
					    const char *verb, int *lock, struct text *why);

#endif
