#ifndef POSTCTL_CLI_MESSAGE_H
#define POSTCTL_CLI_MESSAGE_H

#include "base/text.h"

void message_result(const char *instance, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_instance(const char *instance, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void message_lines(const char *instance, const char *lines);

#endif
