#ifndef POSTCTL_CONTROL_DETAILS_H
#define POSTCTL_CONTROL_DETAILS_H

#include <stdbool.h>

#include "base/text.h"
#include "base/words.h"
#include "control/chroots.h"
#include "postfix/active_services.h"
#include "postfix/configuration.h"
#include "postfix/instance.h"
#include "postfix/queue_counts.h"

enum chroot_state {
	CHROOT_OFF,		/* no service is chrooted, or postctl is to keep its hands off */
	CHROOT_CURRENT,
	CHROOT_STALE,
	CHROOT_UNKNOWN,
};

/*
 * What is only looked up for an instance that is asked for by its name: it
 * costs more the larger the instance is.
 */
struct details {
	bool has_queue;
	struct queue_counts queue;
	struct text queue_problem;

	enum chroot_state chroot;
	struct text chroot_reason;	/* why it is stale or unknown */

	bool has_services;
	struct configuration configuration;
	struct active_services services;
};

const char *chroot_state_name(enum chroot_state state);
void details_read(struct details *details, const struct instance *instance,
		  const struct defaults *defaults, struct chroots *chroots);
void details_forget_services(struct details *details);
void details_free(struct details *details);

#endif
