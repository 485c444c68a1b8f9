/*
 * The directory of init scripts, and those of the runlevels, below /etc or
 * what a test has in its place.  The links there are update-rc.d(8)'s to make.
 */
#include "state/init_directory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/own_directory.h"
#include "state/init_script.h"

/* Hidden, so that neither insserv(8) nor service(8) takes it for a script. */
static const char temporary_suffix[] = ".new";

enum { SCRIPT_LIMIT = 64 * 1024 };

/* Each runlevel that has a directory. */
static const char levels[] = "S0123456";

static int open_directory(const char *etc, const char *name)
{
	struct text path = TEXT_EMPTY;
	int fd;

	text_printf(&path, "%s/%s", etc, name);
	fd = open(text_string(&path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	text_free(&path);
	return fd;
}

/*
 * Open the directory of init scripts.  Return a descriptor, or -1 with the
 * reason.
 */
int init_directory_open(const char *etc, struct text *why)
{
	int fd = open_directory(etc, "init.d");

	if (fd < 0 && errno == ENOENT)
		text_fail(why, "there is no %s/init.d", etc);
	else if (fd < 0)
		text_fail(why, "cannot open %s/init.d: %s", etc, strerror(errno));
	return fd;
}

/* Begin to read a directory that stays open. */
static DIR *read_directory(int directory)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

	if (stream == NULL)
		descriptor_close(fd);
	return stream;
}

static bool begins(const char *name, const char *beginning)
{
	return strncmp(name, beginning, strlen(beginning)) == 0;
}

static bool ends(const char *name, const char *end)
{
	size_t length = strlen(name);

	return length >= strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

/*
 * Add the names of all init scripts that look like those of instances.
 */
void init_directory_list(int directory, struct words *names)
{
	DIR *stream = read_directory(directory);
	struct dirent *entry;

	while (stream != NULL && (entry = readdir(stream)) != NULL)
		if (begins(entry->d_name, INIT_SCRIPT_PREFIX) && !ends(entry->d_name, "~"))
			words_add(names, entry->d_name);
	if (stream != NULL)
		closedir(stream);
}

/*
 * Remove what others that were killed have left.
 */
void init_directory_clear(int directory)
{
	DIR *stream = read_directory(directory);
	struct dirent *entry;

	while (stream != NULL && (entry = readdir(stream)) != NULL)
		if (begins(entry->d_name, "." INIT_SCRIPT_PREFIX) &&
		    ends(entry->d_name, temporary_suffix))
			unlinkat(directory, entry->d_name, 0);
	if (stream != NULL)
		closedir(stream);
}

/*
 * Is there anything of that name?
 */
bool init_directory_has(int directory, const char *name)
{
	struct stat status;

	return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/*
 * Append the content of an init script, if it is one that root alone can have
 * written.  Return what is there.
 */
enum init_file init_directory_read(int directory, const char *name, struct text *content)
{
	int fd = own_directory_file(directory, name, O_RDONLY);
	enum init_file found = INIT_FILE_OTHER;

	if (fd < 0 && errno == ENOENT)
		found = INIT_FILE_MISSING;
	else if (fd >= 0 && descriptor_read_all(fd, SCRIPT_LIMIT, content))
		found = INIT_FILE_PLAIN;
	descriptor_close(fd);
	return found;
}

/*
 * Put an init script in its place, as a whole: whatever happens, a reader finds
 * the old or the new one.  Return false with the reason.
 */
bool init_directory_write(int directory, const char *name, const char *content,
			  struct text *why)
{
	struct text temporary = TEXT_EMPTY;
	bool ok;
	int fd;

	text_printf(&temporary, ".%s%s", name, temporary_suffix);
	unlinkat(directory, temporary.data, 0);
	fd = openat(directory, temporary.data,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
	/* To the disk, too: the next boot is after a power failure. */
	ok = fd >= 0 && descriptor_write(fd, content, strlen(content)) &&
	     fchmod(fd, 0755) == 0 && fsync(fd) == 0 &&
	     renameat(directory, temporary.data, directory, name) == 0;
	if (!ok) {
		text_fail(why, "cannot write /etc/init.d/%s: %s", name, strerror(errno));
		unlinkat(directory, temporary.data, 0);
	}
	descriptor_close(fd);
	text_free(&temporary);
	return ok;
}

/*
 * Remove an init script.  That there is none is fine.  Return false with the
 * reason.
 */
bool init_directory_remove(int directory, const char *name, struct text *why)
{
	return unlinkat(directory, name, 0) == 0 || errno == ENOENT ||
	       text_fail(why, "cannot remove /etc/init.d/%s: %s", name, strerror(errno));
}

/* Return the script that a link in a runlevel's directory is for, or NULL. */
static const char *linked_script(const char *link)
{
	if ((*link != 'S' && *link != 'K') || !isdigit((unsigned char)link[1]) ||
	    !isdigit((unsigned char)link[2]))
		return NULL;
	return link + 3;
}

typedef void visit_link(const char *link, const char *script, void *data);

/* Show all links of instances' scripts, in all runlevels. */
static void visit_links(const char *etc, visit_link *visit, void *data)
{
	for (const char *level = levels; *level != '\0'; level++) {
		char name[] = "rc?.d";
		struct dirent *entry;
		DIR *stream;
		int fd;

		name[2] = *level;
		fd = open_directory(etc, name);
		stream = fd >= 0 ? read_directory(fd) : NULL;
		descriptor_close(fd);
		while (stream != NULL && (entry = readdir(stream)) != NULL) {
			const char *script = linked_script(entry->d_name);

			if (script != NULL && begins(script, INIT_SCRIPT_PREFIX))
				visit(entry->d_name, script, data);
		}
		if (stream != NULL)
			closedir(stream);
	}
}

struct links_of {
	const char *name;
	enum init_links found;
};

static void look_at_link(const char *link, const char *script, void *data)
{
	struct links_of *of = data;

	if (strcmp(script, of->name) != 0)
		return;
	if (*link == 'S')
		of->found = INIT_LINKS_ON;
	else if (of->found == INIT_LINKS_NONE)
		of->found = INIT_LINKS_OFF;
}

/*
 * What are the links of an init script for?
 */
enum init_links init_directory_links(const char *etc, const char *name)
{
	struct links_of of = { name, INIT_LINKS_NONE };

	visit_links(etc, look_at_link, &of);
	return of.found;
}

static void add_script(const char *link, const char *script, void *data)
{
	struct words *names = data;

	(void)link;
	if (!words_contain(names, script))
		words_add(names, script);
}

/*
 * Add the names of scripts that have links, unless they are there already.
 */
void init_directory_list_links(const char *etc, struct words *names)
{
	visit_links(etc, add_script, names);
}

/*
 * Do links of its own decide when an instance is started and stopped, so that
 * /etc/init.d/postfix does not at boot?  A script that init(8) never gets to see,
 * since it has no links or cannot be executed, decides nothing.
 */
bool init_directory_governs(const char *etc, const char *name)
{
	int directory = init_directory_open(etc, NULL);
	struct stat status;
	bool is_script = directory >= 0 &&
			 fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
			 S_ISREG(status.st_mode) && (status.st_mode & S_IXUSR) != 0;

	descriptor_close(directory);
	return is_script && init_directory_links(etc, name) != INIT_LINKS_NONE;
}
