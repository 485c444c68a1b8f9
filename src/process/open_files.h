#ifndef POSTCTL_PROCESS_OPEN_FILES_H
#define POSTCTL_PROCESS_OPEN_FILES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/place.h"

bool open_files_have(pid_t pid, const struct place *file);
bool open_files_have_socket(pid_t pid, ino_t inode);

#endif
