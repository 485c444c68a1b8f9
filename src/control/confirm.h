#ifndef POSTCTL_CONTROL_CONFIRM_H
#define POSTCTL_CONTROL_CONFIRM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "control/job.h"

bool confirm_jobs(struct job *jobs, size_t count, const struct instances *instances,
		  int *interrupted, struct text *why);

#endif
