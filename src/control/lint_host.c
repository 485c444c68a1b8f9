/*
 * What instances do to each other: the same address and port, the same
 * directory, the same name in the log.
 */
#include "control/lint_host.h"

#include <string.h>

#include "control/prepare.h"

/* What cannot be read is not compared: why is said elsewhere. */
static void add(struct lint_host *host, const struct defaults *defaults, size_t index, bool enabled)
{
	const struct instance *instance = &host->instances->items[index];
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct active_services active = ACTIVE_SERVICES_EMPTY;

	if (instance->damage != NULL)
		return;
	shared_add(&host->shared, instance, index);
	if (prepare_read(instance, defaults, &configuration, NULL) &&
	    active_services_find(&configuration, &active, NULL))
		listeners_add(&host->listeners, &configuration, &active, index, enabled);
	active_services_free(&active);
	configuration_free(&configuration);
}

/*
 * Read what is to be compared.  enabled says which of the instances are, or
 * NULL: those that say so.  instances must outlive host.
 */
void lint_host_open(struct lint_host *host, const struct instances *instances,
		    const struct defaults *defaults, const bool *enabled)
{
	*host = LINT_HOST_EMPTY;
	host->instances = instances;
	for (size_t i = 0; i < instances->count; i++)
		add(host, defaults, i, enabled != NULL ? enabled[i] : instances->items[i].is_enabled);
	listeners_match(&host->listeners);
	shared_match(&host->shared);
}

/* How much a listener's rival matters. */
enum { NOTHING, SHADOW, DISABLED, CLASH };

static int weigh(const struct listener *listener)
{
	const struct listener *rival = listener->rival;

	if (rival == NULL || (!listener->enabled && !rival->enabled))
		return NOTHING;
	if (listener->enabled && rival->enabled)
		return listener->is_shadow ? SHADOW : CLASH;
	return listener->is_shadow ? NOTHING : DISABLED;
}

static void add_place(const struct listener *listener, struct text *out)
{
	if (address_is_wildcard(&listener->address))
		text_printf(out, "all addresses of IPv%c, port %d",
			    listener->address.family == AF_INET6 ? '6' : '4', listener->port);
	else {
		address_print(&listener->address, out);
		text_printf(out, ":%d", listener->port);
	}
}

/* "service smtp (/etc/postfix/master.cf, line 12)" */
static void add_service(const struct lint_host *host, const struct listener *listener,
			struct text *out)
{
	text_printf(out, "service %s (%s/master.cf, line %zu)", listener->service,
		    host->instances->items[listener->owner].directory, listener->line);
}

static const char *label(const struct lint_host *host, const struct listener *listener)
{
	return instance_label(&host->instances->items[listener->owner]);
}

/* Where a service can be given another place: in main.cf if its name has no host. */
static void add_advice(const struct lint_host *host, const struct listener *listener,
		       struct text *out)
{
	const char *directory = host->instances->items[listener->owner].directory;

	if (strchr(listener->service, ':') == NULL)
		text_printf(out, "postconf -c %s inet_interfaces=ADDRESS, with one of its own, or "
			    "another port", directory);
	else
		text_printf(out, "another address or port in %s/master.cf, line %zu", directory,
			    listener->line);
}

static void report_clash(const struct lint_host *host, const struct listener *listener,
			 struct findings *findings)
{
	const struct listener *rival = listener->rival;
	struct text what = TEXT_EMPTY, advice = TEXT_EMPTY;
	bool is_error = weigh(listener) == CLASH;

	add_service(host, listener, &what);
	text_add(&what, " listens at ");
	add_place(listener, &what);
	text_add(&what, ", and so does ");
	add_service(host, rival, &what);
	if (rival->owner != listener->owner)
		text_printf(&what, " of instance %s%s", label(host, rival),
			    rival->enabled ? "" : ", which is disabled");
	if (listener->others > 0)
		text_printf(&what, ", and %zu more", listener->others);
	text_printf(&what, ": when both run, %s",
		    "each connection goes to one of them, and nobody can tell to which");
	add_advice(host, listener, &advice);
	findings_add(findings, is_error, text_string(&advice), "%s", text_string(&what));
	text_free(&what);
	text_free(&advice);
}

static void report_shadow(const struct lint_host *host, const struct listener *listener,
			  struct findings *findings)
{
	const struct listener *wide = listener;
	const struct listener *narrow = listener->rival;
	struct text what = TEXT_EMPTY, advice = TEXT_EMPTY;

	if (!address_is_wildcard(&wide->address)) {
		wide = listener->rival;
		narrow = listener;
	}
	add_service(host, listener, &what);
	text_add(&what, " listens at ");
	add_place(listener, &what);
	text_add(&what, ", and ");
	add_service(host, listener->rival, &what);
	text_printf(&what, " of instance %s at ", label(host, listener->rival));
	add_place(listener->rival, &what);
	text_add(&what, ": connections to ");
	add_place(narrow, &what);
	text_printf(&what, " go to %s, but to %s while that is stopped", label(host, narrow),
		    label(host, wide));
	add_advice(host, wide, &advice);
	findings_add(findings, false, text_string(&advice), "%s", text_string(&what));
	text_free(&what);
	text_free(&advice);
}

/* The worst of what is found at the addresses of each service. */
static void report_listeners(const struct lint_host *host, size_t owner, struct findings *findings)
{
	const struct listeners *listeners = &host->listeners;

	for (size_t i = 0, end; i < listeners->count; i = end) {
		const struct listener *worst = &listeners->items[i];

		for (end = i + 1; end < listeners->count &&
		     listeners->items[end].owner == worst->owner &&
		     listeners->items[end].line == worst->line; end++)
			if (weigh(&listeners->items[end]) > weigh(worst))
				worst = &listeners->items[end];
		if (worst->owner != owner || weigh(worst) == NOTHING)
			continue;
		if (weigh(worst) == SHADOW)
			report_shadow(host, worst, findings);
		else
			report_clash(host, worst, findings);
	}
}

/*
 * Add what the instance with that number does to others.
 */
void lint_host_report(const struct lint_host *host, size_t index, struct findings *findings)
{
	report_listeners(host, index, findings);
	shared_report(&host->shared, host->instances, index, findings);
}

void lint_host_close(struct lint_host *host)
{
	listeners_free(&host->listeners);
	shared_free(&host->shared);
}
