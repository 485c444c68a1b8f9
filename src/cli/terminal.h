#ifndef POSTCTL_CLI_TERMINAL_H
#define POSTCTL_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

bool terminal_has_colour(void);
size_t terminal_width(void);
void terminal_print(const char *string);

#endif
