/*
 * Where a process listens: the sockets that it has open, looked up in the
 * kernel's tables of its network.
 */
#include "process/listening.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process/identity.h"

/* "/proc/", a pid, "/fd/" or "/net/tcp6", and a number. */
#define PATH_SIZE 64

/* TCP_LISTEN, as the tables write it. */
#define LISTENS 0x0a

/* Has a process that socket open? */
static bool has_socket(pid_t pid, unsigned long long inode)
{
	char path[PATH_SIZE], wanted[PATH_SIZE], target[PATH_SIZE];
	struct dirent *entry;
	bool found = false;
	DIR *directory;

	snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	snprintf(wanted, sizeof wanted, "socket:[%llu]", inode);
	directory = opendir(path);
	while (directory != NULL && !found && (entry = readdir(directory)) != NULL) {
		ssize_t length = readlinkat(dirfd(directory), entry->d_name, target,
					    sizeof target - 1);

		target[length > 0 ? length : 0] = '\0';
		found = strcmp(target, wanted) == 0;
	}
	if (directory != NULL)
		closedir(directory);
	return found;
}

/* "sl: address:port address:port state queues timer retransmits uid timeout inode ..." (proc_net_tcp.txt). */
static bool find(const char *table, pid_t pid, int port)
{
	const char *line = table;
	bool found = false;

	while (!found && *line != '\0') {
		unsigned long long inode;
		unsigned here, state;

		/* The kernel's own numbers fit.  NOLINTNEXTLINE(cert-err34-c) */
		found = sscanf(line, "%*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s %*s %llu",
			       &here, &state, &inode) == 3 &&
			here == (unsigned)port && state == LISTENS && has_socket(pid, inode);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return found;
}

/*
 * Does a process listen at that TCP port of some address?  false also where
 * that cannot be seen.
 */
bool listening_at(pid_t pid, int port)
{
	static const char *const names[] = { "net/tcp", "net/tcp6" };
	bool found = false;

	for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) {
		struct text table = TEXT_EMPTY;

		found = identity_file(pid, names[i], &table) && find(text_string(&table), pid, port);
		text_free(&table);
	}
	return found;
}
