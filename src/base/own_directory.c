/*
 * Directories in which postctl keeps what it must remember.  Everybody may
 * read them; what is in them is only believed when root alone can have
 * written it.
 */
#include "base/own_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

enum { CONTENT_LIMIT = 1024 * 1024 };

static bool only_ours(const struct stat *status)
{
	return status->st_uid == geteuid() && (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * Open a directory of ours.  With a mode other than 0 it is made if it is
 * missing, and refused if others could write in it.  Return a descriptor, or
 * -1 with the reason, which calls it shown.
 */
int own_directory_open(int parent, const char *path, const char *shown, unsigned mode,
		       struct text *why)
{
	struct stat status;
	int fd;

	if (mode != 0 && mkdirat(parent, path, mode) < 0 && errno != EEXIST) {
		text_fail(why, "cannot make %s: %s", shown, strerror(errno));
		return -1;
	}
	fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0) {
		text_fail(why, "cannot open %s: %s%s", shown, strerror(errno),
			  errno == ENOTDIR || errno == ELOOP ? "; remove it" : "");
		descriptor_close(fd);
		return -1;
	}
	if (mode != 0 && !only_ours(&status)) {
		text_fail(why, "%s is not root's alone; remove it", shown);
		descriptor_close(fd);
		return -1;
	}
	return fd;
}

/*
 * Append a file name that stands for path and for no other: "/" becomes "-",
 * what is not a letter, a digit or one of ":_." becomes \xNN, as systemd
 * escapes paths; a name too long for a file ends in a hash.
 */
void own_directory_key(const char *path, struct text *key)
{
	size_t start = key->length;
	uint64_t hash = 14695981039346656037U;

	for (const char *p = path; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		hash = (hash ^ c) * 1099511628211U;
		if (c == '/')
			text_add_char(key, '-');
		else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			 (c >= '0' && c <= '9') || strchr(":_.", c) != NULL)
			text_add_char(key, *p);
		else
			text_printf(key, "\\x%02x", c);
	}
	if (key->length - start > NAME_MAX - 32) {
		text_truncate(key, start + NAME_MAX - 32);
		text_printf(key, "%016llx", (unsigned long long)hash);
	}
}

/*
 * Replace the content of a file as a whole.  temporary is the name under which
 * it is written first; NULL stands for one of this process alone, where
 * several may write at the same time.  Return false with the reason.
 */
bool own_directory_write(int directory, const char *name, const char *temporary,
			 const char *content, struct text *why)
{
	struct text unique = TEXT_EMPTY;
	bool ok;
	int fd;

	if (temporary == NULL) {
		text_printf(&unique, "%s.%ld", name, (long)getpid());
		temporary = text_string(&unique);
	}
	fd = openat(directory, temporary,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	ok = fd >= 0 && descriptor_write(fd, content, strlen(content)) &&
	     renameat(directory, temporary, directory, name) == 0;
	if (!ok) {
		text_fail(why, "cannot write %s: %s", name, strerror(errno));
		unlinkat(directory, temporary, 0);
	}
	descriptor_close(fd);
	text_free(&unique);
	return ok;
}

/*
 * Open a file that root, or who we are, alone can have written; name may be a
 * path.  Return a descriptor, or -1 with errno set: EPERM if others could have.
 */
int own_directory_file(int directory, const char *name, int flags)
{
	int fd = openat(directory, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0) {
		descriptor_close(fd);
		return -1;
	}
	if (S_ISREG(status.st_mode) && (status.st_uid == 0 || status.st_uid == geteuid()) &&
	    (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/*
 * Append the content of a file.  Return false when there is none, or it could
 * have been written by others than root.
 */
bool own_directory_read(int directory, const char *name, struct text *content)
{
	int fd = own_directory_file(directory, name, O_RDONLY);
	bool ok = fd >= 0 && descriptor_read_all(fd, CONTENT_LIMIT, content);

	descriptor_close(fd);
	return ok;
}
