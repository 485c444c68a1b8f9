#ifndef POSTCTL_CONTROL_START_H
#define POSTCTL_CONTROL_START_H

#include <stdbool.h>

#include "control/job.h"

void start_begin(struct job *job, struct pool *pool, bool quick, task_step *next);

#endif
