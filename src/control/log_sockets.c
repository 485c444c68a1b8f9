/*
 * Where the log daemon must listen, besides /dev/log: a chrooted daemon of
 * Postfix opens that before it enters, but after a restart of the log daemon
 * it looks for it again, from inside.
 */
#include "control/log_sockets.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "control/prepare.h"
#include "postfix/active_services.h"

/* Log daemons read these in paths as what they are, quoted or not. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "/._-+,:@=~";

static enum log_socket_need judge(const struct configuration *configuration,
				  const struct text *path, struct text *why)
{
	struct active_services active;
	struct text file = TEXT_EMPTY;
	enum log_socket_need need = LOG_SOCKET_NEEDED;

	if (!active_services_find(configuration, &active, why) ||
	    !configuration_get(configuration, "maillog_file", &file, why)) {
		need = LOG_SOCKET_UNKNOWN;
	} else if (active.chrooted_count == 0) {
		need = LOG_SOCKET_USELESS;
		text_add(why, "no service is chrooted");
	} else if (file.length > 0) {
		need = LOG_SOCKET_USELESS;
		text_printf(why, "it logs to %s", text_string(&file));
	} else if (strcmp(path->data, "/dev/log") == 0) {
		/* A second listener there would take the host's socket away. */
		need = LOG_SOCKET_USELESS;
		text_add(why, "its chroot is the whole host");
	} else if (path->data[strspn(path->data, plain)] != '\0') {
		need = LOG_SOCKET_IMPOSSIBLE;
		text_printf(why, "a mistake there would end all logging, so log daemons are told "
			    "only of paths without blanks, quotes and the like, not of %s; give "
			    "the instance another queue_directory or set maillog_file",
			    path->data);
	} else if (path->length >= sizeof ((struct sockaddr_un *)NULL)->sun_path) {
		need = LOG_SOCKET_IMPOSSIBLE;
		text_printf(why, "%s is too long for a socket; give the instance another "
			    "queue_directory or set maillog_file", path->data);
	}
	active_services_free(&active);
	text_free(&file);
	return need;
}

/*
 * Find out about an instance.  The caller calls log_socket_free().
 */
void log_socket_find(struct log_socket *socket, const struct instance *instance,
		     const struct defaults *defaults)
{
	struct configuration configuration = CONFIGURATION_EMPTY;

	*socket = (struct log_socket){ LOG_SOCKET_UNKNOWN, TEXT_EMPTY, TEXT_EMPTY };
	text_add(&socket->path, instance->queue_directory);
	while (socket->path.length > 0 && socket->path.data[socket->path.length - 1] == '/')
		text_truncate(&socket->path, socket->path.length - 1);
	text_add(&socket->path, "/dev/log");
	if (instance->damage != NULL)
		text_add(&socket->why, instance->damage);
	else if (prepare_read(instance, defaults, &configuration, &socket->why))
		socket->need = judge(&configuration, &socket->path, &socket->why);
	configuration_free(&configuration);
}

/*
 * Is there a socket, whoever may be behind it?
 */
bool log_socket_exists(const struct log_socket *socket)
{
	struct stat status;

	return stat(text_string(&socket->path), &status) == 0 && S_ISSOCK(status.st_mode);
}

void log_socket_free(struct log_socket *socket)
{
	text_free(&socket->path);
	text_free(&socket->why);
}
