/*
 * A sync that is killed at each of its system calls in turn, and a daemon
 * that reads while syncs go on.
 *
 * After every death each file is its old or its new version, whole; the next
 * sync ends the work and leaves nothing of the dead one behind.  What somebody
 * else put there or changes after a death is never removed.
 */
#include "chroot/sync.h"

#include <dirent.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fixtures/chroot/world.h"
#include "tap.h"

#define FILES 4
#define OUTSIDE "what is outside\n"

static const char *const files[] = { "/etc/hosts", "/etc/passwd", "/lib/x/big", "/usr/key", NULL };

static void put_version(char version)
{
	char *big = malloc(100000);

	/* At once, as packages and resolvconf do: a half-written source is one. */
	memset(big, version, 100000);
	put_bytes(in("host/lib/x/new"), big, 100000);
	rename(in("host/lib/x/new"), in("host/lib/x/big"));
	big[20] = '\n';
	put_bytes(in("host/etc/hosts"), big, 21);
	put_bytes(in("host/usr/key"), big, 1000);
	big[7] = ':';
	put_bytes(in("host/etc/passwd"), big, 21);
	free(big);
	chmod(in("host/usr/key"), 0600);
}

/*
 * Which version a file of the chroot is: 0 if there is none, '!' if it is a
 * mixture or not whole.
 */
static char version_of(const char *path)
{
	static const struct {
		const char *path;
		size_t size;
	} sizes[] = { { "/etc/hosts", 21 }, { "/etc/passwd", 10 }, { "/lib/x/big", 100000 },
		      { "/usr/key", 1000 } };
	const char *content = held(in("queue%s", path));
	size_t length = strlen(content);
	struct stat status;

	if (access(in("queue%s", path), F_OK) < 0)
		return 0;
	for (size_t i = 0; i < FILES; i++)
		if (strcmp(sizes[i].path, path) == 0 && sizes[i].size != length)
			return '!';
	for (size_t i = 0; i < length; i++)
		if (content[i] != content[0] && strchr(":x\n", content[i]) == NULL)
			return '!';
	lstat(in("queue%s", path), &status);
	if (strcmp(path, "/usr/key") == 0 && (status.st_mode & 077) != 0)
		return '!';
	return content[0];
}

/*
 * Which of the files are planned; a bit for each.
 */
static unsigned planned = 15;

static enum sync_flags how = SYNC_NOW;

static bool sync_all(void)
{
	static const enum plan_kind kinds[] = { PLAN_PUBLIC, PLAN_ACCOUNTS, PLAN_COPY,
						PLAN_GUARDED };
	struct trial trial;
	bool done;

	trial_begin(&trial);
	for (unsigned i = 0; i < FILES; i++)
		if ((planned & 1u << i) != 0)
			trial_add(&trial, files[i], kinds[i]);
	done = trial_match(&trial, how);
	trial_end(&trial);
	return done;
}

static int count_litter(const char *directory)
{
	DIR *list = opendir(directory);
	struct dirent *entry;
	int litter = 0;

	while (list != NULL && (entry = readdir(list)) != NULL) {
		struct stat status;
		struct text path = TEXT_EMPTY;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		text_printf(&path, "%s/%s", directory, entry->d_name);
		if (strncmp(entry->d_name, ".postctl", 8) == 0)
			litter++;
		if (lstat(text_string(&path), &status) == 0 && S_ISDIR(status.st_mode))
			litter += count_litter(text_string(&path));
		text_free(&path);
	}
	if (list != NULL)
		closedir(list);
	return litter;
}

/*
 * Sync in a child that is killed when it comes to its system call number
 * last, before that is carried out or after.  Return whether it got so far.
 */
static bool killed_at(long last)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(77);
		raise(SIGSTOP);
		_exit(sync_all() ? 0 : 1);
	}
	if (waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
		return false;
	for (long call = 0; call < last; call++) {
		if (ptrace(PTRACE_SYSCALL, child, NULL, NULL) < 0 ||
		    waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status))
			return false;
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return true;
}

static void clear(void)
{
	nftw(in("queue"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	nftw(in("state"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
	put_directory(in("queue"), 0755);
}

/*
 * Kill at each call of a sync that begins with version before and brings
 * version after.
 */
static void test_killed(char before, char after)
{
	long calls = 0, torn = 0, unfinished = 0, litter = 0, kept = 0;

	for (long last = 1;; last++) {
		put_version(before != 0 ? before : after);
		if (before != 0 && !sync_all())
			unfinished++;
		if (before == 0)
			clear();
		put_version(after);
		if (!killed_at(last))
			break;
		calls++;
		for (const char *const *path = files; *path != NULL; path++) {
			char have = version_of(*path);

			if (have != before && have != after && have != 0)
				torn++;
			if (before != 0 && have == 0)
				torn++;
		}
		kept += count_litter(in("queue"));
		if (!sync_all())
			unfinished++;
		if (access(in("state/-etc-postfix.new"), F_OK) == 0)
			litter++;
		for (const char *const *path = files; *path != NULL; path++)
			if (version_of(*path) != after)
				unfinished++;
		litter += count_litter(in("queue"));
	}
	ok(calls > 50, "killed before and after each of %ld system calls, %ld times with litter",
	   calls / 2, kept);
	ok(torn == 0, "  each file old or new");
	ok(unfinished == 0, "  the next sync ends the work");
	ok(litter == 0, "  and clears what the dead one left");
}

/*
 * Kill at each call of a sync that makes two files, updates one and removes
 * one; then somebody puts files of his own there.  All that postctl may leave
 * behind is the one thing that was put into place just before it died.
 */
static void test_manifest(unsigned before, unsigned after)
{
	long calls = 0, lost = 0, unfinished = 0, litter = 0, left = 0, most = 0, directories = 0;

	for (long last = 1;; last++) {
		long behind = 0;
		bool killed;

		clear();
		put_version('A');
		put(in("queue/lib/x/mine"), "mine");
		put(in("queue/usr/lib/mine"), "mine");
		planned = before;
		unfinished += !sync_all();
		put_version('B');
		planned = after;
		killed = killed_at(last);
		calls += killed;
		/* The next sync ends it, and has nothing more to do after that. */
		unfinished += !sync_all();
		for (unsigned i = 0; i < FILES; i++)
			unfinished += version_of(files[i]) != 'B' && (after & 1u << i) != 0;
		litter += count_litter(in("queue"));
		litter += access(in("state/-etc-postfix.new"), F_OK) == 0;
		/* An equal file that somebody else puts in the place of ours. */
		if ((after & 1) != 0) {
			struct stat status;

			stat(in("queue/etc/hosts"), &status);
			rename(in("queue/etc/hosts"), in("queue/etc/old"));
			put(in("queue/etc/hosts"), held(in("queue/etc/old")));
			utimensat(AT_FDCWD, in("queue/etc/hosts"),
				  (struct timespec[2]){ status.st_atim, status.st_mtim }, 0);
			unlink(in("queue/etc/old"));
		}
		planned = 0;
		unfinished += !sync_all();
		lost += (after & 1) != 0 && access(in("queue/etc/hosts"), F_OK) < 0;
		lost += strcmp(held(in("queue/lib/x/mine")), "mine") != 0;
		lost += strcmp(held(in("queue/usr/lib/mine")), "mine") != 0;
		for (unsigned i = (after & 1); i < FILES; i++)
			behind += version_of(files[i]) != 0;
		left += behind;
		most = behind > most ? behind : most;
		directories += behind == 0 && (after & 1) == 0 && access(in("queue/etc"), F_OK) == 0;
		if (!killed)
			break;
	}
	planned = 15;
	ok(calls > 50, "killed before and after each of %ld system calls of a sync with a manifest",
	   calls / 2);
	ok(lost == 0, "  nothing that somebody else put there is removed");
	ok(unfinished == 0, "  the next sync ends the work");
	ok(litter == 0, "  and clears what the dead one left");
	ok(most <= 1 && left + directories <= calls / 4, "  one thing at most is left behind as foreign (%ld "
	   "files, %ld directories)", left, directories);
}

/*
 * Kill at each call of an adoption, which records what is as planned and clears
 * what Debian's scripts left.
 */
static void test_adoption(void)
{
	long calls = 0, lost = 0, unfinished = 0, left = 0;

	put(in("host/etc/ssl/certs/One.pem"), "one");
	for (long last = 1;; last++) {
		bool killed;

		clear();
		put_version('A');
		planned = 15;
		unfinished += !sync_all();
		nftw(in("state"), world_remove_one, 16, FTW_PHYS | FTW_DEPTH);
		put(in("queue/etc/ssl/certs/One.pem"), "one");
		put(in("queue/etc/ssl/certs/Mine.pem"), "mine");
		put_link(in("queue/etc/ssl/certs/01234567.0"), "One.pem");
		put_link(in("queue/usr/lib/zoneinfo/localtime"), "/etc/localtime");
		put(in("queue/lib/x/mine"), "mine");
		how = SYNC_ADOPT;
		killed = killed_at(last);
		calls += killed;
		unfinished += !sync_all();
		how = SYNC_NOW;
		for (unsigned i = 0; i < FILES; i++)
			lost += version_of(files[i]) != 'A';
		left += access(in("queue/etc/ssl/certs/One.pem"), F_OK) == 0;
		left += access(in("queue/usr/lib/zoneinfo/localtime"), F_OK) == 0;
		planned = 0;
		unfinished += !sync_all();
		for (unsigned i = 0; i < FILES; i++)
			left += version_of(files[i]) != 0;
		lost += strcmp(held(in("queue/etc/ssl/certs/Mine.pem")), "mine") != 0;
		lost += strcmp(held(in("queue/lib/x/mine")), "mine") != 0;
		if (!killed)
			break;
	}
	planned = 15;
	ok(calls > 50, "killed before and after each of %ld system calls of an adoption", calls / 2);
	ok(lost == 0, "  nothing that is planned or somebody else's is removed");
	ok(unfinished == 0 && left == 0, "  the next adoption ends the work, nothing is left behind");
}

/*
 * Sources change all the time, while syncs run and a reader looks at a copy.
 */
static void test_reader(void)
{
	int status, syncs = 0, failed = 0;
	pid_t reader, writer;

	put_version('a');
	sync_all();
	fflush(stdout);
	reader = fork();
	if (reader == 0) {
		bool whole = true;

		while (whole && access(in("stop"), F_OK) < 0)
			whole = version_of("/lib/x/big") >= 'a';
		_exit(whole ? 0 : 1);
	}
	writer = fork();
	if (writer == 0) {
		for (int i = 0; access(in("stop"), F_OK) < 0; i++) {
			put_version((char)('a' + i % 26));
			usleep(i % 64 == 0 ? 5000 : 200);
		}
		_exit(0);
	}
	for (; syncs < 1000; syncs++)
		failed += !sync_all();
	put(in("stop"), "");
	waitpid(reader, &status, 0);
	ok(status == 0, "%d syncs of files that change all the time: no reader saw one missing, "
	   "short or mixed (%d gave up on some)", syncs, failed);
	waitpid(writer, &status, 0);
	put_version('E');
	ok(sync_all() && version_of("/lib/x/big") == 'E' && version_of("/etc/hosts") == 'E',
	   "when they rest, the last version comes");
}

/*
 * Exchange the directory for a link outside and its files for links and FIFOs,
 * as fast as can be, until told to stop; count how often.
 */
static void swap(int directory, long *swaps)
{
	for (; access(in("stop"), F_OK) < 0; ++*swaps) {
		syscall(SYS_renameat2, AT_FDCWD, in("queue/etc"), AT_FDCWD, in("queue/link"),
			1 << 1 /* RENAME_EXCHANGE */);
		unlinkat(directory, "hosts", 0);
		if (symlinkat(in("outside/hosts"), directory, "hosts") < 0)
			continue;
		unlinkat(directory, "passwd", 0);
		if (linkat(AT_FDCWD, in("outside/hosts"), directory, "passwd", 0) < 0)
			continue;
		unlinkat(directory, ".postctl.new", 0);
		if (symlinkat(in("outside/created"), directory, ".postctl.new") < 0)
			continue;
		unlinkat(directory, "hosts", 0);
		if (mkfifoat(directory, "hosts", 0644) < 0)
			continue;
	}
	_exit(0);
}

/*
 * Is there a copy of what is outside?  A link to it is the swapper's.
 */
static bool leaked(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char have[sizeof OUTSIDE] = "";
	struct stat status, outside;
	bool copied = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
		      stat(in("outside/hosts"), &outside) == 0 &&
		      status.st_ino != outside.st_ino && read(fd, have, sizeof have - 1) > 0 &&
		      strcmp(have, OUTSIDE) == 0;

	descriptor_close(fd);
	return copied;
}

static void test_swapper(void)
{
	long *swaps = mmap(NULL, sizeof *swaps, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, troubled = 0, leaks = 0, directory;
	pid_t swapper;

	clear();
	put(in("outside/hosts"), OUTSIDE);
	set_time(in("outside/hosts"), 1000000000);
	put_directory(in("queue/etc"), 0755);
	put_link(in("queue/link"), in("outside"));
	directory = open(in("queue/etc"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	unlink(in("stop"));
	fflush(stdout);
	swapper = fork();
	if (swapper == 0)
		swap(directory, swaps);
	alarm(120);
	for (int syncs = 0; syncs < 1000; syncs++) {
		put_version((char)('a' + syncs % 26));
		/* Every other one removes. */
		planned = syncs % 2 == 0 ? 15 : 2;
		troubled += !sync_all();
		leaks += leaked(directory, "hosts") + leaked(directory, "passwd");
	}
	alarm(0);
	planned = 15;
	put(in("stop"), "");
	waitpid(swapper, &status, 0);
	ok(leaks == 0, "nothing outside is read into it");
	ok(*swaps > 1000, "%ld swaps meanwhile", *swaps);
	munmap(swaps, sizeof *swaps);
	ok(strcmp(held(in("outside/hosts")), OUTSIDE) == 0 &&
	   access(in("outside/created"), F_OK) < 0 && access(in("outside/passwd"), F_OK) < 0 &&
	   count_litter(in("outside")) == 0,
	   "1000 syncs and removals while directories and files are swapped: nothing outside is touched "
	   "(%d had something to refuse)", troubled);
	/* Put it right, as an administrator would, and all is well again. */
	if (unlink(in("queue/etc")) == 0)
		rename(in("queue/link"), in("queue/etc"));
	ok(sync_all() && version_of("/etc/hosts") == version_of("/lib/x/big"),
	   "when they rest, all is put right");
	close(directory);
}

int main(void)
{
	world_begin();
	test_killed('A', 'B');
	test_killed(0, 'C');
	test_manifest(2 | 8, 1 | 4 | 8);
	test_manifest(0, 15);
	test_manifest(15, 0);
	test_manifest(15, 4);
	test_adoption();
	test_reader();
	test_swapper();
	world_end();
	return tap_done();
}
