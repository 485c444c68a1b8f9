#ifndef POSTCTL_POSTFIX_ADDRESS_H
#define POSTCTL_POSTFIX_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/text.h"

/*
 * An address of the internet of either kind; length is 4 or 16 bytes, and 0
 * for what is none.
 */
struct address {
	int family;
	unsigned length;
	unsigned char bytes[16];
};

bool address_from_socket(struct address *address, const struct sockaddr *socket_address);
bool address_is_loopback(const struct address *address);
bool address_is_wildcard(const struct address *address);
int address_compare(const void *a, const void *b);
void address_print(const struct address *address, struct text *out);

#endif
