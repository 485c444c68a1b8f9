#ifndef POSTCTL_POSTFIX_HOSTNAME_H
#define POSTCTL_POSTFIX_HOSTNAME_H

#include <stdbool.h>

const char *hostname_problem(const char *name);
bool hostname_is_local(const char *name);

#endif
