#ifndef POSTCTL_CONTROL_STOP_H
#define POSTCTL_CONTROL_STOP_H

#include "control/job.h"

bool stop_find_orphans(struct job *job);
void stop_orphans(struct job *job, struct pool *pool, task_step *next);
void stop_begin(struct job *job, struct pool *pool, const char *verb, task_step *next);

#endif
