/*
 * Whether anybody has a file open for writing, in any pid namespace, asked so
 * that nobody who opens or locks it meanwhile fails.
 *
 * The kernel grants a read lease (fcntl(2), F_SETLEASE) only while nobody has
 * the file open for writing.  Whoever opens it for writing while we have the
 * lease is made to wait until we give it back, a few microseconds later or
 * when we die; only an open(2) with O_NONBLOCK would fail, and that of a
 * master has none (safe_open.c).  Locks are not touched at all.
 */
#include "process/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

/*
 * Return whether a regular file, which fd has open for reading only, is open
 * for writing.  LEASE_UNCLEAR when that cannot be found out: we are neither
 * its owner nor root, or its file system has no leases.
 */
enum lease_writer lease_writer(int fd)
{
	/* The notice that a writer waits is SIGIO, which kills; SIGURG does not. */
	if (fcntl(fd, F_SETSIG, SIGURG) < 0)
		return LEASE_UNCLEAR;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
		return errno == EAGAIN ? LEASE_WRITER : LEASE_UNCLEAR;
	fcntl(fd, F_SETLEASE, F_UNLCK);
	return LEASE_NO_WRITER;
}
