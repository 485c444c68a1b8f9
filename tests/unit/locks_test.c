/*
 * The table of file locks: text as the kernel writes it, and the real one.
 */
#include "process/locks.h"

#include <sys/mman.h>
#include <sys/sysmacros.h>

#include "fixtures/process/fake.h"
#include "tap.h"

static const char sample[] =
	"1: FLOCK  ADVISORY  WRITE 1234 08:01:131075 0 EOF\n"
	"1: -> FLOCK  ADVISORY  WRITE 99 08:01:131075 0 EOF\n"
	"2: POSIX  ADVISORY  WRITE 1235 08:01:131076 0 EOF\n"
	"3: OFDLCK ADVISORY  WRITE -1 08:01:131077 0 EOF\n"
	"4: LEASE  ACTIVE    READ  1236 08:01:131078 0 EOF\n"
	"5: FLOCK  ADVISORY  READ  1237 08:01:131079 0 EOF\n"
	"6: FLOCK  MSNFS     READ  1238 08:01:131080 0 EOF\n"
	"7: FLOCK  ADVISORY  WRITE 1239 <none>:0 0 EOF\n"
	"8: FLOCK  ADVISORY  WRITE 20 00:2f:131075 0 EOF\n"
	"9: FLOCK  ADVISORY  WRITE 0 fd:1f:7 0 EOF\n"
	"10: FLOCK  ADVISORY  WRITE 1234 08:01:131075 0 EOF\n"
	"1234: FLOCK  ADVISORY  WRITE 5 103:00:18446744073709551615 0 EOF\n"
	"\n"
	"nonsense\n"
	"11: FLOCK  ADVISORY  WRITE x 08:01:5 0 EOF\n"
	"12: FLOCK  ADVISORY  WRITE 5 08:01\n"
	"13: FLOCK  ADVISORY  WRITE 5 08:01:77";

static bool has(const struct locks *locks, uint64_t inode, dev_t device, pid_t pid)
{
	size_t count;
	const struct lock *lock = locks_find(locks, inode, &count);

	for (size_t i = 0; i < count; i++)
		if (lock[i].device == device && lock[i].pid == pid)
			return true;
	return false;
}

static void test_text(void)
{
	struct locks locks = LOCKS_EMPTY;
	size_t count;

	locks_parse(&locks, sample);
	ok(locks.count == 5, "flock write locks only, each once (%zu)", locks.count);
	ok(locks_find(&locks, 131075, &count) != NULL && count == 2,
	   "two file systems may have one inode number");
	ok(has(&locks, 131075, makedev(8, 1), 1234), "a lock");
	ok(has(&locks, 131075, makedev(0, 0x2f), 20), "numbers of devices are hexadecimal");
	ok(has(&locks, 7, makedev(0xfd, 0x1f), 0), "a holder that cannot be seen");
	ok(has(&locks, UINT64_MAX, makedev(0x103, 0), 5), "the largest inode");
	ok(has(&locks, 77, makedev(8, 1), 5), "a last line without an end");
	ok(locks_find(&locks, 131076, &count) == NULL && count == 0, "no other kinds");
	ok(locks_find(&locks, 1, &count) == NULL && count == 0, "below the first");
	locks_free(&locks);
	ok(locks_find(&locks, 1, &count) == NULL && count == 0, "an empty table");
	locks_parse(&locks, "");
	ok(locks.count == 0, "an empty text");
	locks_free(&locks);
}

/* Lines cut anywhere, and with any byte changed, do no harm. */
static void test_damage(void)
{
	char text[sizeof sample];
	struct locks locks = LOCKS_EMPTY;
	bool fine = true;

	for (size_t i = 0; i < sizeof sample; i++) {
		memcpy(text, sample, sizeof sample);
		text[i] = '\0';
		locks_parse(&locks, text);
		fine = fine && locks.count <= 5;
		locks_free(&locks);
		memcpy(text, sample, sizeof sample);
		if (i + 1 < sizeof sample)
			text[i] = '\377';
		locks_parse(&locks, text);
		fine = fine && locks.count <= 6;
		locks_free(&locks);
	}
	ok(fine, "damaged tables");
}

static void test_many(void)
{
	struct text content = TEXT_EMPTY;
	struct locks locks = LOCKS_EMPTY;
	bool found = true;

	for (int i = 0; i < 5000; i++)
		text_printf(&content, "%d: FLOCK  ADVISORY  WRITE %d 08:01:%d 0 EOF\n", i + 1,
			    i + 1, (i * 7919) % 5000 * 2);
	locks_parse(&locks, text_string(&content));
	ok(locks.count == 5000, "5,000 locks");
	for (int i = 0; i < 5000; i++)
		found = found && has(&locks, (uint64_t)(i * 7919) % 5000 * 2, makedev(8, 1), i + 1) &&
			!has(&locks, (uint64_t)i * 2 + 1, makedev(8, 1), i + 1);
	ok(found, "each is found, and no other");
	text_free(&content);
	locks_free(&locks);
}

/* A lock of ours, among others that come and go, is seen at every reading. */
static void test_real(void)
{
	enum { FILES = 300, READINGS = 200 };
	struct locks locks = LOCKS_EMPTY;
	struct stat status;
	struct text why = TEXT_EMPTY;
	int mine[FILES];
	int missed = 0;
	pid_t pid;

	for (int i = 0; i < FILES; i++) {
		mine[i] = memfd_create("lock", MFD_CLOEXEC);
		flock(mine[i], LOCK_EX | LOCK_NB);
	}
	pid = fork();
	if (pid == 0) {
		int theirs[100];

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < 100; i++)
			theirs[i] = memfd_create("lock", MFD_CLOEXEC);
		for (;;)
			for (int i = 0; i < 100; i++) {
				flock(theirs[i], LOCK_EX);
				flock(theirs[(i + 50) % 100], LOCK_UN);
			}
	}
	for (int i = 0; i < READINGS; i++) {
		if (!locks_read(&locks, &why))
			break;
		for (int j = 0; j < FILES; j++) {
			fstat(mine[j], &status);
			missed += !has(&locks, status.st_ino, status.st_dev, getpid());
		}
	}
	ok(locks.count >= FILES, "the real table: %zu locks", locks.count);
	ok(missed == 0, "held locks seen while others come and go (%d of %d missed)", missed,
	   FILES * READINGS);
	fake_kill(pid);
	for (int i = 0; i < FILES; i++)
		close(mine[i]);
	locks_read(&locks, &why);
	ok(!has(&locks, status.st_ino, status.st_dev, getpid()), "read anew");
	locks_free(&locks);
	text_free(&why);
}

static void test_device(void)
{
	struct stat status;
	dev_t device;

	ok(stat("/proc/self/stat", &status) == 0 && locks_device("/proc/self/stat", &device) &&
	   device == status.st_dev, "the device of a file system");
	ok(!locks_device("/nonexistent", &device), "and of none");
}

int main(int argc, char **argv)
{
	int played = fake_main(argc, argv);
	int before = fake_descriptors();

	if (played >= 0)
		return played;
	test_text();
	test_damage();
	test_many();
	test_real();
	test_device();
	ok(fake_descriptors() == before, "all descriptors are closed");
	return tap_done();
}
