#ifndef POSTCTL_CONTROL_PREPARE_H
#define POSTCTL_CONTROL_PREPARE_H

#include <stdbool.h>

#include "base/text.h"
#include "control/job.h"
#include "postfix/configuration.h"

bool prepare_read(const struct instance *instance, const struct defaults *defaults,
		  struct configuration *configuration, struct text *why);
bool prepare_check(struct job *job);

#endif
