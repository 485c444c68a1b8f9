#ifndef POSTCTL_CONTROL_SYSLOG_NG_H
#define POSTCTL_CONTROL_SYSLOG_NG_H

#include "base/text.h"
#include "base/words.h"

void syslog_ng_write(const struct words *sockets, const char *configuration, struct text *out);

#endif
