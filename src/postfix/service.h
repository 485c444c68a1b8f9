#ifndef POSTCTL_POSTFIX_SERVICE_H
#define POSTCTL_POSTFIX_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/words.h"

/*
 * The columns of a service.
 */
enum {
	SERVICE_NAME,
	SERVICE_TYPE,
	SERVICE_PRIVATE,
	SERVICE_UNPRIVILEGED,
	SERVICE_CHROOT,
	SERVICE_WAKEUP,
	SERVICE_PROCESS_LIMIT,
	SERVICE_COMMAND,
	SERVICE_COLUMNS
};

/*
 * A line of master.cf: its columns as written, "-" included, and what follows
 * them twice.  arguments is how postconf(1) shows it, with each option's value
 * in a word of its own; settings is what the daemon makes of its -o options,
 * "name=value" each.  The two differ where postconf misreads "-oname=value".
 * malformed says what postconf only warns of and master(8) dies of.
 */
struct service {
	const char *column[SERVICE_COLUMNS];
	struct words arguments;
	struct words settings;
	const char *malformed;
	size_t line;
	char *storage;
};

void service_split_arguments(struct service *service);
void service_free(struct service *service);
bool service_next_option(const struct service *service, size_t *position,
			 const char **name, size_t *length, const char **value);
bool service_next_shown_option(const struct service *service, size_t *position,
			       const char **name, size_t *length, const char **value);
const char *service_option(const struct service *service, const char *name, size_t length);
bool service_check(const struct service *service, const char *path, struct text *why);
void service_print(const struct service *service, struct text *out);

#endif
