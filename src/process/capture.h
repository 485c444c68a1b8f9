#ifndef POSTCTL_PROCESS_CAPTURE_H
#define POSTCTL_PROCESS_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/*
 * The end of what somebody said, however much that was.  While it is being
 * filled text may hold up to twice the limit.
 */
struct capture {
	struct text text;
	size_t limit;
	uint64_t dropped;	/* bytes before text */
};

void capture_init(struct capture *capture, size_t limit);
void capture_add(struct capture *capture, const char *bytes, size_t length);
void capture_end(struct capture *capture);
void capture_free(struct capture *capture);

#endif
