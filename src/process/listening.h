#ifndef POSTCTL_PROCESS_LISTENING_H
#define POSTCTL_PROCESS_LISTENING_H

#include <stdbool.h>
#include <sys/types.h>

#include "postfix/address.h"

bool listening_alone(pid_t pid, const struct address *address, int port);

#endif
