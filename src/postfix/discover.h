#ifndef POSTCTL_POSTFIX_DISCOVER_H
#define POSTCTL_POSTFIX_DISCOVER_H

#include "base/text.h"
#include "postfix/defaults.h"
#include "postfix/instance.h"

void discover(const char *primary_directory, const struct defaults *defaults,
	      struct instances *instances, struct text *warnings);
void discover_secondary(const char *directory, const struct defaults *defaults,
			struct instances *instances, struct text *warnings);

#endif
