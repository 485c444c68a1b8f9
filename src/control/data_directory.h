#ifndef POSTCTL_CONTROL_DATA_DIRECTORY_H
#define POSTCTL_CONTROL_DATA_DIRECTORY_H

#include <stdbool.h>

#include "control/job.h"
#include "postfix/configuration.h"

bool data_directory_usable(const struct configuration *configuration, bool try_lock,
			   struct text *why);
bool data_directory_check(struct job *job);

#endif
