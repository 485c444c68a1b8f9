/*
 * Addresses of the internet.
 */
#include "postfix/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/*
 * Take the address out of a socket's, which may be NULL.  Return false when
 * there is none of the internet.
 */
bool address_from_socket(struct address *address, const struct sockaddr *socket_address)
{
	*address = (struct address){ .family = AF_UNSPEC };
	if (socket_address == NULL)
		return false;
	address->family = socket_address->sa_family;
	if (address->family == AF_INET) {
		address->length = sizeof(struct in_addr);
		memcpy(address->bytes, &((const struct sockaddr_in *)(const void *)socket_address)->sin_addr,
		       address->length);
	} else if (address->family == AF_INET6) {
		address->length = sizeof(struct in6_addr);
		memcpy(address->bytes, &((const struct sockaddr_in6 *)(const void *)socket_address)->sin6_addr,
		       address->length);
	}
	return address->length > 0;
}

bool address_is_loopback(const struct address *address)
{
	static const unsigned char loopback[16] = { [15] = 1 };

	return address->family == AF_INET ? address->bytes[0] == 127
					  : memcmp(address->bytes, loopback, sizeof loopback) == 0;
}

bool address_is_wildcard(const struct address *address)
{
	static const unsigned char wildcard[16];

	return memcmp(address->bytes, wildcard, address->length) == 0;
}

/*
 * The order of Postfix's inet_addr_list_uniq(), for qsort(3).
 */
int address_compare(const void *a, const void *b)
{
	const struct address *first = a;
	const struct address *second = b;

	if (first->family != second->family)
		return first->family < second->family ? -1 : 1;
	return memcmp(first->bytes, second->bytes, sizeof first->bytes);
}

/*
 * Append an address as master.cf may name it: one of version 6 in brackets.
 */
void address_print(const struct address *address, struct text *out)
{
	char string[INET6_ADDRSTRLEN] = "";

	inet_ntop(address->family, address->bytes, string, sizeof string);
	text_printf(out, address->family == AF_INET6 ? "[%s]" : "%s", string);
}
