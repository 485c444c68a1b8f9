/*
 * What a chroot must hold, from real main.cf and master.cf in a made-up host.
 */
#include "fixtures/chroot/plans.h"

static void make_host(void)
{
	static const struct elf_image
		mdns = { .symbol = "_nss_mdns4_minimal_gethostbyname3_r",
			 .needed = { "libavahi.so.3", "libc.so.6" } },
		avahi = { .needed = { "libdbus.so" } }, dbus = { .soname = NULL },
		sss = { .symbol = "_nss_sss_getpwnam_r" }, stub = { .needed = { "libc.so.6" } };

	put_link(in("host/etc/localtime"), "/usr/share/zoneinfo/Europe/Berlin");
	put(in("host/usr/share/zoneinfo/Europe/Berlin"), "TZif");
	put(in("host/etc/services"), "smtp 25/tcp\n");
	put_link(in("host/etc/resolv.conf"), "../run/resolvconf/resolv.conf");
	put(in("host/run/resolvconf/resolv.conf"), "nameserver 127.0.0.1\n");
	put(in("host/etc/hosts"), "127.0.0.1 localhost\n");
	put(in("host/etc/nsswitch.conf"),
	    "passwd: files sss\nhosts: files mdns4_minimal [NOTFOUND=return] none dns\n"
	    "ethers: db\nservices: files\n");
	put(in("host/etc/passwd"), "root:$6$x:0:0::/:\n");
	put(in("host/etc/group"), "root:*:0:\n");
	put_library("/lib/libnss_mdns4_minimal.so.2", &mdns);
	put_library("/usr/lib/libavahi.so.3", &avahi);
	put_library("/usr/lib/libdbus.so", &dbus);
	put_library("/lib/libnss_sss.so.2", &sss);
	put_library("/lib/libnss_files.so.2", &stub);
	put_library("/lib/libnss_dns.so.2", &stub);
	put_library("/lib/libnss_db.so.2", &sss);
	put(in("host/etc/ssl/certs/A.pem"), "A");
	put_link(in("host/etc/ssl/certs/0123abcd.0"), "A.pem");
	put_link(in("host/etc/ssl/certs/0123abcd.1"), "/usr/share/ca/B.crt");
	put(in("host/usr/share/ca/B.crt"), "B");
	put(in("host/etc/ssl/certs/ffffffff.r0"), "CRL");
	put_link(in("host/etc/ssl/certs/dead0000.0"), "gone.pem");
	put_directory(in("host/etc/ssl/certs/00000000.0"), 0755);
	put(in("host/etc/ssl/certs/0123abc.0"), "short");
	put(in("host/etc/ssl/certs/0123ABCD.0"), "upper");
	put(in("host/etc/ssl/certs/0123abcd.x"), "no number");
	put(in("host/etc/ssl/certs/0123abcd."), "no number");
	put(in("host/etc/ssl/certs/0123abcd.0.bak"), "behind");
	put(in("host/etc/ssl/certs/ca-certificates.crt"), "all");
	put(in("host/etc/other/aaaaaaaa.0"), "o");
	put(in("host/etc/lmtp/bbbbbbbb.0"), "l");
	put(in("host/etc/clients/cccccccc.0"), "c");
	put_directory(in("host/etc/empty"), 0755);
}

static const char libc_files[] =
	"etc/ <time zone>\netc/localtime <time zone>\netc/services <names of ports>\n"
	"etc/resolv.conf <resolver configuration>\netc/hosts <names of hosts>\n"
	"etc/nsswitch.conf <name service configuration>\n";

static void test_when(void)
{
	plans("nothing is chrooted: nothing", "smtp_tls_CApath = /etc/ssl/certs\n", UNCHROOTED, "",
	      "", "");
	plans("libc's files that are there", "", SMTP, "etc", libc_files, "");
	settings.sync_chroot = false;
	plans("SYNC_CHROOT is off: nothing", "", SMTP, "", "", "");
	settings.sync_chroot = true;
	plans("'-' below level 1", "compatibility_level = 0\n", "smtp unix - - - - - smtp\n",
	      "etc/hosts", "etc/hosts <names of hosts>\n", "");
	plans("'-' from level 1", "", "smtp unix - - - - - smtp\n", "", "", "");
	plans("a disabled service does not count", "master_service_disable = inet\n",
	      "smtp inet n - y - - smtpd\n", "", "", "");
	plans("queue_directory must be a path", "queue_directory = /./\n", SMTP, "",
	      "failed: cannot plan a chroot in queue_directory \"/./\": it is not the absolute "
	      "path of a directory below /\n", "");
}

static void test_name_service(void)
{
	struct text want = TEXT_EMPTY;
	const char *to = library_destination();

	text_printf(&want,
		    "lib/ <NSS module named by hosts: in /etc/nsswitch.conf>\n"
		    "%s/ <NSS module named by hosts: in /etc/nsswitch.conf>\n"
		    "%s/libnss_mdns4_minimal.so.2 "
		    "<NSS module named by hosts: in /etc/nsswitch.conf>\n"
		    "%s/libavahi.so.3 <needed by libnss_mdns4_minimal.so.2>\n"
		    "%s/libdbus.so <needed by libavahi.so.3>\n", to, to, to, to);
	plans("modules for hosts, with their libraries; none for accounts", "", SMTP, "lib",
	      text_string(&want), "");
	text_clear(&want);
	text_printf(&want,
		    "%s/libnss_sss.so.2 <NSS module named by passwd: in /etc/nsswitch.conf>\n",
		    to);
	{
		struct text prefix = TEXT_EMPTY;

		text_printf(&prefix, "%s/libnss_sss", to);
		plans("modules for accounts where a daemon reads these",
		      "local_recipient_maps = unix:passwd.byname\n", SMTP, text_string(&prefix),
		      text_string(&want), "");
		text_free(&prefix);
	}
	text_free(&want);
}

#define CERTS(reason)							\
	"etc/ssl/ <" reason ">\netc/ssl/certs/ <" reason ">\n"		\
	"etc/ssl/certs/0123abcd.0 <" reason ">\n"			\
	"etc/ssl/certs/0123abcd.1 <" reason ">\n"			\
	"etc/ssl/certs/ffffffff.r0 <" reason ">\n"

static void test_certificates(void)
{
	plans("smtp's, hashed names that lead to files",
	      "smtp_tls_CApath = /etc/ssl/certs\n", SMTP, "etc/ssl",
	      CERTS("smtp_tls_CApath of service smtp/unix"), "");
	plans("once for several", "smtp_tls_CApath=/etc/ssl/certs/\nsmtpd_tls_CApath=/etc//ssl/./certs\n",
	      "smtp inet n - y - - smtpd\n" SMTP, "etc/ssl",
	      CERTS("smtpd_tls_CApath of service smtp/inet"), "");
	plans("not that of an unchrooted service",
	      "smtp_tls_CApath = /etc/ssl/certs\nsmtpd_tls_CApath = /etc/other\n",
	      "smtp inet n - y - - smtpd\nsmtp unix - - n - - smtp\n", "etc/ssl", "", "");
	plans("lmtp has its own", "smtp_tls_CApath=/etc/ssl/certs\nlmtp_tls_CApath=/etc/lmtp\n",
	      "lmtp unix - - y - - lmtp\n", "etc/l",
	      "etc/localtime <time zone>\n"
	      "etc/lmtp/ <lmtp_tls_CApath of service lmtp/unix>\n"
	      "etc/lmtp/bbbbbbbb.0 <lmtp_tls_CApath of service lmtp/unix>\n", "");
	plans("a service's own option", "smtp_tls_CApath = /etc/ssl/certs\n",
	      "relay unix - - y - - smtp\n  -o smtp_tls_CApath=/etc/other\n", "etc/o",
	      "etc/other/ <smtp_tls_CApath of service relay/unix>\n"
	      "etc/other/aaaaaaaa.0 <smtp_tls_CApath of service relay/unix>\n", "");
	plans("tlsproxy: both", "smtp_tls_CApath=/etc/other\nsmtpd_tls_CApath=/etc/clients\n",
	      "tlsproxy unix - - y - 0 tlsproxy\n", "etc/",
	      "etc/localtime <time zone>\netc/services <names of ports>\n"
	      "etc/resolv.conf <resolver configuration>\netc/hosts <names of hosts>\n"
	      "etc/nsswitch.conf <name service configuration>\n"
	      "etc/other/ <tlsproxy_client_CApath of service tlsproxy/unix>\n"
	      "etc/other/aaaaaaaa.0 <tlsproxy_client_CApath of service tlsproxy/unix>\n"
	      "etc/clients/ <tlsproxy_tls_CApath of service tlsproxy/unix>\n"
	      "etc/clients/cccccccc.0 <tlsproxy_tls_CApath of service tlsproxy/unix>\n", "");
	plans("tlsproxy: of an unchrooted smtp that reuses connections",
	      "smtp_tls_connection_reuse = yes\n",
	      "tlsproxy unix - - y - 0 tlsproxy\n"
	      "relay unix - - n - - smtp -o smtp_tls_CApath=/etc/other\n", "etc/o",
	      "etc/other/ <smtp_tls_CApath of service relay/unix>\n"
	      "etc/other/aaaaaaaa.0 <smtp_tls_CApath of service relay/unix>\n", "");
	plans("several with colons", "smtp_tls_CApath = /etc/other:/etc/clients\n", SMTP,
	      "etc/clients/",
	      "etc/clients/cccccccc.0 <smtp_tls_CApath of service smtp/unix>\n", "");
	plans("in the chroot already", "queue_directory = /etc/ssl\nsmtp_tls_CApath = /etc/ssl/certs\n",
	      SMTP, "etc/ssl", "", "");
	plans("relative is in the chroot", "smtp_tls_CApath = etc/ssl/certs\n", SMTP, "etc/ssl", "", "");
	plans("missing", "smtp_tls_CApath = /etc/none\n", SMTP, "etc/n",
	      "etc/nsswitch.conf <name service configuration>\n",
	      "/etc/none is not a directory that can be read\n");
	plans("empty", "smtp_tls_CApath = /etc/empty\n", SMTP, "etc/e", "",
	      "/etc/empty holds no certificate under a hashed name; type: openssl rehash "
	      "/etc/empty\n");
	plans("climbing", "smtp_tls_CApath = /etc/ssl/../other\n", SMTP, "etc/o", "",
	      "/etc/ssl/../other (smtp_tls_CApath of service smtp/unix) is not copied: give its "
	      "real path\n");
	words_add(&settings.extra_ca_directories, "etc/other");
	plans("chroot_extra_CAdir, relative", "", SMTP, "etc/o",
	      "etc/other/ <chroot_extra_CAdir in /etc/default/postfix>\n"
	      "etc/other/aaaaaaaa.0 <chroot_extra_CAdir in /etc/default/postfix>\n", "");
	words_free(&settings.extra_ca_directories);
	{
		struct text why = TEXT_EMPTY;
		struct plan_cache cache;
		struct plan plan;
		bool done = plan_for(&plan, &cache, "smtp_tls_CApath = ${x\n", SMTP, &why);

		ok(!done && plan.count == 0 && strstr(text_string(&why), "smtp_tls_CApath"),
		   "a parameter that cannot be read: %s", text_string(&why));
		plan_free(&plan);
		plan_cache_close(&cache);
		text_free(&why);
	}
}

static void test_accounts(void)
{
	plans("the default goes through proxymap", "", SMTP, "etc/passwd", "", "");
	plans("main.cf", "local_recipient_maps = unix:passwd.byname $alias_maps\n", SMTP, "etc/p",
	      "etc/passwd <unix:passwd.byname in local_recipient_maps>\n", "");
	plans("through proxymap", "local_recipient_maps = proxy:unix:passwd.byname\n", SMTP,
	      "etc/p", "", "");
	plans("by way of another", "mine = unix:passwd.byname\nlocal_recipient_maps = $mine\n",
	      SMTP, "etc/p", "etc/passwd <unix:passwd.byname in local_recipient_maps>\n", "");
	plans("by way of another, through proxymap",
	      "mine = unix:passwd.byname\nlocal_recipient_maps = proxy:$mine\n", SMTP, "etc/p", "",
	      "");
	plans("nobody refers to it", "mine = unix:passwd.byname\n", SMTP, "etc/p", "", "");
	plans("a restriction class",
	      "smtpd_restriction_classes = mine\nmine = check_recipient_access unix:passwd.byname\n",
	      SMTP, "etc/p", "etc/passwd <unix:passwd.byname in mine>\n", "");
	plans("an option of a chrooted service", "",
	      "smtp inet n - y - - smtpd -o local_recipient_maps=unix:passwd.byname\n", "etc/p",
	      "etc/passwd <unix:passwd.byname in local_recipient_maps of service smtp/inet>\n", "");
	plans("an option of an unchrooted one", "",
	      SMTP "smtp inet n - n - - smtpd -o local_recipient_maps=unix:passwd.byname\n",
	      "etc/p", "", "");
	plans("a chrooted proxymap", "", "proxymap unix - - y - - proxymap\n", "etc/p",
	      "etc/passwd <unix:passwd.byname in proxy_read_maps of service proxymap/unix>\n", "");
	plans("a chrooted proxymap that may not", "proxy_read_maps =\n",
	      "proxymap unix - - y - - proxymap\n", "etc/p", "", "");
	plans("groups", "smtpd_recipient_restrictions = check_client_access unix:group.byname\n",
	      SMTP, "etc/g",
	      "etc/group <unix:group.byname in smtpd_recipient_restrictions>\n", "");
}

#define EXTRA "chroot_extra_files in /etc/default/postfix"

static void test_extra(void)
{
	put(in("host/srv/a.conf"), "a");
	put(in("host/srv/b.conf"), "b");
	put(in("host/srv/c.txt"), "c");
	put(in("host/srv/sub/.hidden"), "h");
	put(in("host/srv/sub/deep/x"), "x");
	put_directory(in("host/srv/sub/void"), 0755);
	put_link(in("host/srv/sub/back"), "..");
	put_link(in("host/srv/sub/file"), "deep/x");
	mkfifo(in("host/srv/sub/fifo"), 0644);
	put(in("host/srv/[x]"), "odd");
	mkfifo(in("host/srv/pipe"), 0644);

	words_split(&settings.extra_files, "srv/a.conf //srv/./c.txt", " ");
	plans("files, with and without a slash", "", SMTP, "srv",
	      "srv/ <" EXTRA ">\nsrv/a.conf <" EXTRA ">\nsrv/c.txt <" EXTRA ">\n", "");
	words_free(&settings.extra_files);
	words_split(&settings.extra_files, "/srv/*.conf /srv/[x]", " ");
	plans("a pattern, and a name that looks like one", "", SMTP, "srv",
	      "srv/ <" EXTRA ">\nsrv/a.conf <" EXTRA ">\nsrv/b.conf <" EXTRA ">\nsrv/[x] <"
	      EXTRA ">\n", "");
	words_free(&settings.extra_files);
	words_split(&settings.extra_files, "/srv/sub", " ");
	plans("a directory with all that is in it", "", SMTP, "srv/",
	      "srv/sub/ <" EXTRA ">\nsrv/sub/.hidden <" EXTRA ">\nsrv/sub/deep/ <" EXTRA ">\n"
	      "srv/sub/deep/x <" EXTRA ">\nsrv/sub/file <" EXTRA ">\nsrv/sub/void/ <" EXTRA ">\n",
	      "/srv/sub/back leads to a directory and is not followed; if it is needed, name "
	      "it in " EXTRA "\n"
	      "1 devices, sockets or FIFOs below /srv/sub are not copied\n");
	words_free(&settings.extra_files);
	words_split(&settings.extra_files, "/srv/none /srv/*.none /srv/pipe ../x /", " ");
	plans("what cannot be had is noted", "", SMTP, "srv", "",
	      "/srv/none does not exist; it is named by " EXTRA "\n"
	      "/srv/*.none does not exist; it is named by " EXTRA "\n"
	      "/srv/pipe is a device, socket or FIFO and cannot be copied; it is named by "
	      EXTRA "\n"
	      "../x, named by " EXTRA ", is not copied: give its real path\n"
	      "/, named by " EXTRA ", is not copied: give its real path\n");
	words_free(&settings.extra_files);
	words_split(&settings.extra_files, "/etc/hosts /etc/passwd", " ");
	plans("what is planned already keeps its kind",
	      "local_recipient_maps = unix:passwd.byname\n", SMTP, "etc/p",
	      "etc/passwd <unix:passwd.byname in local_recipient_maps>\n", "");
	words_free(&settings.extra_files);
	words_split(&settings.extra_files, "/srv", " ");
	plans("the chroot itself is not copied into itself", "queue_directory = /srv/sub\n", SMTP,
	      "srv",
	      "srv/ <" EXTRA ">\nsrv/[x] <" EXTRA ">\nsrv/a.conf <" EXTRA ">\nsrv/b.conf <" EXTRA
	      ">\nsrv/c.txt <" EXTRA ">\n", NULL);
	words_free(&settings.extra_files);
}

/*
 * The plans of many instances look at the host once.
 */
static void test_shared(void)
{
	struct plan_cache cache;
	struct plan first, second;
	struct configuration configuration;
	bool same;

	put(in("postfix/main.cf"), "compatibility_level = 3\nsmtp_tls_CApath = /etc/ssl/certs\n");
	put(in("postfix/master.cf"), SMTP);
	plan_cache_open(&cache, in("host"), NULL);
	configuration_read(&configuration, in("postfix"), &defaults, NULL, NULL);
	configuration_read_services(&configuration, NULL);
	plan_build(&first, &cache, &configuration, &settings, NULL);
	plan_build(&second, &cache, &configuration, &settings, NULL);
	same = first.count == second.count;
	for (size_t i = 0; same && i < first.count; i++)
		same = first.entries[i].source == second.entries[i].source;
	ok(same && first.count > 10, "two plans share their sources");
	plan_free(&first);
	plan_free(&second);
	configuration_free(&configuration);
	plan_cache_close(&cache);
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	read_defaults("3.7.11");
	settings.sync_chroot = true;
	make_host();
	test_when();
	test_name_service();
	test_certificates();
	test_accounts();
	test_extra();
	test_shared();
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	settings_free(&settings);
	defaults_free(&defaults);
	world_end();
	return tap_done();
}
