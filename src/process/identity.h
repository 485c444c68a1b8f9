#ifndef POSTCTL_PROCESS_IDENTITY_H
#define POSTCTL_PROCESS_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/place.h"
#include "base/text.h"

/*
 * A process as /proc shows it.  pid and start together name it: a pid alone
 * may belong to somebody else by the time it is used.
 */
struct identity {
	pid_t pid;
	pid_t parent;
	pid_t group;
	pid_t session;
	uint64_t start;		/* clock ticks since boot */
	char state;		/* R, S, D, T, Z ... as in proc(5) */
	char name[16];		/* of the program, cut to 15 bytes */
};

bool identity_read(pid_t pid, struct identity *identity);
bool identity_has_ancestor(const char *name);
bool identity_alive(const struct identity *identity);
time_t identity_since(const struct identity *identity);
bool identity_program(pid_t pid, struct text *path);
bool identity_program_gone(pid_t pid);
bool identity_program_named(const char *program, const char *name);
bool identity_file(pid_t pid, const char *name, struct text *content);
bool identity_variable(pid_t pid, const char *name, struct text *value);
bool identity_directory(pid_t pid, struct place *place);
bool identity_open(const struct identity *identity, int *fd);
bool identity_signal(const struct identity *identity, int signal);

#endif
