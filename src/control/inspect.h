#ifndef POSTCTL_CONTROL_INSPECT_H
#define POSTCTL_CONTROL_INSPECT_H

#include "control/chroots.h"
#include "control/finding.h"
#include "control/lint_host.h"
#include "postfix/defaults.h"
#include "postfix/instance.h"
#include "process/probe.h"

/*
 * What the inspections of several instances have in common.
 */
struct inspector {
	const struct instances *instances;
	const struct defaults *defaults;
	struct chroots chroots;
	struct probe probe;
	struct lint_host host;
};

void inspector_open(struct inspector *inspector, const struct instances *instances,
		    const struct defaults *defaults);
void inspect(struct inspector *inspector, size_t index, struct findings *findings);
void inspector_close(struct inspector *inspector);

#endif
