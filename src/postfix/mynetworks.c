/*
 * The default of mynetworks: the networks of this host's interfaces, as
 * Postfix's mynetworks(3) and own_inet_addr(3) find them.
 */
#include "postfix/mynetworks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "base/words.h"
#include "postfix/address.h"
#include "postfix/inet_protocols.h"

enum style { STYLE_NONE, STYLE_CLASS, STYLE_SUBNET, STYLE_HOST };

/* How many bits of an address are those of its network? */
static unsigned prefix_length(enum style style, const struct address *address,
			      const struct address *mask)
{
	unsigned bits = 0;

	if (style == STYLE_HOST)
		return 8 * address->length;
	if (style == STYLE_CLASS && address->family == AF_INET)
		return address->bytes[0] < 128 ? 8 : address->bytes[0] < 192 ? 16
		     : address->bytes[0] < 224 ? 24 : 4;
	while (bits < 8 * address->length &&
	       (mask->bytes[bits / 8] & (0x80U >> bits % 8)) != 0)
		bits++;
	return bits;
}

/* Add "NETWORK/BITS" to the list, unless it is there. */
static void add_network(struct words *networks, struct address address, unsigned bits)
{
	char string[INET6_ADDRSTRLEN];
	struct text network = TEXT_EMPTY;

	for (unsigned bit = bits; bit < 8 * address.length; bit++)
		address.bytes[bit / 8] &= (unsigned char)~(0x80U >> bit % 8);
	if (inet_ntop(address.family, address.bytes, string, sizeof string) == NULL)
		return;
	text_printf(&network, address.family == AF_INET ? "%s/%u" : "[%s]/%u", string, bits);
	if (!words_contain(networks, network.data))
		words_add(networks, network.data);
	text_free(&network);
}

/*
 * Add the networks of the interfaces that have the address wanted, or of all
 * when that is NULL, or of those that are loopback.
 */
static bool add_interfaces(const struct ifaddrs *interfaces, int family, enum style style,
			   const struct address *wanted, bool loopback_only,
			   struct words *networks)
{
	bool found = false;

	for (; interfaces != NULL; interfaces = interfaces->ifa_next) {
		struct address address;
		struct address mask;

		if ((interfaces->ifa_flags & IFF_UP) == 0 ||
		    !address_from_socket(&address, interfaces->ifa_addr) || address.family != family ||
		    !address_from_socket(&mask, interfaces->ifa_netmask) || address_is_wildcard(&address) ||
		    (loopback_only && !address_is_loopback(&address)))
			continue;
		if (wanted != NULL && (wanted->family != address.family ||
				       memcmp(wanted->bytes, address.bytes, address.length) != 0))
			continue;
		add_network(networks, address, prefix_length(style, &address, &mask));
		found = true;
		/* One address on two interfaces has the first one's network. */
		if (wanted != NULL)
			break;
	}
	return found;
}

static bool parse_style(const char *value, enum style *style, struct text *why)
{
	static const char *const names[] = { "", "class", "subnet", "host" };
	struct words words = WORDS_EMPTY;
	bool ok = true;

	*style = STYLE_NONE;
	words_split(&words, value, ", \t\r\n");
	for (size_t i = 0; ok && i < words.count; i++) {
		enum style found = STYLE_NONE;

		for (enum style s = STYLE_CLASS; s <= STYLE_HOST; s++)
			if (strcmp(words.items[i], names[s]) == 0)
				found = s;
		ok = found != STYLE_NONE && (*style == STYLE_NONE || *style == found);
		*style = found;
	}
	words_free(&words);
	if (!ok || *style == STYLE_NONE)
		return text_fail(why, "mynetworks_style = %s: must be one of class, subnet, host",
				 value);
	return true;
}

/* A list of addresses, in the order of inet_addr_list_uniq(). */
struct addresses {
	struct address *items;
	size_t count;
	size_t capacity;
};

/* Look up an address or a host that inet_interfaces lists. */
static bool look_up(struct addresses *addresses, const char *word,
		    const struct inet_protocols *protocols, struct text *why)
{
	struct addrinfo hints = {
		.ai_family = !protocols->ipv6 ? AF_INET : !protocols->ipv4 ? AF_INET6 : AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found;
	struct text host = TEXT_EMPTY;
	int error;

	text_add(&host, *word == '[' ? word + 1 : word);
	if (*word == '[' && host.length > 0 && host.data[host.length - 1] == ']')
		text_truncate(&host, host.length - 1);
	error = getaddrinfo(text_string(&host), NULL, &hints, &found);
	text_free(&host);
	if (error != 0)
		return text_fail(why, "inet_interfaces: %s: %s", word, gai_strerror(error));
	for (const struct addrinfo *info = found; info != NULL; info = info->ai_next) {
		struct address address;

		if (!address_from_socket(&address, info->ai_addr))
			continue;
		addresses->items = memory_grow(addresses->items, addresses->count,
					       &addresses->capacity, sizeof *addresses->items);
		addresses->items[addresses->count++] = address;
	}
	freeaddrinfo(found);
	return true;
}

/* Add the networks of the addresses that inet_interfaces lists. */
static bool add_listed(const struct ifaddrs *interfaces, enum style style,
		       const struct inet_protocols *protocols, const char *listed,
		       struct words *networks, struct text *why)
{
	struct words words = WORDS_EMPTY;
	struct addresses addresses = { NULL, 0, 0 };
	bool ok = true;

	words_split(&words, listed, " \t,");
	for (size_t i = 0; ok && i < words.count; i++)
		ok = look_up(&addresses, words.items[i], protocols, why);
	if (ok && addresses.count > 1)
		qsort(addresses.items, addresses.count, sizeof *addresses.items,
		      address_compare);
	for (size_t i = 0; ok && i < addresses.count; i++) {
		const struct address *address = &addresses.items[i];
		char name[INET6_ADDRSTRLEN];

		if (!add_interfaces(interfaces, address->family, style, address, false, networks))
			ok = text_fail(why, "inet_interfaces: no local interface found for %s",
				       inet_ntop(address->family, address->bytes, name, sizeof name));
	}
	free(addresses.items);
	words_free(&words);
	return ok;
}

/*
 * Append the default of mynetworks for these values of mynetworks_style,
 * inet_interfaces and inet_protocols.  Return false with the reason.
 */
bool mynetworks_default(const char *style_value, const char *interfaces_value,
			const char *protocols_value, struct text *out, struct text *why)
{
	struct ifaddrs *interfaces;
	struct words networks = WORDS_EMPTY;
	enum style style;
	bool loopback_only = strcmp(interfaces_value, "loopback-only") == 0;
	struct inet_protocols protocols;
	bool ok = true;

	if (!inet_protocols_parse(&protocols, protocols_value, why))
		return false;
	if (!protocols.ipv4 && !protocols.ipv6)
		return true;
	if (!parse_style(style_value, &style, why))
		return false;
	if (getifaddrs(&interfaces) < 0)
		return text_fail(why, "cannot list network interfaces: %s", strerror(errno));
	if (!loopback_only && strcmp(interfaces_value, "all") != 0)
		ok = add_listed(interfaces, style, &protocols, interfaces_value, &networks,
				why);
	if (loopback_only || strcmp(interfaces_value, "all") == 0) {
		if (protocols.ipv4)
			add_interfaces(interfaces, AF_INET, style, NULL, loopback_only, &networks);
		if (protocols.ipv6)
			add_interfaces(interfaces, AF_INET6, style, NULL, loopback_only, &networks);
	}
	freeifaddrs(interfaces);
	/* Postfix leaves a blank behind each. */
	for (size_t i = 0; ok && i < networks.count; i++)
		text_printf(out, "%s ", networks.items[i]);
	words_free(&networks);
	return ok;
}
