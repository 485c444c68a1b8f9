#ifndef POSTCTL_CONTROL_LOG_SOCKETS_H
#define POSTCTL_CONTROL_LOG_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "postfix/defaults.h"
#include "postfix/instance.h"

/*
 * Whether the log daemon must listen in the chroot of an instance, and if not,
 * why.  path is where, also for one that is LOG_SOCKET_UNKNOWN.
 */
enum log_socket_need {
	LOG_SOCKET_NEEDED,
	LOG_SOCKET_USELESS,
	LOG_SOCKET_IMPOSSIBLE,	/* it is needed, and cannot be asked for */
	LOG_SOCKET_UNKNOWN,	/* the configuration cannot be read */
};

struct log_socket {
	enum log_socket_need need;
	struct text path;
	struct text why;
};

void log_socket_find(struct log_socket *socket, const struct instance *instance,
		     const struct defaults *defaults);
bool log_socket_exists(const struct log_socket *socket);
void log_socket_free(struct log_socket *socket);

#endif
