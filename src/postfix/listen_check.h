#ifndef POSTCTL_POSTFIX_LISTEN_CHECK_H
#define POSTCTL_POSTFIX_LISTEN_CHECK_H

#include <stdbool.h>

#include "base/text.h"
#include "postfix/active_services.h"
#include "postfix/configuration.h"

bool listen_check(const struct configuration *configuration,
		  const struct active_services *active, struct text *why);

#endif
