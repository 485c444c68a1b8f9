/*
 * A chroot is made to match its plan, and left alone when it does.
 */
#include "chroot/sync.h"

#include <dirent.h>
#include <pwd.h>
#include <sys/xattr.h>

#include "chroot/copy.h"
#include "fixtures/chroot/world.h"
#include "tap.h"

static bool counts(struct sync_result result, size_t current, size_t made, size_t updated,
		   size_t failed)
{
	bool same = result.current == current && result.made == made &&
		    result.updated == updated && result.failed == failed &&
		    result.left_alone == 0;

	if (!same)
		printf("# current %zu, made %zu, updated %zu, failed %zu, left alone %zu\n",
		       result.current, result.made, result.updated, result.failed,
		       result.left_alone);
	return same;
}

static ino_t inode_of(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 ? status.st_ino : 0;
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static void test_life(void)
{
	const char *const files[] = { "/etc/hosts", "/etc/ssl/certs/a.0", "/etc/services", NULL };
	struct sync_result result;
	struct stat from, to;

	put(in("host/etc/hosts"), "one\n");
	put(in("host/etc/ssl/certs/a.0"), "cert\n");
	put(in("host/etc/services"), "");
	chmod(in("host/etc/hosts"), 0600);
	tick();
	ok(sync_files(files, PLAN_PUBLIC, SYNC_DRY_RUN, &result) && counts(result, 0, 6, 0, 0) &&
	   access(in("queue/etc"), F_OK) < 0, "a dry run says what it would make, makes nothing");
	is(result.changes[0].path, "etc", "directories first");
	is(result.changes[3].path, "etc/ssl/certs", "each before what is in it");
	is(result.changes[3].reason, "test", "with the reason");
	ok(result.changes[3].problem == NULL, "without a problem");
	sync_result_free(&result);
	ok(sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result) && counts(result, 0, 6, 0, 0),
	   "a first sync makes all");
	sync_result_free(&result);
	is(held(in("queue/etc/hosts")), "one\n", "the content");
	is(held(in("queue/etc/services")), "", "an empty file");
	stat(in("host/etc/hosts"), &from);
	stat(in("queue/etc/hosts"), &to);
	ok((to.st_mode & 07777) == 0644 && to.st_uid == geteuid() && to.st_gid == getegid(),
	   "public whatever the source's mode, ours");
	ok(from.st_mtim.tv_sec == to.st_mtim.tv_sec && from.st_mtim.tv_nsec == to.st_mtim.tv_nsec,
	   "the source's time, by which syncfiles.pl finds it equal");
	ok(mode_of(in("queue/etc/ssl/certs")) == 0755, "directories 0755");
	ok(sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result) && counts(result, 6, 0, 0, 0),
	   "a second sync finds all current");
	sync_result_free(&result);
	ok(inode_of(in("queue/etc/hosts")) == to.st_ino, "and writes nothing");

	put(in("host/etc/hosts"), "two\n");
	ok(sync_files(files, PLAN_PUBLIC, SYNC_DRY_RUN, &result) && counts(result, 5, 0, 1, 0),
	   "a dry run sees what has changed");
	sync_result_free(&result);
	is(held(in("queue/etc/hosts")), "one\n", "and leaves it");
	ok(sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result) && counts(result, 5, 0, 1, 0),
	   "a sync updates it");
	is(result.changes[0].path, "etc/hosts", "and tells");
	sync_result_free(&result);
	is(held(in("queue/etc/hosts")), "two\n", "the new content");

	unlink(in("host/etc/hosts"));
	ok(sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result) && counts(result, 5, 0, 0, 0),
	   "a source that is gone takes nothing with it");
	sync_result_free(&result);
	is(held(in("queue/etc/hosts")), "two\n", "its copy stays");
	unlink(in("queue/etc/services"));
	ok(counts(sync_one("/etc/services", PLAN_PUBLIC), 1, 1, 0, 0), "what was deleted comes back");
	ok(access(in("queue/etc/.postctl.new"), F_OK) < 0, "no litter");
}

/*
 * What size and time do not tell.
 */
static void test_twins(void)
{
	put(in("host/zone/A"), "Athens");
	put(in("host/zone/B"), "Berlin");
	set_time(in("host/zone/A"), 1000000000);
	set_time(in("host/zone/B"), 1000000000);
	put_link(in("host/etc/localtime"), "/zone/A");
	tick();
	sync_one("/etc/localtime", PLAN_PUBLIC);
	tick();
	ok(counts(sync_one("/etc/localtime", PLAN_PUBLIC), 2, 0, 0, 0), "a zone");
	put_link(in("host/etc/localtime"), "/zone/B");
	ok(counts(sync_one("/etc/localtime", PLAN_PUBLIC), 1, 0, 1, 0) &&
	   strcmp(held(in("queue/etc/localtime")), "Berlin") == 0,
	   "another zone of equal size and time");
	tick();
	put(in("host/zone/new"), "Bremen");
	set_time(in("host/zone/new"), 1000000000);
	rename(in("host/zone/new"), in("host/zone/B"));
	ok(counts(sync_one("/etc/localtime", PLAN_PUBLIC), 1, 0, 1, 0) &&
	   strcmp(held(in("queue/etc/localtime")), "Bremen") == 0,
	   "a file replaced by one of equal size and time");
	put(in("host/zone/B"), "Bochum");
	set_time(in("host/zone/B"), 1000000000);
	ok(counts(sync_one("/etc/localtime", PLAN_PUBLIC), 1, 0, 1, 0) &&
	   strcmp(held(in("queue/etc/localtime")), "Bochum") == 0,
	   "a file overwritten at once, its time set back");
	put(in("queue/etc/localtime"), "Bogota");
	set_time(in("queue/etc/localtime"), 1000000000);
	tick();
	put(in("host/zone/B"), "Boston");
	set_time(in("host/zone/B"), 900000000);
	ok(counts(sync_one("/etc/localtime", PLAN_PUBLIC), 1, 0, 1, 0) &&
	   strcmp(held(in("queue/etc/localtime")), "Boston") == 0, "an older one (a downgrade)");
}

/*
 * Where the times prove nothing the contents decide, once.
 */
static void test_equal(void)
{
	ino_t inode;

	put(in("host/etc/equal"), "same");
	set_time(in("host/etc/equal"), 1000000000);
	sync_one("/etc/equal", PLAN_PUBLIC);
	inode = inode_of(in("queue/etc/equal"));
	tick();
	chmod(in("host/etc/equal"), 0640);
	chmod(in("host/etc/equal"), 0644);
	tick();
	ok(counts(sync_one("/etc/equal", PLAN_PUBLIC), 2, 0, 0, 0) &&
	   inode_of(in("queue/etc/equal")) == inode,
	   "touched on the host, equal: not written again");
	{
		struct trial trial;
		struct stat status;
		struct timespec now;
		const struct plan_entry *entry;

		tick();
		trial_begin(&trial);
		trial_add(&trial, "/etc/equal", PLAN_PUBLIC);
		entry = &trial.plan.entries[1];
		lstat(in("queue/etc/equal"), &status);
		clock_gettime(CLOCK_REALTIME, &now);
		ok(copy_is_current(&status, entry, &now), "its times prove it from then on");
		now.tv_sec = status.st_ctim.tv_sec - 10;
		ok(!copy_is_current(&status, entry, &now), "not while it is from the future");
		clock_gettime(CLOCK_REALTIME, &now);
		status.st_ctim = entry->source->changed;
		ok(!copy_is_current(&status, entry, &now), "not when changed in the same moment");
		status.st_ctim.tv_sec++;
		ok(copy_is_current(&status, entry, &now) ==
		   (status.st_ctim.tv_sec < now.tv_sec ||
		    (status.st_ctim.tv_sec == now.tv_sec &&
		     status.st_ctim.tv_nsec <= now.tv_nsec)), "later, if not in the future");
		trial_end(&trial);
	}
}

static void test_rights(void)
{
	put(in("host/etc/key"), "secret");
	chmod(in("host/etc/key"), 0640);
	ok(counts(sync_one("/etc/key", PLAN_GUARDED), 1, 1, 0, 0) &&
	   mode_of(in("queue/etc/key")) == 0640, "a private key stays private");
	tick();
	chmod(in("host/etc/key"), 0600);
	ok(counts(sync_one("/etc/key", PLAN_GUARDED), 1, 0, 1, 0) &&
	   mode_of(in("queue/etc/key")) == 0600, "and follows when it is tightened");
	chmod(in("queue/etc/key"), 0644);
	ok(counts(sync_one("/etc/key", PLAN_GUARDED), 1, 0, 1, 0) &&
	   mode_of(in("queue/etc/key")) == 0600, "or loosened in the chroot");
	chmod(in("host/etc/key"), 04777);
	sync_one("/etc/key", PLAN_GUARDED);
	ok(mode_of(in("queue/etc/key")) == 0755, "no set-id, no rights to write for others");
	put_directory(in("host/vault"), 0700);
	put(in("host/vault/key"), "k");
	sync_one("/vault/key", PLAN_GUARDED);
	ok(mode_of(in("queue/vault/key")) == 0600, "what only a directory protects is protected");
	if (geteuid() == 0) {
		struct stat status;

		chmod(in("host/etc/key"), 0640);
		if (chown(in("host/etc/key"), 65534, 65533) == 0)
			sync_one("/etc/key", PLAN_GUARDED);
		stat(in("queue/etc/key"), &status);
		ok(status.st_uid == 65534 && status.st_gid == 65533, "the source's owner");
		if (chown(in("queue/etc/key"), 0, 0) == 0)
			ok(counts(sync_one("/etc/key", PLAN_GUARDED), 1, 0, 1, 0), "is restored");
	} else {
		ok(true, "the source's owner # SKIP needs root");
	}
}

/*
 * An access control list, as setfacl -m u:65534:r makes it.
 */
static void test_lists(void)
{
	static const unsigned char list[] = {
		2, 0, 0, 0,
		1, 0, 6, 0, 255, 255, 255, 255,	 2, 0, 4, 0, 254, 255, 0, 0,
		4, 0, 0, 0, 255, 255, 255, 255, 16, 0, 4, 0, 255, 255, 255, 255,
		32, 0, 0, 0, 255, 255, 255, 255,
	};
	char have[128];

	put(in("host/etc/acl"), "secret");
	chmod(in("host/etc/acl"), 0600);
	if (setxattr(in("host/etc/acl"), "system.posix_acl_access", list, sizeof list, 0) < 0) {
		ok(true, "access control lists # SKIP not on this file system");
		return;
	}
	sync_one("/etc/acl", PLAN_GUARDED);
	ok(getxattr(in("queue/etc/acl"), "system.posix_acl_access", have, sizeof have) ==
	   (ssize_t)sizeof list && memcmp(have, list, sizeof list) == 0,
	   "an access control list goes with its file");
	ok(counts(sync_one("/etc/acl", PLAN_GUARDED), 2, 0, 0, 0), "and is current");
	tick();
	removexattr(in("host/etc/acl"), "system.posix_acl_access");
	chmod(in("host/etc/acl"), 0640);
	ok(counts(sync_one("/etc/acl", PLAN_GUARDED), 1, 0, 1, 0) &&
	   getxattr(in("queue/etc/acl"), "system.posix_acl_access", have, sizeof have) < 0,
	   "one of equal mode that is taken away goes, too");
}

static void test_accounts(void)
{
	ino_t inode;

	put(in("host/etc/passwd"), "root:$6$hash:0:0::/:\nu:x:1:1::/:\n");
	chmod(in("host/etc/passwd"), 0600);
	ok(counts(sync_one("/etc/passwd", PLAN_ACCOUNTS), 1, 1, 0, 0), "accounts are made");
	is(held(in("queue/etc/passwd")), "root:x:0:0::/:\nu:x:1:1::/:\n", "without passwords");
	ok(mode_of(in("queue/etc/passwd")) == 0644, "for all to read");
	inode = inode_of(in("queue/etc/passwd"));
	tick();
	ok(counts(sync_one("/etc/passwd", PLAN_ACCOUNTS), 2, 0, 0, 0) &&
	   inode_of(in("queue/etc/passwd")) == inode, "and are current");
	chmod(in("host/etc/passwd"), 0644);
	ok(counts(sync_one("/etc/passwd", PLAN_ACCOUNTS), 2, 0, 0, 0) &&
	   inode_of(in("queue/etc/passwd")) == inode, "and after a change that is none");
	put(in("host/etc/passwd"), "root:$6$hash:0:0::/:\nv:x:1:1::/:\n");
	ok(counts(sync_one("/etc/passwd", PLAN_ACCOUNTS), 1, 0, 1, 0), "they follow");
	is(held(in("queue/etc/passwd")), "root:x:0:0::/:\nv:x:1:1::/:\n", "without passwords again");
}

static void test_litter(void)
{
	put(in("host/etc/hosts"), "h");
	sync_one("/etc/hosts", PLAN_PUBLIC);
	put(in("queue/etc/.postctl.new"), "half");
	{
		const char *const files[] = { "/etc/hosts", NULL };
		struct sync_result result;

		sync_files(files, PLAN_PUBLIC, SYNC_DRY_RUN, &result);
		sync_result_free(&result);
	}
	ok(access(in("queue/etc/.postctl.new"), F_OK) == 0, "a dry run leaves litter");
	ok(counts(sync_one("/etc/hosts", PLAN_PUBLIC), 2, 0, 0, 0) &&
	   access(in("queue/etc/.postctl.new"), F_OK) < 0,
	   "a sync clears it even if nothing else is to do");
	put_link(in("queue/etc/.postctl.new"), in("host/etc/hosts"));
	put(in("host/etc/hosts"), "new");
	ok(counts(sync_one("/etc/hosts", PLAN_PUBLIC), 1, 0, 1, 0) &&
	   strcmp(held(in("queue/etc/hosts")), "new") == 0 &&
	   strcmp(held(in("host/etc/hosts")), "new") == 0, "a link of that name leads nowhere");
	put_directory(in("queue/etc/.postctl.new"), 0755);
	put(in("host/etc/hosts"), "newer");
	ok(sync_one("/etc/hosts", PLAN_PUBLIC).failed == 2, "a directory of that name is a failure");
	is(held(in("queue/etc/hosts")), "new", "the old file stays");
	rmdir(in("queue/etc/.postctl.new"));
	put(in("queue/.postctl.new"), "in the root");
	put(in("host/top"), "t");
	ok(counts(sync_one("/top", PLAN_PUBLIC), 0, 1, 0, 0) &&
	   access(in("queue/.postctl.new"), F_OK) < 0, "the queue directory itself, too");
	put(in("host/etc/.postctl.new"), "mine");
	ok(sync_one("/etc/.postctl.new", PLAN_GUARDED).failed == 1, "nobody else gets that name");
}

static void test_edges(void)
{
	struct trial trial;
	struct stat before, after;
	bool done;

	lstat(in("queue"), &before);
	trial_begin(&trial);
	ok(trial_sync(&trial, SYNC_NOW) && trial.result.count == 0, "an empty plan");
	lstat(in("queue"), &after);
	ok(memcmp(&before.st_ctim, &after.st_ctim, sizeof before.st_ctim) == 0, "touches nothing");
	trial_add(&trial, "/etc/hosts", PLAN_PUBLIC);
	done = sync_apply(in("noqueue"), &trial.plan, NULL, SYNC_NOW, &trial.result);
	ok(!done && trial.result.failed == 2 && trial.result.count == 1,
	   "no queue directory: %s", trial.result.changes[0].problem);
	ok(access(in("noqueue"), F_OK) < 0, "and none is made");
	sync_result_free(&trial.result);
	unlink(in("host/etc/hosts"));
	unlink(in("queue/etc/hosts"));
	done = trial_sync(&trial, SYNC_NOW);
	ok(!done && trial.result.failed == 1 && trial.result.count == 1,
	   "a source that vanishes between plan and sync: %s", trial.result.changes[0].problem);
	put(in("host/etc/hosts"), "back again");
	ok(trial_sync(&trial, SYNC_NOW) &&
	   strcmp(held(in("queue/etc/hosts")), "back again") == 0,
	   "one that changes between plan and sync is taken as it is then");
	trial_end(&trial);
}

/*
 * Plan a file, change what it is, then sync: a failure whose problem holds
 * the words, and nothing in its place.
 */
static void fails(const char *test, const char *root, const char *path, void (*change)(void),
		  const char *words)
{
	struct trial trial;
	bool done;

	trial_begin(&trial);
	plan_cache_close(&trial.cache);
	plan_cache_open(&trial.cache, root, NULL);
	trial_add(&trial, path, PLAN_GUARDED);
	if (change != NULL)
		change();
	alarm(20);
	done = trial_sync(&trial, SYNC_NOW);
	alarm(0);
	ok(!done && trial.result.failed == 1 && access(in("queue%s", path), F_OK) < 0 &&
	   strstr(trial.result.changes[trial.result.count - 1].problem, words) != NULL,
	   "%s: %s", test, trial.result.changes[trial.result.count - 1].problem);
	trial_end(&trial);
}

static void become_fifo(void)
{
	unlink(in("host/etc/turns"));
	mkfifo(in("host/etc/turns"), 0644);
}

static void become_directory(void)
{
	unlink(in("host/etc/turns"));
	mkdir(in("host/etc/turns"), 0755);
}

static void test_turning(void)
{
	put(in("host/etc/turns"), "x");
	fails("a source that turns into a FIFO", in("host"), "/etc/turns", become_fifo,
	      "not a regular file any more");
	unlink(in("host/etc/turns"));
	put(in("host/etc/turns"), "x");
	fails("a source that turns into a directory", in("host"), "/etc/turns", become_directory,
	      "not a regular file any more");
	/* Its size is never what can be read. */
	fails("a source that is never the same", "", "/proc/version", NULL,
	      "changes while it is copied");
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	test_life();
	test_twins();
	test_equal();
	test_rights();
	test_lists();
	test_accounts();
	test_litter();
	test_edges();
	test_turning();
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	world_end();
	return tap_done();
}
