/*
 * The processes below one, by the lists of children that the kernel keeps:
 * what else runs on the host does not have to be looked at.
 */
#include "process/family.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "base/text.h"

enum {
	/* A list of children is as long as there are processes. */
	CHILDREN_LIMIT = 1024 * 1024,
	/* Deeper than anything that delivers mail; a bound all the same. */
	DEPTH_LIMIT = 16,
};

/* "/proc/", two pids and the longest names used below. */
#define FAMILY_PATH_SIZE 64

/* Its memory: /proc/PID/statm has size, resident and shared first, in pages (proc(5)). */
static bool read_memory(struct family_member *member)
{
	char path[FAMILY_PATH_SIZE];
	char line[256];
	unsigned long long resident, shared;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	ssize_t length;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/statm", (long)member->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* The kernel makes this line in one piece. */
	length = read(fd, line, sizeof line - 1);
	descriptor_close(fd);
	line[length > 0 ? length : 0] = '\0';
	/* The kernel's own numbers fit.  NOLINTNEXTLINE(cert-err34-c) */
	if (sscanf(line, "%*u %llu %llu", &resident, &shared) != 2)
		return false;
	member->shared_bytes = shared * page;
	member->private_bytes = resident > shared ? (resident - shared) * page : 0;
	return true;
}

/*
 * Read the pids of a process's children, each followed by a blank.  The kernel
 * fills what it is given, or a page: a list that leaves room in both is whole,
 * and most are.  Postfix's daemons have one thread; its number is the process's.
 */
static void read_children(pid_t pid, struct text *children)
{
	char path[FAMILY_PATH_SIZE];
	char buffer[1024];
	ssize_t length;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid, (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = read(fd, buffer, sizeof buffer);
	if (length > 0)
		text_add_n(children, buffer, (size_t)length);
	if (length > (ssize_t)sizeof buffer / 2)
		(void)descriptor_read_all(fd, CHILDREN_LIMIT, children);
	descriptor_close(fd);
}

/* Add a process and what came of it, unless it has gone by now. */
static void add(struct family *family, pid_t pid, unsigned depth)
{
	struct family_member member = { pid, depth, 0, 0 };
	struct text children = TEXT_EMPTY;
	char *next, *end;

	if (!read_memory(&member))
		return;
	family->items = memory_grow(family->items, family->count, &family->capacity,
				    sizeof member);
	family->items[family->count++] = member;
	if (depth == DEPTH_LIMIT)
		return;
	read_children(pid, &children);
	if (children.length > 0)
		for (next = children.data; *next != '\0'; next = end + strspn(end, " ")) {
			add(family, (pid_t)strtol(next, &end, 10), depth + 1);
			if (end == next)
				break;
		}
	text_free(&children);
}

/*
 * Read a process and those below it.  Return false when the kernel does not
 * tell (no CONFIG_PROC_CHILDREN, no /proc).  The caller calls family_free() in
 * either case.
 */
bool family_read(pid_t pid, struct family *family)
{
	*family = FAMILY_EMPTY;
	add(family, pid, 0);
	/* A master has children: one without may mean a kernel that keeps no lists. */
	if (family->count > 1 || access("/proc/thread-self/children", R_OK) == 0)
		return true;
	family_free(family);
	return false;
}

/*
 * Return the memory of them all in bytes.  They run the same libraries: what
 * they can share is counted once, for the one that has most of it.
 */
uint64_t family_memory(const struct family *family)
{
	uint64_t own = 0;
	uint64_t shared = 0;

	for (size_t i = 0; i < family->count; i++) {
		own += family->items[i].private_bytes;
		if (family->items[i].shared_bytes > shared)
			shared = family->items[i].shared_bytes;
	}
	return own + shared;
}

void family_free(struct family *family)
{
	free(family->items);
	*family = FAMILY_EMPTY;
}
