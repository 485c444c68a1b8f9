/*
 * Where the services of all instances listen, and which of them do so at the
 * same address and port.
 *
 * master(8) binds with SO_REUSEPORT, so that nothing fails then: Linux gives
 * each connection to one of those that listen at its very address, whichever
 * that is, and only if there is none to one that listens at all addresses.
 */
#include "postfix/listeners.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/words.h"
#include "postfix/endpoint.h"
#include "postfix/inet_protocols.h"

struct addresses {
	struct address *items;
	size_t count;
	size_t capacity;
};

/* What a host was found to be, so that none is looked up twice. */
struct resolved {
	char *host;
	int family;
	struct addresses addresses;
};

static void add_address(struct addresses *addresses, const struct address *address)
{
	for (size_t i = 0; i < addresses->count; i++)
		if (address_compare(&addresses->items[i], address) == 0)
			return;
	addresses->items = memory_grow(addresses->items, addresses->count, &addresses->capacity,
				       sizeof *addresses->items);
	addresses->items[addresses->count++] = *address;
}

static int lookup_family(const struct inet_protocols *protocols)
{
	return !protocols->ipv6 ? AF_INET : !protocols->ipv4 ? AF_INET6 : AF_UNSPEC;
}

/* A host that nobody knows has no address: that is for others to say. */
static const struct addresses *resolve(struct listeners *listeners, const char *host, int family)
{
	const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	struct resolved *resolved;

	for (size_t i = 0; i < listeners->resolved_count; i++)
		if (listeners->resolved[i].family == family &&
		    strcmp(listeners->resolved[i].host, host) == 0)
			return &listeners->resolved[i].addresses;
	listeners->resolved = memory_grow(listeners->resolved, listeners->resolved_count,
					  &listeners->resolved_capacity,
					  sizeof *listeners->resolved);
	resolved = &listeners->resolved[listeners->resolved_count++];
	*resolved = (struct resolved){ memory_copy(host), family, { NULL, 0, 0 } };
	if (getaddrinfo(host, NULL, &hints, &found) == 0) {
		for (const struct addrinfo *info = found; info != NULL; info = info->ai_next) {
			struct address address;

			if (address_from_socket(&address, info->ai_addr))
				add_address(&resolved->addresses, &address);
		}
		freeaddrinfo(found);
	}
	return &resolved->addresses;
}

static void add_host(struct listeners *listeners, const char *host,
		     const struct inet_protocols *protocols, struct addresses *out)
{
	struct text plain = TEXT_EMPTY;
	const struct addresses *found;

	text_add(&plain, *host == '[' ? host + 1 : host);
	if (*host == '[' && plain.length > 0 && plain.data[plain.length - 1] == ']')
		text_truncate(&plain, plain.length - 1);
	found = resolve(listeners, text_string(&plain), lookup_family(protocols));
	for (size_t i = 0; i < found->count; i++)
		add_address(out, &found->items[i]);
	text_free(&plain);
}

static void add_loopback(const struct inet_protocols *protocols, struct addresses *out)
{
	struct ifaddrs *interfaces;

	if (getifaddrs(&interfaces) < 0)
		return;
	for (const struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next) {
		struct address address;

		if ((i->ifa_flags & IFF_UP) != 0 && address_from_socket(&address, i->ifa_addr) &&
		    (address.family == AF_INET ? protocols->ipv4 : protocols->ipv6) &&
		    address_is_loopback(&address))
			add_address(out, &address);
	}
	freeifaddrs(interfaces);
}

/* The addresses for services that name no host.  (Postfix's own_inet_addr_list().) */
static void add_interfaces(struct listeners *listeners, const char *interfaces,
			   const struct inet_protocols *protocols, struct addresses *out)
{
	struct words words = WORDS_EMPTY;

	if (strcasecmp(interfaces, "all") == 0) {
		if (protocols->ipv4)
			add_address(out, &(struct address){ AF_INET, 4, { 0 } });
		if (protocols->ipv6)
			add_address(out, &(struct address){ AF_INET6, 16, { 0 } });
	} else if (strcmp(interfaces, "loopback-only") == 0) {
		add_loopback(protocols, out);
	} else {
		words_split(&words, interfaces, " \t,");
		for (size_t i = 0; i < words.count; i++)
			add_host(listeners, words.items[i], protocols, out);
		words_free(&words);
	}
}

static void add_listener(struct listeners *listeners, struct listener listener,
			 const struct service *service)
{
	listener.line = service->line;
	listener.service = memory_copy(service->column[SERVICE_NAME]);
	listeners->items = memory_grow(listeners->items, listeners->count, &listeners->capacity,
				       sizeof *listeners->items);
	listeners->items[listeners->count++] = listener;
}

static void add_service(struct listeners *listeners, const struct service *service,
			const struct inet_protocols *protocols, const struct words *known_ports,
			const struct addresses *interfaces, struct listener listener)
{
	struct addresses own = { NULL, 0, 0 };
	const struct addresses *addresses = interfaces;
	struct endpoint endpoint;

	if (endpoint_parse(&endpoint, service->column[SERVICE_NAME]) == NULL) {
		listener.port = endpoint_port_number(endpoint.port, known_ports);
		if (*endpoint.host != '\0') {
			add_host(listeners, endpoint.host, protocols, &own);
			addresses = &own;
		}
		/* Port 0 is a new one each time. */
		for (size_t i = 0; i < addresses->count && listener.port > 0; i++) {
			listener.address = addresses->items[i];
			add_listener(listeners, listener, service);
		}
	}
	free(own.items);
	endpoint_free(&endpoint);
}

/*
 * Add the listeners of an instance.  Names of hosts are looked up, each once.
 * What keeps the instance from listening at all is left out.
 */
void listeners_add(struct listeners *listeners, const struct configuration *configuration,
		   const struct active_services *active, size_t owner, bool enabled)
{
	const struct listener listener = { .owner = owner, .enabled = enabled };
	struct text ports = TEXT_EMPTY, families = TEXT_EMPTY, names = TEXT_EMPTY;
	struct words known_ports = WORDS_EMPTY;
	struct addresses interfaces = { NULL, 0, 0 };
	struct inet_protocols protocols;

	if (configuration_get(configuration, "known_tcp_ports", &ports, NULL) &&
	    configuration_get(configuration, "inet_protocols", &families, NULL) &&
	    configuration_get(configuration, "inet_interfaces", &names, NULL) &&
	    inet_protocols_parse(&protocols, text_string(&families), NULL) &&
	    (protocols.ipv4 || protocols.ipv6)) {
		words_split(&known_ports, text_string(&ports), ",");
		add_interfaces(listeners, text_string(&names), &protocols, &interfaces);
		for (size_t i = 0; i < active->count; i++)
			if (strcmp(active->all[i]->column[SERVICE_TYPE], "inet") == 0)
				add_service(listeners, active->all[i], &protocols, &known_ports,
					    &interfaces, listener);
	}
	free(interfaces.items);
	words_free(&known_ports);
	text_free(&ports);
	text_free(&families);
	text_free(&names);
}

/*
 * By port and kind of address, wildcards first, then by address; the enabled
 * ones first among equals.
 */
static int compare(const void *a, const void *b)
{
	const struct listener *first = *(struct listener *const *)a;
	const struct listener *second = *(struct listener *const *)b;
	int order = (first->port > second->port) - (first->port < second->port);

	/* A wildcard's bytes are the least of all. */
	if (order == 0)
		order = address_compare(&first->address, &second->address);
	if (order == 0)
		order = second->enabled - first->enabled;
	/* Those of an instance stand in the order of master.cf. */
	return order != 0 ? order : (first > second) - (first < second);
}

/* Of count listeners at one place each has another as its rival. */
static void match_equals(struct listener **equals, size_t count)
{
	for (size_t i = 0; i < count && count > 1; i++) {
		equals[i]->rival = equals[i == 0 ? 1 : 0];
		equals[i]->others = count - 2;
	}
}

/* An enabled rival of the other kind, in another instance, for one that has none yet. */
static void match_shadow(struct listener *listener, struct listener **others, size_t count)
{
	if (listener->rival != NULL || !listener->enabled)
		return;
	/* Those of one instance are there on purpose, and few. */
	for (size_t i = 0; i < count; i++)
		if (others[i]->enabled && others[i]->owner != listener->owner) {
			listener->rival = others[i];
			listener->others = 0;
			listener->is_shadow = true;
			return;
		}
}

/* Match count listeners of one port and kind of address. */
static void match_port(struct listener **group, size_t count)
{
	size_t wildcards = 0;
	size_t enabled = 0;

	while (wildcards < count && address_is_wildcard(&group[wildcards]->address))
		wildcards++;
	while (enabled < wildcards && group[enabled]->enabled)
		enabled++;
	match_equals(group, wildcards);
	for (size_t i = wildcards, end; i < count; i = end) {
		for (end = i + 1; end < count && address_compare(&group[i]->address,
								  &group[end]->address) == 0; end++)
			;
		match_equals(group + i, end - i);
	}
	for (size_t i = 0; i < wildcards; i++)
		match_shadow(group[i], group + wildcards, count - wildcards);
	for (size_t i = wildcards; i < count; i++)
		match_shadow(group[i], group, enabled);
}

/*
 * Find each listener's rival, after all were added.
 */
void listeners_match(struct listeners *listeners)
{
	struct listener **sorted = memory_allocate(listeners->count, sizeof *sorted);

	for (size_t i = 0; i < listeners->count; i++)
		sorted[i] = &listeners->items[i];
	if (listeners->count > 0)
		qsort(sorted, listeners->count, sizeof *sorted, compare);
	for (size_t i = 0, end; i < listeners->count; i = end) {
		for (end = i + 1; end < listeners->count && sorted[end]->port == sorted[i]->port &&
		     sorted[end]->address.family == sorted[i]->address.family; end++)
			;
		match_port(sorted + i, end - i);
	}
	free(sorted);
}

void listeners_free(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++)
		free(listeners->items[i].service);
	for (size_t i = 0; i < listeners->resolved_count; i++) {
		free(listeners->resolved[i].host);
		free(listeners->resolved[i].addresses.items);
	}
	free(listeners->items);
	free(listeners->resolved);
	*listeners = LISTENERS_EMPTY;
}
