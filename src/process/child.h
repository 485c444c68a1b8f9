#ifndef POSTCTL_PROCESS_CHILD_H
#define POSTCTL_PROCESS_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/text.h"

/*
 * What to run.  The vectors end with NULL.
 */
struct child_command {
	const char *path;		/* absolute */
	char *const *arguments;		/* the program's name included */
	char *const *environment;	/* all of it */
	bool separate_data;		/* standard output is data */
	bool without_terminal;		/* messages go to a pipe */
};

/*
 * A child that was started.  The descriptors never block.
 */
struct child {
	pid_t pid;	/* of its process group and session as well */
	int messages;	/* standard error, and standard output unless that is data */
	int data;	/* standard output, or -1 */
};

bool child_spawn(struct child *child, const struct child_command *command,
		 struct text *why);
void child_describe(int status, struct text *out);

#endif
