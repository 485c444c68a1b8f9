#ifndef POSTCTL_CONTROL_PORTS_H
#define POSTCTL_CONTROL_PORTS_H

#include <stdbool.h>

#include "control/job.h"

bool ports_check(struct job *job);

#endif
