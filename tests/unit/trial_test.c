/*
 * What is tried in a chroot, from what a configuration says.
 */
#include "chroot/trial.h"

#include "scratch.h"
#include "tap.h"

static const char defaults_text[] =
	"compatibility_level = 0\n"
	"cyrus_sasl_config_path =\n"
	"known_tcp_ports =\n"
	"mail_owner = postfix\n"
	"mail_version = 3.10.13\n"
	"master_service_disable =\n"
	"non_smtpd_milters =\n"
	"relayhost =\n"
	"content_filter =\n"
	"default_transport = smtp\n"
	"fallback_transport =\n"
	"local_transport = local:$myhostname\n"
	"mailbox_transport =\n"
	"relay_transport = relay\n"
	"smtpd_restriction_classes =\n"
	"virtual_transport = virtual\n"
	"smtpd_client_restrictions =\n"
	"smtpd_data_restrictions =\n"
	"smtpd_end_of_data_restrictions =\n"
	"smtpd_etrn_restrictions =\n"
	"smtpd_helo_restrictions =\n"
	"smtpd_milters =\n"
	"smtpd_recipient_restrictions =\n"
	"smtpd_relay_restrictions =\n"
	"smtpd_sasl_auth_enable = no\n"
	"smtpd_sasl_path = smtpd\n"
	"smtpd_sasl_type = cyrus\n"
	"smtpd_sender_restrictions =\n";

#define SMTPD "25 inet n - y - - smtpd\n"
#define SMTP "smtp unix - - y - - smtp\n"

/* Beside the time, the public name and the port smtp. */
static const struct {
	const char *name, *main_cf, *master_cf, *want;
} rows[] = {
	{ "nothing more", "", SMTPD SMTP, "" },
	{ "a relay", "relayhost = relay.example.org\n", SMTP, "host relay.example.org;" },
	{ "a relay's port", "relayhost = [relay.example.org]:submission\n", SMTP,
	  "host relay.example.org;port submission;" },
	{ "a number is no name", "relayhost = relay.example.org:587\n", SMTP, "host relay.example.org;" },
	{ "several relays", "relayhost = [::1]:25, b\n", SMTP, "host ::1;host b;" },
	{ "of a service", "", SMTP " -o relayhost=c\n", "host c;" },
	{ "a relay is not smtpd's", "relayhost = relay.example.org\n", SMTPD, "" },
	{ "named ports", "", "127.0.0.1:submission inet n - n - - smtpd\n" SMTPD, "port submission;" },
	{ "milters", "smtpd_milters = unix:/a, inet:localhost:1 { local:b, x=inet:c:2 }\n", SMTPD,
	  "socket /a;inet localhost:1;socket /b;" },
	{ "milters of cleanup", "smtpd_milters = unix:/a\nnon_smtpd_milters = inet:[::1]:3\n",
	  SMTPD "cleanup unix n - y - 0 cleanup\n", "socket /a;inet ::1:3;" },
	{ "policies", "smtpd_data_restrictions = x, check_policy_service { unix:private/p, timeout=1 }\n",
	  SMTPD, "socket /private/p;" },
	{ "policies of classes", "smtpd_restriction_classes = greylist, none other\n"
	  "greylist = check_policy_service unix:private/grey\nother = check_policy_service inet:[::1]:9\n"
	  "unlisted = check_policy_service unix:u\n", SMTPD, "socket /private/grey;inet ::1:9;" },
	{ "policies and milters of a service", "mine = check_policy_service unix:m\n",
	  SMTPD "submission inet n - n - - smtpd -o smtpd_milters=unix:/not\n"
	  "smtps inet n - y - - smtpd -o { smtpd_client_restrictions = $mine } -o smtpd_milters=unix:/s\n"
	  " -o smtpd_restriction_classes=c -o { c = check_policy_service unix:d }\n",
	  "port submission;port smtps;socket /s;socket /m;socket /d;" },
	{ "Dovecot's LMTP", "virtual_transport = lmtp:unix:private/l\nmailbox_transport = other:unix:/o\n"
	  "local_transport = lmtp:inet:h:24\ncontent_filter = lm:unix:/c\n",
	  "lmtp unix - - y - - lmtp\nother unix - - n - - lmtp\n", "socket /private/l;" },
	{ "a table of a service", "", SMTPD " -o virtual_alias_maps=pgsql:@/t/p\n",
	  "socket /run/postgresql/.s.PGSQL.5432;" },
	{ "Dovecot", "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n",
	  SMTPD, "socket /private/auth;" },
	{ "Dovecot, elsewhere", "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n"
	  "smtpd_sasl_path = inet:10.0.0.1:12345\n", SMTPD, "inet 10.0.0.1:12345;" },
	{ "no SASL", "smtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n", SMTPD, "" },
	{ "saslauthd", "smtpd_sasl_auth_enable = yes\ncyrus_sasl_config_path = @/none:@/sasl\n", SMTPD,
	  "socket /var/run/saslauthd/mux;" },
	{ "tables", "virtual_alias_maps = hash:/x, mysql:@/t/m, proxy:mysql:@/t/m pgsql:@/t/m\n"
	  "x = ldap:@/t/l, mysql:@/t/none\n", SMTPD,
	  "socket /s;socket /run/mysqld/mysqld.sock;inet h:3306;inet i:1;socket /s/.s.PGSQL.5432;"
	  "inet localhost:5432;inet h:5432;"
	  "socket /run/x/ldapi;inet j:389;inet k:636;inet m:4;inet n:389;" },
};

static void write_file(const char *path, const char *content)
{
	scratch_write(path, content, strlen(content));
}

static void row(size_t i, const struct defaults *defaults)
{
	static const char *const kinds[] = { "host", "port", "time", "module", "CA", "socket", "inet" };
	struct configuration configuration;
	struct active_services active;
	struct trial trial = TRIAL_EMPTY;
	struct plan plan = PLAN_EMPTY;
	struct text have = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	char *main_cf = scratch_fill(rows[i].main_cf);
	char *master_cf = scratch_fill(rows[i].master_cf);

	scratch_configuration("d", main_cf, master_cf);
	ok(configuration_read(&configuration, scratch_path("d"), defaults, NULL, &why) &&
	   configuration_read_services(&configuration, &why) &&
	   active_services_find(&configuration, &active, &why) &&
	   trial_plan(&trial, &configuration, &active, &plan, &why), "%s %s", rows[i].name,
	   text_string(&why));
	for (size_t q = 0; q < trial.count; q++)
		if (strcmp(trial.questions[q].what, "smtp") != 0 &&
		    strcmp(trial.questions[q].what, "a.root-servers.net") != 0 &&
		    trial.questions[q].kind != TRIAL_TIME)
			text_printf(&have, "%s %s;", kinds[trial.questions[q].kind],
				    trial.questions[q].what);
	is(text_string(&have), rows[i].want, "  what is tried");
	ok(trial.count >= 3 && trial.questions[0].kind == TRIAL_TIME &&
	   strcmp(trial.user, "postfix") == 0, "  always the time, by the mail owner");
	trial_free(&trial);
	active_services_free(&active);
	configuration_free(&configuration);
	text_free(&have);
	text_free(&why);
	free(main_cf);
	free(master_cf);
}

static void nothing_chrooted(const struct defaults *defaults)
{
	struct configuration configuration;
	struct active_services active;
	struct trial trial;
	struct plan plan = PLAN_EMPTY;

	scratch_configuration("d", "relayhost = x\n", "smtp inet n - n - - smtpd\n");
	ok(configuration_read(&configuration, scratch_path("d"), defaults, NULL, NULL) &&
	   configuration_read_services(&configuration, NULL) &&
	   active_services_find(&configuration, &active, NULL) &&
	   trial_plan(&trial, &configuration, &active, &plan, NULL) && trial.count == 0,
	   "nothing is tried where nothing is chrooted");
	trial_free(&trial);
	active_services_free(&active);
	configuration_free(&configuration);
}

int main(void)
{
	struct text content = TEXT_EMPTY;
	struct defaults defaults;

	scratch_begin();
	mkdir(scratch_path("sasl"), 0755);
	write_file(scratch_path("sasl/smtpd.conf"), "mech_list: plain\npwcheck_method: saslauthd\n");
	mkdir(scratch_path("t"), 0755);
	write_file(scratch_path("t/m"), "user = u\nhosts = unix:/s localhost\n h, inet:i:1\n");
	write_file(scratch_path("t/p"), "hosts = unix:/run/postgresql\n");
	write_file(scratch_path("t/l"), "server_host = ldapi://%2Frun%2fx%2Fldapi/ ldap://j ldaps://k/\n"
					" ldap://m:4 n\n");
	text_add(&content, defaults_text);
	ok(defaults_parse(&defaults, &content, NULL), "defaults");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i, &defaults);
	nothing_chrooted(&defaults);
	defaults_free(&defaults);
	return tap_done();
}
