/*
 * Strings that grow: output, paths, reasons.
 */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Free what the text holds and leave it empty and usable.
 */
void text_free(struct text *text)
{
	free(text->data);
	*text = TEXT_EMPTY;
}

/*
 * Make the text empty; its memory is kept for what comes next.
 */
void text_clear(struct text *text)
{
	text_truncate(text, 0);
}

/*
 * Cut the text to length bytes; a shorter text stays as it is.
 */
void text_truncate(struct text *text, size_t length)
{
	if (text->data == NULL || length > text->length)
		return;
	text->length = length;
	text->data[length] = '\0';
}

/*
 * Return the content, valid until the next change.  Never NULL.
 */
const char *text_string(const struct text *text)
{
	return text->data != NULL ? text->data : "";
}

/*
 * Return the content as a string that the caller frees; the text is empty
 * afterwards.
 */
char *text_take(struct text *text)
{
	char *data = text->data != NULL ? text->data : memory_copy("");

	*text = TEXT_EMPTY;
	return data;
}

/*
 * Make room for more bytes and a NUL after what is there.  data is not NULL
 * afterwards.
 */
void text_reserve(struct text *text, size_t more)
{
	size_t need = text->length + more + 1;

	if (need <= text->capacity)
		return;
	if (need < 2 * text->capacity)
		need = 2 * text->capacity;
	text->data = memory_resize(text->data, need, 1);
	text->capacity = need;
}

void text_add_n(struct text *text, const char *bytes, size_t length)
{
	text_reserve(text, length);
	if (length > 0)
		memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_n(text, string, strlen(string));
}

/*
 * Return the length of the UTF-8 sequence that string begins with, or 0 when
 * there is none: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
size_t text_utf8_length(const char *string)
{
	const unsigned char *p = (const unsigned char *)string;
	size_t length;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		length = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		length = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		length = 4;
	else
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

/*
 * Append a string with "?" for control characters other than newlines and
 * tabs: they must not reach a terminal, whatever a file is called or a program
 * has printed.  Those from 0x80 to 0x9f are control characters as well, 0x9b as
 * good as an escape, by themselves for some terminals and in UTF-8 for others.
 */
void text_add_printable(struct text *text, const char *string)
{
	const unsigned char *next = (const unsigned char *)string;

	while (*next != '\0') {
		size_t length = text_utf8_length((const char *)next);
		bool control = (*next < 0x20 && *next != '\n' && *next != '\t') ||
			       *next == 0x7f || (length == 0 && *next < 0xa0 && *next >= 0x80) ||
			       (*next == 0xc2 && length == 2 && next[1] < 0xa0);

		length = length > 0 ? length : 1;
		if (control)
			text_add_char(text, '?');
		else
			text_add_n(text, (const char *)next, length);
		next += length;
	}
}

void text_add_char(struct text *text, char c)
{
	text_add_n(text, &c, 1);
}

void text_vprintf(struct text *text, const char *format, va_list arguments)
{
	va_list again;
	int length;

	va_copy(again, arguments);
	/* It is the caller who began these arguments.
	   NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		return;
	text_reserve(text, (size_t)length);
	vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
	text->length += (size_t)length;
}

/*
 * Append what printf(3) would print.
 */
void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(text, format, arguments);
	va_end(arguments);
}

/*
 * Set why, which may be NULL, to a reason and return false, so that a
 * function can fail with "return text_fail(why, ...)".
 */
bool text_fail(struct text *why, const char *format, ...)
{
	struct text reason = TEXT_EMPTY;
	va_list arguments;

	if (why == NULL)
		return false;
	/* A reason may quote the reason it replaces. */
	va_start(arguments, format);
	text_vprintf(&reason, format, arguments);
	va_end(arguments);
	text_free(why);
	*why = reason;
	return false;
}
