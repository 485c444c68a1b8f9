/*
 * The last lines that an instance has logged, read from the end of the log:
 * how large it is does not matter.
 */
#include "state/mail_log_tail.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "state/mail_log.h"

enum {
	BLOCK = 64 * 1024,
	/* What an instance said before so much else was said is no news. */
	LIMIT = 64 * 1024 * 1024,
};

/* A log that is read backwards, a block at a time. */
struct tail {
	int fd;
	int64_t begin;		/* of what was read */
	int64_t stop;		/* nothing before this is read */
	struct text block;	/* whole lines, but for the first */
};

/*
 * Read the block before what was read, to the left of the part of a line that
 * is left of that.  Return false at the beginning of the log.
 */
static bool read_block(struct tail *tail, const char *rest, size_t length)
{
	size_t size = tail->begin - tail->stop < BLOCK ? (size_t)(tail->begin - tail->stop)
						       : BLOCK;
	char *buffer = memory_allocate(size + 1, 1);
	ssize_t got = size > 0 ? pread(tail->fd, buffer, size, tail->begin - (int64_t)size) : 0;
	struct text block = TEXT_EMPTY;

	/* One that is cut short meanwhile has no beginning any more. */
	if (got > 0 && (size_t)got == size) {
		text_add_n(&block, buffer, size);
		/* No log daemon writes lines that long. */
		if (length < BLOCK)
			text_add_n(&block, rest, length);
		text_free(&tail->block);
		tail->block = block;
		tail->begin -= got;
	}
	free(buffer);
	return block.data != NULL;
}

/*
 * Is it a line of the instance: has "NAME/program[pid]: " after the blank that
 * ends the host's name?
 */
static bool is_its_own(const char *line, const char *tag)
{
	const char *found = strstr(line, tag);
	const char *text = strstr(line, "]: ");

	return found != NULL && text != NULL && found < text;
}

/* Take the last line off the block.  Return false when it is not whole. */
static bool take_line(struct tail *tail, const char **line)
{
	char *newline;

	if (tail->block.length == 0)
		return false;
	newline = memrchr(tail->block.data, '\n', tail->block.length);
	if (newline == NULL && tail->begin > tail->stop)
		return false;
	*line = newline != NULL ? newline + 1 : tail->block.data;
	return true;
}

/*
 * Add the last lines of an instance, the oldest first, at most count of them.
 * It logs to its maillog_file, or where that is empty to the host's mail log.
 * A log that cannot be read has none.
 */
void mail_log_tail(const char *maillog_file, const char *syslog_name, size_t count,
		   struct words *lines)
{
	struct tail tail = { -1, 0, 0, TEXT_EMPTY };
	struct text tag = TEXT_EMPTY;
	size_t at = lines->count;
	const char *line;

	tail.fd = mail_log_open(maillog_file, &tail.begin);
	tail.stop = tail.begin > LIMIT ? tail.begin - LIMIT : 0;
	text_printf(&tag, " %s/", syslog_name);
	while (tail.fd >= 0 && lines->count - at < count) {
		if (!take_line(&tail, &line)) {
			if (!read_block(&tail, text_string(&tail.block), tail.block.length))
				break;
			continue;
		}
		if (is_its_own(line, tag.data))
			words_insert(lines, at, "%s", line);
		text_truncate(&tail.block, line > tail.block.data
					   ? (size_t)(line - tail.block.data) - 1 : 0);
	}
	descriptor_close(tail.fd);
	text_free(&tail.block);
	text_free(&tag);
}
