#ifndef POSTCTL_CHROOT_NSSWITCH_H
#define POSTCTL_CHROOT_NSSWITCH_H

#include <stddef.h>

struct nsswitch_use {
	char *database;
	char *module;
};

/*
 * Which database asks which module, in the order of nsswitch.conf.
 */
struct nsswitch {
	struct nsswitch_use *uses;
	size_t count;
	size_t capacity;
};

#define NSSWITCH_EMPTY ((struct nsswitch){ NULL, 0, 0 })

void nsswitch_parse(struct nsswitch *nsswitch, const char *content);
void nsswitch_free(struct nsswitch *nsswitch);

#endif
