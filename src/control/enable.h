#ifndef POSTCTL_CONTROL_ENABLE_H
#define POSTCTL_CONTROL_ENABLE_H

#include "control/job.h"
#include "postfix/instance.h"
#include "process/pool.h"

void enable_decide(struct job *job, const char *edit, const struct instances *instances);
void enable_begin(struct task *task, struct pool *pool);

#endif
