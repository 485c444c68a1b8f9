/*
 * Which entries of master.cf take effect, and which of these run chrooted.
 */
#include "postfix/active_services.h"

#include "scratch.h"
#include "tap.h"

static const char defaults_text[] =
	"compatibility_level = 0\n"
	"known_tcp_ports = lmtp=24, smtp=25, smtps=submissions=465, submission=587\n"
	"mail_version = 3.10.13\n"
	"master_service_disable =\n";

/*
 * Services as columns 1, 2 and 5 of master.cf, with ";" between them, private
 * "n" unless there is a fourth.  What takes effect is wanted by number, with
 * "c" where it is chrooted.
 */
static const struct {
	const char *name, *main_cf, *services, *want, *wrong;
} rows[] = {
	{ .name = "none", .services = "", .want = "" },
	{ .name = "all", .services = "a unix n;b unix y", .want = "0 1c " },
	/* The level decides what "-" is in the chroot column. */
	{ .name = "level 0", .services = "a unix -;b unix n;c unix y", .want = "0c 1 2c " },
	{ .name = "level 0.9", .main_cf = "compatibility_level = 0.9\n", .services = "a unix -", .want = "0c " },
	{ .name = "level 0.1023.1023", .main_cf = "compatibility_level = 0.1023.1023\n",
	  .services = "a unix -", .want = "0c " },
	{ .name = "level 1", .main_cf = "compatibility_level = 1\n", .services = "a unix -;b unix y",
	  .want = "0 1c " },
	{ .name = "level 1.0.0", .main_cf = "compatibility_level = 1.0.0\n", .services = "a unix -",
	  .want = "0 " },
	{ .name = "level 2", .main_cf = "compatibility_level = 2\n", .services = "a unix -", .want = "0 " },
	{ .name = "level 3.6", .main_cf = "compatibility_level = 3.6\n", .services = "a unix -",
	  .want = "0 " },
	{ .name = "level by reference", .main_cf = "compatibility_level = $mine\nmine = 1\n",
	  .services = "a unix -", .want = "0 " },
	{ .name = "a bad level", .main_cf = "compatibility_level = new\n", .services = "a unix n",
	  .wrong = "@/d/main.cf: malformed compatibility_level \"new\"" },
	{ .name = "an empty level", .main_cf = "compatibility_level =\n", .services = "a unix n",
	  .wrong = "@/d/main.cf: malformed compatibility_level \"\"" },
	/* Of equal ones, the last. */
	{ .name = "the last of equal ones", .services = "a unix y;b unix n;a unix n", .want = "1 2 " },
	{ .name = "of three", .services = "a unix y;a unix y;a unix n", .want = "2 " },
	{ .name = "of another type", .services = "a unix y;a fifo n;a pass n;a unix-dgram n;a inet n",
	  .want = "0c 1 2 3 4 " },
	{ .name = "private and public ones differ", .services = "a unix y y;a unix n n", .want = "0c 1 " },
	{ .name = "- is private", .services = "a unix y y;a unix n -", .want = "1 " },
	{ .name = "names are case-sensitive", .services = "a unix y;A unix n", .want = "0c 1 " },
	{ .name = "25 is smtp", .services = "25 inet y;smtp inet n", .want = "1 " },
	{ .name = "smtp is 25", .services = "smtp inet y;25 inet n", .want = "1 " },
	{ .name = "025 is 25", .services = "025 inet y;25 inet n", .want = "1 " },
	{ .name = "no other port is", .services = "26 inet y;smtp inet n;2 inet n;255 inet n",
	  .want = "0c 1 2 3 " },
	{ .name = "submissions is smtps", .services = "submissions inet y;smtps inet n;465 inet n",
	  .want = "2 " },
	{ .name = "by known_tcp_ports", .main_cf = "known_tcp_ports = x2=y = 25 , z=26\n",
	  .services = "x2 inet y;z inet y;y inet n;26 inet n", .want = "2 3 " },
	{ .name = "by bad known_tcp_ports", .main_cf = "known_tcp_ports = x=y, z, a=99999\n",
	  .services = "x inet y;y inet y;z inet n;a inet n;99999 inet n", .want = "0c 1c 2 3 4 " },
	{ .name = "25 is not smtp but on the internet", .services = "25 unix y;smtp unix n", .want = "0c 1 " },
	{ .name = "a host is another", .services = "smtp inet y;127.0.0.1:smtp inet n", .want = "0c 1 " },
	{ .name = "one host, two forms", .services = "127.0.0.1:smtp inet y;[127.0.0.1]:25 inet n",
	  .want = "1 " },
	{ .name = "IPv6, two forms", .services = "[::1]:smtp inet y;[0:0::0001]:25 inet n;[ipv6:::1]:25 inet n",
	  .want = "2 " },
	{ .name = "IPv6 without brackets", .services = "::1:25 inet y;[::1]:smtp inet n", .want = "1 " },
	{ .name = "other hosts", .services = "127.0.0.1:25 inet y;127.0.0.2:25 inet n;[::1]:25 inet n",
	  .want = "0c 1 2 " },
	{ .name = "a host's name is not looked up", .services = "localhost:25 inet y;127.0.0.1:25 inet n",
	  .want = "0c 1 " },
	{ .name = "a host's name, two forms", .services = "[localhost]:25 inet y;localhost:smtp inet n",
	  .want = "1 " },
	{ .name = "no host", .services = ":25 inet y;smtp inet n", .want = "1 " },
	{ .name = "ports that there are not", .services = "99999 inet y;70000 inet n;nosuch-port inet y;"
							  "nosuch-port inet n;99999 inet n",
	  .want = "1 3 4 " },
	{ .name = "port 65535", .services = "65535 inet y;065535 inet n;65536 inet y;065536 inet n",
	  .want = "1 2c 3 " },
	{ .name = "no port", .services = "[::1] inet y;[::1]: inet n;[::1 inet n;[::1]x inet n",
	  .want = "0c 1 2 3 " },
	/* master_service_disable. */
	{ .name = "disabled by name", .main_cf = "master_service_disable = a/unix\n",
	  .services = "a unix y;b unix n;a fifo n", .want = "1 2 " },
	{ .name = "disabled by type", .main_cf = "master_service_disable = inet\n",
	  .services = "a unix y;25 inet n;inet unix n", .want = "0c 2 " },
	{ .name = "disabled, several", .main_cf = "master_service_disable = fifo,a/unix\n\tb/unix\n",
	  .services = "a unix y;b unix n;c fifo n;d unix n", .want = "3 " },
	{ .name = "disabled, but for one", .main_cf = "master_service_disable = !smtp/inet, inet\n",
	  .services = "smtp inet y;25 inet n;26 inet n", .want = "0c " },
	{ .name = "the first match decides", .main_cf = "master_service_disable = inet, !smtp/inet\n",
	  .services = "smtp inet y", .want = "" },
	{ .name = "!! is nothing", .main_cf = "master_service_disable = !!inet\n",
	  .services = "smtp inet y;a unix n", .want = "1 " },
	{ .name = "whatever the case", .main_cf = "master_service_disable = A/Unix INET\n",
	  .services = "a unix y;smtp inet n;b unix n", .want = "2 " },
	{ .name = "name.type", .main_cf = "master_service_disable = a.unix !b.inet inet\n",
	  .services = "a unix y;b inet n;c inet n", .want = "1 " },
	{ .name = "a host.type", .main_cf = "master_service_disable = 127.0.0.1:25.inet\n",
	  .services = "127.0.0.1:25 inet y;25 inet n", .want = "1 " },
	{ .name = "a dot in a name is one", .main_cf = "master_service_disable = a.b/unix\n",
	  .services = "a.b unix y;a/b unix n", .want = "1 " },
	{ .name = "by reference", .main_cf = "master_service_disable = $mine\nmine = inet\n",
	  .services = "a inet y", .want = "" },
	{ .name = "a name alone is a type", .main_cf = "master_service_disable = smtp\n",
	  .services = "smtp inet y", .want = "0c " },
	{ .name = "one disabled does not override", .main_cf = "master_service_disable = smtp/inet\n",
	  .services = "25 inet y;smtp inet n", .want = "0c " },
	{ .name = "an error", .main_cf = "#\nmaster_service_disable = $\n", .services = "a unix n",
	  .wrong = "@/d/main.cf, line 2: master_service_disable: empty macro name at \"$\"" },
	{ .name = "an error in the level", .main_cf = "compatibility_level = $\n", .services = "a unix n",
	  .wrong = "@/d/main.cf, line 1: compatibility_level: empty macro name at \"$\"" },
	{ .name = "an error in the ports", .main_cf = "known_tcp_ports = $\n", .services = "a unix n",
	  .wrong = "@/d/main.cf, line 1: known_tcp_ports: empty macro name at \"$\"" },
};

static void row(size_t i, const struct defaults *defaults)
{
	struct words services = WORDS_EMPTY;
	struct text master_cf = TEXT_EMPTY;
	struct text have = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct configuration configuration;
	struct active_services active;
	char *wrong = scratch_fill(rows[i].wrong != NULL ? rows[i].wrong : "");
	size_t chrooted = 0;
	bool done;

	words_split(&services, rows[i].services, ";");
	for (size_t j = 0; j < services.count; j++) {
		struct words columns = WORDS_EMPTY;

		words_split(&columns, services.items[j], " ");
		text_printf(&master_cf, "%s %s %s - %s - - x\n", columns.items[0], columns.items[1],
			    columns.count > 3 ? columns.items[3] : "n", columns.items[2]);
		words_free(&columns);
	}
	scratch_configuration("d", rows[i].main_cf != NULL ? rows[i].main_cf : "", text_string(&master_cf));
	ok(configuration_read(&configuration, scratch_path("d"), defaults, NULL, &why) &&
	   configuration_read_services(&configuration, &why), "%s", rows[i].name);
	done = active_services_find(&configuration, &active, &why);
	for (size_t j = 0; done && j < active.count; j++) {
		bool is_chrooted = chrooted < active.chrooted_count &&
				   active.chrooted[chrooted] == active.all[j];

		chrooted += is_chrooted;
		text_printf(&have, "%zu%s ", (size_t)(active.all[j] - configuration.master.services),
			    is_chrooted ? "c" : "");
	}
	is(text_string(&have), rows[i].want != NULL ? rows[i].want : "", "  what takes effect");
	ok(chrooted == active.chrooted_count, "  nothing else is chrooted");
	ok(done == (rows[i].wrong == NULL), "  can be told or not");
	is(text_string(&why), wrong, "  what is wrong");
	active_services_free(&active);
	ok(active.all == NULL && active.count == 0 && active.chrooted_count == 0, "  and freed");
	configuration_free(&configuration);
	words_free(&services);
	text_free(&master_cf);
	text_free(&have);
	text_free(&why);
	free(wrong);
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
	defaults_free(&defaults);
	return tap_done();
}
