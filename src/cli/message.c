/*
 * What is said in sentences, on standard error "postctl: sentence" and
 * "postctl: instance: sentence".
 */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One write a message, so that those of two processes do not mix. */
static void __attribute__((format(printf, 4, 0)))
print(FILE *stream, const char *program, const char *instance, const char *format,
      va_list arguments)
{
	struct text text = TEXT_EMPTY;
	struct text shown = TEXT_EMPTY;

	text_add(&text, program);
	if (instance != NULL)
		text_printf(&text, "%s: ", instance);
	text_vprintf(&text, format, arguments);
	text_add_char(&text, '\n');
	text_add_printable(&shown, text.data);
	fputs(shown.data, stream);
	text_free(&text);
	text_free(&shown);
}

/*
 * Say on standard output how an instance is: "instance: sentence".
 */
void message_result(const char *instance, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(stdout, "", instance, format, arguments);
	va_end(arguments);
}

void message_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(stderr, "postctl: ", NULL, format, arguments);
	va_end(arguments);
}

void message_instance(const char *instance, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(stderr, "postctl: ", instance, format, arguments);
	va_end(arguments);
}

/*
 * Print what is to be said of an instance, a message for each line.
 */
void message_lines(const char *instance, const char *lines)
{
	while (*lines != '\0') {
		int length = (int)strcspn(lines, "\n");

		message_instance(instance, "%.*s", length, lines);
		lines += length;
		lines += *lines == '\n';
	}
}
