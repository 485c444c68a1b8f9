/*
 * Which entries of master.cf take effect, and which of these run chrooted, by
 * the rules of master(8) itself: get_master_ent(), master_config().
 */
#include "postfix/active_services.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/words.h"
#include "postfix/compat_level.h"
#include "postfix/endpoint.h"

/*
 * Is "name/type" switched off by master_service_disable?  The first pattern
 * that matches decides; "!" negates it.
 */
static bool is_disabled(const struct words *patterns, const struct service *service)
{
	struct text name = TEXT_EMPTY;
	bool disabled = false;

	text_printf(&name, "%s/%s", service->column[SERVICE_NAME], service->column[SERVICE_TYPE]);
	for (size_t i = 0; i < patterns->count; i++) {
		const char *pattern = patterns->items[i];
		bool match = true;

		for (; *pattern == '!'; pattern++)
			match = !match;
		if (strcasecmp(strchr(pattern, '/') != NULL ? text_string(&name)
							    : service->column[SERVICE_TYPE],
			       pattern) == 0) {
			disabled = match;
			break;
		}
	}
	text_free(&name);
	return disabled;
}

/*
 * Bring a pattern of the form "name.type", which Postfix 2 had, into today's.
 */
static void modernise(char *pattern)
{
	char *dot = strrchr(pattern, '.');

	if (strchr(pattern, '/') == NULL && dot != NULL)
		*dot = '/';
}

/* Write an address of the internet in its usual form, if host is one. */
static void add_host(struct text *out, const char *host)
{
	static const int families[] = { AF_INET, AF_INET6 };
	unsigned char address[sizeof(struct in6_addr)];
	char usual[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (inet_pton(families[i], host, address) == 1 &&
		    inet_ntop(families[i], address, usual, sizeof usual) != NULL)
			host = usual;
	text_printf(out, "[%s]:", host);
}

/*
 * Add the name by which master(8) tells an endpoint from others: "smtp" and
 * "25" are one, and so are "127.0.0.1:25" and "[127.0.0.1]:smtp"; those that
 * are not of the internet differ in being private or public.
 */
static void add_endpoint(struct words *endpoints, const struct service *service,
			 const struct words *known_ports)
{
	const char *type = service->column[SERVICE_TYPE];
	const char *name = service->column[SERVICE_NAME];
	struct endpoint endpoint;
	struct text text = TEXT_EMPTY;
	int number;

	if (strcmp(type, "inet") != 0) {
		words_printf(endpoints, "%s %s/%s", type,
			     *service->column[SERVICE_PRIVATE] == 'n' ? "public" : "private",
			     name);
		return;
	}
	number = endpoint_parse(&endpoint, name) == NULL
		 ? endpoint_port_number(endpoint.port, known_ports) : -1;
	text_printf(&text, "%s ", type);
	if (number >= 0 && *endpoint.host != '\0')
		add_host(&text, endpoint.host);
	if (number >= 0)
		text_printf(&text, "%d", number);
	else
		text_add(&text, name);
	words_add(endpoints, text.data);
	text_free(&text);
	endpoint_free(&endpoint);
}

/* What "-" means in the chroot column: y below compatibility level 1. */
static bool chroot_by_default(const struct configuration *configuration, bool *yes,
			      struct text *why)
{
	struct text value = TEXT_EMPTY;
	long level = 0;
	long one = 0;
	bool ok = configuration_get(configuration, "compatibility_level", &value, why);

	if (ok && !compat_level_parse(text_string(&value), &level))
		ok = text_fail(why, "%s/main.cf: malformed compatibility_level \"%s\"",
			       configuration->directory, text_string(&value));
	compat_level_parse("1", &one);
	*yes = level < one;
	text_free(&value);
	return ok;
}

/*
 * Put into overridden which services have a later one at the same endpoint.
 */
static bool find_overridden(const struct configuration *configuration,
			    const struct active_services *active, bool *overridden,
			    struct text *why)
{
	struct text value = TEXT_EMPTY;
	struct words known_ports = WORDS_EMPTY;
	struct words endpoints = WORDS_EMPTY;
	bool ok = configuration_get(configuration, "known_tcp_ports", &value, why);

	words_split(&known_ports, text_string(&value), ",");
	for (size_t i = 0; ok && i < active->count; i++)
		add_endpoint(&endpoints, active->all[i], &known_ports);
	for (size_t i = 0; i < endpoints.count; i++)
		for (size_t later = i + 1; later < endpoints.count && !overridden[i]; later++)
			overridden[i] = strcmp(endpoints.items[i], endpoints.items[later]) == 0;
	words_free(&endpoints);
	words_free(&known_ports);
	text_free(&value);
	return ok;
}

/*
 * Find the entries that take effect: not disabled, the last of equal ones.
 * configuration_read_services() must have succeeded.  Return false with the
 * reason; the caller calls active_services_free() in either case.
 */
bool active_services_find(const struct configuration *configuration,
			  struct active_services *active, struct text *why)
{
	const struct master_cf *master = &configuration->master;
	struct text value = TEXT_EMPTY;
	struct words patterns = WORDS_EMPTY;
	bool *overridden = memory_allocate(master->count, sizeof *overridden);
	bool chroot_default = false;
	size_t count = 0;
	bool ok;

	*active = (struct active_services){
		memory_allocate(master->count, sizeof *active->all), 0,
		memory_allocate(master->count, sizeof *active->chrooted), 0,
		memory_allocate(master->count, sizeof *active->overridden), 0,
	};
	ok = configuration_get(configuration, "master_service_disable", &value, why) &&
	     chroot_by_default(configuration, &chroot_default, why);
	words_split(&patterns, text_string(&value), ", \t\r\n");
	for (size_t i = 0; i < patterns.count; i++)
		modernise(patterns.items[i]);
	for (size_t i = 0; ok && i < master->count; i++)
		if (!is_disabled(&patterns, &master->services[i]))
			active->all[active->count++] = &master->services[i];
	ok = ok && find_overridden(configuration, active, overridden, why);
	for (size_t i = 0; ok && i < active->count; i++) {
		const struct service *service = active->all[i];
		const char *chroot = service->column[SERVICE_CHROOT];

		if (overridden[i]) {
			active->overridden[active->overridden_count++] = service;
			continue;
		}
		active->all[count++] = service;
		if (*chroot == 'y' || (*chroot == '-' && chroot_default))
			active->chrooted[active->chrooted_count++] = service;
	}
	active->count = count;
	words_free(&patterns);
	text_free(&value);
	free(overridden);
	return ok;
}

/*
 * Is a service one of those that run chrooted?
 */
bool active_services_chroots(const struct active_services *active,
			     const struct service *service)
{
	for (size_t i = 0; i < active->chrooted_count; i++)
		if (active->chrooted[i] == service)
			return true;
	return false;
}

void active_services_free(struct active_services *active)
{
	free(active->all);
	free(active->chrooted);
	free(active->overridden);
	*active = ACTIVE_SERVICES_EMPTY;
}
