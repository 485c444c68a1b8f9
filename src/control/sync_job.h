#ifndef POSTCTL_CONTROL_SYNC_JOB_H
#define POSTCTL_CONTROL_SYNC_JOB_H

#include "control/chroots.h"
#include "control/job.h"
#include "process/pool.h"

bool sync_must(struct job *job, enum chroots_extent extent);
void sync_clear(struct job *job);
void sync_begin(struct task *task, struct pool *pool);

#endif
