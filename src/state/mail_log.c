/*
 * What Postfix's daemons log.  Why master(8) ended they tell nobody else.
 */
#include "state/mail_log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"

/* Of a log that grows faster, only the end is read. */
enum { LIMIT = 64 * 1024 };

/* Where the log daemons of Debian put facility mail, and what they have without it. */
static const char *const usual[] = {
	"/var/log/mail.log", "/var/log/maillog", "/var/log/mail.info", "/var/log/syslog",
	"/var/log/messages",
};

/* Open a log, and find its size.  What is no file cannot be read twice. */
static int open_file(const char *path, int64_t *size)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		*size = status.st_size;
		return fd;
	}
	descriptor_close(fd);
	return -1;
}

/*
 * Open the file of the instance's maillog_file, or the host's mail log if that
 * is empty, and find its size.  Return a descriptor, or -1.
 */
int mail_log_open(const char *maillog_file, int64_t *size)
{
	int fd = -1;

	if (*maillog_file != '\0')
		return open_file(maillog_file, size);
	for (size_t i = 0; fd < 0 && i < sizeof usual / sizeof *usual; i++)
		fd = open_file(usual[i], size);
	return fd;
}

/*
 * Remember where the log ends now: the file of the instance's maillog_file,
 * or the host's if that is empty.  The caller calls mail_log_free().
 */
void mail_log_mark(struct mail_log *log, const char *maillog_file)
{
	mail_log_free(log);
	log->maillog_file = memory_copy(maillog_file);
	log->fd = mail_log_open(maillog_file, &log->from);
}

void mail_log_free(struct mail_log *log)
{
	descriptor_close(log->fd);
	free(log->maillog_file);
	*log = MAIL_LOG_NONE;
}

/* Read what was added to the log, whole lines of it. */
static void read_added(struct mail_log *log, struct text *added)
{
	char buffer[4096];
	struct stat status;
	int64_t size;
	ssize_t count = 1;

	/* It may have been made since. */
	if (log->fd < 0)
		log->fd = mail_log_open(log->maillog_file, &size);
	if (log->fd < 0 || fstat(log->fd, &status) < 0)
		return;
	if (status.st_size - log->from > LIMIT)
		log->from = status.st_size - LIMIT;
	while (added->length < LIMIT && count > 0) {
		count = pread(log->fd, buffer, sizeof buffer,
			      log->from + (int64_t)added->length);
		if (count > 0)
			text_add_n(added, buffer, (size_t)count);
	}
	while (added->length > 0 && added->data[added->length - 1] != '\n')
		text_truncate(added, added->length - 1);
}

/*
 * Return what a line says if it is a complaint of that program's, which ends
 * in "[", or NULL.
 */
static const char *complaint(const char *line, const char *program)
{
	static const char *const severities[] = { "fatal: ", "panic: ", "error: ", "warning: " };
	const char *found = strstr(line, program);
	const char *text = found != NULL ? strstr(found, "]: ") : NULL;

	if (text == NULL)
		return NULL;
	text += strlen("]: ");
	for (size_t i = 0; i < sizeof severities / sizeof *severities; i++)
		if (strncmp(text, severities[i], strlen(severities[i])) == 0)
			return text;
	return NULL;
}

/*
 * Add what a program of the instance with that syslog_name has complained of
 * since the mark, each complaint once.
 */
void mail_log_complaints(struct mail_log *log, const char *syslog_name, const char *program,
			 struct words *complaints)
{
	struct text added = TEXT_EMPTY;
	struct text tag = TEXT_EMPTY;
	struct words lines = WORDS_EMPTY;

	read_added(log, &added);
	text_printf(&tag, " %s/%s[", syslog_name, program);
	words_split(&lines, text_string(&added), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *text = complaint(lines.items[i], tag.data);

		if (text != NULL && !words_contain(complaints, text))
			words_add(complaints, text);
	}
	words_free(&lines);
	text_free(&tag);
	text_free(&added);
}
