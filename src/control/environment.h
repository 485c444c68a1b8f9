#ifndef POSTCTL_CONTROL_ENVIRONMENT_H
#define POSTCTL_CONTROL_ENVIRONMENT_H

#include "base/words.h"

void environment_plain(struct words *environment);
void environment_for_instance(const char *config_directory, struct words *environment);

#endif
