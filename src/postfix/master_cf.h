#ifndef POSTCTL_POSTFIX_MASTER_CF_H
#define POSTCTL_POSTFIX_MASTER_CF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/words.h"

/*
 * A "-o name=value" of a service.
 */
struct service_option {
	char *name;
	char *value;
};

/*
 * A line of master.cf.  The columns are as written, "-" included; arguments
 * are the words after the command.
 */
struct service {
	size_t line;
	char *name;
	char *type;
	char *private;
	char *unprivileged;
	char *chroot;
	char *wakeup;
	char *process_limit;
	char *command;
	struct words arguments;
	struct service_option *options;
	size_t option_count;
	size_t option_capacity;
};

struct master_cf {
	struct service *services;
	size_t count;
	size_t capacity;
};

#define MASTER_CF_EMPTY ((struct master_cf){ NULL, 0, 0 })

bool master_cf_read(struct master_cf *master, const char *directory, struct text *why);
void master_cf_free(struct master_cf *master);
const char *service_option(const struct service *service, const char *name);
void service_print(const struct service *service, struct text *out);

#endif
