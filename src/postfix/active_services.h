#ifndef POSTCTL_POSTFIX_ACTIVE_SERVICES_H
#define POSTCTL_POSTFIX_ACTIVE_SERVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "postfix/configuration.h"

/*
 * The services of an instance that master(8) runs, and those among them that
 * it runs chrooted.
 */
struct active_services {
	const struct service **all;
	size_t count;
	const struct service **chrooted;
	size_t chrooted_count;
};

bool active_services_find(const struct configuration *configuration,
			  struct active_services *active, struct text *why);
bool active_services_chroots(const struct active_services *active,
			     const struct service *service);
void active_services_free(struct active_services *active);

#endif
