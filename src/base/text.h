#ifndef POSTCTL_BASE_TEXT_H
#define POSTCTL_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A string that grows.  data is NULL while nothing was ever added; read it
 * through text_string(), which never returns NULL.
 */
struct text {
	char *data;
	size_t length;
	size_t capacity;
};

#define TEXT_EMPTY ((struct text){ NULL, 0, 0 })

void text_free(struct text *text);
void text_clear(struct text *text);
void text_reserve(struct text *text, size_t more);
void text_truncate(struct text *text, size_t length);
const char *text_string(const struct text *text);
char *text_take(struct text *text);
void text_add(struct text *text, const char *string);
void text_add_n(struct text *text, const char *bytes, size_t length);
size_t text_utf8_length(const char *string);
void text_add_printable(struct text *text, const char *string);
void text_add_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *text, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
bool text_fail(struct text *why, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
