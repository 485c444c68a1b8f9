#ifndef POSTCTL_STATE_INIT_DIRECTORY_H
#define POSTCTL_STATE_INIT_DIRECTORY_H

#include <stdbool.h>

#include "base/text.h"
#include "base/words.h"

/* Where they are; tests have another place for the first. */
#define INIT_ETC "/etc"
#define INIT_DIRECTORY INIT_ETC "/init.d"

/*
 * What is in the place of an init script.
 */
enum init_file {
	INIT_FILE_MISSING,
	INIT_FILE_PLAIN,	/* a file that only root can have written */
	INIT_FILE_OTHER
};

/*
 * What the runlevel links of an init script are for.
 */
enum init_links {
	INIT_LINKS_NONE,
	INIT_LINKS_OFF,		/* it is started in no runlevel */
	INIT_LINKS_ON
};

int init_directory_open(const char *etc, struct text *why);
void init_directory_list(int directory, struct words *names);
void init_directory_clear(int directory);
bool init_directory_has(int directory, const char *name);
enum init_file init_directory_read(int directory, const char *name, struct text *content);
bool init_directory_write(int directory, const char *name, const char *content,
			  struct text *why);
bool init_directory_remove(int directory, const char *name, struct text *why);
enum init_links init_directory_links(const char *etc, const char *name);
void init_directory_list_links(const char *etc, struct words *names);
bool init_directory_governs(const char *etc, const char *name);

#endif
