/*
 * The names of services of the type inet: [host:]port.
 */
#include "postfix/endpoint.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

/*
 * Take the name of a service apart.  Return NULL, or what is wrong with it.
 * The caller calls endpoint_free() in either case.  (Postfix's host_port().)
 */
const char *endpoint_parse(struct endpoint *endpoint, const char *name)
{
	char *copy = memory_copy(name);
	char *host = copy;
	char *port;

	*endpoint = (struct endpoint){ "", "", copy };
	if (*copy == '[') {
		host += strncasecmp(copy + 1, "ipv6:", 5) == 0 ? 6 : 1;
		port = strchr(host, ']');
		if (port == NULL)
			return "missing \"]\"";
		*port++ = '\0';
		if (*port != '\0' && *port != ':')
			return "garbage after \"]\"";
		port += *port == ':';
	} else {
		port = strrchr(copy, ':');
		if (port != NULL) {
			*port++ = '\0';
		} else {
			port = copy;
			host = copy + strlen(copy);
		}
	}
	endpoint->host = host;
	endpoint->port = port;
	if (*port == '\0')
		return "missing service information";
	if (*port >= '0' && *port <= '9' && port[strspn(port, "0123456789")] != '\0')
		return "garbage after numerical service";
	return NULL;
}

void endpoint_free(struct endpoint *endpoint)
{
	free(endpoint->storage);
	*endpoint = (struct endpoint){ "", "", NULL };
}

/* Return the number that a string is, or -1 if it is no port's. */
static int plain_number(const char *string)
{
	long number = strtol(string, NULL, 10);

	if (*string == '\0' || string[strspn(string, "0123456789")] != '\0' || number > 65535)
		return -1;
	return (int)number;
}

/*
 * Return the number of a port, or -1.  known_ports holds the elements of
 * Postfix's known_tcp_ports, "NAME=PORT" and "NAME=NAME=PORT", which count
 * before /etc/services.
 */
int endpoint_port_number(const char *port, const struct words *known_ports)
{
	struct servent *service;
	int number = plain_number(port);

	for (size_t i = 0; i < known_ports->count && number < 0; i++) {
		struct words names = WORDS_EMPTY;

		words_split(&names, known_ports->items[i], "= \t\r\n");
		if (words_contain(&names, port))
			number = plain_number(names.items[names.count - 1]);
		words_free(&names);
	}
	if (number >= 0)
		return number;
	service = getservbyname(port, "tcp");
	return service != NULL ? ntohs((uint16_t)service->s_port) : -1;
}
