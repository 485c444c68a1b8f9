/*
 * Configurations of Cyrus SASL.
 */
#include "chroot/sasl_conf.h"

#include "tap.h"

static void reads(const char *test, const char *content, const char *database,
		  const char *saslauthd)
{
	struct sasl_conf conf;

	sasl_conf_parse(&conf, content);
	is(text_string(&conf.database), database, test);
	is(text_string(&conf.saslauthd), saslauthd, "  its saslauthd");
	sasl_conf_free(&conf);
}

static void offers(const char *test, const char *content, bool challenges)
{
	struct sasl_conf conf;

	sasl_conf_parse(&conf, content);
	ok(conf.challenges == challenges, "challenges: %s", test);
	sasl_conf_free(&conf);
}

#define DATABASE "/etc/sasldb2"
#define SASLAUTHD "/var/run/saslauthd/mux"

int main(void)
{
	reads("no file", "", DATABASE, "");
	reads("comments", "# pwcheck_method: saslauthd\n\n  #x\n", DATABASE, "");
	reads("saslauthd for PLAIN alone", "pwcheck_method: saslauthd\nmech_list: plain login\n", "",
	      SASLAUTHD);
	reads("saslauthd, and all mechanisms", "pwcheck_method:saslauthd", DATABASE, SASLAUTHD);
	reads("saslauthd, and one of challenge and response",
	      "mech_list: PLAIN,CRAM-MD5\npwcheck_method: saslauthd\n", DATABASE, SASLAUTHD);
	reads("both", "pwcheck_method: auxprop saslauthd\nmech_list: PLAIN\n", DATABASE, SASLAUTHD);
	reads("capitals, blanks", "  PwCheck_Method: \t saslauthd \r\nMech_List: PLAIN\t\n", "",
	      SASLAUTHD);
	reads("the first line counts", "pwcheck_method: auxprop\npwcheck_method: saslauthd\n",
	      DATABASE, "");
	reads("another database", "sasldb_path: /x/y\n", "/x/y", "");
	reads("another socket", "pwcheck_method: saslauthd\nsaslauthd_path: /run/s/mux\n"
	      "auxprop_plugin: sql\n", "", "/run/s/mux");
	reads("another plug-in", "auxprop_plugin: ldapdb\n", "", "");
	reads("two plug-ins", "auxprop_plugin: ldapdb sasldb\n", DATABASE, "");
	reads("a longer name is another", "pwcheck_methods: saslauthd\n", DATABASE, "");
	reads("an empty value", "pwcheck_method:\n:\n:x", DATABASE, "");
	offers("all mechanisms", "", true);
	offers("no challenge", "mech_list: PLAIN LOGIN XOAUTH2\n", false);
	offers("one challenge", "mech_list: plain scram-sha-256\n", true);
	return tap_done();
}
