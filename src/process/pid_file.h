#ifndef POSTCTL_PROCESS_PID_FILE_H
#define POSTCTL_PROCESS_PID_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/place.h"
#include "base/text.h"

/*
 * The pid/master.pid of a queue directory.
 */
struct pid_file {
	char *path;
	int fd;			/* -1: may not be read */
	struct place file;
	struct place queue;	/* the queue directory itself */
};

#define PID_FILE_EMPTY ((struct pid_file){ NULL, -1, { 0, 0 }, { 0, 0 } })

int pid_file_open(struct pid_file *pid_file, const char *queue_directory);
bool pid_file_usable(const char *queue_directory, struct text *why);
void pid_file_close(struct pid_file *pid_file);
bool pid_file_claim(const struct pid_file *pid_file, pid_t *pid);

#endif
