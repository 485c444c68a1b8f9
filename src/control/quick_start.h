#ifndef POSTCTL_CONTROL_QUICK_START_H
#define POSTCTL_CONTROL_QUICK_START_H

#include <stdbool.h>

#include "base/text.h"

bool quick_start_request(const char *queue_directory, struct text *why);
void quick_start_cancel(const char *queue_directory);

#endif
