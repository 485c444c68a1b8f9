#ifndef POSTCTL_BASE_OWN_DIRECTORY_H
#define POSTCTL_BASE_OWN_DIRECTORY_H

#include <stdbool.h>

#include "base/text.h"

int own_directory_open(int parent, const char *path, const char *shown, unsigned mode,
		       struct text *why);
void own_directory_key(const char *path, struct text *key);
bool own_directory_write(int directory, const char *name, const char *temporary,
			 const char *content, struct text *why);
int own_directory_file(int directory, const char *name, int flags);
bool own_directory_read(int directory, const char *name, struct text *content);

#endif
