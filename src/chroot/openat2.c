/*
 * The system call openat2(2), for which C libraries have no function yet.
 */
#include "chroot/openat2.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/*
 * Open path below directory as openat2(2) does.  Return the descriptor, or
 * -1 with errno set: ENOSYS also where a container's filter answers EPERM to
 * system calls that it has never heard of (openat2 itself has no EPERM for
 * the flags used here).
 */
int openat2_open(int directory, const char *path, int flags, uint64_t resolve)
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
