/*
 * What postctl put into a chroot and is not planned any more is removed, and
 * nothing else, whatever is there.
 */
#include "chroot/removal.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "chroot/foreign.h"
#include "fixtures/chroot/world.h"
#include "tap.h"

#define MANIFEST "state/-etc-postfix"

static const char *const all[] = { "/etc/hosts", "/etc/ssl/certs/a.0", "/etc/ssl/certs/b.0",
				   "/lib/x/libnss_y.so.2", NULL };
static const char *const some[] = { "/etc/hosts", "/etc/ssl/certs/a.0", NULL };
static const char *const none[] = { NULL };

static struct sync_result result;
static struct text problem;

/*
 * A sync of these files with removal, as a program of its own would do it.
 */
static bool match(const char *const *paths, enum sync_flags flags)
{
	struct trial trial;
	bool done;

	sync_result_free(&result);
	trial_begin(&trial);
	for (; *paths != NULL; paths++)
		trial_add(&trial, *paths, PLAN_PUBLIC);
	alarm(20);
	done = trial_match(&trial, flags);
	alarm(0);
	result = trial.result;
	trial.result = SYNC_RESULT_EMPTY;
	text_clear(&problem);
	text_add(&problem, text_string(&trial.problem));
	trial_end(&trial);
	return done;
}

static bool has(const char *path)
{
	return access(in("queue/%s", path), F_OK) == 0;
}

static bool told(enum sync_outcome outcome, const char *path)
{
	for (size_t i = 0; i < result.count; i++)
		if (result.changes[i].outcome == outcome &&
		    strcmp(result.changes[i].path, path) == 0)
			return true;
	return false;
}

/*
 * A chroot with all in it, and its manifest.
 */
static void begin(void)
{
	nftw(in("queue"), world_open_up, 16, FTW_PHYS);
	nftw(in("queue"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	nftw(in("state"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	put_directory(in("queue"), 0755);
	for (const char *const *path = all; *path != NULL; path++)
		put(in("host%s", *path), *path);
	put(in("outside/hosts"), "what is outside\n");
	put(in("outside/certs/b.0"), "what is outside\n");
	tick();
	if (!match(all, SYNC_NOW))
		printf("Bail out! cannot fill the chroot\n");
	tick();
}

static bool untouched(void)
{
	return strcmp(held(in("outside/hosts")), "what is outside\n") == 0 &&
	       strcmp(held(in("outside/certs/b.0")), "what is outside\n") == 0;
}

static void test_life(void)
{
	struct stat before, after;

	begin();
	stat(in(MANIFEST), &before);
	ok(match(all, SYNC_NOW) && result.count == 0, "all planned: nothing to do");
	stat(in(MANIFEST), &after);
	ok(before.st_ino == after.st_ino, "and nothing to write");
	ok(match(some, SYNC_DRY_RUN) && result.removed == 4 && result.count == 4 &&
	   told(SYNC_REMOVED, "etc/ssl/certs/b.0") && told(SYNC_REMOVED, "lib/x/libnss_y.so.2") &&
	   told(SYNC_REMOVED, "lib/x") && told(SYNC_REMOVED, "lib"),
	   "a dry run says what would go, directories that get empty as well");
	ok(strcmp(result.changes[0].path, "lib/x/libnss_y.so.2") == 0 &&
	   result.changes[0].problem == NULL && strlen(result.changes[0].reason) > 0,
	   "what is in a directory before that");
	stat(in(MANIFEST), &after);
	ok(has("lib/x/libnss_y.so.2") && before.st_ino == after.st_ino, "and removes nothing");
	ok(match(some, SYNC_NOW) && result.removed == 4 && result.current == 5, "a sync does it");
	ok(!has("lib") && !has("etc/ssl/certs/b.0") && has("etc/ssl/certs/a.0") && has("etc/hosts"),
	   "what is planned stays");
	ok(match(some, SYNC_NOW) && result.count == 0, "once");
	ok(match(all, SYNC_NOW) && result.made == 4, "what is planned again comes back");
	ok(match(none, SYNC_DRY_RUN) && result.removed == 9 && has("etc/hosts"),
	   "an empty plan: all would go");
	ok(match(none, SYNC_NOW) && result.removed == 9 && !has("etc") && !has("lib"), "all goes");
	ok(access(in(MANIFEST), F_OK) < 0, "the manifest, too");
	stat(in("state"), &before);
	tick();
	ok(match(none, SYNC_NOW) && result.count == 0, "and then there is nothing to do");
	stat(in("state"), &after);
	ok(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec && access(in(MANIFEST), F_OK) < 0,
	   "nor to write");
}

/*
 * What somebody else put there, or changed, stays.
 */
static void test_others(void)
{
	begin();
	put(in("queue/lib/x/mine"), "mine");
	put(in("queue/etc/hosts"), "changed");
	unlink(in("queue/etc/ssl/certs/a.0"));
	put(in("queue/etc/ssl/certs/a.0"), "/etc/ssl/certs/a.0");
	put(in("queue/etc/ssl/certs/c.0"), "mine");
	put_directory(in("queue/usr"), 0755);
	ok(match(none, SYNC_DRY_RUN) && result.removed == 2 && told(SYNC_REMOVED, "etc/ssl/certs/b.0"),
	   "a dry run knows what is changed, and which directory is not empty");
	ok(match(none, SYNC_NOW) && result.removed == 2 && result.failed == 0, "nothing else goes");
	ok(strcmp(held(in("queue/etc/hosts")), "changed") == 0, "a changed file stays");
	ok(has("etc/ssl/certs/a.0"), "one that was replaced by an equal one, too");
	ok(has("lib/x/mine") && has("etc/ssl/certs/c.0") && has("usr"), "what was never postctl's");
	ok(!has("etc/ssl/certs/b.0") && !has("lib/x/libnss_y.so.2"), "what is unchanged goes");
	ok(strstr(held(in(MANIFEST)), "hosts") == NULL && strstr(held(in(MANIFEST)), "a.0") == NULL,
	   "a changed file is forgotten");
	unlink(in("queue/lib/x/mine"));
	ok(match(none, SYNC_NOW) && result.removed == 2 && !has("lib"),
	   "a directory goes when it is empty some day");

	begin();
	chmod(in("queue/etc/ssl/certs/b.0"), 0600);
	chmod(in("queue/etc/ssl/certs/b.0"), 0644);
	ok(match(some, SYNC_NOW) && has("etc/ssl/certs/b.0"), "touched is changed");
	begin();
	put(in("queue/etc/ssl/certs/b.0"), "somebody's");
	ok(match(all, SYNC_NOW) && result.updated == 1, "but what is planned is made right");
	ok(match(some, SYNC_NOW) && !has("etc/ssl/certs/b.0"), "and is postctl's then");

	/* There before postctl came: equal, and not touched. */
	begin();
	unlink(in("queue/etc/hosts"));
	put(in("queue/etc/hosts"), "/etc/hosts");
	{
		struct timespec times[2] = { { 0, UTIME_NOW }, { 0, 0 } };
		struct stat status;

		stat(in("host/etc/hosts"), &status);
		times[1] = status.st_mtim;
		utimensat(AT_FDCWD, in("queue/etc/hosts"), times, 0);
	}
	tick();
	ok(match(all, SYNC_NOW) && result.count == 0 && match(none, SYNC_NOW) && has("etc/hosts"),
	   "an equal copy that somebody else made is somebody else's");
	ok(match(some, SYNC_DRY_RUN | SYNC_ADOPT) && told(SYNC_ADOPTED, "etc/hosts"),
	   "a dry run of an adoption says what it would take");
	ok(match(some, SYNC_NOW | SYNC_ADOPT) && result.adopted == 1 &&
	   told(SYNC_ADOPTED, "etc/hosts"), "an adoption takes it");
	ok(match(some, SYNC_NOW | SYNC_ADOPT) && result.count == 0, "once");
	ok(match(none, SYNC_NOW) && !has("etc/hosts"), "so that it goes with the plan");
}

/*
 * A copy that is found equal gets a new time of change, and stays postctl's.
 */
static void test_confirmed(void)
{
	begin();
	chmod(in("host/etc/ssl/certs/b.0"), 0640);
	chmod(in("host/etc/ssl/certs/b.0"), 0644);
	tick();
	ok(match(all, SYNC_NOW) && result.count == 0, "touched on the host, equal");
	ok(match(some, SYNC_NOW) && !has("etc/ssl/certs/b.0"), "is still postctl's");
	begin();
	chmod(in("queue/etc/ssl/certs/b.0"), 0600);
	chmod(in("queue/etc/ssl/certs/b.0"), 0644);
	chmod(in("host/etc/ssl/certs/b.0"), 0640);
	chmod(in("host/etc/ssl/certs/b.0"), 0644);
	tick();
	ok(match(all, SYNC_NOW) && match(some, SYNC_NOW) && has("etc/ssl/certs/b.0"),
	   "touched on both sides is not");
}

/*
 * As long as the plan may lack something that the host has, nothing goes.
 */
static void test_uncertain(void)
{
	struct trial trial;
	bool done;

	begin();
	trial_begin(&trial);
	host_note_trouble(&trial.cache.host, "/etc/hosts", EIO);
	done = trial_match(&trial, SYNC_NOW);
	ok(done && trial.result.removed == 0 &&
	   trial.result.left_alone == 1 && trial.result.count == 1 && has("etc/hosts"),
	   "a host that cannot be read: %s", trial.result.changes[0].problem);
	trial_end(&trial);
	trial_begin(&trial);
	host_note_trouble(&trial.cache.host, "/etc/hosts", ENOENT);
	ok(trial_match(&trial, SYNC_DRY_RUN) && trial.result.removed == 9, "what is not there is no trouble");
	trial_end(&trial);
	trial_begin(&trial);
	words_add(&trial.plan.kept, "etc/hosts");
	ok(trial_match(&trial, SYNC_NOW) && has("etc/hosts") && !has("lib") && has("etc"),
	   "what may come back on the host is kept");
	trial_end(&trial);
	ok(match(none, SYNC_NOW) && !has("etc"), "until that is decided");

	begin();
	{
		struct rlimit limit, few;

		trial_begin(&trial);
		getrlimit(RLIMIT_NOFILE, &limit);
		few = limit;
		few.rlim_cur = 3;
		setrlimit(RLIMIT_NOFILE, &few);
		trial_add(&trial, "/etc/hosts", PLAN_PUBLIC);
		setrlimit(RLIMIT_NOFILE, &limit);
		ok(trial.plan.count == 0 && trial_match(&trial, SYNC_NOW) && has("etc/hosts") &&
		   has("lib"), "a plan that is short because descriptors ran out removes nothing");
		trial_end(&trial);
	}
	rename(in("queue"), in("away"));
	ok(match(none, SYNC_NOW) && result.count == 0, "a queue directory that is not there is no failure");
	rename(in("away"), in("queue"));
	ok(match(none, SYNC_NOW) && !has("etc"), "nothing is forgotten meanwhile");

	begin();
	put_directory(in("queue/etc/ssl/certs/d.0"), 0755);
	put(in("host/etc/ssl/certs/d.0"), "d");
	{
		const char *const fails[] = { "/etc/hosts", "/etc/ssl/certs/d.0", NULL };

		ok(!match(fails, SYNC_NOW) && has("lib/x/libnss_y.so.2"),
		   "nothing goes before all that is new is there");
	}
}

static void test_barred(void)
{
	static const char *const own[] = { "active", "bounce", "corrupt", "defer", "deferred",
					   "flush", "hold", "incoming", "maildrop", "pid",
					   "private", "public", "saved", "trace" };
	const char *const files[] = { "/pid/master.pid", "/private", NULL };
	size_t barred = 0;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		barred += removal_is_barred(own[i]) && removal_is_barred(in("%s/x", own[i]) +
									 strlen(world_path) + 1);
	ok(barred == sizeof own / sizeof *own, "Postfix's own queue is barred");
	ok(!removal_is_barred("pids") && !removal_is_barred("etc/pid") && !removal_is_barred("pi"),
	   "and nothing else");
	begin();
	put(in("host/pid/master.pid"), "");
	put(in("host/private"), "");
	ok(match(files, SYNC_NOW) && has("pid/master.pid"), "planned there, by whoever wants that");
	ok(match(none, SYNC_NOW) && has("pid/master.pid") && has("private") && !has("etc"),
	   "it is never removed");
}

/*
 * Anything in the place of what was recorded.
 */
static void test_hostile(void)
{
	begin();
	unlink(in("queue/etc/hosts"));
	put_link(in("queue/etc/hosts"), in("outside/hosts"));
	unlink(in("queue/etc/ssl/certs/a.0"));
	ok(link(in("outside/hosts"), in("queue/etc/ssl/certs/a.0")) == 0, "a hard link");
	unlink(in("queue/etc/ssl/certs/b.0"));
	mkfifo(in("queue/etc/ssl/certs/b.0"), 0644);
	unlink(in("queue/lib/x/libnss_y.so.2"));
	put_directory(in("queue/lib/x/libnss_y.so.2"), 0755);
	ok(match(none, SYNC_NOW) && result.removed == 0 && untouched(),
	   "links, a FIFO, a directory: nothing is removed");
	ok(has("etc/ssl/certs/a.0") && has("etc/ssl/certs/b.0") && has("lib/x/libnss_y.so.2"),
	   "and all stay");

	begin();
	rename(in("queue/etc/ssl/certs"), in("queue/etc/ssl/old"));
	put_link(in("queue/etc/ssl/certs"), in("outside/certs"));
	ok(match(none, SYNC_NOW) && untouched() && told(SYNC_LEFT_ALONE, "etc/ssl/certs"),
	   "a directory that became a link outside");
	unlink(in("queue/etc/ssl/certs"));
	rename(in("queue/etc/ssl/old"), in("queue/etc/ssl/certs"));
	ok(match(none, SYNC_NOW) && !has("etc/ssl/certs/a.0") && has("etc/ssl/certs"),
	   "and back: the files go, and the directory is somebody's");

	begin();
	chmod(in("queue/etc/ssl"), 0777);
	ok(match(none, SYNC_NOW) && has("etc/ssl/certs/a.0") && told(SYNC_LEFT_ALONE, "etc/ssl/certs") &&
	   !has("etc/hosts") && !has("lib"), "nothing is removed through everybody's directory");
	chmod(in("queue/etc/ssl"), 0755);
	ok(match(none, SYNC_NOW) && !has("etc/ssl/certs") && has("etc/ssl"),
	   "until it is root's; that one was changed, and stays");

	begin();
	chmod(in("queue"), 0777);
	ok(!match(none, SYNC_NOW) && result.failed == 1 && has("etc/hosts"),
	   "nor from everybody's queue directory");
	chmod(in("queue"), 0755);

	begin();
	put(in("outside/manifest"), held(in(MANIFEST)));
	unlink(in(MANIFEST));
	put_link(in(MANIFEST), in("outside/manifest"));
	ok(match(none, SYNC_NOW) && has("etc/hosts") && problem.length > 0,
	   "a manifest that is not believed is no licence");
	unlink(in(MANIFEST));
	put(in(MANIFEST), "postctl chroot manifest 1\n");
	ok(match(none, SYNC_NOW) && has("etc/hosts") && problem.length > 0, "nor is a short one");
	ok(match(some, SYNC_NOW) && problem.length > 0 && has("lib"), "a sync goes on without");
	ok(match(some, SYNC_NOW | SYNC_ADOPT) && result.adopted == 4 &&
	   match(some, SYNC_NOW) && problem.length == 0, "an adoption begins a new one");
	ok(match(none, SYNC_NOW) && !has("etc/hosts") && has("lib"), "which is as good");
}

/*
 * What is foreign in the chroot of a plan, in one line.
 */
static const char *foreign(const char *const *paths)
{
	static struct text line;
	struct words found = WORDS_EMPTY;
	struct manifest manifest;
	struct trial trial;

	trial_begin(&trial);
	for (; *paths != NULL; paths++)
		trial_add(&trial, *paths, PLAN_PUBLIC);
	manifest_open(&manifest, in("state"), "/etc/postfix", in("queue"));
	alarm(20);
	foreign_find(in("queue"), &trial.plan, &manifest, &found);
	alarm(0);
	manifest_close(&manifest);
	trial_end(&trial);
	text_clear(&line);
	for (size_t i = 0; i < found.count; i++)
		text_printf(&line, "%s%s", i > 0 ? " " : "", found.items[i]);
	words_free(&found);
	return text_string(&line);
}

static void test_foreign(void)
{
	begin();
	is(foreign(all), "", "nothing is foreign in what a sync has made");
	is(foreign(some), "", "nor what it will remove");
	put(in("queue/etc/mine"), "");
	put(in("queue/etc/ssl/certs/.postctl.new"), "");
	put(in("queue/etc/directory/in it"), "");
	put(in("queue/other/mine"), "");
	put(in("queue/pid/master.pid"), "");
	put_link(in("queue/lib/x/link"), "/etc");
	mkfifo(in("queue/lib/fifo"), 0600);
	is(foreign(all), "etc/directory/ etc/mine lib/fifo lib/x/link",
	   "what somebody put into directories of the plan");
	put(in("queue/etc/hosts"), "changed");
	put(in("queue/lib/x/libnss_y.so.2"), "changed");
	is(foreign(some), "etc/directory/ etc/mine lib/fifo lib/x/libnss_y.so.2 lib/x/link",
	   "and what is changed, unless it is planned");
	match(none, SYNC_NOW);
	is(foreign(none), "etc/directory/ etc/hosts etc/mine lib/fifo lib/x/libnss_y.so.2 lib/x/link",
	   "without a plan, what is in directories that postctl made");
	begin();
	rename(in("queue/etc/ssl"), in("queue/etc/old"));
	put_link(in("queue/etc/ssl"), in("outside"));
	is(foreign(all), "etc/old/", "no link is followed");
	unlink(in(MANIFEST));
	put_link(in(MANIFEST), in("outside/manifest"));
	is(foreign(some), "etc/old/", "without a manifest what is not planned is foreign");
}

/*
 * In a child with mounts of its own; it exits with the number of what was
 * wrong, 77 if it could not begin.
 */
static void in_child(const char *name, int (*test)(void))
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
		      mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 ? test() : 77);
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		ok(true, "%s # SKIP needs root and a mount namespace", name);
	else if (!ok(status == 0, "%s", name))
		printf("#   status %#x\n", (unsigned)status);
}

static int mounts(void)
{
	begin();
	if (mount(in("outside/certs"), in("queue/etc/ssl/certs"), NULL, MS_BIND, NULL) < 0 ||
	    mount(in("outside/hosts"), in("queue/etc/hosts"), NULL, MS_BIND, NULL) < 0)
		return 77;
	if (!match(none, SYNC_NOW) || !told(SYNC_LEFT_ALONE, "etc/ssl/certs") ||
	    !told(SYNC_LEFT_ALONE, "etc/hosts") || !untouched())
		return 1;
	if (umount(in("queue/etc/ssl/certs")) < 0 || umount(in("queue/etc/hosts")) < 0)
		return 77;
	return match(none, SYNC_NOW) && !has("etc") ? 0 : 2;
}

static int elsewhere(void)
{
	begin();
	/* What is mounted is the very file that was recorded. */
	if (mount(in("queue/etc"), in("queue/etc"), NULL, MS_BIND, NULL) < 0)
		return 77;
	return match(none, SYNC_NOW) && has("etc/hosts") && !has("lib") ? 0 : 1;
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	test_life();
	test_others();
	test_confirmed();
	test_uncertain();
	test_barred();
	test_hostile();
	test_foreign();
	in_child("mount points are left alone", mounts);
	in_child("so are those of the chroot's own", elsewhere);
	sync_result_free(&result);
	text_free(&problem);
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	world_end();
	return tap_done();
}
