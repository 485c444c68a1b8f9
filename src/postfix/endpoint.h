#ifndef POSTCTL_POSTFIX_ENDPOINT_H
#define POSTCTL_POSTFIX_ENDPOINT_H

#include <stdbool.h>

#include "base/words.h"

/*
 * Where a service of the type inet listens: host is empty for everywhere that
 * inet_interfaces says, port a name or a number.
 */
struct endpoint {
	const char *host;
	const char *port;
	char *storage;
};

const char *endpoint_parse(struct endpoint *endpoint, const char *name);
void endpoint_free(struct endpoint *endpoint);
int endpoint_port_number(const char *port, const struct words *known_ports);

#endif
