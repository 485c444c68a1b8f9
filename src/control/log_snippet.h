#ifndef POSTCTL_CONTROL_LOG_SNIPPET_H
#define POSTCTL_CONTROL_LOG_SNIPPET_H

#include <stdbool.h>

#include "base/text.h"

/*
 * How a file of ours begins: no other is changed or removed.
 */
#define LOG_SNIPPET_MARK "# Made by \"postctl log-sockets\", which rewrites and removes it.\n"

enum log_snippet_change {
	LOG_SNIPPET_SAME,
	LOG_SNIPPET_WRITTEN,
	LOG_SNIPPET_REMOVED,
	LOG_SNIPPET_REFUSED
};

/*
 * The snippet in a log daemon's directory as it is; content is empty where
 * there is none.
 */
struct log_snippet {
	int directory;
	const char *path;
	const char *name;
	struct text content;
};

bool log_snippet_open(struct log_snippet *snippet, const char *directory, const char *name,
		      struct text *why);
enum log_snippet_change log_snippet_update(struct log_snippet *snippet, const char *content,
					   bool dry_run, struct text *why);
void log_snippet_close(struct log_snippet *snippet);

#endif
