/*
 * What goes into a chroot for the sake of few: the instance's own list, SASL,
 * map modules, a time zone, the log socket's place, files of NSS modules.
 */
#include "fixtures/chroot/plans.h"

static void list(const char *content, mode_t mode)
{
	put(in("postfix/chroot.files"), content);
	chmod(in("postfix/chroot.files"), mode);
}

static void test_chroot_files(void)
{
	put(in("host/srv/a file"), "a");
	put(in("host/srv/b"), "b");
	put(in("host/srv/#c"), "c");
	put(in("host/srv/sub/d"), "d");
	mkfifo(in("host/srv/pipe"), 0644);

	list("# mine\n\n /srv/a file\t\r\n\t# /srv/b\n/srv/#c\n", 0644);
	plans("a path a line, with blanks in it", "", SMTP, "srv",
	      "srv/ <chroot.files, line 3>\n"
	      "srv/a file <chroot.files, line 3>\n"
	      "srv/#c <chroot.files, line 5>\n", "");
	list("srv/sub\n/srv/[ab]*", 0600);
	plans("directories, patterns, no newline at the end", "", SMTP, "srv",
	      "srv/ <chroot.files, line 1>\n"
	      "srv/sub/ <chroot.files, line 1>\n"
	      "srv/sub/d <chroot.files, line 1>\n"
	      "srv/a file <chroot.files, line 2>\n"
	      "srv/b <chroot.files, line 2>\n", "");
	list("/srv/none\n/srv/pipe\n/srv/../x\n", 0644);
	plans("what cannot be had is noted", "", SMTP, "srv", "",
	      "/srv/none does not exist; it is named by chroot.files\n"
	      "/srv/pipe is a device, socket or FIFO and cannot be copied; it is named by "
	      "chroot.files\n"
	      "/srv/../x, named by chroot.files, is not copied: give its real path\n");
	list("/srv/b\n", 0644);
	words_split(&settings.extra_files, "/srv/b", " ");
	plans("chroot_extra_files may name the same", "", SMTP, "srv/",
	      "srv/b <chroot_extra_files in /etc/default/postfix>\n", "");
	words_free(&settings.extra_files);
	plans("nothing is chrooted: nothing", "", UNCHROOTED, "", "", "");
}

static void refuses(const char *test, const char *because)
{
	struct text why = TEXT_EMPTY;
	struct plan_cache cache;
	struct plan plan;
	bool done = plan_for(&plan, &cache, "", SMTP, &why);

	ok(!done && plan.count == 0 && strstr(text_string(&why), "/postfix/chroot.files") != NULL &&
	   strstr(text_string(&why), because) != NULL, "%s: %s", test, text_string(&why));
	plan_free(&plan);
	plan_cache_close(&cache);
	text_free(&why);
}

static void test_untrusted_list(void)
{
	list("/srv/b\n", 0664);
	refuses("a list that the group can write", "others than root can write it");
	list("/srv/b\n", 0646);
	refuses("a list that others can write", "others than root can write it");
	if (geteuid() == 0) {
		list("/srv/b\n", 0644);
		if (chown(in("postfix/chroot.files"), 65534, 0) == 0)
			refuses("somebody else's list", "others than root can write it");
	}
	unlink(in("postfix/chroot.files"));
	put_bytes(in("postfix/chroot.files"), "/srv\0/b\n", 8);
	refuses("NUL bytes", "holds NUL bytes");
	unlink(in("postfix/chroot.files"));
	mkfifo(in("postfix/chroot.files"), 0644);
	refuses("a FIFO", "not a regular file");
	unlink(in("postfix/chroot.files"));
}

#define SMTPD "smtp inet n - y - - smtpd\n"
#define SUBMISSION "submission inet n - y - - smtpd\n  -o smtpd_sasl_auth_enable=yes\n"

static void sasl_conf(const char *name, const char *content)
{
	put(in("host%s/sasl/%s.conf", in("postfix"), name), content);
}

static void test_sasl(void)
{
	static const char advice[] =
		"service submission/inet cannot reach saslauthd from its chroot; write "
		"OPTIONS=\"-c -m /var/spool/postfix/var/run/saslauthd\" to "
		"/etc/default/saslauthd, or to a copy of that file for a second saslauthd, and "
		"restart saslauthd; or run the service without chroot\n";

	put(in("host/etc/sasldb2"), "users");
	chmod(in("host/etc/sasldb2"), 0640);
	put(in("host/etc/mail/users.db"), "users");

	/* In the chroot: there is nothing to say about it. */
	put(in("host/var/spool/postfix/dev/urandom"), "");

	plans("no authentication", "", SMTPD, "etc/sasldb2", "", "");
	plans("the database, by default", "smtpd_sasl_auth_enable = YES\n", SMTPD, "etc/sasldb2",
	      "etc/sasldb2 <Cyrus SASL passwords for service smtp/inet>\n", "");
	plans("an option of the service", "", SUBMISSION, "etc/sasldb2",
	      "etc/sasldb2 <Cyrus SASL passwords for service submission/inet>\n", "");
	plans("an option against it", "smtpd_sasl_auth_enable = yes\n",
	      "smtp inet n - y - - smtpd -o smtpd_sasl_auth_enable=no\n", "etc/sasldb2", "", "");
	plans("Dovecot's", "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n", SMTPD,
	      "etc/sasldb2", "", "");
	plans("a client opens nothing", "smtp_sasl_auth_enable = yes\n", SMTP, "etc/sasldb2", "",
	      "");
	plans("an unchrooted smtpd", "smtpd_sasl_auth_enable = yes\n",
	      SMTP "smtp inet n - n - - smtpd\n", "etc/sasldb2", "", "");
	sasl_conf("smtpd", "sasldb_path: /etc/mail/users.db\n");
	plans("another database", "", SUBMISSION, "etc/mail",
	      "etc/mail/ <Cyrus SASL passwords for service submission/inet>\n"
	      "etc/mail/users.db <Cyrus SASL passwords for service submission/inet>\n", "");
	sasl_conf("smtpd", "pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n");
	plans("saslauthd", "", SUBMISSION, "etc/sasldb2", "", advice);
	put_directory(in("host/var/spool/postfix/var/run/saslauthd"), 0710);
	plans("saslauthd in the chroot", "", SUBMISSION, "etc/sasldb2", "", "");
	sasl_conf("other", "pwcheck_method: saslauthd\n");
	plans("another configuration", "smtpd_sasl_path = other\n", SUBMISSION, "etc/sasldb2",
	      "etc/sasldb2 <Cyrus SASL passwords for service submission/inet>\n", "");
	unlink(in("host/var/spool/postfix/dev/urandom"));
	plans("challenges without random bytes", "smtpd_sasl_path = other\n", SUBMISSION, "dev",
	      "dev/ <place of the log daemon's socket>\n",
	      "service submission/inet has no /dev/urandom for the challenges of CRAM-MD5 and "
	      "its like; type: mkdir -p /var/spool/postfix/dev; mknod -m 666 "
	      "/var/spool/postfix/dev/urandom c 1 9; or offer none in mech_list\n");
	plans("no challenges", "", SUBMISSION, "etc/sasldb2", "", "");
	unlink(in("host/etc/sasldb2"));
	plans("no database on the host", "smtpd_sasl_path = other\n", SUBMISSION, "etc/sasldb2",
	      "", NULL);
}

static void test_sasl_directories(void)
{
	static const char database[] =
		"etc/own.db <Cyrus SASL passwords for service submission/inet>\n";

	put(in("host/etc/own.db"), "users");
	put(in("host/etc/alien/smtpd.conf"), "sasldb_path: /etc/alien.db\nmech_list: PLAIN\n");
	put(in("host/etc/alien.db"), "users");
	sasl_conf("smtpd", "sasldb_path: /etc/own.db\nmech_list: PLAIN\n");
	plans("3.7: the instance's directory, nothing else",
	      "cyrus_sasl_config_path = /etc/alien\n", SUBMISSION, "etc/own", database, "");
	unlink(in("host%s/sasl/smtpd.conf", in("postfix")));
	put(in("host/usr/lib/sasl/smtpd.conf"), "sasldb_path: /etc/own.db\nmech_list: PLAIN\n");
	plans("  or that of all", "", SUBMISSION, "etc/own", database, "");
	defaults_free(&defaults);
	read_defaults("3.10.4");
	plans("3.10: cyrus_sasl_config_path", "cyrus_sasl_config_path = /etc/none:/etc/alien\n",
	      SUBMISSION, "etc/alien",
	      "etc/alien.db <Cyrus SASL passwords for service submission/inet>\n", "");
	put(in("host/etc/sasl/smtpd.conf"), "sasldb_path: /etc/own.db\nmech_list: PLAIN\n");
	plans("  or the library's own", "", SUBMISSION, "etc/own", database, "");
	defaults_free(&defaults);
	read_defaults("3.7.11");
}

#define PROXYMAP "proxymap unix - - y - - proxymap\n"
#define PCRE "proxy_read_maps = proxy:unionmap:{hash:/x, pcre:/etc/postfix/p}\n"

static void test_map_modules(void)
{
	static const struct elf_image
		postfix = { .needed = { "libpostfix-util.so", "libc.so.6" },
			    .runpath = "/usr/lib/postfix" },
		util = { .needed = { "libdb-5.3.so" }, .runpath = "/usr/lib/postfix" },
		pcre = { .needed = { "libpcre2-8.so.0", "libpostfix-util.so", "libc.so.6" },
			 .runpath = "/usr/lib/postfix" },
		plain = { .soname = NULL };
	struct text want = TEXT_EMPTY;
	const char *to = library_destination();

	put_library("/usr/lib/postfix/sbin/proxymap", &postfix);
	put_library("/usr/lib/postfix/libpostfix-util.so", &util);
	put_library("/usr/lib/postfix/postfix-pcre.so", &pcre);
	put_library("/usr/lib/postfix/other.so", &plain);
	put_library("/opt/postfix-lmdb.so", &plain);
	put_library("/usr/lib/libdb-5.3.so", &plain);
	put_library("/usr/lib/libpcre2-8.so.0", &plain);
	put(in("host/etc/postfix/dynamicmaps.cf"),
	    "# type\tso\tfunction\npcre\tpostfix-pcre.so\tdict_pcre_open\n"
	    "pcre  other.so  dict_other\nldap postfix-ldap.so dict_ldap_open\n");
	put(in("host/etc/postfix/dynamicmaps.cf.d/lmdb"),
	    "lmdb /opt/postfix-lmdb.so dict_lmdb_open mkmap_lmdb_open\n");

	text_printf(&want,
		    "usr/ <map type pcre of dynamicmaps.cf>\n"
		    "usr/lib/ <map type pcre of dynamicmaps.cf>\n"
		    "usr/lib/postfix/ <map type pcre of dynamicmaps.cf>\n"
		    "usr/lib/postfix/postfix-pcre.so <map type pcre of dynamicmaps.cf>\n");
	plans("a chrooted proxymap: the module of a type that is named", PCRE, PROXYMAP, "usr",
	      text_string(&want), "");
	text_clear(&want);
	text_printf(&want, "%s/libpcre2-8.so.0 <needed by /usr/lib/postfix/postfix-pcre.so>\n", to);
	{
		struct text prefix = TEXT_EMPTY;

		text_printf(&prefix, "%s/libp", to);
		plans("  with its library, but not what proxymap has loaded", PCRE, PROXYMAP,
		      text_string(&prefix), text_string(&want), "");
		text_clear(&prefix);
		text_printf(&prefix, "%s/libd", to);
		plans("  nor what that needs", PCRE, PROXYMAP, text_string(&prefix), "", "");
		text_free(&prefix);
	}
	plans("the directory of lists", "proxy_read_maps = proxy:lmdb:/x\n", PROXYMAP, "opt",
	      "opt/ <map type lmdb of dynamicmaps.cf>\n"
	      "opt/postfix-lmdb.so <map type lmdb of dynamicmaps.cf>\n", "");
	plans("to be written", "proxy_write_maps = proxy:lmdb:/x\n",
	      "proxywrite unix - - y - - proxymap\n", "opt/",
	      "opt/postfix-lmdb.so <map type lmdb of dynamicmaps.cf>\n", "");
	plans("a module that is not installed", "proxy_read_maps = proxy:ldap:/x\n", PROXYMAP,
	      "usr", "", "");
	plans("no type is named", "proxy_read_maps =\n", PROXYMAP, "usr", "", "");
	plans("no modules in this Postfix", PCRE "shlib_directory = no\n", PROXYMAP, "usr", "", "");
	plans("other daemons have theirs open", PCRE "smtpd_recipient_restrictions = "
	      "check_sender_access pcre:/x\n", SMTPD "proxymap unix - - n - - proxymap\n", "usr",
	      "", "");
	plans("virtual has not", "virtual_mailbox_maps = lmdb:/x\n",
	      "virtual unix - n y - - virtual\n", "opt/",
	      "opt/postfix-lmdb.so <map type lmdb of dynamicmaps.cf>\n", "");
	text_free(&want);
}

static void test_time_zone(void)
{
	put(in("host/usr/share/zoneinfo/Europe/Berlin"), "TZif");
	put(in("host/usr/share/zoneinfo/UTC"), "TZif");
	put(in("host/etc/zone"), "TZif");

	plans("TZ that is only passed on", "", SMTP, "usr", "", "");
	plans("TZ with a value", "import_environment = MAIL_CONFIG, TZ=Europe/Berlin LANG=C\n", SMTP,
	      "usr/share/zoneinfo/",
	      "usr/share/zoneinfo/Europe/ <time zone: TZ in import_environment>\n"
	      "usr/share/zoneinfo/Europe/Berlin <time zone: TZ in import_environment>\n", "");
	plans("the last one, in braces, with a colon",
	      "import_environment = TZ=Europe/Berlin {TZ = :UTC}\n", SMTP, "usr/share/zoneinfo/",
	      "usr/share/zoneinfo/UTC <time zone: TZ in import_environment>\n", "");
	plans("a path", "import_environment = TZ=:/etc/zone\n", SMTP, "etc/z",
	      "etc/zone <time zone: TZ in import_environment>\n", "");
	plans("a rule", "import_environment = TZ=CET-1CEST\n", SMTP, "usr", "", "");
	plans("a path that climbs", "import_environment = TZ=../../../etc/zone\n", SMTP, "etc/z", "",
	      "");
	plans("nothing", "import_environment =\n", SMTP, "usr", "", "");
}

static void test_log_socket(void)
{
	plans("the place of dev/log", "", SMTP, "dev",
	      "dev/ <place of the log daemon's socket>\n", "");
	plans("postlogd logs", "maillog_file = /var/log/postfix\n", SMTP, "dev", "", "");
}

static void test_module_files(void)
{
	static const struct elf_image
		mdns = { .symbol = "_nss_mdns4_gethostbyname_r" },
		db = { .symbol = "_nss_db_getservbyname_r" },
		extra = { .symbol = "_nss_extrausers_getpwnam_r" };

	put(in("host/etc/nsswitch.conf"),
	    "passwd: files extrausers\ngroup: files\nhosts: files mdns4\nservices: db files\n"
	    "protocols: db files\n");
	put_library("/lib/libnss_mdns4.so.2", &mdns);
	put_library("/lib/libnss_extrausers.so.2", &extra);
	put(in("host/var/lib/misc/services.db"), "db");
	put(in("host/var/lib/misc/passwd.db"), "db");
	put(in("host/var/lib/extrausers/passwd"), "eve:secret:1000:1000::/:\n");
	put(in("host/etc/mdns.allow"), ".local\n");

	plans("a file of a module", "", SMTP, "etc/m",
	      "etc/mdns.allow <read by libnss_mdns4.so.2>\n", "");
	plans("not of one that is not installed", "", SMTP, "var", "", "");
	put_library("/lib/libnss_db.so.2", &db);
	plans("by database", "", SMTP, "var/lib/misc/",
	      "var/lib/misc/services.db <read by libnss_db.so.2>\n", "");
	plans("accounts only where they are asked for", "", SMTP, "var/lib/e", "", "");
	plans("accounts where they are", "local_recipient_maps = unix:passwd.byname\n", SMTP,
	      "var/lib/extrausers/",
	      "var/lib/extrausers/passwd <read by libnss_extrausers.so.2>\n",
	      "/etc/passwd (for unix:passwd.byname in local_recipient_maps) cannot be read\n");
}

static void test_default_authorities(void)
{
	put(in("host/etc/ssl/certs/0123abcd.0"), "A");
	put_link(in("host/usr/lib/ssl/certs"), "/etc/ssl/certs");
	plans("OpenSSL's own directory", "tls_append_default_CA = yes\n", SMTP, "usr/lib/ssl/c",
	      "usr/lib/ssl/certs/ <tls_append_default_CA of service smtp/unix>\n"
	      "usr/lib/ssl/certs/0123abcd.0 <tls_append_default_CA of service smtp/unix>\n", "");
	plans("only where TLS is", "tls_append_default_CA = yes\n", "pickup unix n - y - - pickup\n",
	      "usr", "", "");
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	read_defaults("3.7.11");
	settings.sync_chroot = true;
	test_chroot_files();
	test_untrusted_list();
	test_sasl();
	test_sasl_directories();
	test_map_modules();
	test_time_zone();
	test_log_socket();
	test_module_files();
	test_default_authorities();
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	settings_free(&settings);
	defaults_free(&defaults);
	world_end();
	return tap_done();
}
