/*
 * Where a process listens: the sockets that it has open, looked up in the
 * kernel's tables of its network.
 */
#include "process/listening.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process/identity.h"
#include "process/open_files.h"

/* TCP_LISTEN, as the tables write it. */
#define LISTENS 0x0a

/*
 * Do a socket at the address that stands in a table, words of it as the
 * processor has them, and one at this address of its family exclude each other?
 */
static bool excludes(const char *hex, const struct address *address)
{
	struct address other = { .family = address->family, .length = address->length };

	if (strlen(hex) != 2 * (size_t)address->length)
		return false;
	for (unsigned at = 0; at < other.length; at += 4) {
		char word[9] = "";
		uint32_t bytes;

		memcpy(word, hex + 2 * (size_t)at, 8);
		bytes = (uint32_t)strtoul(word, NULL, 16);
		memcpy(other.bytes + at, &bytes, sizeof bytes);
	}
	return address_is_wildcard(&other) || address_is_wildcard(address) ||
	       memcmp(other.bytes, address->bytes, other.length) == 0;
}

/* "sl: address:port address:port state queues timer retransmits uid timeout inode ..." (proc_net_tcp.txt). */
static bool are_its_own(const char *table, pid_t pid, const struct address *address, int port)
{
	const char *line = table;
	bool any = false;

	while (*line != '\0') {
		unsigned long long inode;
		unsigned here, state;
		char hex[33];

		/* The kernel's own numbers fit.  NOLINTNEXTLINE(cert-err34-c) */
		if (sscanf(line, "%*d: %32[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s %*s %llu",
			   hex, &here, &state, &inode) == 4 &&
		    here == (unsigned)port && state == LISTENS && excludes(hex, address)) {
			if (!open_files_have_socket(pid, (ino_t)inode))
				return false;
			any = true;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return any;
}

/*
 * Does a process listen where a TCP address and port would be taken, and nobody
 * else?  false also where that cannot be seen.
 */
bool listening_alone(pid_t pid, const struct address *address, int port)
{
	struct text table = TEXT_EMPTY;
	bool alone = identity_file(pid, address->family == AF_INET ? "net/tcp" : "net/tcp6",
				   &table) &&
		     are_its_own(text_string(&table), pid, address, port);

	text_free(&table);
	return alone;
}
