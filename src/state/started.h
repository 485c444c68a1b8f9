#ifndef POSTCTL_STATE_STARTED_H
#define POSTCTL_STATE_STARTED_H

#include <stdbool.h>

#include "base/text.h"

bool started_remember(const char *config_directory, struct text *why);
void started_forget(const char *config_directory);
bool started_is_remembered(const char *config_directory);

#endif
