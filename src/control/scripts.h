#ifndef POSTCTL_CONTROL_SCRIPTS_H
#define POSTCTL_CONTROL_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "control/script.h"
#include "postfix/instance.h"
#include "postfix/select.h"

/*
 * An init script that is there, and the task of making it what it should be.
 */
struct scripts_item {
	struct task task;
	struct script script;
	bool done;
};

struct scripts {
	struct scripts_item *items;
	size_t count;
};

void scripts_find(struct scripts *scripts, const struct instances *instances,
		  const enum selected *selected, bool gone_too);
void scripts_free(struct scripts *scripts);
bool scripts_run(struct scripts *scripts, int *interrupted, struct text *why);

#endif
