/*
 * One file of ours in a directory below /etc that belongs to another program:
 * /etc/rsyslog.d/postctl.conf , /etc/syslog-ng/conf.d/postctl.conf and no other.
 */
#include "control/log_snippet.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/own_directory.h"

enum { FILE_LIMIT = 1024 * 1024 };

/* Open the directory, if nobody but root can have put things into it. */
static int open_directory(const char *path, struct text *why)
{
	struct stat status;
	int fd = own_directory_open(AT_FDCWD, path, path, 0, why);

	if (fd >= 0 && (fstat(fd, &status) < 0 ||
			(status.st_uid != 0 && status.st_uid != geteuid()) ||
			(status.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
		text_fail(why, "%s: not root's, or writable by others", path);
		descriptor_close(fd);
		return -1;
	}
	return fd;
}

/*
 * Read the snippet of that name.  Return false with the reason, also where a
 * file is in its place that is not ours.  The caller calls log_snippet_close()
 * in either case; path and name must outlive the snippet.
 */
bool log_snippet_open(struct log_snippet *snippet, const char *path, const char *name,
		      struct text *why)
{
	bool ok;
	int fd;

	*snippet = (struct log_snippet){ open_directory(path, why), path, name, TEXT_EMPTY };
	if (snippet->directory < 0)
		return false;
	fd = own_directory_file(snippet->directory, name, O_RDONLY);
	if (fd < 0 && errno == ENOENT)
		return true;
	ok = fd >= 0 && descriptor_read_all(fd, FILE_LIMIT, &snippet->content);
	if (!ok)
		text_fail(why, "%s/%s: %s", path, name, strerror(errno));
	else if (strncmp(text_string(&snippet->content), LOG_SNIPPET_MARK,
			 strlen(LOG_SNIPPET_MARK)) != 0)
		ok = text_fail(why, "%s/%s is not postctl's; move it away", path, name);
	descriptor_close(fd);
	return ok;
}

/*
 * Make the snippet hold that content, as a whole; if that is empty there is to
 * be none.  With dry_run only say what would be done.  why is set for
 * LOG_SNIPPET_REFUSED.
 */
enum log_snippet_change log_snippet_update(struct log_snippet *snippet, const char *content,
					   bool dry_run, struct text *why)
{
	if (strcmp(text_string(&snippet->content), content) == 0)
		return LOG_SNIPPET_SAME;
	if (*content != '\0')
		return dry_run || own_directory_write(snippet->directory, snippet->name, NULL,
						      content, why)
		       ? LOG_SNIPPET_WRITTEN : LOG_SNIPPET_REFUSED;
	if (dry_run || unlinkat(snippet->directory, snippet->name, 0) == 0)
		return LOG_SNIPPET_REMOVED;
	text_fail(why, "cannot remove %s/%s: %s", snippet->path, snippet->name, strerror(errno));
	return LOG_SNIPPET_REFUSED;
}

void log_snippet_close(struct log_snippet *snippet)
{
	descriptor_close(snippet->directory);
	text_free(&snippet->content);
}
