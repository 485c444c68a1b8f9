/*
 * Bounded capture of output: the last lines say why a program failed, and no
 * program can make us keep more than these.
 */
#include "process/capture.h"

#include <string.h>

/*
 * Begin a capture of at most limit bytes.  The caller frees it.
 */
void capture_init(struct capture *capture, size_t limit)
{
	*capture = (struct capture){ TEXT_EMPTY, limit, 0 };
}

/* Drop the first bytes of what is there. */
static void drop(struct capture *capture, size_t length)
{
	size_t left = capture->text.length - length;

	if (left > 0)
		memmove(capture->text.data, capture->text.data + length, left);
	text_truncate(&capture->text, left);
	capture->dropped += length;
}

void capture_add(struct capture *capture, const char *bytes, size_t length)
{
	if (length > capture->limit) {
		capture->dropped += length - capture->limit;
		bytes += length - capture->limit;
		length = capture->limit;
	}
	/* Moving a limit's worth at a time makes each byte move once. */
	if (capture->text.length + length > 2 * capture->limit)
		drop(capture, capture->text.length + length - capture->limit);
	text_add_n(&capture->text, bytes, length);
}

/*
 * Cut the capture to its limit, and where something was dropped also to the
 * beginning of a line.  What is left is a string: a NUL, which would hide all
 * that comes after it, has become a "?".
 */
void capture_end(struct capture *capture)
{
	const char *newline;
	char *nul;

	if (capture->text.length > capture->limit)
		drop(capture, capture->text.length - capture->limit);
	while (capture->text.length > 0 &&
	       (nul = memchr(capture->text.data, '\0', capture->text.length)) != NULL)
		*nul = '?';
	if (capture->dropped == 0 || capture->text.length == 0)
		return;
	newline = memchr(capture->text.data, '\n', capture->text.length - 1);
	if (newline != NULL)
		drop(capture, (size_t)(newline + 1 - capture->text.data));
}

void capture_free(struct capture *capture)
{
	text_free(&capture->text);
	capture->dropped = 0;
}
