#ifndef POSTCTL_CONTROL_LINT_HOST_H
#define POSTCTL_CONTROL_LINT_HOST_H

#include "control/finding.h"
#include "control/lint_shared.h"
#include "postfix/defaults.h"
#include "postfix/instance.h"
#include "postfix/listeners.h"

/*
 * All instances of a host, to tell what one of them does to others.
 */
struct lint_host {
	const struct instances *instances;
	struct listeners listeners;
	struct shared shared;
};

#define LINT_HOST_EMPTY ((struct lint_host){ NULL, LISTENERS_EMPTY, SHARED_EMPTY })

void lint_host_open(struct lint_host *host, const struct instances *instances,
		    const struct defaults *defaults, const bool *enabled);
void lint_host_report(const struct lint_host *host, size_t index, struct findings *findings);
void lint_host_close(struct lint_host *host);

#endif
