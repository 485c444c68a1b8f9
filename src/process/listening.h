#ifndef POSTCTL_PROCESS_LISTENING_H
#define POSTCTL_PROCESS_LISTENING_H

#include <stdbool.h>
#include <sys/types.h>

bool listening_at(pid_t pid, int port);

#endif
