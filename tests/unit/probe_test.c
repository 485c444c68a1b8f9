/*
 * Whether a master runs: real processes that lock as master does, in every
 * state, on several file systems, in other pid namespaces, as nobody; and
 * that looking makes no master fail.
 */
#include "process/probe.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "fixtures/process/fake.h"
#include "process/lease.h"
#include "process/pid_file.h"
#include "tap.h"

/* Of the world that a test works in. */
static struct text root;
static struct text queue;
static struct text config;
static struct text pid_file;

static bool enter(const char *parent)
{
	if (!fake_world(&root, parent))
		return false;
	text_printf(&queue, "%s/queue", text_string(&root));
	text_printf(&config, "%s/etc", text_string(&root));
	text_printf(&pid_file, "%s/queue/pid/master.pid", text_string(&root));
	return true;
}

static void leave(void)
{
	fake_world_end(&root);
	text_free(&queue);
	text_free(&config);
	text_free(&pid_file);
}

/* Whether the pid file is open for writing, by its lease alone. */
static enum lease_writer writer(void)
{
	int fd = open(text_string(&pid_file), O_RDONLY | O_CLOEXEC);
	enum lease_writer found = fd >= 0 ? lease_writer(fd) : LEASE_UNCLEAR;

	close(fd);
	return found;
}

static bool claims(pid_t *pid)
{
	struct pid_file file = PID_FILE_EMPTY;
	bool claimed = pid_file_open(&file, text_string(&queue)) == 0 &&
		       pid_file_claim(&file, pid);

	pid_file_close(&file);
	return claimed;
}

/* Probe anew; the reason is printed. */
static enum probe_state look(struct probe_answer *answer)
{
	struct probe probe = PROBE_EMPTY;
	struct text why = TEXT_EMPTY;
	enum probe_state state;

	if (!probe_read(&probe, &why))
		printf("# %s\n", text_string(&why));
	state = probe_instance(&probe, text_string(&queue), text_string(&config), answer,
			       &why);
	if (state == PROBE_UNKNOWN)
		printf("# %s\n", text_string(&why));
	probe_free(&probe);
	text_free(&why);
	return state;
}

/* The states that every file system must show. */
static void test_states(const char *where)
{
	struct probe_answer answer;
	struct probe stale = PROBE_EMPTY;
	time_t now = time(NULL);
	pid_t claimed = 0;
	pid_t pid;

	ok(look(&answer) == PROBE_STOPPED, "%s: never started", where);
	ok(!claims(&claimed), "%s: no pid is claimed", where);
	probe_read(&stale, NULL);

	pid = fake_start(&root, &(struct fake_options){ .queue = NULL });
	ok(pid > 0 && look(&answer) == PROBE_RUNNING && answer.master.pid == pid,
	   "%s: running", where);
	ok(identity_since(&answer.master) >= now - 2 &&
	   identity_since(&answer.master) <= time(NULL) + 2, "%s: since when", where);
	ok(claims(&claimed) && claimed == pid,
	   "%s: its pid is claimed", where);
	ok(probe_instance(&stale, text_string(&queue), NULL, &answer, NULL) ==
	   PROBE_RUNNING && answer.master.pid == pid, "%s: started since the table was read",
	   where);
	probe_free(&stale);

	kill(pid, SIGSTOP);
	ok(look(&answer) == PROBE_RUNNING && answer.master.pid == pid, "%s: hung", where);
	probe_read(&stale, NULL);
	kill(pid, SIGKILL);
	fake_sleep(20);
	ok(look(&answer) == PROBE_STOPPED, "%s: dead, not yet collected", where);
	waitpid(pid, NULL, 0);
	ok(look(&answer) == PROBE_STOPPED, "%s: dead", where);
	ok(probe_instance(&stale, text_string(&queue), text_string(&config), &answer, NULL) ==
	   PROBE_STOPPED, "%s: died since the table was read", where);
	probe_free(&stale);

	pid = fake_start(&root, &(struct fake_options){ .queue = NULL });
	ok(pid > 0 && look(&answer) == PROBE_RUNNING && answer.master.pid == pid,
	   "%s: running again, with the old file", where);
	fake_kill(pid);
	unlink(text_string(&pid_file));
}

static void write_pid(const char *content)
{
	int fd = open(text_string(&pid_file), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (write(fd, content, strlen(content)) < 0)
		printf("# cannot write the pid file\n");
	close(fd);
}

/* A master must not be started with what is in that place. */
static void unusable(void)
{
	struct text why = TEXT_EMPTY;

	ok(!pid_file_usable(text_string(&queue), &why), "and may not be used");
	printf("# %s\n", text_string(&why));
	text_free(&why);
}

static void test_pid_files(void)
{
	struct probe_answer answer;
	struct text content = TEXT_EMPTY;
	pid_t pid = 0;

	write_pid("                               1\n");
	ok(look(&answer) == PROBE_STOPPED, "the file claims init's pid");
	ok(claims(&pid) && pid == 1, "which can be had");
	text_printf(&content, "%32ld\n", (long)getpid());
	write_pid(text_string(&content));
	ok(look(&answer) == PROBE_STOPPED, "the file claims a living pid");
	write_pid("xyz\n");
	ok(look(&answer) == PROBE_STOPPED && !claims(&pid),
	   "the file is nonsense");
	write_pid("99999999999999999999\n");
	ok(!claims(&pid), "the number is too large");
	write_pid("-5\n");
	ok(!claims(&pid), "the number is negative");
	ok(pid_file_usable(text_string(&queue), NULL), "a file may be used, whatever is in it");
	write_pid("");
	ok(look(&answer) == PROBE_STOPPED && !claims(&pid),
	   "the file is empty");
	ok(truncate(text_string(&pid_file), (off_t)1 << 30) == 0 &&
	   look(&answer) == PROBE_STOPPED && !claims(&pid),
	   "the file is huge");
	unlink(text_string(&pid_file));
	ok(mkdir(text_string(&pid_file), 0755) == 0 && look(&answer) == PROBE_STOPPED,
	   "the file is a directory");
	unusable();
	rmdir(text_string(&pid_file));
	ok(mkfifo(text_string(&pid_file), 0600) == 0 && look(&answer) == PROBE_STOPPED,
	   "the file is a pipe");
	unusable();
	unlink(text_string(&pid_file));
	ok(symlink("nowhere", text_string(&pid_file)) == 0 && look(&answer) == PROBE_STOPPED,
	   "the file is a link to nowhere");
	unusable();
	unlink(text_string(&pid_file));
	ok(pid_file_usable(text_string(&queue), NULL), "no file is as good as one");
	ok(symlink("master.pid", text_string(&pid_file)) == 0 && look(&answer) == PROBE_STOPPED,
	   "the file is a link to itself");
	unusable();
	unlink(text_string(&pid_file));
	ok(symlink("/etc/passwd", text_string(&pid_file)) == 0 &&
	   look(&answer) == PROBE_STOPPED, "the file is a link to /etc/passwd");
	unusable();
	unlink(text_string(&pid_file));
	/* As some administrators have it. */
	write_pid("                            4711\n");
	text_clear(&content);
	text_printf(&content, "%s.real", text_string(&pid_file));
	rename(text_string(&pid_file), text_string(&content));
	ok(symlink("master.pid.real", text_string(&pid_file)) == 0 &&
	   look(&answer) == PROBE_STOPPED && pid_file_usable(text_string(&queue), NULL),
	   "the file is a link to a pid file");
	unlink(text_string(&content));
	unlink(text_string(&pid_file));
	text_free(&content);
}

/* Somebody else has the lock, or the file open. */
static void test_others(void)
{
	struct probe_answer answer;
	struct text elsewhere = TEXT_EMPTY;
	struct probe probe = PROBE_EMPTY;
	struct text why = TEXT_EMPTY;
	pid_t pid;
	int fd;

	fd = fake_lock(text_string(&pid_file));
	ok(look(&answer) == PROBE_UNKNOWN, "locked by another program");
	flock(fd, LOCK_UN);
	ok(look(&answer) == PROBE_UNKNOWN, "open for writing, not locked");
	/* As a "master -t" has it, on a machine that is busy. */
	pid = fork();
	if (pid == 0) {
		nanosleep(&(struct timespec){ .tv_nsec = 150000000 }, NULL);
		_exit(0);
	}
	close(fd);
	ok(pid > 0 && look(&answer) == PROBE_STOPPED, "open for writing for a moment");
	waitpid(pid, NULL, 0);
	fd = open(text_string(&pid_file), O_RDONLY | O_CLOEXEC);
	ok(look(&answer) == PROBE_STOPPED, "open for reading");
	ok(!probe_find_locker(&probe, text_string(&queue), &why), "nobody has locked it");
	flock(fd, LOCK_EX);
	probe_read(&probe, NULL);
	ok(look(&answer) == PROBE_STOPPED &&
	   probe_find_locker(&probe, text_string(&queue), &why) &&
	   strstr(text_string(&why), "locked by process ") != NULL,
	   "locked by who only reads it");
	probe_free(&probe);
	text_free(&why);
	close(fd);

	pid = fake_start(&root, &(struct fake_options){ .argument = "-t" });
	ok(pid > 0 && look(&answer) == PROBE_UNKNOWN, "a \"master -t\" is no master");
	fake_kill(pid);
	ok(look(&answer) == PROBE_STOPPED, "and then it is gone");

	/* The inode of another file system has the same number. */
	text_printf(&elsewhere, "%s/other", text_string(&root));
	mkdir(text_string(&elsewhere), 0755);
	text_add(&elsewhere, "/pid");
	mkdir(text_string(&elsewhere), 0755);
	text_truncate(&elsewhere, elsewhere.length - 4);
	pid = fake_start(&root, &(struct fake_options){ .queue = text_string(&elsewhere) });
	{
		struct stat status;

		probe_read(&probe, NULL);
		stat(text_string(&pid_file), &status);
		for (size_t i = 0; i < probe.locks.count; i++)
			if (probe.locks.items[i].pid == pid)
				probe.locks.items[i] = (struct lock){
					status.st_ino, makedev(250, 250), pid };
		locks_parse(&probe.locks, "");
		ok(probe_instance(&probe, text_string(&queue), NULL, &answer, NULL) ==
		   PROBE_STOPPED, "a master of another file system's file");
		probe_free(&probe);
	}
	fake_kill(pid);
	text_free(&elsewhere);
	unlink(text_string(&pid_file));
}

/* Overlayfs and btrfs: the table has another device than stat(2). */
static void test_devices(void)
{
	struct probe probe = PROBE_EMPTY;
	struct probe_answer answer;
	struct stat status;
	pid_t pid = fake_start(&root, &(struct fake_options){ .queue = NULL });

	stat(text_string(&pid_file), &status);
	probe_read(&probe, NULL);
	for (size_t i = 0; i < probe.locks.count; i++)
		if (probe.locks.items[i].pid == pid)
			probe.locks.items[i].device = makedev(250, 250);
	ok(probe_instance(&probe, text_string(&queue), NULL, &answer, NULL) == PROBE_RUNNING &&
	   answer.master.pid == pid, "another device, but the master works here");
	probe_free(&probe);
	fake_kill(pid);
	unlink(text_string(&pid_file));
}

static void test_strays(void)
{
	struct probe probe = PROBE_EMPTY;
	struct probe_answer answer;
	struct text other = TEXT_EMPTY;
	struct place place;
	pid_t pid = fake_start(&root, &(struct fake_options){ .queue = NULL });

	probe_read(&probe, NULL);
	ok(probe_instance(&probe, NULL, text_string(&config), &answer, NULL) == PROBE_STRAY &&
	   answer.master.pid == pid, "found by its configuration alone");
	place_of(text_string(&queue), &place);
	ok(place_same(&place, &answer.queue), "and where it works");
	ok(probe_instance(&probe, "/nonexistent/queue", text_string(&config), &answer, NULL) ==
	   PROBE_STRAY && answer.master.pid == pid, "queue_directory was changed");
	text_printf(&other, "%s/sbin/../etc/", text_string(&root));
	ok(probe_instance(&probe, NULL, text_string(&other), &answer, NULL) == PROBE_STRAY,
	   "whatever the directory is called");
	ok(probe_instance(&probe, NULL, text_string(&root), &answer, NULL) == PROBE_STOPPED,
	   "another configuration");
	ok(probe_instance(&probe, NULL, "/nonexistent", &answer, NULL) == PROBE_STOPPED,
	   "a configuration that is missing");
	probe_free(&probe);

	unlink(text_string(&pid_file));
	ok(look(&answer) == PROBE_STRAY && answer.master.pid == pid, "the pid file was removed");
	write_pid("                               1\n");
	ok(look(&answer) == PROBE_STRAY && answer.master.pid == pid,
	   "the pid file was replaced");
	fake_kill(pid);
	ok(look(&answer) == PROBE_STOPPED, "and then it is gone");
	unlink(text_string(&pid_file));
	text_free(&other);
}

static void test_signal(void)
{
	struct probe_answer answer;
	struct probe_answer before;
	struct text why = TEXT_EMPTY;
	int status;
	pid_t pid = fake_start(&root, &(struct fake_options){ .queue = NULL });

	look(&answer);
	before = answer;
	before.master.start++;
	ok(!probe_signal(&before, SIGKILL, &why) && why.length == 0,
	   "another process with its pid is not signalled");
	before = answer;
	before.queue.inode++;
	ok(!probe_signal(&before, SIGKILL, &why) && why.length > 0,
	   "nor one that works elsewhere");
	identity_read(getpid(), &before.master);
	ok(!probe_signal(&before, SIGKILL, &why), "nor what is no master");
	ok(look(&answer) == PROBE_RUNNING && probe_signal(&answer, SIGTERM, &why) &&
	   waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGTERM, "the master is");
	text_clear(&why);
	ok(!probe_signal(&answer, SIGTERM, &why) && why.length == 0, "and then it is gone");
	unlink(text_string(&pid_file));
	text_free(&why);
}

/*
 * Lock as a starting master does, many times, while two processes look all
 * the time: none may fail.
 */
static void test_hammer(const char *where, int starts)
{
	pid_t lookers[2];
	struct timespec begin;
	struct timespec end;
	int failures = 0;
	double longest = 0;

	for (int i = 0; i < 2; i++) {
		lookers[i] = fork();
		if (lookers[i] == 0) {
			struct probe probe = PROBE_EMPTY;
			struct probe_answer answer;

			prctl(PR_SET_PDEATHSIG, SIGKILL);
			probe_read(&probe, NULL);
			for (;;) {
				if (i == 0)
					writer();
				else
					probe_instance(&probe, text_string(&queue), NULL,
						       &answer, NULL);
			}
		}
	}
	fake_sleep(20);
	for (int i = 0; i < starts; i++) {
		double took;
		int fd;

		clock_gettime(CLOCK_MONOTONIC, &begin);
		fd = fake_lock(text_string(&pid_file));
		clock_gettime(CLOCK_MONOTONIC, &end);
		took = (double)(end.tv_sec - begin.tv_sec) * 1e3 +
		       (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
		if (took > longest)
			longest = took;
		failures += fd < 0;
		close(fd);
		/* Now and then as a new process, and with a new file. */
		if (i % 100 == 0) {
			pid_t pid = fake_start(&root, &(struct fake_options){ .queue = NULL });

			failures += pid < 0;
			fake_kill(pid);
			unlink(text_string(&pid_file));
		}
	}
	for (int i = 0; i < 2; i++) {
		int status;

		failures += waitpid(lookers[i], &status, WNOHANG) != 0;
		fake_kill(lookers[i]);
	}
	ok(failures == 0, "%s: %d starts while others look, %d fail, the slowest in %.1f ms",
	   where, starts, failures, longest);
	unlink(text_string(&pid_file));
}

/*
 * Run a test in a child that may change its namespaces; 77 skips it.  Its own
 * checks become comments.
 */
static void apart(int (*test)(void), const char *name)
{
	char line[512];
	int output[2];
	int status;
	FILE *said;
	pid_t pid;

	fflush(stdout);
	if (pipe2(output, O_CLOEXEC) < 0)
		return;
	pid = fork();
	if (pid == 0) {
		dup2(output[1], STDOUT_FILENO);
		status = test();
		fflush(stdout);
		_exit(status);
	}
	close(output[1]);
	said = fdopen(output[0], "re");
	while (said != NULL && fgets(line, sizeof line, said) != NULL)
		printf("# %s", line);
	if (said != NULL)
		fclose(said);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		ok(true, "%s # SKIP not allowed here", name);
	else
		ok(status == 0, "%s", name);
}

static bool own_mounts(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* As nobody: the table and names must do. */
static int test_nobody(void)
{
	struct probe_answer answer;
	pid_t master = fake_start(&root, &(struct fake_options){ .queue = NULL });
	int status;
	pid_t pid;

	chmod(text_string(&root), 0755);
	pid = fork();
	if (pid == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(77);
		_exit(look(&answer) != PROBE_RUNNING || answer.master.pid != master);
	}
	waitpid(pid, &status, 0);
	fake_kill(master);
	if (status != 0)
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	pid = fork();
	if (pid == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(77);
		_exit(look(&answer) != PROBE_STOPPED);
	}
	waitpid(pid, &status, 0);
	unlink(text_string(&pid_file));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/*
 * All states on an overlay, with the pid file new and with it copied up from
 * below by the master that opens it; both sides on one file system or not.
 */
static int overlay(const char *upper_type)
{
	struct text options = TEXT_EMPTY;
	struct text base = TEXT_EMPTY;
	struct probe_answer answer;
	struct stat status;
	dev_t device = 0;
	int passed = tap_failures;
	bool found;
	pid_t pid;

	text_add(&base, "/tmp/postctl-overlay-XXXXXX");
	if (mkdtemp(base.data) == NULL || !own_mounts() ||
	    mount("lower", base.data, "tmpfs", 0, NULL) < 0 || chdir(base.data) < 0 ||
	    mkdir("lower", 0755) < 0 || mkdir("top", 0755) < 0 || mkdir("merged", 0755) < 0 ||
	    (upper_type != NULL && mount("upper", "top", upper_type, 0, NULL) < 0) ||
	    mkdir("top/upper", 0755) < 0 || mkdir("top/work", 0755) < 0 ||
	    !enter("lower") || mount("overlay", "merged", "overlay", 0,
				     "lowerdir=lower,upperdir=top/upper,workdir=top/work") < 0) {
		if (chdir("/") == 0)
			umount2(base.data, MNT_DETACH);
		rmdir(base.data);
		return 77;
	}
	/* The world was made below; everything happens above. */
	write_pid("                               1\n");
	text_printf(&options, "%s/merged/%s", base.data, strchr(root.data, '/') + 1);
	text_free(&root);
	root = options;
	options = TEXT_EMPTY;
	text_free(&queue);
	text_free(&config);
	text_free(&pid_file);
	text_printf(&queue, "%s/queue", text_string(&root));
	text_printf(&config, "%s/etc", text_string(&root));
	text_printf(&pid_file, "%s/queue/pid/master.pid", text_string(&root));

	ok(look(&answer) == PROBE_STOPPED, "overlay: a pid file from below");
	pid = fake_start(&root, &(struct fake_options){ .queue = NULL });
	ok(pid > 0 && look(&answer) == PROBE_RUNNING && answer.master.pid == pid,
	   "overlay: running, the file copied up");
	found = stat(text_string(&pid_file), &status) == 0 &&
		locks_device(text_string(&pid_file), &device);
	ok(found,
	   "overlay: its device is %u:%u, in the lock table %u:%u", major(status.st_dev),
	   minor(status.st_dev), major(device), minor(device));
	ok(writer() == LEASE_WRITER, "overlay: a lease is refused");
	fake_kill(pid);
	ok(writer() == LEASE_NO_WRITER, "overlay: a lease is had");
	unlink(text_string(&pid_file));
	test_states("overlay");
	ok(test_nobody() == 0, "overlay: as nobody");
	test_hammer("overlay", 500);
	if (chdir("/") < 0 || umount2(base.data, MNT_DETACH) < 0 || rmdir(base.data) < 0)
		return 1;
	return tap_failures > passed;
}

static int test_overlay(void)
{
	return overlay(NULL);
}

static int test_overlay_two(void)
{
	return overlay("tmpfs");
}

/*
 * A container's master: MAIL_CONFIG is the name of a directory of ours, but
 * means another one.
 */
static int test_container(void)
{
	struct probe_answer answer;
	struct text other = TEXT_EMPTY;
	int ready[2];
	pid_t master = -1;
	pid_t pid;
	bool right;

	text_printf(&other, "%s/container", text_string(&root));
	mkdir(text_string(&other), 0755);
	text_add(&other, "/pid");
	mkdir(text_string(&other), 0755);
	text_truncate(&other, other.length - 4);
	if (pipe2(ready, O_CLOEXEC) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (own_mounts() && mount("config", text_string(&config), "tmpfs", 0, NULL) == 0)
			master = fake_start(&root, &(struct fake_options){
				.queue = text_string(&other) });
		if (write(ready[1], &master, sizeof master) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &master, sizeof master) != sizeof master || master < 0) {
		fake_kill(pid);
		return 77;
	}
	right = look(&answer) == PROBE_STOPPED;
	kill(master, SIGKILL);
	fake_kill(pid);
	text_free(&other);
	return !right;
}

/* As in a sandbox that has none, or does not show it. */
static int test_without_table(void)
{
	struct probe_answer answer;
	pid_t master;
	bool right;

	/* No driver has such a number: it cannot be opened. */
	if (!own_mounts() || mknod("/tmp/postctl-no-locks", S_IFCHR | 0600, makedev(250, 250)) < 0)
		return 77;
	if (mount("/tmp/postctl-no-locks", "/proc/locks", NULL, MS_BIND, NULL) < 0) {
		unlink("/tmp/postctl-no-locks");
		return 77;
	}
	unlink("/tmp/postctl-no-locks");
	right = look(&answer) == PROBE_STOPPED;
	master = fake_start(&root, &(struct fake_options){ .queue = NULL });
	right = right && look(&answer) == PROBE_RUNNING && answer.master.pid == master;
	unlink(text_string(&pid_file));
	right = right && look(&answer) == PROBE_STRAY && answer.master.pid == master;
	fake_kill(master);
	return !right || look(&answer) != PROBE_STOPPED;
}

/* A master in a pid namespace below ours: seen with another pid than its own. */
static int test_below(void)
{
	struct probe_answer answer;
	pid_t claimed;
	pid_t pid;
	bool right;

	if (unshare(CLONE_NEWPID) < 0)
		return 77;
	pid = fake_start(&root, &(struct fake_options){ .queue = NULL });
	right = pid > 0 && look(&answer) == PROBE_RUNNING && answer.master.pid == pid &&
		claims(&claimed) && claimed == 1;
	fake_kill(pid);
	unlink(text_string(&pid_file));
	return !right;
}

/* A master in a pid namespace that we cannot see. */
static int test_outside(void)
{
	pid_t master = fake_start(&root, &(struct fake_options){ .queue = NULL });
	int status = -1;
	pid_t pid;

	if (master < 0 || !own_mounts() || unshare(CLONE_NEWPID) < 0) {
		fake_kill(master);
		return 77;
	}
	pid = fork();
	if (pid == 0) {
		struct probe_answer answer;

		if (mount("proc", "/proc", "proc", 0, NULL) < 0)
			_exit(77);
		/* The pid that the file claims means nobody here, or somebody else. */
		_exit(look(&answer) != PROBE_UNKNOWN);
	}
	waitpid(pid, &status, 0);
	fake_kill(master);
	if (status != 0)
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	unlink(text_string(&pid_file));
	return 0;
}

int main(int argc, char **argv)
{
	int played = fake_main(argc, argv);
	int before;

	if (played >= 0)
		return played;
	before = fake_descriptors();
	ok(enter("/tmp"), "a world to test in");
	test_states("/tmp");
	test_pid_files();
	test_others();
	test_devices();
	test_strays();
	test_signal();
	test_hammer("/tmp", 2000);
	apart(test_without_table, "no lock table");
	apart(test_below, "a master in a pid namespace below");
	apart(test_outside, "a master in a pid namespace outside");
	apart(test_container, "a container's master");
	apart(test_nobody, "as nobody");
	leave();
	if (enter("/dev/shm")) {
		test_states("tmpfs");
		test_hammer("tmpfs", 2000);
		leave();
	}
	apart(test_overlay, "overlay on one file system");
	apart(test_overlay_two, "overlay on two file systems");
	ok(fake_descriptors() == before, "all descriptors are closed");
	return tap_done();
}
