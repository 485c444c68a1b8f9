#ifndef POSTCTL_POSTFIX_SERVICE_PARAMETERS_H
#define POSTCTL_POSTFIX_SERVICE_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/words.h"
#include "postfix/master_cf.h"

bool service_parameter_may_be(const char *name, size_t length);
const char *service_parameter_default(const struct master_cf *master, const char *name,
				      size_t length);
void service_parameter_names(const struct master_cf *master, struct words *names);

#endif
