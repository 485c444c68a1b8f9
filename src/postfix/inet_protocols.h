#ifndef POSTCTL_POSTFIX_INET_PROTOCOLS_H
#define POSTCTL_POSTFIX_INET_PROTOCOLS_H

#include <stdbool.h>

#include "base/text.h"

/*
 * Which protocols an instance speaks.
 */
struct inet_protocols {
	bool ipv4;
	bool ipv6;
};

bool inet_protocols_parse(struct inet_protocols *protocols, const char *value,
			  struct text *why);

#endif
