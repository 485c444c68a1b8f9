/*
 * What Debian's scripts have left is cleared if it is provably theirs.
 */
#include "chroot/leftovers.h"

#include <sys/sysmacros.h>

#include "chroot/library.h"
#include "fixtures/chroot/world.h"
#include "tap.h"

static struct sync_result result;

/*
 * An adoption with these files (NULL ends them) as the plan.
 */
static bool adopt(const char *const *paths, enum sync_flags flags)
{
	struct trial trial;
	bool done;

	sync_result_free(&result);
	trial_begin(&trial);
	for (; *paths != NULL; paths++)
		trial_add(&trial, *paths, PLAN_PUBLIC);
	alarm(20);
	done = trial_match(&trial, flags | SYNC_ADOPT);
	alarm(0);
	result = trial.result;
	trial.result = SYNC_RESULT_EMPTY;
	trial_end(&trial);
	return done;
}

static const char *const none[] = { NULL };

static bool has(const char *path)
{
	struct stat status;

	return lstat(in("queue/%s", path), &status) == 0;
}

/*
 * The same content on the host and in the chroot.
 */
static void put_both(const char *path)
{
	put(in("host/%s", path), path);
	put(in("queue/%s", path), path);
}

static void begin(void)
{
	nftw(in("queue"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	nftw(in("host"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	nftw(in("state"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	put_directory(in("queue"), 0755);
	put_directory(in("host"), 0755);
}

/*
 * Everything that a script of 3.7 makes, and older ones.
 */
static void test_old(void)
{
	const char *const planned[] = { "/etc/hosts", "/etc/ssl/certs/01234567.0", NULL };

	begin();
	put_both("etc/hosts");
	put_both("etc/resolv.conf");
	put_both("etc/ssl/certs/One.pem");
	put(in("host/etc/ssl/certs/01234567.0"), "etc/ssl/certs/One.pem");
	put_link(in("queue/etc/ssl/certs/01234567.0"), "One.pem");
	put_link(in("queue/etc/ssl/certs/89abcdef.0"), "One.pem");
	put_link(in("queue/etc/ssl/certs/89abcdef.r1"), "Gone.pem");
	put_both("etc/ssl/certs/ca-certificates.crt");
	put(in("queue/etc/ssl/certs.NEW/One.pem"), "etc/ssl/certs/One.pem");
	put_link(in("queue/etc/ssl/certs.NEW/01234567.0"), "One.pem");
	put_both("lib/x86_64-linux-gnu/libgcc_s.so.1");
	put_both("lib/x86_64-linux-gnu/libnss_systemd.so.2");
	put(in("queue/lib/x86_64-linux-gnu/libnss_files.so.2"), "of an older glibc");
	put(in("queue/lib/x86_64-linux-gnu/libnss_dns-2.24.so"), "of an older one");
	put_link(in("queue/lib/x86_64-linux-gnu/libnss_dns.so.2"), "libnss_dns-2.24.so");
	put_both("lib/libresolv.so.2");
	put(in("host/%s/libnss_mdns.so.2", library_destination()), "mdns");
	put(in("queue/lib/libnss_mdns.so.2"), "mdns");
	put_both("usr/lib/x86_64-linux-gnu/libnss_myhostname.so.2");
	put_link(in("queue/usr/lib/zoneinfo/localtime"), "/etc/localtime");
	put_both("usr/share/ca-certificates/mozilla/One.crt");
	put_both("usr/share/ca-certificates/Two.crt");
	put_directory(in("queue/usr/lib/sasl2"), 0755);
	put_directory(in("queue/dev"), 0755);
	if (geteuid() == 0) {
		(void)!mknod(in("queue/dev/random"), S_IFCHR | 0666, makedev(1, 8));
		(void)!mknod(in("queue/dev/urandom"), S_IFCHR | 0666, makedev(1, 9));
	}
	tick();
	ok(adopt(planned, SYNC_DRY_RUN) && result.removed > 20 && has("lib/libresolv.so.2"),
	   "a dry run finds leftovers");
	{
		size_t would = result.removed;

		ok(adopt(planned, SYNC_NOW) && result.removed == would, "an adoption clears them");
	}
	world_show(&result);
	ok(!has("lib/x86_64-linux-gnu") && !has("lib/libresolv.so.2") &&
	   !has("lib/libnss_mdns.so.2") && !has("usr/lib/x86_64-linux-gnu"), "libraries");
	ok(!has("etc/ssl/certs/One.pem") && !has("etc/ssl/certs/89abcdef.0") &&
	   !has("etc/ssl/certs/89abcdef.r1") && !has("etc/ssl/certs.NEW") &&
	   !has("etc/ssl/certs/ca-certificates.crt"), "certificates under their own names");
	ok(!has("usr/share") && !has("usr/lib/zoneinfo"), "directories that are empty then");
	ok(!has("dev/random") && !has("dev/urandom"), "devices");
	ok(!has("etc/resolv.conf"), "a copy that is not planned");
	ok(has("dev") && has("lib") && has("usr/lib/sasl2"), "the package's directories stay");
	ok(strcmp(held(in("queue/etc/ssl/certs/01234567.0")), "etc/ssl/certs/One.pem") == 0 &&
	   has("etc/hosts"), "what is planned is there");
	ok(adopt(planned, SYNC_NOW) && result.count == 0, "once");
	ok(adopt(none, SYNC_NOW) && !has("etc/hosts") && !has("etc/ssl") && has("etc"),
	   "what was adopted goes with the plan");
}

/*
 * What might be an administrator's.
 */
static void test_others(void)
{
	static const char *const stay[] = {
		"etc/mine", "etc/resolv.conf", "etc/services", "etc/passwd",
		"etc/ssl/certs/Mine.pem", "etc/ssl/certs/01234567.0", "etc/ssl/certs/89abcdef.0",
		"etc/ssl/certs/key", "lib/x86_64-linux-gnu/libgcc_s.so.1",
		"lib/x86_64-linux-gnu/libnss_mine.so.2", "lib/x86_64-linux-gnu/libmine.so",
		"lib/mine/libnss_files.so.2", "usr/lib/zoneinfo/localtime", "usr/lib/zoneinfo/Mine",
		"usr/share/ca-certificates/Mine.crt", "usr/lib/libnss_files.so.2", "dev/null",
		"usr/lib/x86_64-linux-gnu/libnss_files.so.2",
		"opt/mine", "hold/etc/hosts",
	};
	size_t kept = 0;

	begin();
	put_both("etc/mine");
	put(in("host/etc/resolv.conf"), "host's");
	put(in("queue/etc/resolv.conf"), "changed");
	put_both("etc/services");
	(void)!link(in("queue/etc/services"), in("queue/etc/services2"));
	put(in("host/etc/passwd"), "root:secret:0:0::/:\n");
	put(in("queue/etc/passwd"), "root:secret:0:0::/:\n");
	put(in("host/etc/ssl/certs/Mine.pem"), "host's");
	put(in("queue/etc/ssl/certs/Mine.pem"), "mine");
	put_link(in("queue/etc/ssl/certs/01234567.0"), "Mine.pem");
	put_link(in("queue/etc/ssl/certs/89abcdef.0"), "/etc/ssl/certs/Gone.pem");
	put_both("etc/ssl/certs/key");
	put(in("queue/lib/x86_64-linux-gnu/libgcc_s.so.1"), "mine");
	put(in("queue/lib/x86_64-linux-gnu/libnss_mine.so.2"), "mine");
	put_both("lib/x86_64-linux-gnu/libmine.so");
	put(in("queue/lib/mine/libnss_files.so.2"), "mine");
	put_link(in("queue/usr/lib/zoneinfo/localtime"), "Mine");
	put(in("queue/usr/lib/zoneinfo/Mine"), "mine");
	put(in("queue/usr/share/ca-certificates/Mine.crt"), "mine");
	put(in("queue/usr/lib/libnss_files.so.2"), "mine");
	put(in("queue/usr/lib/x86_64-linux-gnu/libnss_files.so.2"), "mine");
	put_both("opt/mine");
	put_both("hold/etc/hosts");
	put_both("dev/null");
	tick();
	ok(adopt(none, SYNC_NOW) && result.removed == 0, "nothing is cleared that may be somebody's");
	world_show(&result);
	for (size_t i = 0; i < sizeof stay / sizeof *stay; i++) {
		kept += has(stay[i]);
		if (!has(stay[i]))
			printf("# %s is gone\n", stay[i]);
	}
	ok(kept == sizeof stay / sizeof *stay, "all stay");

	put(in("queue/etc/passwd"), "root:x:0:0::/:\n");
	ok(adopt(none, SYNC_NOW) && !has("etc/passwd") && result.removed == 1,
	   "accounts without the passwords are Debian's");
	if (geteuid() == 0) {
		put_both("etc/hosts");
		if (chown(in("queue/etc/hosts"), 65534, 0) == 0)
			ok(adopt(none, SYNC_NOW) && has("etc/hosts"), "somebody's file stays");
		(void)!mknod(in("queue/dev/random"), S_IFCHR | 0666, makedev(1, 9));
		put(in("queue/dev/urandom"), "");
		ok(adopt(none, SYNC_NOW) && has("dev/random") && has("dev/urandom"),
		   "other things under the names of devices, too");
	} else {
		ok(true, "somebody's file stays # SKIP needs root");
	}
}

static void test_hostile(void)
{
	begin();
	put(in("outside/hosts"), "etc/hosts");
	put(in("outside/libnss_files.so.2"), "outside");
	put_both("etc/hosts");
	rename(in("queue/etc"), in("queue/old"));
	put_link(in("queue/etc"), in("outside"));
	put_directory(in("queue/lib"), 0755);
	put_link(in("queue/lib/x86_64-linux-gnu"), in("outside"));
	put_directory(in("queue/usr/lib"), 0777);
	put_link(in("queue/usr/lib/zoneinfo/localtime"), "/etc/localtime");
	ok(adopt(none, SYNC_NOW) && result.removed == 0 &&
	   strcmp(held(in("outside/hosts")), "etc/hosts") == 0 &&
	   strcmp(held(in("outside/libnss_files.so.2")), "outside") == 0 &&
	   has("usr/lib/zoneinfo/localtime"),
	   "no link is followed, nothing is removed through everybody's directory");
	unlink(in("queue/etc"));
	rename(in("queue/old"), in("queue/etc"));
	unlink(in("queue/etc/hosts"));
	mkfifo(in("queue/etc/hosts"), 0644);
	put_link(in("queue/etc/services"), in("outside/hosts"));
	put_link(in("host/etc/services"), in("outside/hosts"));
	ok(adopt(none, SYNC_NOW) && has("etc/hosts") && has("etc/services"),
	   "a FIFO and a link are no copies");
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	test_old();
	test_others();
	test_hostile();
	sync_result_free(&result);
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	world_end();
	return tap_done();
}
