#ifndef POSTCTL_CONTROL_STOP_H
#define POSTCTL_CONTROL_STOP_H

#include "control/job.h"

void stop_begin(struct job *job, struct pool *pool, const char *verb, task_step *next);

#endif
