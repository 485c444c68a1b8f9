#ifndef POSTCTL_CONTROL_ENABLE_H
#define POSTCTL_CONTROL_ENABLE_H

#include "process/pool.h"

void enable_begin(struct task *task, struct pool *pool);
void disable_begin(struct task *task, struct pool *pool);

#endif
