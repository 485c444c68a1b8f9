/*
 * What is provably Debian's in a chroot.
 *
 * An administrator may have put something there, too.  So it must be a path
 * that nobody else makes (with the type, the target or the numbers that it has
 * to have), or a file that holds what the host's file holds, of which nothing
 * is lost.
 */
#include "chroot/leftovers_judge.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "chroot/accounts.h"
#include "chroot/certificates.h"
#include "chroot/copy.h"
#include "chroot/library.h"

#define ACCOUNTS_SIZE (64u << 20)

static const char equal_reason[] = "left by Debian's scripts: a copy of the host's file";

/* A script ran as root, and made nothing with a second name. */
static bool is_plain(const struct leftover *leftover)
{
	return S_ISREG(leftover->status.st_mode) && leftover->status.st_nlink == 1 &&
	       (leftover->status.st_uid == 0 || leftover->status.st_uid == geteuid());
}

static int open_plain(const struct leftover *leftover)
{
	int fd = openat(leftover->directory, leftover->name,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat status;

	if (fd >= 0 && (fstat(fd, &status) < 0 || status.st_dev != leftover->status.st_dev ||
			status.st_ino != leftover->status.st_ino)) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * Does it hold what this file of the host holds?
 */
static bool equals(const struct leftover *leftover, const char *path)
{
	struct stat status;
	bool equal = false;
	int fd, other;

	if (!is_plain(leftover))
		return false;
	fd = open_plain(leftover);
	other = host_open_file(leftover->host, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && other >= 0 && fstat(other, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size == leftover->status.st_size)
		equal = copy_holds_same(fd, other);
	descriptor_close(fd);
	descriptor_close(other);
	return equal;
}

/*
 * Does it hold what the host's file of the same path holds?
 */
const char *leftover_copy(const struct leftover *leftover)
{
	struct text path = TEXT_EMPTY;
	bool equal;

	text_printf(&path, "/%s", leftover->path);
	equal = equals(leftover, text_string(&path));
	text_free(&path);
	return equal ? equal_reason : NULL;
}

const char *leftover_etc(const struct leftover *leftover)
{
	static const char *const names[] = {
		"localtime", "services", "resolv.conf", "hosts", "host.conf", "nsswitch.conf",
		"nss_mdns.config",
	};
	struct text content = TEXT_EMPTY, accounts = TEXT_EMPTY, held = TEXT_EMPTY;
	bool equal = false;
	int fd;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], leftover->name) == 0)
			return leftover_copy(leftover);
	if (strcmp(leftover->name, "passwd") != 0 || !is_plain(leftover) ||
	    !host_read_file(leftover->host, "/etc/passwd", ACCOUNTS_SIZE, &content))
		return NULL;
	accounts_without_passwords(&content, &accounts);
	fd = open_plain(leftover);
	if (fd >= 0 && descriptor_read_all(fd, ACCOUNTS_SIZE, &held))
		equal = strcmp(text_string(&held), text_string(&accounts)) == 0;
	descriptor_close(fd);
	text_free(&content);
	text_free(&accounts);
	text_free(&held);
	return equal ? "left by Debian's scripts: the host's accounts" : NULL;
}

const char *leftover_device(const struct leftover *leftover)
{
	dev_t number = leftover->status.st_rdev;

	if (!S_ISCHR(leftover->status.st_mode) || leftover->status.st_uid != 0)
		return NULL;
	if ((strcmp(leftover->name, "random") == 0 && number == makedev(1, 8)) ||
	    (strcmp(leftover->name, "urandom") == 0 && number == makedev(1, 9)))
		return "left by Debian's scripts: a device that Postfix opens before it enters";
	return NULL;
}

/*
 * Is it a link with this target, NULL for any in its own directory?  That goes
 * into found.
 */
static bool links_to(const struct leftover *leftover, const char *target, struct text *found)
{
	char name[256];
	ssize_t length;

	if (!S_ISLNK(leftover->status.st_mode))
		return false;
	length = readlinkat(leftover->directory, leftover->name, name, sizeof name);
	if (length <= 0 || (size_t)length >= sizeof name)
		return false;
	name[length] = '\0';
	if (found != NULL)
		text_add(found, name);
	return target != NULL ? strcmp(name, target) == 0 : strchr(name, '/') == NULL;
}

const char *leftover_zone(const struct leftover *leftover)
{
	if (strcmp(leftover->name, "localtime") != 0)
		return NULL;
	if (links_to(leftover, "/etc/localtime", NULL))
		return "left by Debian's scripts: nothing looks there";
	return equals(leftover, "/etc/localtime") ? equal_reason : NULL;
}

/*
 * A module of the C library itself is planned if it is needed; it has most of
 * them built in, and one of another version can only do harm.  Nobody else
 * puts them below lib/.  Other libraries must be the host's.
 */
const char *leftover_library(const struct leftover *leftover)
{
	static const char *const own[] = {
		"libnss_compat[.-]*so*", "libnss_dns[.-]*so*", "libnss_files[.-]*so*",
		"libnss_hesiod[.-]*so*", "libnss_nis[.-]*so*", "libnss_nisplus[.-]*so*",
	};
	static const char *const copied[] = { "libnss*.so*", "libgcc_s*.so*", "libresolv*.so*" };
	struct text path = TEXT_EMPTY;
	const char *reason = NULL;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strncmp(leftover->path, "lib/", 4) == 0 &&
		    fnmatch(own[i], leftover->name, 0) == 0 &&
		    (is_plain(leftover) || links_to(leftover, NULL, NULL)))
			return "left by Debian's scripts: a module of the C library that is not needed";
	for (size_t i = 0; i < sizeof copied / sizeof *copied && reason == NULL; i++) {
		if (fnmatch(copied[i], leftover->name, 0) != 0)
			continue;
		reason = leftover_copy(leftover);
		if (reason != NULL)
			continue;
		/* From 3.9 on they go from there to lib/. */
		text_clear(&path);
		text_printf(&path, "/%s/%s", library_destination(), leftover->name);
		if (equals(leftover, text_string(&path)))
			reason = equal_reason;
	}
	text_free(&path);
	return reason;
}

/*
 * A certificate under a name by which OpenSSL does not find it, or under its
 * hash where that is not planned.  What an interrupted script left in a
 * directory of its own was meant for the one beside it.
 */
const char *leftover_certificate(const struct leftover *leftover)
{
	struct text path = TEXT_EMPTY;
	char *suffix;
	bool equal;

	if (fnmatch("*.pem", leftover->name, 0) != 0 && !certificate_is_hashed(leftover->name) &&
	    strcmp(leftover->name, "ca-certificates.crt") != 0)
		return NULL;
	text_printf(&path, "/%s", leftover->path);
	suffix = strstr(path.data, ".NEW/");
	if (suffix != NULL)
		memmove(suffix, suffix + 4, strlen(suffix + 4) + 1);
	equal = equals(leftover, path.data);
	text_free(&path);
	return equal ? equal_reason : NULL;
}

/*
 * The hash of a certificate that is not there, or not any more.
 */
const char *leftover_hash(const struct leftover *leftover)
{
	struct text target = TEXT_EMPTY, path = TEXT_EMPTY;
	struct stat status;
	bool dangles = false;
	size_t value;

	if (certificate_is_hashed(leftover->name) && links_to(leftover, NULL, &target)) {
		text_add_n(&path, leftover->path,
			   strlen(leftover->path) - strlen(leftover->name));
		text_add(&path, text_string(&target));
		dangles = path_index_find(leftover->gone, path.data, path.length,
					  path_index_hash(path.data, path.length), &value) ||
			  (fstatat(leftover->directory, text_string(&target), &status,
				   AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT);
	}
	text_free(&target);
	text_free(&path);
	return dangles ? "left by Debian's scripts: the hash of a certificate that is not there"
		       : NULL;
}
