#ifndef POSTCTL_STATE_RUN_DIRECTORY_H
#define POSTCTL_STATE_RUN_DIRECTORY_H

#include <stdbool.h>

#include "base/own_directory.h"
#include "base/text.h"

#ifndef RUN_DIRECTORY
#define RUN_DIRECTORY "/run/postctl"
#endif

int run_directory_open(const char *name, unsigned mode, struct text *why);
bool run_directory_write(const char *directory, const char *name, const char *content,
			 struct text *why);
void run_directory_remove(const char *directory, const char *name);

#endif
