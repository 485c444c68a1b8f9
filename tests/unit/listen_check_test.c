/*
 * Where master(8) could not listen.
 */
#include "postfix/listen_check.h"

#include "scratch.h"
#include "tap.h"

static const char defaults_text[] =
	"compatibility_level = 0\n"
	"inet_protocols = all\n"
	"known_tcp_ports = smtp=25, mine=other=2525\n"
	"mail_version = 3.10.13\n"
	"master_service_disable =\n";

/* With "public/" and seven bytes more it has 107, as long as the name of a socket may be. */
#define LONG "n23456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"

/* The name of a service and its type, and what is wrong with it. */
static const struct {
	const char *name, *main_cf, *type, *wrong;
} rows[] = {
	{ .name = "smtp" }, { .name = "25" }, { .name = "0" }, { .name = "65535" }, { .name = ":25" },
	{ .name = "other" }, { .name = "127.0.0.1:smtp" }, { .name = "[127.0.0.1]:25" },
	{ .name = "localhost:25" }, { .name = "0.0.0.0:25" },
	{ .name = "[]:25" },
	{ .name = "nosuch-port", .wrong = "unknown port, not in /etc/services either" },
	{ .name = "127.0.0.1:nosuch-port", .wrong = "unknown port, not in /etc/services either" },
	{ .name = "65536", .wrong = "unknown port, not in /etc/services either" },
	{ .name = "smtp", .main_cf = "known_tcp_ports =\n" },
	{ .name = "mine", .main_cf = "known_tcp_ports =\n",
	  .wrong = "unknown port, not in /etc/services either" },
	{ .name = "25x", .wrong = "garbage after numerical service" },
	{ .name = "127.0.0.1:", .wrong = "missing service information" },
	{ .name = "[127.0.0.1]", .wrong = "missing service information" },
	{ .name = "[127.0.0.1", .wrong = "missing \"]\"" },
	{ .name = "[127.0.0.1]25", .wrong = "garbage after \"]\"" },
	{ .name = "no-such-host.invalid:25", .wrong = "bad hostname or network address" },
	{ .name = "[300.1.1.1]:25", .wrong = "bad hostname or network address" },
	{ .name = "192.0.2.77:25", .wrong = "not an address of this host" },
	{ .name = "127.0.0.1:25", .main_cf = "inet_protocols = ipv6\n",
	  .wrong = "bad hostname or network address" },
	{ .name = "[::1]:25", .main_cf = "inet_protocols = ipv4\n",
	  .wrong = "bad hostname or network address" },
	{ .name = "127.0.0.1:25", .main_cf = "inet_protocols =\n",
	  .wrong = "bad hostname or network address" },
	{ .name = "25", .main_cf = "inet_protocols =\n" },
	{ .name = "0:25", .wrong = "bad hostname or network address" },
	{ .name = "127.1:25", .wrong = "bad hostname or network address" },
	{ .name = LONG "4567890", .type = "unix" },
	{ .name = LONG "45678901", .type = "fifo" },
	{ .name = LONG "45678901", .type = "unix", .wrong = "its name is too long for a socket" },
	{ .name = "private/x", .main_cf = "queue_directory = /nonexistent\n", .type = "unix",
	  .wrong = "its name is one in a directory that does not exist; leave out what is before the last \"/\"" },
	/* Nobody listens on the internet there. */
	{ .name = "nosuch-port", .type = "unix" }, { .name = "[x", .type = "pass" },
};

static void row(size_t i, const struct defaults *defaults)
{
	const char *type = rows[i].type != NULL ? rows[i].type : "inet";
	struct text master_cf = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct text want = TEXT_EMPTY;
	struct configuration configuration;
	struct active_services active;
	bool able;

	text_printf(&master_cf, "#\n%s %s n - n - - x\n", rows[i].name, type);
	scratch_configuration("d", rows[i].main_cf != NULL ? rows[i].main_cf : "",
			      text_string(&master_cf));
	ok(configuration_read(&configuration, scratch_path("d"), defaults, NULL, &why) &&
	   configuration_read_services(&configuration, &why) &&
	   active_services_find(&configuration, &active, &why), "%s/%s", rows[i].name, type);
	able = listen_check(&configuration, &active, &why);
	if (rows[i].wrong != NULL)
		text_printf(&want, "%s/master.cf, line 2: service %s: %s", scratch_path("d"),
			    rows[i].name, rows[i].wrong);
	is(text_string(&why), text_string(&want), "  what is wrong");
	ok(able == (rows[i].wrong == NULL), "  can it be listened to");
	active_services_free(&active);
	configuration_free(&configuration);
	text_free(&master_cf);
	text_free(&why);
	text_free(&want);
}

static void unreadable(const struct defaults *defaults, const char *main_cf, const char *wrong)
{
	struct configuration configuration;
	struct active_services active = ACTIVE_SERVICES_EMPTY;
	struct text why = TEXT_EMPTY;

	scratch_configuration("d", main_cf, "");
	ok(configuration_read(&configuration, scratch_path("d"), defaults, NULL, &why) &&
	   !listen_check(&configuration, &active, &why), "refused: %s", wrong);
	ok(strstr(text_string(&why), wrong) != NULL, "  %s", text_string(&why));
	configuration_free(&configuration);
	text_free(&why);
}

int main(void)
{
	struct text content = TEXT_EMPTY;
	struct defaults defaults;

	scratch_begin();
	text_add(&content, defaults_text);
	ok(defaults_parse(&defaults, &content, NULL), "defaults");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i, &defaults);
	unreadable(&defaults, "inet_protocols = ipv5\n", "inet_protocols = ipv5: unknown protocol");
	unreadable(&defaults, "known_tcp_ports = $\n", "known_tcp_ports: empty macro name");
	unreadable(&defaults, "inet_protocols = $\n", "inet_protocols: empty macro name");
	defaults_free(&defaults);
	return tap_done();
}
