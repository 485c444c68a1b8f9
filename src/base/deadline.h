#ifndef POSTCTL_BASE_DEADLINE_H
#define POSTCTL_BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A moment in milliseconds of CLOCK_MONOTONIC.
 */
typedef int64_t deadline_ms;

#define DEADLINE_NEVER INT64_MAX

deadline_ms deadline_now(void);
deadline_ms deadline_in(int64_t milliseconds);
deadline_ms deadline_earlier(deadline_ms a, deadline_ms b);
bool deadline_passed(deadline_ms when);
int deadline_poll_timeout(deadline_ms when);

#endif
