#ifndef POSTCTL_CLI_VERBS_H
#define POSTCTL_CLI_VERBS_H

#include <stdbool.h>

#include "cli/exit_status.h"
#include "cli/request.h"

/*
 * A verb of the command line.  A verb that changes something needs root and a
 * host whose process 1 is not systemd.
 */
struct verb {
	const char *name;
	enum exit_status (*run)(struct request *request);
	unsigned options;
	bool changes;
	const char *arguments;
	const char *summary;
};

const struct verb *verb_find(const char *name);
enum exit_status verb_failure(const struct verb *verb);
void verbs_print_help(const struct verb *verb);

enum exit_status verb_show(struct request *request);
enum exit_status verb_list(struct request *request);
enum exit_status verb_status(struct request *request);
enum exit_status verb_is_active(struct request *request);
enum exit_status verb_is_enabled(struct request *request);
enum exit_status verb_is_failed(struct request *request);
enum exit_status verb_reset_failed(struct request *request);
enum exit_status verb_check(struct request *request);
enum exit_status verb_chroot(struct request *request);
enum exit_status verb_sync(struct request *request);
enum exit_status verb_log_sockets(struct request *request);
enum exit_status verb_start(struct request *request);
enum exit_status verb_stop(struct request *request);
enum exit_status verb_restart(struct request *request);
enum exit_status verb_try_restart(struct request *request);
enum exit_status verb_reload(struct request *request);
enum exit_status verb_flush(struct request *request);
enum exit_status verb_abort(struct request *request);
enum exit_status verb_enable(struct request *request);
enum exit_status verb_disable(struct request *request);
enum exit_status verb_help(struct request *request);
enum exit_status verb_scripts(struct request *request);

#endif
