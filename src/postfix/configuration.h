#ifndef POSTCTL_POSTFIX_CONFIGURATION_H
#define POSTCTL_POSTFIX_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "postfix/defaults.h"
#include "postfix/main_cf.h"
#include "postfix/master_cf.h"

/*
 * What Postfix knows of one instance: its main.cf over Postfix's defaults and,
 * once configuration_read_services() was called, its master.cf.
 */
struct configuration {
	char *directory;
	struct main_cf main;
	struct master_cf master;
	bool has_services;
	const struct defaults *defaults;
};

#define CONFIGURATION_EMPTY \
	((struct configuration){ NULL, MAIN_CF_EMPTY, MASTER_CF_EMPTY, false, NULL })

bool configuration_read(struct configuration *configuration, const char *directory,
			const struct defaults *defaults, struct text *warnings,
			struct text *why);
bool configuration_read_services(struct configuration *configuration, struct text *why);
void configuration_free(struct configuration *configuration);

bool configuration_since_3_11(const struct configuration *configuration);
bool configuration_is_read_only(const struct configuration *configuration, const char *name,
				size_t length);
const struct main_cf_entry *configuration_entry(const struct configuration *configuration,
						const char *name, size_t length);
bool configuration_expand(const struct configuration *configuration,
			  const struct service *service, const char *text,
			  struct text *out, struct text *why);
bool configuration_get(const struct configuration *configuration, const char *name,
		       struct text *value, struct text *why);
bool configuration_get_for(const struct configuration *configuration,
			   const struct service *service, const char *name,
			   struct text *value, struct text *why);

#endif
