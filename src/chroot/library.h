#ifndef POSTCTL_CHROOT_LIBRARY_H
#define POSTCTL_CHROOT_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/words.h"
#include "chroot/elf.h"
#include "chroot/host.h"

/*
 * The directories in which the dynamic linker looks for every library: first
 * those of /etc/ld.so.conf, then its own.
 */
struct library_path {
	struct words configured;
	struct words defaults;
};

/*
 * A library that asks for others.  by is the one that asked for it, or NULL.
 */
struct library {
	char *name;
	char *path;
	struct elf elf;
	const struct library *by;
};

void library_path_read(struct library_path *path, const struct host *host);
void library_path_free(struct library_path *path);
const char *library_destination(void);
bool library_is_loaded(const char *name);
bool library_open(struct library *library, const struct host *host, const char *name,
		  const char *path, struct text *why);
bool library_find(struct library *library, const struct host *host,
		  const struct library_path *path, const struct library *by,
		  const char *name);
void library_free(struct library *library);

#endif
