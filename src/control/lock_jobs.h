#ifndef POSTCTL_CONTROL_LOCK_JOBS_H
#define POSTCTL_CONTROL_LOCK_JOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "control/job.h"

/*
 * Told once for each instance that has to be waited for.
 */
typedef void lock_waiting(const struct instance *instance, const char *holder);

bool lock_jobs(struct job *jobs, size_t count, const char *verb, lock_waiting *waiting,
	       struct text *why);

#endif
