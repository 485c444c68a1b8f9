/*
 * Which entries of master.cf take effect, and which of these run chrooted, by
 * the rules of master(8) itself: get_master_ent(), master_config().
 */
#include "postfix/active_services.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/words.h"
#include "postfix/compat_level.h"

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

/* The port of "port", "host:port" or "[host]:port" as a number, or -1. */
static int port_number(const char *port)
{
	char *end;
	long number = strtol(port, &end, 10);
	struct servent *known;

	if (end != port && *end == '\0')
		return number >= 0 && number <= 65535 ? (int)number : -1;
	known = getservbyname(port, "tcp");
	return known != NULL ? ntohs((uint16_t)known->s_port) : -1;
}

/*
 * Do two entries mean the same endpoint?  For internet services "25" is
 * "smtp"; others differ by name, and by being private or public.
 */
static bool same_endpoint(const struct service *a, const struct service *b)
{
	const char *name_a = a->column[SERVICE_NAME];
	const char *name_b = b->column[SERVICE_NAME];
	const char *port_a;
	const char *port_b;
	size_t host_a;
	size_t host_b;

	if (strcmp(a->column[SERVICE_TYPE], b->column[SERVICE_TYPE]) != 0)
		return false;
	if (strcmp(a->column[SERVICE_TYPE], "inet") != 0)
		return strcmp(name_a, name_b) == 0 &&
		       (*a->column[SERVICE_PRIVATE] == 'n') == (*b->column[SERVICE_PRIVATE] == 'n');
	if (strcmp(name_a, name_b) == 0)
		return true;
	port_a = strrchr(name_a, ':');
	port_b = strrchr(name_b, ':');
	host_a = port_a != NULL ? (size_t)(port_a - name_a) : 0;
	host_b = port_b != NULL ? (size_t)(port_b - name_b) : 0;
	if (host_a != host_b || strncmp(name_a, name_b, host_a) != 0)
		return false;
	port_a = port_a != NULL ? port_a + 1 : name_a;
	port_b = port_b != NULL ? port_b + 1 : name_b;
	return port_number(port_a) >= 0 && port_number(port_a) == port_number(port_b);
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
	bool chroot_default = false;
	bool ok;

	*active = (struct active_services){
		memory_allocate(master->count, sizeof *active->all), 0,
		memory_allocate(master->count, sizeof *active->chrooted), 0,
	};
	ok = configuration_get(configuration, "master_service_disable", &value, why) &&
	     chroot_by_default(configuration, &chroot_default, why);
	words_split(&patterns, text_string(&value), ", \t\r\n");
	for (size_t i = 0; i < patterns.count; i++)
		modernise(patterns.items[i]);
	for (size_t i = 0; ok && i < master->count; i++) {
		const struct service *service = &master->services[i];
		const char *chroot = service->column[SERVICE_CHROOT];
		bool overridden = false;

		if (is_disabled(&patterns, service))
			continue;
		for (size_t later = i + 1; later < master->count && !overridden; later++)
			overridden = same_endpoint(service, &master->services[later]) &&
				     !is_disabled(&patterns, &master->services[later]);
		if (overridden)
			continue;
		active->all[active->count++] = service;
		if (*chroot == 'y' || (*chroot == '-' && chroot_default))
			active->chrooted[active->chrooted_count++] = service;
	}
	words_free(&patterns);
	text_free(&value);
	return ok;
}

void active_services_free(struct active_services *active)
{
	free(active->all);
	free(active->chrooted);
	*active = (struct active_services){ NULL, 0, NULL, 0 };
}
