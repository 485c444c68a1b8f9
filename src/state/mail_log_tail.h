#ifndef POSTCTL_STATE_MAIL_LOG_TAIL_H
#define POSTCTL_STATE_MAIL_LOG_TAIL_H

#include <stddef.h>

#include "base/words.h"

void mail_log_tail(const char *maillog_file, const char *syslog_name, size_t count,
		   struct words *lines);

#endif
