/*
 * Parameters of an instance, expanded.
 */
#include "postfix/configuration.h"

#include <errno.h>

#include "postfix/parameter_kinds.h"
#include "scratch.h"
#include "tap.h"

/* A little of "postconf -d"; V stands for the version. */
static const char defaults_text[] =
	"command_time_limit = 1000s\n"
	"compatibility_level = 0\n"
	"default_destination_rate_delay = 0s\n"
	"default_recipient_limit = 20000\n"
	"forward_path = $home/.forward${recipient_delimiter}\n"
	"initial_destination_concurrency = 5\n"
	"local_recipient_limit = 1\n"
	"mail_name = Postfix\n"
	"mail_version = V\n"
	"mydestination = $myhostname, localhost.$mydomain, localhost\n"
	"mynetworks_style = ${{$compatibility_level} <level {2} ? {subnet} : {host}}\n"
	"myorigin = $myhostname\n"
	"queue_directory = /var/spool/postfix\n"
	"smtpd_banner = $myhostname ESMTP $mail_name\n"
	"syslog_name = ${multi_instance_name?{$multi_instance_name}:{postfix}}\n"
	"multi_instance_name =\n";

/*
 * main.cf and what a parameter is then; or why it cannot be told.  @ stands
 * for the scratch directory, H for this host's name and D for its domain.
 */
static const struct {
	const char *name, *main_cf, *parameter, *want, *wrong, *version, *master_cf;
} rows[] = {
	{ .name = "a default", .main_cf = "", .parameter = "queue_directory", .want = "/var/spool/postfix" },
	{ .name = "a setting", .main_cf = "queue_directory = /x\n", .parameter = "queue_directory",
	  .want = "/x" },
	{ .name = "an empty setting", .main_cf = "queue_directory =\n", .parameter = "queue_directory",
	  .want = "" },
	{ .name = "inner blanks stay", .main_cf = "queue_directory = a\n\t b  c\n",
	  .parameter = "queue_directory", .want = "a\t b  c" },
	{ .name = "expanded", .main_cf = "queue_directory = /$mail_name/${nosuch:x}\n",
	  .parameter = "queue_directory", .want = "/Postfix/x" },
	{ .name = "a user's parameter", .main_cf = "mine = $queue_directory\n", .parameter = "mine",
	  .want = "/var/spool/postfix" },
	{ .name = "config_directory", .main_cf = "queue_directory = $config_directory\n",
	  .parameter = "queue_directory", .want = "@/d" },
	{ .name = "config_directory, set", .main_cf = "config_directory = /x\n",
	  .parameter = "config_directory", .want = "/x" },
	{ .name = "a default that depends on the level", .main_cf = "", .parameter = "mynetworks_style",
	  .want = "subnet" },
	{ .name = "the same, above", .main_cf = "compatibility_level = 3.6\n",
	  .parameter = "mynetworks_style", .want = "host" },
	{ .name = "a default that depends on a name", .main_cf = "multi_instance_name = postfix-out\n",
	  .parameter = "syslog_name", .want = "postfix-out" },
	{ .name = "a legacy parameter", .main_cf = "", .parameter = "virtual_maps", .want = "" },
	{ .name = "a legacy parameter, set", .main_cf = "virtual_maps = x\n", .parameter = "virtual_maps",
	  .want = "x" },
	/* Raw parameters. */
	{ .name = "raw", .main_cf = "", .parameter = "forward_path",
	  .want = "$home/.forward${recipient_delimiter}" },
	{ .name = "raw and broken", .main_cf = "forward_path = ${\n", .parameter = "forward_path",
	  .want = "${" },
	{ .name = "raw within another", .main_cf = "forward_path = $mail_name$$\nmine = <$forward_path>\n",
	  .parameter = "mine", .want = "<Postfix$>" },
	{ .name = "raw within another, since 3.11",
	  .main_cf = "forward_path = $mail_name$$\nmine = <$forward_path>\n", .parameter = "mine",
	  .version = "3.11.7", .want = "<$mail_name$$>" },
	/* Host and domain. */
	{ .name = "myhostname", .main_cf = "", .parameter = "myhostname", .want = "H.localdomain" },
	{ .name = "myhostname, from mydomain", .main_cf = "mydomain = $mine\nmine = example.org\n",
	  .parameter = "myhostname", .want = "H.example.org" },
	{ .name = "mydomain", .main_cf = "", .parameter = "mydomain", .want = "D" },
	{ .name = "mydomain, from myhostname", .main_cf = "myhostname = $mine.example.org\nmine = a\n",
	  .parameter = "mydomain", .want = "example.org" },
	{ .name = "mydomain, from a short myhostname", .main_cf = "myhostname = mail\n",
	  .parameter = "mydomain", .want = "localdomain" },
	{ .name = "mydomain, from an empty myhostname", .main_cf = "myhostname =\n",
	  .parameter = "mydomain", .want = "localdomain" },
	{ .name = "a circle of both ends in main.cf", .main_cf = "myhostname = mail.$mydomain\n",
	  .parameter = "myhostname", .want = "mail." },
	{ .name = "and so does the other way round", .main_cf = "mydomain = x.$myhostname\n",
	  .parameter = "mydomain", .want = "x.H.x." },
	{ .name = "a default with both", .main_cf = "myhostname = mail.example.org\n",
	  .parameter = "mydestination",
	  .want = "mail.example.org, localhost.example.org, localhost" },
	{ .name = "an error in mydomain", .main_cf = "mydomain = $\n", .parameter = "mydestination",
	  .wrong = "@/d/main.cf: mydestination: empty macro name at \"$\"" },
	/* What Postfix fills in itself. */
	{ .name = "process_name", .main_cf = "process_name = x\nmine = <$process_name>\n", .parameter = "mine",
	  .want = "<postconf>" },
	{ .name = "process_id", .main_cf = "process_id = x\nmine = ${{$process_id} > {0}}\n",
	  .parameter = "mine", .want = "true" },
	{ .name = "service_name", .main_cf = "service_name = x\nmine = <$service_name>\n",
	  .parameter = "mine", .want = "<>" },
	{ .name = "service_name, since 3.11", .main_cf = "service_name = x\nmine = <$service_name>\n",
	  .parameter = "mine", .version = "3.11.0", .want = "<x>" },
	{ .name = "functions, since 3.11", .main_cf = "mine = ${domain_to_ascii{x}}\n",
	  .parameter = "mine", .version = "3.12", .want = "x" },
	{ .name = "functions, since version 4", .main_cf = "mine = ${domain_to_ascii{x}}\n",
	  .parameter = "mine", .version = "4.0", .want = "x" },
	{ .name = "no functions before", .main_cf = "mine = ${domain_to_ascii{x}}\n",
	  .parameter = "mine", .version = "3.10.13",
	  .wrong = "@/d/main.cf, line 1: mine: attribute name syntax error at \"{x}\"" },
	{ .name = "nor in 3.1", .main_cf = "mine = ${domain_to_ascii{x}}\n",
	  .parameter = "mine", .version = "3.1", .want = NULL,
	  .wrong = "@/d/main.cf, line 1: mine: attribute name syntax error at \"{x}\"" },
	{ .name = "mynetworks", .main_cf = "inet_interfaces = loopback-only\n"
	  "inet_protocols = ipv4\nmynetworks_style = host\n",
	  .parameter = "mynetworks", .want = "127.0.0.1/32 " },
	{ .name = "mynetworks of an address that is listed", .main_cf = "inet_interfaces = 127.0.0.1, [127.0.0.1]\n"
	  "inet_protocols = ipv4\nmynetworks_style = host\n",
	  .parameter = "mynetworks", .want = "127.0.0.1/32 " },
	{ .name = "mynetworks of no protocol", .main_cf = "inet_protocols =\n",
	  .parameter = "mynetworks", .want = "" },
	{ .name = "mynetworks of no style", .main_cf = "mynetworks_style = net\ninet_protocols = ipv4\n",
	  .parameter = "mynetworks",
	  .wrong = "@/d/main.cf: mynetworks: mynetworks is not set, and its default cannot be told: "
		   "mynetworks_style = net: must be one of class, subnet, host" },
	{ .name = "mynetworks of itself", .main_cf = "inet_protocols = $mynetworks\n",
	  .parameter = "mynetworks", .want = "" },
	{ .name = "mynetworks, set", .main_cf = "mynetworks = x\nmine = $mynetworks\n",
	  .parameter = "mine", .want = "x" },
	/* Services' parameters. */
	{ .name = "of a transport", .main_cf = "", .parameter = "out_recipient_limit", .want = "20000",
	  .master_cf = "out unix - - - - - smtp\n" },
	{ .name = "of a pipe", .main_cf = "command_time_limit = 5s\n", .parameter = "out_time_limit",
	  .want = "5s", .master_cf = "out unix - - - - - pipe\n" },
	{ .name = "of a spawn", .main_cf = "", .parameter = "out_time_limit", .want = "1000s",
	  .master_cf = "out unix - - - - - spawn\n" },
	{ .name = "by reference", .main_cf = "mine = ${out_initial_destination_concurrency?{<}}"
					     "$out_initial_destination_concurrency\n",
	  .parameter = "mine", .want = "<5", .master_cf = "out unix - - - - - error\n" },
	{ .name = "set", .main_cf = "out_recipient_limit = 7\n", .parameter = "out_recipient_limit",
	  .want = "7", .master_cf = "out unix - - - - - smtp\n" },
	{ .name = "built in", .main_cf = "", .parameter = "local_recipient_limit", .want = "1",
	  .master_cf = "local unix - - - - - local\n" },
	{ .name = "not of a server", .main_cf = "", .parameter = "out_recipient_limit",
	  .wrong = "@/d/main.cf: out_recipient_limit: unknown parameter",
	  .master_cf = "out unix - - - - - smtpd\n" },
	{ .name = "no time limit of a client", .main_cf = "mine = <$out_time_limit>\n", .parameter = "mine",
	  .want = "<>", .master_cf = "out unix - - - - - smtp\n" },
	{ .name = "no transport of a command with a path", .main_cf = "mine = <$out_recipient_limit>\n",
	  .parameter = "mine", .want = "<>", .master_cf = "out unix - - - - - ./smtp\n" },
	{ .name = "of another name", .main_cf = "mine = <$ou_recipient_limit$outt_recipient_limit"
						"$out_recipient_limi$_recipient_limit>\n",
	  .parameter = "mine", .want = "<>", .master_cf = "out unix - - - - - smtp\n" },
	{ .name = "without master.cf they cannot be told", .main_cf = "mine = $out_recipient_limit\n",
	  .parameter = "mine",
	  .wrong = "@/d/main.cf, line 1: mine: $out_recipient_limit depends on the services in master.cf" },
	{ .name = "but where main.cf has them", .main_cf = "mine = $out_recipient_limit\nout_recipient_limit = 3\n",
	  .parameter = "mine", .want = "3" },
	/* What is in master.cf's options is not the instance's. */
	{ .name = "a service's setting", .main_cf = "mine = <$x>\n", .parameter = "mine", .want = "<>",
	  .master_cf = "out unix - - - - - smtp -o x=y\n" },
	/* What cannot be told. */
	{ .name = "an unknown parameter", .main_cf = "", .parameter = "nosuch",
	  .wrong = "@/d/main.cf: nosuch: unknown parameter" },
	{ .name = "an error", .main_cf = "a = b\n\nqueue_directory = ${\n x\n",
	  .parameter = "queue_directory",
	  .wrong = "@/d/main.cf, line 3: queue_directory: truncated macro reference at \"${ x\"" },
	{ .name = "an error by reference", .main_cf = "a = $\nqueue_directory = $a\n",
	  .parameter = "queue_directory",
	  .wrong = "@/d/main.cf, line 2: queue_directory: empty macro name at \"$\"" },
	{ .name = "an error in a default", .main_cf = "mail_name = $\n", .parameter = "smtpd_banner",
	  .wrong = "@/d/main.cf: smtpd_banner: empty macro name at \"$\"" },
	{ .name = "an error elsewhere is no matter", .main_cf = "mail_name = $\n",
	  .parameter = "queue_directory", .want = "/var/spool/postfix" },
};

static struct defaults read_defaults(const char *version)
{
	const char *mark = strstr(defaults_text, " V\n") + 1;
	struct text content = TEXT_EMPTY;
	struct defaults defaults;

	text_printf(&content, "%.*s%s%s", (int)(mark - defaults_text), defaults_text,
		    version != NULL ? version : "3.10.13", mark + 1);
	if (!defaults_parse(&defaults, &content, NULL))
		abort();
	return defaults;
}

/* Put the host's name in the place of H, and its domain in that of D. */
static void fill_in_host(struct text *text, const char *string)
{
	char host[256] = "";
	const char *dot;

	gethostname(host, sizeof host - 1);
	dot = strchr(host, '.');
	for (const char *p = string; *p != '\0'; p++) {
		if (*p == 'H') {
			text_add(text, host);
			/* A name that has a dot gets no other domain. */
			if (p[1] == '.' && dot != NULL)
				return;
		} else if (*p == 'D') {
			text_add(text, dot != NULL ? dot + 1 : "localdomain");
		} else {
			text_add_char(text, *p);
		}
	}
}

static void row(size_t i)
{
	struct defaults defaults = read_defaults(rows[i].version);
	const char *directory = scratch_configuration("d", rows[i].main_cf, rows[i].master_cf);
	struct configuration configuration;
	struct text value = TEXT_EMPTY;
	struct text want = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	char *wrong = scratch_fill(rows[i].wrong != NULL ? rows[i].wrong : "");
	char *filled = scratch_fill(rows[i].want != NULL ? rows[i].want : "");
	bool done;

	ok(configuration_read(&configuration, directory, &defaults, NULL, &why), "%s", rows[i].name);
	if (rows[i].master_cf != NULL)
		ok(configuration_read_services(&configuration, &why), "  with services");
	text_add(&value, "before ");
	done = configuration_get(&configuration, rows[i].parameter, &value, &why);
	ok(done == (rows[i].wrong == NULL), "  can be told or not");
	text_add(&want, "before ");
	if (rows[i].want != NULL && strpbrk(rows[i].want, "HD") != NULL)
		fill_in_host(&want, filled);
	else
		text_add(&want, filled);
	is(text_string(&value), text_string(&want), "  its value");
	is(text_string(&why), wrong, "  what is wrong");
	configuration_free(&configuration);
	defaults_free(&defaults);
	text_free(&value);
	text_free(&want);
	text_free(&why);
	free(wrong);
	free(filled);
}

/* Parameters as the services of one master.cf see them. */
static const struct {
	size_t service;
	const char *parameter, *want;
} services[] = {
	{ 0, "process_name", "smtpd" },
	{ 0, "service_name", "submission" },
	{ 0, "mail_name", "Submission" },
	{ 0, "smtpd_banner", "mail.example.org ESMTP Submission" },
	{ 0, "syslog_name", "postfix/submission" },
	{ 0, "queue_directory", "/main" },
	{ 0, "own", "only here, but /main" },
	{ 1, "process_name", "pipe" },
	{ 1, "service_name", "out" },
	{ 1, "mail_name", "Postfix" },
	{ 1, "out_time_limit", "1000s" },
	{ 1, "forward_path", "$(" },
};

static void service_scope(void)
{
	struct defaults defaults = read_defaults(NULL);
	struct configuration configuration;
	struct text value = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	const char *directory = scratch_configuration("d",
		"queue_directory = /main\nmyhostname = mail.example.org\n",
		"submission inet n - - - - smtpd -o mail_name=X -o mail_name=Submission\n"
		" -o syslog_name=postfix/$service_name -o process_name=x -o {own = only here, but $queue_directory}\n"
		"out unix - - - - - ./bin/pipe -o forward_path=$( -o service_name=y -o bad=$(\n"
		"out unix - - - - - pipe\n");

	ok(configuration_read(&configuration, directory, &defaults, NULL, &why) &&
	   configuration_read_services(&configuration, &why), "services");
	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
		text_clear(&value);
		configuration_get_for(&configuration, &configuration.master.services[services[i].service],
				      services[i].parameter, &value, &why);
		is(text_string(&value), services[i].want, services[i].parameter);
	}
	is(text_string(&why), "", "nothing was wrong");
	ok(!configuration_get_for(&configuration, &configuration.master.services[1], "bad", &value, &why),
	   "an error in a service's setting");
	ok(strstr(text_string(&why), "/main.cf: bad: truncated macro reference at \"$(\"") != NULL,
	   "  what is wrong");
	text_clear(&value);
	ok(configuration_expand(&configuration, &configuration.master.services[0],
				"$service_name $mail_name", &value, &why), "a text for a service");
	is(text_string(&value), "submission Submission", "  its value");
	ok(configuration_expand(&configuration, NULL, " $mail_name", &value, &why), "one for the instance");
	is(text_string(&value), "submission Submission Postfix", "  is added");
	configuration_free(&configuration);
	defaults_free(&defaults);
	text_free(&value);
	text_free(&why);
}

static void files(void)
{
	struct defaults defaults = read_defaults(NULL);
	struct configuration configuration;
	struct text why = TEXT_EMPTY;
	struct text warnings = TEXT_EMPTY;
	const char *directory = scratch_configuration("d", NULL, "a unix\n");
	char *want = scratch_fill("open @/d/main.cf: No such file or directory");

	ok(!configuration_read(&configuration, directory, &defaults, NULL, &why), "no main.cf");
	is(text_string(&why), want, "  what is wrong");
	configuration_free(&configuration);
	free(want);
	directory = scratch_configuration("d", "a = 1\na = 2\n", "a unix\n");
	ok(configuration_read(&configuration, directory, &defaults, &warnings, &why), "a bad master.cf alone");
	want = scratch_fill("@/d/main.cf, line 2: overriding earlier entry: a=1\n");
	is(text_string(&warnings), want, "  warnings of main.cf");
	free(want);
	ok(!configuration_read_services(&configuration, &why) && !configuration.has_services, "  is not read");
	want = scratch_fill("@/d/master.cf, line 1: bad field count: \"a unix\"");
	is(text_string(&why), want, "  what is wrong");
	free(want);
	scratch_configuration("d", "", "a unix - - - - - x\n");
	ok(configuration_read_services(&configuration, &why) && configuration.master.count == 1,
	   "  but may be, later");
	scratch_configuration("d", "", "a unix\n");
	ok(configuration_read_services(&configuration, &why) && configuration.master.count == 1,
	   "  and only once");
	configuration_free(&configuration);
	defaults_free(&defaults);
	text_free(&warnings);
	text_free(&why);
}

static const char *const raw[] = {
	"command_execution_directory", "default_rbl_reply", "forward_path", "luser_relay",
	"mailbox_command", "postscreen_expansion_filter", "postscreen_reject_footer",
	"smtpd_expansion_filter", "smtpd_reject_footer",
};

int main(void)
{
	for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++)
		ok(parameter_is_raw(raw[i], strlen(raw[i])) &&
		   !parameter_is_raw(raw[i], strlen(raw[i]) - 1), "%s is raw", raw[i]);
	ok(!parameter_is_raw("mail_name", 9), "mail_name is not");
	scratch_begin();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i);
	service_scope();
	files();
	return tap_done();
}
