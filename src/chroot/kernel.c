/*
 * System calls that not every C library has a function for.
 */
#include "chroot/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* From linux/stat.h. */
#define ATTRIBUTE_MOUNT_ROOT 0x2000
#define WANT_BIRTH 0x0800u

/*
 * Open path below directory as openat2(2) does.  Return the descriptor, or
 * -1 with errno set: ENOSYS also where a container's filter answers EPERM to
 * system calls that it has never heard of (openat2 itself has no EPERM for
 * the flags used here).
 */
int kernel_open(int directory, const char *path, int flags, uint64_t resolve)
{
	struct {
		uint64_t flags;
		uint64_t mode;
		uint64_t resolve;
	} how = { (uint64_t)flags, 0, resolve };
	long fd;

	/* EAGAIN: a rename elsewhere kept the kernel from being sure. */
	for (int tries = 0;; tries++) {
		fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR) || tries == 100)
			break;
	}
	if (fd < 0 && errno == EPERM)
		errno = ENOSYS;
	return (int)fd;
}

/*
 * Say whether something is mounted on name in directory, on a file as well.
 * Kernels before 5.8 do not tell: false.
 */
bool kernel_is_mount(int directory, const char *name)
{
#ifdef SYS_statx
	/* struct statx: two numbers of 32 bits, then the attributes. */
	uint64_t status[32] = { 0 };

	return syscall(SYS_statx, directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0,
		       status) == 0 &&
	       (status[1] & ATTRIBUTE_MOUNT_ROOT) != 0;
#else
	(void)directory;
	(void)name;
	return false;
#endif
}

/*
 * Find out when name in directory, "" for that itself, was made.  Zero where
 * the file system or the kernel does not know.
 */
void kernel_birth(int directory, const char *name, struct timespec *birth)
{
	*birth = (struct timespec){ 0, 0 };
#ifdef SYS_statx
	{
		/* struct statx again: a mask first, the time of birth at byte 80. */
		union {
			uint64_t words[32];
			uint32_t halves[64];
		} status = { { 0 } };

		if (syscall(SYS_statx, directory, name,
			    AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH, WANT_BIRTH,
			    &status) != 0 || (status.halves[0] & WANT_BIRTH) == 0)
			return;
		birth->tv_sec = (time_t)status.words[10];
		birth->tv_nsec = (long)status.halves[22];
	}
#else
	(void)directory;
	(void)name;
#endif
}
