#ifndef POSTCTL_POSTFIX_ACTIVE_SERVICES_H
#define POSTCTL_POSTFIX_ACTIVE_SERVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "postfix/configuration.h"

/*
 * The services of an instance that master(8) runs, those among them that it
 * runs chrooted, and those that it does not run because a later one has the
 * same endpoint.
 */
struct active_services {
	const struct service **all;
	size_t count;
	const struct service **chrooted;
	size_t chrooted_count;
	const struct service **overridden;
	size_t overridden_count;
};

#define ACTIVE_SERVICES_EMPTY ((struct active_services){ NULL, 0, NULL, 0, NULL, 0 })

bool active_services_find(const struct configuration *configuration,
			  struct active_services *active, struct text *why);
bool active_services_chroots(const struct active_services *active,
			     const struct service *service);
void active_services_free(struct active_services *active);

#endif
