/*
 * Whether master(8) will be able to listen where master.cf says: it dies when
 * a port or a host is unknown, an address is not one of this host's, or a local
 * socket cannot be made, and postfix(1) check does not look at that.  Whether a
 * port is taken is another question, of who has it.
 */
#include "postfix/listen_check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/descriptor.h"
#include "base/words.h"
#include "postfix/endpoint.h"
#include "postfix/hostname.h"
#include "postfix/inet_protocols.h"

/* May a server of this host use that address?  Asked with port 0, any. */
static bool is_own_address(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool own = fd < 0 || bind(fd, address->ai_addr, address->ai_addrlen) == 0 ||
		   errno != EADDRNOTAVAIL;

	descriptor_close(fd);
	return own;
}

/* Postfix skips, with a warning, what the kernel does not know. */
static bool kernel_knows(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool knows = fd >= 0 || errno != EAFNOSUPPORT;

	descriptor_close(fd);
	return knows;
}

/* What getaddrinfo(3) takes for a host beyond that, such as "0", Postfix does not. */
static bool is_host(const char *host)
{
	struct in6_addr address;

	return inet_pton(AF_INET, host, &address) == 1 ||
	       inet_pton(AF_INET6, host, &address) == 1 || hostname_problem(host) == NULL;
}

/* Return NULL, or what is wrong with a host as one to listen at. */
static const char *check_host(const char *host, const struct inet_protocols *protocols)
{
	struct addrinfo hints = {
		.ai_family = !protocols->ipv6 ? AF_INET : !protocols->ipv4 ? AF_INET6 : AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *addresses;
	const char *wrong = "bad hostname or network address";

	if ((!protocols->ipv4 && !protocols->ipv6) || !is_host(host) ||
	    getaddrinfo(host, NULL, &hints, &addresses) != 0)
		return wrong;
	for (const struct addrinfo *address = addresses; address != NULL;
	     address = address->ai_next) {
		if (!kernel_knows(address->ai_family))
			continue;
		wrong = NULL;
		if (!is_own_address(address)) {
			wrong = "not an address of this host";
			break;
		}
	}
	freeaddrinfo(addresses);
	return wrong;
}

/*
 * A local socket or fifo is private/NAME or public/NAME in the queue directory.
 * "private/NAME", as it is called in main.cf, would be one below that.
 */
static const char *check_socket(const struct service *service,
				const struct configuration *configuration)
{
	const char *name = service->column[SERVICE_NAME];
	const char *slash = strrchr(name, '/');
	struct text directory = TEXT_EMPTY, queue = TEXT_EMPTY;
	struct sockaddr_un address;
	struct stat status;
	const char *wrong = NULL;

	text_add(&directory, *service->column[SERVICE_PRIVATE] == 'n' ? "public/" : "private/");
	if (strcmp(service->column[SERVICE_TYPE], "fifo") != 0 &&
	    directory.length + strlen(name) >= sizeof address.sun_path)
		wrong = "its name is too long for a socket";
	if (slash != NULL && configuration_get(configuration, "queue_directory", &queue, NULL)) {
		text_printf(&queue, "/%s%.*s", text_string(&directory), (int)(slash - name), name);
		if (stat(text_string(&queue), &status) < 0 &&
		    (errno == ENOENT || errno == ENOTDIR))
			wrong = "its name is one in a directory that does not exist; leave out what "
				"is before the last \"/\"";
	}
	text_free(&directory);
	text_free(&queue);
	return wrong;
}

static const char *check_service(const struct service *service,
				 const struct inet_protocols *protocols,
				 const struct words *known_ports)
{
	struct endpoint endpoint;
	const char *wrong = endpoint_parse(&endpoint, service->column[SERVICE_NAME]);

	if (wrong == NULL && endpoint_port_number(endpoint.port, known_ports) < 0)
		wrong = "unknown port, not in /etc/services either";
	if (wrong == NULL && *endpoint.host != '\0')
		wrong = check_host(endpoint.host, protocols);
	endpoint_free(&endpoint);
	return wrong;
}

/*
 * Will master(8) be able to listen for each of these services?  Hosts that
 * master.cf names are looked up.  Return false with file, line and reason.
 */
bool listen_check(const struct configuration *configuration,
		  const struct active_services *active, struct text *why)
{
	struct text value = TEXT_EMPTY;
	struct words known_ports = WORDS_EMPTY;
	struct inet_protocols protocols;
	bool ok = configuration_get(configuration, "known_tcp_ports", &value, why);

	words_split(&known_ports, text_string(&value), ",");
	text_clear(&value);
	ok = ok && configuration_get(configuration, "inet_protocols", &value, why) &&
	     inet_protocols_parse(&protocols, text_string(&value), why);
	for (size_t i = 0; ok && i < active->count; i++) {
		const struct service *service = active->all[i];
		const char *wrong;

		if (strcmp(service->column[SERVICE_TYPE], "inet") == 0)
			wrong = check_service(service, &protocols, &known_ports);
		else
			wrong = check_socket(service, configuration);
		if (wrong != NULL)
			ok = text_fail(why, "%s/master.cf, line %zu: service %s: %s",
				       configuration->directory, service->line,
				       service->column[SERVICE_NAME], wrong);
	}
	words_free(&known_ports);
	text_free(&value);
	return ok;
}
