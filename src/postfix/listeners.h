#ifndef POSTCTL_POSTFIX_LISTENERS_H
#define POSTCTL_POSTFIX_LISTENERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "postfix/active_services.h"
#include "postfix/address.h"

/*
 * One address and port at which a service listens; owner is the number of its
 * instance.  rival is another one at the same place, and others how many there
 * are besides; or, where is_shadow is set, one of a wildcard and a particular
 * address, of which the latter gets the connections.
 */
struct listener {
	struct address address;
	int port;
	size_t owner;
	bool enabled;
	size_t line;
	char *service;
	const struct listener *rival;
	size_t others;
	bool is_shadow;
};

/*
 * All listeners of a host, those of an owner side by side, and what names
 * they were found by.
 */
struct listeners {
	struct listener *items;
	size_t count;
	size_t capacity;
	struct resolved *resolved;
	size_t resolved_count;
	size_t resolved_capacity;
};

#define LISTENERS_EMPTY ((struct listeners){ NULL, 0, 0, NULL, 0, 0 })

void listeners_add(struct listeners *listeners, const struct configuration *configuration,
		   const struct active_services *active, size_t owner, bool enabled);
void listeners_match(struct listeners *listeners);
void listeners_free(struct listeners *listeners);

#endif
