#ifndef POSTCTL_STATE_INIT_SCRIPT_H
#define POSTCTL_STATE_INIT_SCRIPT_H

#include <stdbool.h>

#include "base/text.h"
#include "postfix/instance.h"

#define INIT_SCRIPT_PREFIX "postfix@"

/*
 * Whose an init script is.
 */
enum init_script_owner {
	INIT_SCRIPT_OURS,
	INIT_SCRIPT_CHANGED,	/* ours, until somebody changed it */
	INIT_SCRIPT_FOREIGN
};

bool init_script_name(const struct instance *instance, struct text *name, struct text *why);
const char *init_script_instance(const struct instance *instance);
enum init_script_owner init_script_owner(const char *name, const char *content);
void init_script_write(const char *name, const char *instance, const char *old,
		       struct text *script);

#endif
