#ifndef POSTCTL_STATE_STARTED_H
#define POSTCTL_STATE_STARTED_H

#include <stdbool.h>

#include "base/text.h"

/*
 * What is known of whether an instance was started.
 */
enum started { STARTED_NOT, STARTED, STARTED_UNKNOWN };

bool started_remember(const char *config_directory, struct text *why);
void started_forget(const char *config_directory);
enum started started_recall(const char *config_directory);

#endif
