#ifndef POSTCTL_CONTROL_REMEMBER_H
#define POSTCTL_CONTROL_REMEMBER_H

#include "control/job.h"

void remember_job(struct job *job);

#endif
