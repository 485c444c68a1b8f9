/*
 * Absolute deadlines.  A limit that is given as a moment, not as a duration,
 * needs no bookkeeping when a wait is interrupted and begun again.
 */
#include "base/deadline.h"

#include <limits.h>
#include <time.h>

deadline_ms deadline_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (deadline_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Return the moment that lies so many milliseconds ahead.
 */
deadline_ms deadline_in(int64_t milliseconds)
{
	return deadline_now() + milliseconds;
}

deadline_ms deadline_earlier(deadline_ms a, deadline_ms b)
{
	return a < b ? a : b;
}

bool deadline_passed(deadline_ms when)
{
	return when != DEADLINE_NEVER && deadline_now() >= when;
}

/*
 * Return the timeout for poll(2) that ends at the deadline: -1 for never.
 */
int deadline_poll_timeout(deadline_ms when)
{
	deadline_ms left;

	if (when == DEADLINE_NEVER)
		return -1;
	left = when - deadline_now();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}
