/*
 * One operation on an instance at a time.  The lock is a flock(2) on a file
 * that only root can open, so that it goes with the process that holds it
 * whatever becomes of that, and nobody else can take it.
 */
#include "state/instance_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "state/run_directory.h"

/*
 * Open the directory of the locks.  Return a descriptor, or -1 with the
 * reason.
 */
int instance_lock_open(struct text *why)
{
	return run_directory_open("lock", 0700, why);
}

/*
 * Try to lock the instance for a verb.  When the lock was TAKEN, *lock is the
 * descriptor that holds it until it is closed.  When it is BUSY, why names
 * who has it: "verb (process N)".  FAILED gives the reason.
 */
enum instance_lock_result instance_lock_try(int directory, const char *config_directory,
					    const char *verb, int *lock, struct text *why)
{
	struct text key = TEXT_EMPTY;
	struct text holder = TEXT_EMPTY;
	enum instance_lock_result result = INSTANCE_LOCK_FAILED;
	int fd;

	own_directory_key(config_directory, &key);
	fd = openat(directory, text_string(&key), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		text_printf(&holder, "%s (process %ld)", verb, (long)getpid());
		/* Only a message depends on it; a full /run must not stop us. */
		if (ftruncate(fd, 0) == 0)
			(void)descriptor_write(fd, holder.data, holder.length);
		*lock = fd;
		result = INSTANCE_LOCK_TAKEN;
	} else if (fd >= 0 && errno == EWOULDBLOCK) {
		(void)descriptor_read_all(fd, 4096, &holder);
		text_fail(why, "%s", holder.length > 0 ? holder.data : "another postctl");
		result = INSTANCE_LOCK_BUSY;
	} else {
		text_fail(why, "cannot lock %s/lock/%s: %s", RUN_DIRECTORY, text_string(&key),
			  strerror(errno));
	}
	if (result != INSTANCE_LOCK_TAKEN)
		descriptor_close(fd);
	text_free(&key);
	text_free(&holder);
	return result;
}
