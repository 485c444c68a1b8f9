#ifndef POSTCTL_CONTROL_LINT_H
#define POSTCTL_CONTROL_LINT_H

#include <stdbool.h>

#include "control/finding.h"
#include "postfix/active_services.h"
#include "postfix/instance.h"
#include "process/probe.h"

/*
 * The rules for one instance by itself, a file for each theme: names
 * (lint_names.c), tables (lint_tables.c), files (lint_files.c), upgrades
 * (lint_upgrade.c).
 */
bool lint_names(const struct instance *instance, const struct configuration *configuration,
		struct findings *findings);
void lint_tables(const struct instance *instance, const struct configuration *configuration,
		 const struct active_services *active, struct findings *findings);
void lint_files(const struct instance *instance, struct findings *findings);
void lint_quick_start(const struct instance *instance, struct probe *probe,
		      struct findings *findings);
void lint_upgrade(const struct instance *instance, struct probe *probe,
		  struct findings *findings);

#endif
