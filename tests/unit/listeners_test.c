/*
 * Which services listen at one address and port.
 */
#include "postfix/listeners.h"

#include "scratch.h"
#include "tap.h"

static const char defaults_text[] =
	"compatibility_level = 0\n"
	"inet_interfaces = all\n"
	"inet_protocols = all\n"
	"known_tcp_ports = smtp=25\n"
	"mail_version = 3.10.13\n"
	"master_service_disable =\n";

enum { MOST = 3 };

/*
 * Instances as "MAIN.CF;SERVICE SERVICE", a setting or none and the services;
 * one that begins with "-" is disabled.  What is wanted is, for each listener
 * that has a rival, "OWNER SERVICE ADDRESS:PORT = OWNER SERVICE" with "+N"
 * behind where there are more, and "~" where one is a wildcard.
 */
static const struct {
	const char *name, *instances[MOST], *want;
} rows[] = {
	{ "alone", { "inet_protocols = ipv4;smtp" }, "" },
	{ "different ports", { "inet_protocols = ipv4;25", "inet_protocols = ipv4;26" }, "" },
	{ "different addresses", { ";127.0.0.1:25", ";127.0.0.2:25" }, "" },
	{ "one address", { ";127.0.0.1:25", ";127.0.0.1:25" },
	  "0 127.0.0.1:25 127.0.0.1:25 = 1 127.0.0.1:25\n"
	  "1 127.0.0.1:25 127.0.0.1:25 = 0 127.0.0.1:25\n" },
	{ "by name and by number", { ";[127.0.0.1]:smtp", "inet_interfaces = 127.0.0.1;25" },
	  "0 [127.0.0.1]:smtp 127.0.0.1:25 = 1 25\n1 25 127.0.0.1:25 = 0 [127.0.0.1]:smtp\n" },
	{ "all addresses", { "inet_protocols = ipv4;smtp", "inet_protocols = ipv4;25" },
	  "0 smtp 0.0.0.0:25 = 1 25\n1 25 0.0.0.0:25 = 0 smtp\n" },
	{ "a wildcard spelled out", { "inet_protocols = ipv4;smtp", ";0.0.0.0:25" },
	  "0 smtp 0.0.0.0:25 = 1 0.0.0.0:25\n1 0.0.0.0:25 0.0.0.0:25 = 0 smtp\n" },
	{ "of version 6", { "inet_protocols = ipv6;smtp", "inet_protocols = ipv6;smtp" },
	  "0 smtp [::]:25 = 1 smtp\n1 smtp [::]:25 = 0 smtp\n" },
	{ "versions do not meet", { "inet_protocols = ipv6;smtp", "inet_protocols = ipv4;smtp" }, "" },
	{ "no protocol at all", { "inet_protocols =;smtp", "inet_protocols =;smtp" }, "" },
	{ "all addresses and one", { "inet_protocols = ipv4;smtp", ";127.0.0.1:25" },
	  "0 smtp 0.0.0.0:25 ~ 1 127.0.0.1:25\n1 127.0.0.1:25 127.0.0.1:25 ~ 0 smtp\n" },
	{ "one address goes before all", { "inet_protocols = ipv4;smtp", ";127.0.0.1:25", ";127.0.0.1:25" },
	  "0 smtp 0.0.0.0:25 ~ 1 127.0.0.1:25\n"
	  "1 127.0.0.1:25 127.0.0.1:25 = 2 127.0.0.1:25\n"
	  "2 127.0.0.1:25 127.0.0.1:25 = 1 127.0.0.1:25\n" },
	{ "within one instance", { ";127.0.0.1:25 localhost:25" },
	  "0 127.0.0.1:25 127.0.0.1:25 = 0 localhost:25\n"
	  "0 localhost:25 127.0.0.1:25 = 0 127.0.0.1:25\n" },
	{ "a wildcard within one instance is meant", { "inet_protocols = ipv4;smtp 127.0.0.1:25" }, "" },
	{ "loopback-only", { "inet_interfaces = loopback-only;25", ";127.0.0.1:25" },
	  "0 25 127.0.0.1:25 = 1 127.0.0.1:25\n1 127.0.0.1:25 127.0.0.1:25 = 0 25\n" },
	{ "one of several interfaces", { "inet_interfaces = 127.0.0.3, [127.0.0.2];25", ";127.0.0.2:25" },
	  "0 25 127.0.0.2:25 = 1 127.0.0.2:25\n1 127.0.0.2:25 127.0.0.2:25 = 0 25\n" },
	{ "interfaces that are one", { "inet_interfaces = 127.0.0.1 127.0.0.1;25" }, "" },
	{ "three", { ";127.0.0.1:25", ";127.0.0.1:25", ";127.0.0.1:25" },
	  "0 127.0.0.1:25 127.0.0.1:25 = 1 127.0.0.1:25 +1\n"
	  "1 127.0.0.1:25 127.0.0.1:25 = 0 127.0.0.1:25 +1\n"
	  "2 127.0.0.1:25 127.0.0.1:25 = 0 127.0.0.1:25 +1\n" },
	{ "an enabled one goes before a disabled one", { ";127.0.0.1:25", "-;127.0.0.1:25", ";127.0.0.1:25" },
	  "0 127.0.0.1:25 127.0.0.1:25 = 2 127.0.0.1:25 +1\n"
	  "1 127.0.0.1:25 127.0.0.1:25 = 0 127.0.0.1:25 +1\n"
	  "2 127.0.0.1:25 127.0.0.1:25 = 0 127.0.0.1:25 +1\n" },
	{ "a disabled one has no wildcard", { "inet_protocols = ipv4;smtp", "-;127.0.0.1:25" }, "" },
	{ "nor is in the way of one", { "-inet_protocols = ipv4;smtp", ";127.0.0.1:25" }, "" },
	{ "what cannot be listened to", { ";no-such-host.invalid:25 127.0.0.1:nosuch 0 [x",
					  ";no-such-host.invalid:25 127.0.0.1:nosuch 0 [x" }, "" },
};

static void add_instance(struct listeners *listeners, const struct defaults *defaults,
			 const char *instance, size_t owner)
{
	struct configuration configuration;
	struct active_services active;
	struct words services = WORDS_EMPTY;
	struct text main_cf = TEXT_EMPTY, master_cf = TEXT_EMPTY;
	bool enabled = *instance != '-';

	instance += *instance == '-';
	text_add_n(&main_cf, instance, strcspn(instance, ";"));
	text_add_char(&main_cf, '\n');
	words_split(&services, instance + strcspn(instance, ";") + 1, " ");
	for (size_t i = 0; i < services.count; i++)
		text_printf(&master_cf, "%s inet n - n - - smtpd\n", services.items[i]);
	scratch_configuration("d", text_string(&main_cf), text_string(&master_cf));
	ok(configuration_read(&configuration, scratch_path("d"), defaults, NULL, NULL) &&
	   configuration_read_services(&configuration, NULL) &&
	   active_services_find(&configuration, &active, NULL), "readable");
	listeners_add(listeners, &configuration, &active, owner, enabled);
	active_services_free(&active);
	configuration_free(&configuration);
	words_free(&services);
	text_free(&main_cf);
	text_free(&master_cf);
}

static void row(size_t i, const struct defaults *defaults)
{
	struct listeners listeners = LISTENERS_EMPTY;
	struct text have = TEXT_EMPTY;

	for (size_t n = 0; n < MOST && rows[i].instances[n] != NULL; n++)
		add_instance(&listeners, defaults, rows[i].instances[n], n);
	listeners_match(&listeners);
	for (size_t n = 0; n < listeners.count; n++) {
		const struct listener *listener = &listeners.items[n];
		const struct listener *rival = listener->rival;

		/* ::1, where this host has it, is no less at one place than 127.0.0.1. */
		if (rival == NULL || (listener->address.family == AF_INET6 &&
				      !address_is_wildcard(&listener->address)))
			continue;
		text_printf(&have, "%zu %s ", listener->owner, listener->service);
		address_print(&listener->address, &have);
		text_printf(&have, ":%d %s %zu %s", listener->port, listener->is_shadow ? "~" : "=",
			    rival->owner, rival->service);
		if (listener->others > 0)
			text_printf(&have, " +%zu", listener->others);
		text_add_char(&have, '\n');
	}
	is(text_string(&have), rows[i].want, rows[i].name);
	listeners_free(&listeners);
	text_free(&have);
}

int main(void)
{
	struct text content = TEXT_EMPTY;
	struct defaults defaults;

	scratch_begin();
	text_add(&content, defaults_text);
	ok(defaults_parse(&defaults, &content, NULL), "defaults");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		row(i, &defaults);
	defaults_free(&defaults);
	return tap_done();
}
