/*
 * A sync into a chroot with anything in it: nothing outside is written, made
 * or read into it, nothing hangs, each refusal names its place.
 */
#include "chroot/sync.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "fixtures/chroot/world.h"
#include "tap.h"

#define SECRET "what is outside\n"

static const char *const file[] = { "/etc/hosts", NULL };

/*
 * What is outside the chroot is as it was.
 */
static bool untouched(void)
{
	struct stat status;

	return strcmp(held(in("outside/hosts")), SECRET) == 0 &&
	       lstat(in("outside/hosts"), &status) == 0 && status.st_mtim.tv_sec == 1000000000 &&
	       (status.st_mode & 07777) == 0640 &&
	       access(in("outside/.postctl.new"), F_OK) < 0 &&
	       access(in("outside/services"), F_OK) < 0;
}

static void begin(void)
{
	put(in("outside/hosts"), SECRET);
	chmod(in("outside/hosts"), 0640);
	set_time(in("outside/hosts"), 1000000000);
	put(in("host/etc/hosts"), "from the host\n");
	put(in("host/etc/services"), "services\n");
	put_directory(in("queue/etc"), 0755);
	unlink(in("queue/etc/hosts"));
	rmdir(in("queue/etc/hosts"));
}

/*
 * The file is replaced, whatever stands in its place.
 */
static void replaced(const char *what)
{
	struct sync_result result;
	struct stat status;
	bool done;

	alarm(20);
	done = sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
	alarm(0);
	ok(done && result.updated == 1 &&
	   strcmp(held(in("queue/etc/hosts")), "from the host\n") == 0 &&
	   lstat(in("queue/etc/hosts"), &status) == 0 && S_ISREG(status.st_mode) &&
	   status.st_nlink == 1 && untouched(), "replaced: %s", what);
	world_show(&result);
	sync_result_free(&result);
	begin();
}

/*
 * Nothing is done, and the reason holds the words.
 */
static void refused(const char *what, const char *words)
{
	struct sync_result result;
	bool done;

	alarm(20);
	done = sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
	alarm(0);
	ok(!done && result.count == 1 && result.changes[0].outcome == SYNC_FAILED &&
	   strstr(result.changes[0].problem, words) != NULL && untouched(), "refused: %s: %s",
	   what, result.count > 0 ? result.changes[0].problem : "");
	sync_result_free(&result);
}

static void put_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, path);
	bind(fd, (struct sockaddr *)&address, sizeof address);
	close(fd);
}

static void test_files(void)
{
	put_link(in("queue/etc/hosts"), in("outside/hosts"));
	replaced("an absolute link");
	put_link(in("queue/etc/hosts"), "../../outside/hosts");
	replaced("a relative link");
	put_link(in("queue/etc/other"), in("outside/hosts"));
	put_link(in("queue/etc/hosts"), "other");
	replaced("a chain of links");
	put_link(in("queue/etc/hosts"), "hosts");
	replaced("a link to itself");
	put_link(in("queue/etc/hosts"), "/nowhere/at/all");
	replaced("a dangling link");
	put_link(in("queue/etc/hosts"), in("outside"));
	replaced("a link to a directory");
	put_link(in("queue/etc/hosts"), "/dev/zero");
	replaced("a link to a device");
	if (link(in("outside/hosts"), in("queue/etc/hosts")) == 0)
		replaced("a hard link");
	mkfifo(in("queue/etc/hosts"), 0666);
	replaced("a FIFO");
	put_socket(in("queue/etc/hosts"));
	replaced("a socket");
	put(in("queue/etc/hosts"), "somebody's");
	chmod(in("queue/etc/hosts"), 0666);
	replaced("a file that all may write");
	if (geteuid() == 0) {
		if (mknod(in("queue/etc/hosts"), S_IFCHR | 0666, makedev(1, 5)) == 0)
			replaced("a device that never ends");
		put(in("queue/etc/hosts"), "from the host\n");
		if (chown(in("queue/etc/hosts"), 65534, 65534) == 0)
			replaced("a file of another owner");
	} else {
		ok(true, "replaced: a device # SKIP needs root");
	}
	put_directory(in("queue/etc/hosts"), 0755);
	refused("a directory in place of a file", "/queue/etc/hosts in place: it is a directory");
	begin();
	put(in("queue/etc/hosts"), "old");
	put_link(in("queue/etc/.postctl.new"), in("outside/hosts"));
	replaced("with a link under the temporary name");
}

static void test_directories(void)
{
	put_directory(in("hold"), 0755);
	rename(in("queue/etc"), in("hold/etc"));
	put_link(in("queue/etc"), in("outside"));
	refused("a link for the directory", "/queue/etc: it is a symbolic link");
	put_link(in("queue/etc"), "../hold/etc");
	refused("a relative link", "symbolic link");
	unlink(in("queue/etc"));
	put(in("queue/etc"), "a file");
	refused("a file for the directory", "no directory");
	unlink(in("queue/etc"));
	mkfifo(in("queue/etc"), 0666);
	refused("a FIFO for the directory", "no directory");
	unlink(in("queue/etc"));
	put_directory(in("queue/etc"), 0777);
	refused("everybody's directory", "others than root may write in it");
	chmod(in("queue/etc"), 0775);
	refused("a group's directory", "chmod go-w");
	chmod(in("queue/etc"), 0755);
	chmod(in("queue"), 0777);
	refused("everybody's queue directory", "others than root may write in it");
	chmod(in("queue"), 0755);
	if (geteuid() == 0) {
		if (chown(in("queue/etc"), 65534, 0) == 0)
			refused("somebody's directory", "belongs to user 65534");
		if (chown(in("queue/etc"), 0, 0) < 0)
			return;
	} else {
		ok(true, "refused: somebody's directory # SKIP needs root");
	}
	begin();
}

/*
 * The other entries go on.
 */
static void test_others(void)
{
	const char *const files[] = { "/etc/hosts", "/etc/services", "/lib/x/a", "/lib/x/b",
				      "/usr/c", NULL };
	struct sync_result result;

	put(in("host/lib/x/a"), "a");
	put(in("host/lib/x/b"), "b");
	put(in("host/usr/c"), "c");
	put_link(in("queue/lib"), in("outside"));
	put_directory(in("queue/etc/hosts"), 0755);
	ok(!sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result) && result.failed == 5 &&
	   result.count == 5 && strcmp(held(in("queue/etc/services")), "services\n") == 0 &&
	   strcmp(held(in("queue/usr/c")), "c") == 0 && untouched(),
	   "one refusal for a directory, all below it counted, the rest done");
	world_show(&result);
	sync_result_free(&result);
	unlink(in("queue/lib"));
	begin();
}

static void test_names(void)
{
	const char *files[] = { NULL, "/etc/services", NULL };
	struct sync_result result;
	char name[300] = "/etc/";

	memset(name + 5, 'n', 255);
	name[260] = '\0';
	put(in("host%s", name), "long");
	files[0] = name;
	ok(sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result) &&
	   strcmp(held(in("queue%s", name)), "long") == 0, "a name of 255 bytes");
	sync_result_free(&result);
	put(in("host/etc/new\nline \"%%s"), "odd");
	files[0] = "/etc/new\nline \"%s";
	ok(sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result) &&
	   strcmp(held(in("queue/etc/new\nline \"%%s")), "odd") == 0, "an odd name");
	sync_result_free(&result);
}

/*
 * In a child with limits or mounts of its own; it exits with the number of
 * what was wrong, 77 if it could not begin.
 */
static void in_child(const char *name, int (*test)(void))
{
	pid_t child;
	int status = 0;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(test());
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		ok(true, "%s # SKIP needs root and a mount namespace", name);
	else if (!ok(status == 0, "%s", name))
		printf("#   status %#x\n", (unsigned)status);
}

static bool own_mounts(void)
{
	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int mounted_directory(void)
{
	const char *const files[] = { "/etc/hosts", "/etc/services", "/usr/c", NULL };
	struct sync_result result;
	bool done;

	if (!own_mounts() || mount(in("outside"), in("queue/etc"), NULL, MS_BIND, NULL) < 0)
		return 77;
	done = sync_files(files, PLAN_PUBLIC, SYNC_NOW, &result);
	if (!done || result.left_alone != 3 || result.count != 1 || result.failed != 0)
		return 1;
	if (strstr(result.changes[0].problem, "/queue/etc is a mount point; left alone") == NULL)
		return 2;
	return untouched() ? 0 : 3;
}

static int mounted_file(void)
{
	struct sync_result result;
	bool done;

	put(in("queue/etc/hosts"), "below");
	if (!own_mounts() ||
	    mount(in("host/etc/hosts"), in("queue/etc/hosts"), NULL, MS_BIND, NULL) < 0)
		return 77;
	for (int round = 0; round < 2; round++) {
		struct stat before, after;

		lstat(in("host/etc/hosts"), &before);
		tick();
		done = sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
		lstat(in("host/etc/hosts"), &after);
		if (!done || result.left_alone != 1 || result.count != 1 ||
		    before.st_ctim.tv_nsec != after.st_ctim.tv_nsec)
			return 1 + round;
		sync_result_free(&result);
		/* The second time it looks different from what is planned. */
		if (umount(in("queue/etc/hosts")) < 0 ||
		    mount(in("outside/hosts"), in("queue/etc/hosts"), NULL, MS_BIND, NULL) < 0)
			return 77;
	}
	return untouched() ? 0 : 3;
}

/*
 * No room: the old file stays, no litter, and the next sync with room ends it.
 */
static int full(void)
{
	struct sync_result result;
	char *large = malloc(400000);
	bool done;

	if (!own_mounts() || mount("none", in("queue"), "tmpfs", 0, "size=128k,mode=755") < 0)
		return 77;
	put_directory(in("queue/etc"), 0755);
	put(in("host/etc/hosts"), "small");
	done = sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
	if (!done)
		return 1;
	sync_result_free(&result);
	memset(large, 'x', 400000);
	put_bytes(in("host/etc/hosts"), large, 400000);
	done = sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
	if (done || result.failed != 1 ||
	    strstr(result.changes[0].problem, "No space left") == NULL)
		return 2;
	if (strcmp(held(in("queue/etc/hosts")), "small") != 0 ||
	    access(in("queue/etc/.postctl.new"), F_OK) == 0)
		return 3;
	return 0;
}

static int limited(void)
{
	struct rlimit limit = { 4096, 4096 };
	struct sync_result result;
	char *large = malloc(100000);
	bool done;

	put(in("host/etc/hosts"), "small");
	done = sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
	if (!done)
		return 1;
	memset(large, 'x', 100000);
	put_bytes(in("host/etc/hosts"), large, 100000);
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 77;
	done = sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
	if (done || result.failed != 1 ||
	    strstr(result.changes[0].problem, "File too large") == NULL)
		return 2;
	if (strcmp(held(in("queue/etc/hosts")), "small") != 0 ||
	    access(in("queue/etc/.postctl.new"), F_OK) == 0)
		return 3;
	return 0;
}

static int without_descriptors(void)
{
	const rlim_t most = 16;
	int failures = 0, refusals = 0;
	struct sync_result result;
	struct trial trial;

	put(in("host/etc/hosts"), "old");
	sync_files(file, PLAN_PUBLIC, SYNC_NOW, &result);
	sync_result_free(&result);
	put(in("host/etc/hosts"), "new");
	trial_begin(&trial);
	trial_add(&trial, "/etc/hosts", PLAN_PUBLIC);
	for (rlim_t few = 3; few <= most; few++) {
		struct rlimit limit = { few, most };
		const char *have;

		if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
			return 77;
		refusals += !trial_sync(&trial, SYNC_NOW);
		limit.rlim_cur = most;
		setrlimit(RLIMIT_NOFILE, &limit);
		have = held(in("queue/etc/hosts"));
		failures += strcmp(have, "old") != 0 && strcmp(have, "new") != 0;
	}
	failures += trial.result.failed > 0;
	failures += strcmp(held(in("queue/etc/hosts")), "new") != 0;
	return failures > 0 ? 1 : refusals < 3 ? 2 : 0;
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	begin();
	test_files();
	test_directories();
	test_others();
	test_names();
	in_child("a directory that is a mount point is left alone", mounted_directory);
	in_child("a file that is a mount point is left alone", mounted_file);
	in_child("a full file system leaves the old file", full);
	in_child("so does a limit on file sizes", limited);
	in_child("so does a lack of descriptors", without_descriptors);
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	world_end();
	return tap_done();
}
