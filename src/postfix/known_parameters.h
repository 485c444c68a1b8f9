#ifndef POSTCTL_POSTFIX_KNOWN_PARAMETERS_H
#define POSTCTL_POSTFIX_KNOWN_PARAMETERS_H

#include <stdbool.h>

#include "base/words.h"
#include "postfix/configuration.h"

bool known_parameter(const struct configuration *configuration, const char *name);
void known_parameter_names(const struct configuration *configuration, bool set_only,
			   struct words *names);

#endif
