#ifndef POSTCTL_CLI_REQUEST_H
#define POSTCTL_CLI_REQUEST_H

#include <stdbool.h>

#include "base/text.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "postfix/defaults.h"
#include "postfix/instance.h"
#include "postfix/select.h"

struct verb;

/*
 * One run of the program: what was asked for, and what was found.
 */
struct request {
	const struct verb *verb;
	struct options options;
	struct defaults defaults;
	struct instances instances;
	enum selected *selected;
	struct text warnings;
};

bool request_read_defaults(struct request *request, enum exit_status *status);
bool request_discover(struct request *request, enum exit_status *status);
void request_discover_again(struct request *request);
bool request_select(struct request *request, enum exit_status *status);
bool request_is_installed(void);
bool request_is_configured(void);
void request_free(struct request *request);

#endif
