#ifndef POSTCTL_CLI_CONFIGURE_INSTANCE_H
#define POSTCTL_CLI_CONFIGURE_INSTANCE_H

#include "cli/exit_status.h"
#include "cli/request.h"

/*
 * The word that init.d/configure-instance.sh calls it by.  It is no verb:
 * nobody types it.
 */
#define CONFIGURE_INSTANCE "configure-instance"

enum exit_status configure_instance(struct request *request, int count, char **words);

#endif
