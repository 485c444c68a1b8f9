#ifndef POSTCTL_CONTROL_INSPECT_CHROOT_H
#define POSTCTL_CONTROL_INSPECT_CHROOT_H

#include "control/chroots.h"
#include "control/finding.h"
#include "postfix/active_services.h"
#include "postfix/instance.h"

void inspect_chroot(const struct instance *instance, const struct configuration *configuration,
		    const struct active_services *active, struct chroots *chroots,
		    struct findings *findings);

#endif
