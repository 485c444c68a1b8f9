#ifndef POSTCTL_CHROOT_SETTINGS_H
#define POSTCTL_CHROOT_SETTINGS_H

#include <stdbool.h>

#include "base/text.h"
#include "base/words.h"

#define SETTINGS_PATH "/etc/default/postfix"

/*
 * What /etc/default/postfix says of chroots.  The names are as written there:
 * with or without a leading slash, both mean below /.
 */
struct settings {
	bool sync_chroot;
	struct words extra_files;
	struct words extra_ca_directories;
};

bool settings_read(struct settings *settings, const char *path, struct text *why);
bool settings_parse(struct settings *settings, const char *content, const char *path,
		    struct text *why);
void settings_free(struct settings *settings);

#endif
