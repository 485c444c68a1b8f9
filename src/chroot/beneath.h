#ifndef POSTCTL_CHROOT_BENEATH_H
#define POSTCTL_CHROOT_BENEATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/text.h"
#include "base/words.h"

/*
 * Directories below one that is trusted, each opened from the one above it.
 * levels are those of the directory that was entered last.
 */
struct beneath {
	char *path;
	int root;
	dev_t device;
	struct beneath_level {
		char *name;
		int fd;
	} *levels;
	size_t count;
	size_t capacity;
	bool without_openat2;
};

enum beneath_answer {
	BENEATH_OPEN,
	BENEATH_MISSING,
	BENEATH_MOUNT,
	BENEATH_REFUSED,
};

bool beneath_open(struct beneath *beneath, const char *path, struct text *why);
void beneath_close(struct beneath *beneath);
enum beneath_answer beneath_enter(struct beneath *beneath, const char *path, size_t length,
				  int *fd, bool *fresh, struct text *why);
int beneath_list(struct beneath *beneath, const char *path, struct words *names);
bool beneath_make(struct beneath *beneath, const char *path, size_t length,
		  struct text *why);

#endif
