#ifndef POSTCTL_BASE_PROCESSORS_H
#define POSTCTL_BASE_PROCESSORS_H

#include <stddef.h>

size_t processors_count(void);

#endif
