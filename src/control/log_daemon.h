#ifndef POSTCTL_CONTROL_LOG_DAEMON_H
#define POSTCTL_CONTROL_LOG_DAEMON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/words.h"

#define LOG_SNIPPET "postctl.conf"

/*
 * A log daemon.  One with a directory for snippets is told there of sockets,
 * the others by a variable in a file of theirs.
 */
struct log_daemon {
	const char *name;	/* as service(8) knows it */
	const char *program;
	const char *file;	/* its configuration, or where the variable is */
	const char *directory;
	void (*write)(const struct words *sockets, const char *configuration, struct text *out);
	const char *variable;
	size_t limit;		/* of sockets, or 0 */
};

/*
 * The files that configure a log daemon, but for our snippet.
 */
struct log_files {
	struct words paths;
	struct words contents;
};

extern const struct log_daemon log_daemons[];
extern const size_t log_daemon_count;

bool log_daemon_is_installed(const struct log_daemon *daemon);
void log_daemon_read(const struct log_daemon *daemon, struct log_files *files);
void log_files_free(struct log_files *files);
const char *log_files_find(const struct log_files *files, const char *path);
void log_paths(const char *content, struct words *paths);
void log_daemon_snippet(const struct log_daemon *daemon, const struct log_files *files,
			const struct words *sockets, struct text *out);
void log_daemon_line(const struct log_daemon *daemon, const struct log_files *files,
		     const struct words *sockets, struct text *out);

#endif
