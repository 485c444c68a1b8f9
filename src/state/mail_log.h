#ifndef POSTCTL_STATE_MAIL_LOG_H
#define POSTCTL_STATE_MAIL_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/words.h"

/*
 * The log of an instance, from a certain moment on.
 */
struct mail_log {
	char *maillog_file;
	int fd;
	int64_t from;
};

#define MAIL_LOG_NONE ((struct mail_log){ NULL, -1, 0 })

int mail_log_open(const char *maillog_file, int64_t *size);
void mail_log_mark(struct mail_log *log, const char *maillog_file);
void mail_log_complaints(struct mail_log *log, const char *syslog_name, const char *program,
			 struct words *complaints);
void mail_log_free(struct mail_log *log);

#endif
