#ifndef POSTCTL_CLI_ENABLE_LINT_H
#define POSTCTL_CLI_ENABLE_LINT_H

#include <stdbool.h>

#include "cli/request.h"

bool enable_lint(const struct request *request);

#endif
