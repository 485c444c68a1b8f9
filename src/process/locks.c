/*
 * The kernel's table of file locks.  Reading it touches no file and no lock,
 * works for anybody, and says of all masters of a host at once who runs.
 */
#include "process/locks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"

#define LOCKS_LIMIT ((size_t)64 * 1024 * 1024)

/* The kernel gives out no more than this at a time. */
#define LOCKS_PIECE ((size_t)4096)

/* How often the table is read at most while it keeps changing. */
#define LOCKS_READINGS 4

static int compare(const void *left, const void *right)
{
	const struct lock *a = left;
	const struct lock *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

/*
 * Parse "1: FLOCK  ADVISORY  WRITE 1234 08:01:131075 0 EOF".  Who waits for a
 * lock has "->" before the kind, other kinds and anything unknown differ too.
 */
static bool parse_line(const char *line, struct lock *lock)
{
	unsigned int major;
	unsigned int minor;
	char *end;
	long pid;

	line += strspn(line, " 0123456789");
	if (strncmp(line, ": FLOCK ", 8) != 0)
		return false;
	line += 8;
	line += strspn(line, " ");
	if (strncmp(line, "ADVISORY ", 9) != 0)
		return false;
	line += 9;
	line += strspn(line, " ");
	if (strncmp(line, "WRITE ", 6) != 0)
		return false;
	line += 6;
	pid = strtol(line, &end, 10);
	if (end == line || *end != ' ')
		return false;
	line = end + 1;
	major = (unsigned int)strtoul(line, &end, 16);
	if (end == line || *end != ':')
		return false;
	line = end + 1;
	minor = (unsigned int)strtoul(line, &end, 16);
	if (end == line || *end != ':')
		return false;
	line = end + 1;
	lock->inode = strtoull(line, &end, 10);
	if (end == line || (*end != ' ' && *end != '\n' && *end != '\0'))
		return false;
	lock->device = makedev(major, minor);
	lock->pid = (pid_t)pid;
	return true;
}

/* Sort the table and drop what is in it twice. */
static void arrange(struct locks *locks)
{
	size_t kept = 0;

	if (locks->count == 0)
		return;
	qsort(locks->items, locks->count, sizeof *locks->items, compare);
	for (size_t i = 1; i < locks->count; i++)
		if (compare(&locks->items[kept], &locks->items[i]) != 0)
			locks->items[++kept] = locks->items[i];
	locks->count = kept + 1;
}

/*
 * Add to the table what content, in the format of /proc/locks, tells of
 * flock(2) write locks that are held.  Lines that say anything else, and
 * lines that make no sense, are passed over.
 */
void locks_parse(struct locks *locks, const char *content)
{
	while (*content != '\0') {
		struct lock lock;
		size_t length = strcspn(content, "\n");

		if (parse_line(content, &lock)) {
			locks->items = memory_grow(locks->items, locks->count,
						   &locks->capacity, sizeof lock);
			locks->items[locks->count++] = lock;
		}
		content += length + (content[length] == '\n');
	}
	arrange(locks);
}

/*
 * Append the table's text to content, the first piece of it no longer than
 * about so many bytes; *pieces is how many there were.
 */
static bool read_once(struct text *content, size_t first, size_t *pieces)
{
	char buffer[16384];
	ssize_t got = -1;
	int fd = open("/proc/locks", O_RDONLY | O_CLOEXEC);

	*pieces = 0;
	if (fd < 0)
		return false;
	while (content->length < LOCKS_LIMIT) {
		got = read(fd, buffer, *pieces == 0 ? first : sizeof buffer);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		text_add_n(content, buffer, (size_t)got);
		++*pieces;
	}
	descriptor_close(fd);
	return got >= 0;
}

/* Whether the text from middle on repeats what is before it. */
static bool repeats(const struct text *content, size_t before, size_t middle)
{
	size_t length = content->length - middle;

	return middle - before == length &&
	       memcmp(content->data + before, content->data + middle, length) == 0;
}

/*
 * Read /proc/locks into locks, replacing what was there.  The caller frees
 * it, also after a failure.
 *
 * The kernel gives the table out by the page and finds its place again by
 * counting, so when somebody drops a lock between two pages, one that is held
 * all the time may be passed over.  A table of more than a page is therefore
 * read until two readings agree, each cut at other places, and what any of
 * them showed counts: a lock that is gone by now does no harm, nobody believes
 * a pid unchecked.
 */
bool locks_read(struct locks *locks, struct text *why)
{
	struct text content = TEXT_EMPTY;
	size_t before = 0;
	size_t pieces;
	bool read = read_once(&content, LOCKS_PIECE, &pieces);

	for (size_t i = 1; read && pieces > 1 && i < LOCKS_READINGS; i++) {
		size_t middle = content.length;

		read = read_once(&content, LOCKS_PIECE * (i + 1) / (LOCKS_READINGS + 1),
				 &pieces);
		if (repeats(&content, before, middle))
			break;
		before = middle;
	}
	if (read) {
		locks->count = 0;
		locks_parse(locks, text_string(&content));
	} else {
		text_fail(why, "cannot read /proc/locks: %s", strerror(errno));
	}
	text_free(&content);
	return read;
}

void locks_free(struct locks *locks)
{
	free(locks->items);
	*locks = LOCKS_EMPTY;
}

/*
 * Return the locks on files with this inode number, on whatever file system,
 * or NULL; *count is how many there are.  They live as long as the table.
 */
const struct lock *locks_find(const struct locks *locks, uint64_t inode, size_t *count)
{
	size_t low = 0;
	size_t high = locks->count;
	size_t end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (locks->items[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < locks->count && locks->items[end].inode == inode;)
		end++;
	*count = end - low;
	return *count > 0 ? &locks->items[low] : NULL;
}

/* Find the mount that an open descriptor belongs to. */
static bool mount_of(int fd, long *mount)
{
	struct text content = TEXT_EMPTY;
	char path[48];
	const char *line;
	int info;
	bool read;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	info = open(path, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return false;
	read = descriptor_read_all(info, 65536, &content);
	descriptor_close(info);
	line = read ? strstr(text_string(&content), "mnt_id:") : NULL;
	if (line != NULL)
		*mount = strtol(line + 7, NULL, 10);
	text_free(&content);
	return line != NULL;
}

/*
 * Find the device by which /proc/locks names the file system of path: on
 * overlayfs and in btrfs subvolumes stat(2) gives another.  Only mountinfo
 * has the number that the lock table has (both are the super block's).
 * Return false when it cannot be found out.
 */
bool locks_device(const char *path, dev_t *device)
{
	/* O_PATH needs no permission on the file and is not an open of it. */
	int fd = open(path, O_PATH | O_CLOEXEC);
	bool found = false;
	char *line = NULL;
	size_t size = 0;
	long mount;
	FILE *file;

	if (fd < 0)
		return false;
	file = mount_of(fd, &mount) ? fopen("/proc/self/mountinfo", "re") : NULL;
	descriptor_close(fd);
	if (file == NULL)
		return false;
	while (!found && getline(&line, &size, file) > 0) {
		unsigned int major;
		unsigned int minor;
		long number;

		/* The kernel's own numbers fit.  NOLINTNEXTLINE(cert-err34-c) */
		found = sscanf(line, "%ld %*d %u:%u", &number, &major, &minor) == 3 &&
			number == mount;
		if (found)
			*device = makedev(major, minor);
	}
	free(line);
	fclose(file);
	return found;
}
