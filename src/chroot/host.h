#ifndef POSTCTL_CHROOT_HOST_H
#define POSTCTL_CHROOT_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/words.h"

#define HOST_KEPT 8

/*
 * A file of the host that could not be looked at, and the errno; 0 and NULL
 * where there is none.
 */
struct host_trouble {
	int error;
	char *path;
};

/*
 * The host's files, from which chroots are filled: those of this machine, or
 * of a directory that stands for one.  *trouble is the first look that failed
 * for another reason than that there is no such file; who only looks may note
 * it, too.
 */
struct host {
	char *root;
	int root_fd;
	struct host_trouble *trouble;
	struct {
		char *path;
		size_t length;
		int fd;
	} kept[HOST_KEPT];
	size_t next;
};

bool host_open(struct host *host, const char *root, struct text *why);
void host_close(struct host *host);
int host_open_file(const struct host *host, const char *path, int flags);
int host_directory(struct host *host, const char *path, size_t length);
void host_forget(struct host *host);
void host_note_trouble(const struct host *host, const char *path, int error);
bool host_read_file(const struct host *host, const char *path, size_t limit,
		    struct text *content);
bool host_list(const struct host *host, const char *path, struct words *names);
void host_glob(const struct host *host, const char *pattern, struct words *found);

#endif
