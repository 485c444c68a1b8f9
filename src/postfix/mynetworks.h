#ifndef POSTCTL_POSTFIX_MYNETWORKS_H
#define POSTCTL_POSTFIX_MYNETWORKS_H

#include <stdbool.h>

#include "base/text.h"

bool mynetworks_default(const char *style, const char *interfaces, const char *protocols,
			struct text *out, struct text *why);

#endif
