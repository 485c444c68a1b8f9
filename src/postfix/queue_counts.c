/*
 * How many messages are in the queues of an instance, by their files' names
 * alone.
 */
#include "postfix/queue_counts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/descriptor.h"

/* Deeper than any hash_queue_depth that makes sense; whoever owns the queue may nest more. */
enum { DEPTH_LIMIT = 32 };

const char *queue_name(size_t queue)
{
	static const char *const names[QUEUES] = {
		[QUEUE_INCOMING] = "incoming", [QUEUE_ACTIVE] = "active",
		[QUEUE_DEFERRED] = "deferred", [QUEUE_HOLD] = "hold",
	};

	return names[queue];
}

/* Count the messages in a directory of a queue, which is closed in any case. */
static bool count(int fd, unsigned depth, size_t *messages)
{
	DIR *directory = fdopendir(fd);
	struct dirent *entry;
	bool ok = directory != NULL;

	if (!ok)
		descriptor_close(fd);
	while (ok && ((void)(errno = 0), entry = readdir(directory)) != NULL) {
		int below;

		if (entry->d_name[0] == '.')
			continue;
		/* Directories that hash a queue have names of one character, mail never has. */
		if (entry->d_name[1] != '\0') {
			++*messages;
			continue;
		}
		if (depth == DEPTH_LIMIT)
			continue;
		below = openat(dirfd(directory), entry->d_name,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* Postfix removes none of them; but nothing is lost with one that has gone. */
		ok = below < 0 ? errno == ENOENT || errno == ENOTDIR
			       : count(below, depth + 1, messages);
	}
	ok = ok && errno == 0;
	if (directory != NULL) {
		int error = errno;

		closedir(directory);
		errno = error;
	}
	return ok;
}

/*
 * Count the messages of an instance; a queue that does not exist yet has none.
 * Those that Postfix moves meanwhile may be counted twice, or not at all.
 * Return false with the reason: only root and Postfix may look.
 */
bool queue_counts_read(const char *queue_directory, struct queue_counts *counts,
		       struct text *why)
{
	int top = open(queue_directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool ok = top >= 0;

	*counts = (struct queue_counts){ { 0 } };
	if (!ok)
		text_fail(why, "%s: %s", queue_directory, strerror(errno));
	for (size_t i = 0; ok && i < QUEUES; i++) {
		int fd = openat(top, queue_name(i),
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		ok = fd < 0 ? errno == ENOENT : count(fd, 0, &counts->messages[i]);
		if (!ok)
			text_fail(why, "%s/%s: %s", queue_directory, queue_name(i),
				  strerror(errno));
	}
	descriptor_close(top);
	return ok;
}
