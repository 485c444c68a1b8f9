/*
 * What Debian's scripts have left in a chroot in the course of time.
 *
 * Up to 3.7 configure-instance.sh copied all NSS modules, libgcc_s and
 * libresolv, certificates under their own names, with links of their hashes to
 * them, dev/random and dev/urandom, and made usr/lib/zoneinfo/localtime; still
 * older ones copied usr/share/ca-certificates.  From 3.9 on it copies NSS
 * modules into lib/, hashed certificates, and small files of etc even where
 * nothing is chrooted.
 *
 * An administrator may have put something there, too.  So only that is
 * cleared which is provably Debian's: a path that nobody else makes (with the
 * type, the target or the numbers that it has to have), or a file that
 * holds what the host's file holds, of which nothing is lost.
 */
#include "chroot/leftovers.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "chroot/accounts.h"
#include "chroot/beneath.h"
#include "chroot/copy.h"
#include "chroot/kernel.h"
#include "chroot/library.h"
#include "chroot/certificates.h"
#include "chroot/removal.h"

#define ACCOUNTS_SIZE (64u << 20)
#define DEPTH_MAX 4

/*
 * A clearing under way.  planned are the paths of the plan, gone those that
 * were removed, or would be; emptied are the directories they were in.
 */
struct clearing {
	struct sync_result *result;
	const struct plan *plan;
	const struct host *host;
	struct manifest *manifest;
	struct beneath beneath;
	struct path_index planned;
	struct path_index gone;
	struct words paths;
	struct words emptied;
	bool dry_run;
};

/*
 * A name in a directory of the chroot that is not planned.
 */
struct leftover {
	const char *path;
	const char *name;
	int directory;
	struct stat status;
};

/* Return why it is Debian's, or NULL. */
typedef const char *leftover_judge(const struct clearing *clearing,
				   const struct leftover *leftover);

static const char equal_reason[] = "left by Debian's scripts: a copy of the host's file";

static bool contains(const struct path_index *index, const char *path)
{
	size_t length = strlen(path), value;

	return path_index_find(index, path, length, path_index_hash(path, length), &value);
}

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
static bool equals(const struct clearing *clearing, const struct leftover *leftover,
		   const char *path)
{
	struct stat status;
	bool equal = false;
	int fd, other;

	if (!is_plain(leftover))
		return false;
	fd = open_plain(leftover);
	other = host_open_file(clearing->host, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
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
static const char *judge_copy(const struct clearing *clearing, const struct leftover *leftover)
{
	struct text path = TEXT_EMPTY;
	bool equal;

	text_printf(&path, "/%s", leftover->path);
	equal = equals(clearing, leftover, text_string(&path));
	text_free(&path);
	return equal ? equal_reason : NULL;
}

static const char *judge_etc(const struct clearing *clearing, const struct leftover *leftover)
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
			return judge_copy(clearing, leftover);
	if (strcmp(leftover->name, "passwd") != 0 || !is_plain(leftover) ||
	    !host_read_file(clearing->host, "/etc/passwd", ACCOUNTS_SIZE, &content))
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

static const char *judge_device(const struct clearing *clearing, const struct leftover *leftover)
{
	dev_t number = leftover->status.st_rdev;

	(void)clearing;
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

static const char *judge_zone(const struct clearing *clearing, const struct leftover *leftover)
{
	if (strcmp(leftover->name, "localtime") != 0)
		return NULL;
	if (links_to(leftover, "/etc/localtime", NULL))
		return "left by Debian's scripts: nothing looks there";
	return equals(clearing, leftover, "/etc/localtime") ? equal_reason : NULL;
}

/*
 * A module of the C library itself is planned if it is needed; it has most of
 * them built in, and one of another version can only do harm.  Nobody else
 * puts them there.  Other libraries must be the host's.
 */
static const char *judge_library(const struct clearing *clearing, const struct leftover *leftover)
{
	static const char *const own[] = {
		"libnss_compat[.-]*so*", "libnss_dns[.-]*so*", "libnss_files[.-]*so*",
		"libnss_hesiod[.-]*so*", "libnss_nis[.-]*so*", "libnss_nisplus[.-]*so*",
	};
	static const char *const copied[] = { "libnss*.so*", "libgcc_s*.so*", "libresolv*.so*" };
	struct text path = TEXT_EMPTY;
	const char *reason = NULL;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (fnmatch(own[i], leftover->name, 0) == 0 &&
		    (is_plain(leftover) || links_to(leftover, NULL, NULL)))
			return "left by Debian's scripts: a module of the C library that is not needed";
	for (size_t i = 0; i < sizeof copied / sizeof *copied && reason == NULL; i++) {
		if (fnmatch(copied[i], leftover->name, 0) != 0)
			continue;
		reason = judge_copy(clearing, leftover);
		if (reason != NULL)
			continue;
		/* From 3.9 on they go from there to lib/. */
		text_clear(&path);
		text_printf(&path, "/%s/%s", library_destination(), leftover->name);
		if (equals(clearing, leftover, text_string(&path)))
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
static const char *judge_certificate(const struct clearing *clearing,
				     const struct leftover *leftover)
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
	equal = equals(clearing, leftover, path.data);
	text_free(&path);
	return equal ? equal_reason : NULL;
}

/*
 * The hash of a certificate that is not there, or not any more.
 */
static const char *judge_hash(const struct clearing *clearing, const struct leftover *leftover)
{
	struct text target = TEXT_EMPTY, path = TEXT_EMPTY;
	struct stat status;
	bool dangles = false;

	if (certificate_is_hashed(leftover->name) && links_to(leftover, NULL, &target)) {
		text_add_n(&path, leftover->path,
			   strlen(leftover->path) - strlen(leftover->name));
		text_add(&path, text_string(&target));
		dangles = contains(&clearing->gone, text_string(&path)) ||
			  (fstatat(leftover->directory, text_string(&target), &status,
				   AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT);
	}
	text_free(&target);
	text_free(&path);
	return dangles ? "left by Debian's scripts: the hash of a certificate that is not there"
		       : NULL;
}

static void tell(struct clearing *clearing, enum sync_outcome outcome, const char *path,
		 const char *reason, int error)
{
	struct text problem = TEXT_EMPTY;

	if (outcome == SYNC_FAILED)
		text_printf(&problem, "cannot remove %s/%s: %s", clearing->beneath.path, path,
			    strerror(error));
	sync_report(clearing->result, outcome, path, strlen(path), reason,
		    outcome == SYNC_FAILED ? &problem : NULL);
	if (outcome == SYNC_FAILED)
		clearing->result->failed++;
	else
		clearing->result->removed++;
	text_free(&problem);
}

/*
 * Note that a path is gone, and that its directory may be empty now.
 */
static void note_gone(struct clearing *clearing, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t length = strlen(path);
	char *directory;

	words_add(&clearing->paths, path);
	path_index_add(&clearing->gone, clearing->paths.items[clearing->paths.count - 1], length,
		       path_index_hash(path, length), 0);
	if (slash == NULL)
		return;
	directory = memory_copy_n(path, (size_t)(slash - path));
	/* Once more for each directory below it that goes. */
	if (clearing->emptied.count == 0 ||
	    strcmp(clearing->emptied.items[clearing->emptied.count - 1], directory) != 0)
		words_add(&clearing->emptied, directory);
	free(directory);
}

/*
 * Remove one name if it is Debian's, and still is what was judged.
 */
static void consider(struct clearing *clearing, int directory, const char *path,
		     leftover_judge *judge)
{
	const char *slash = strrchr(path, '/');
	struct leftover leftover = { path, slash + 1, directory, { .st_ino = 0 } };
	struct stat now;
	const char *reason;

	if (contains(&clearing->planned, path) || contains(&clearing->gone, path) ||
	    words_contain(&clearing->plan->kept, path) ||
	    fstatat(directory, leftover.name, &leftover.status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISDIR(leftover.status.st_mode) || kernel_is_mount(directory, leftover.name))
		return;
	/* What is recorded and unchanged was removed, or could not be. */
	if (manifest_find(clearing->manifest, path) != NULL)
		return;
	reason = judge(clearing, &leftover);
	if (reason == NULL)
		return;
	if (!clearing->dry_run) {
		if (fstatat(directory, leftover.name, &now, AT_SYMLINK_NOFOLLOW) < 0 ||
		    now.st_dev != leftover.status.st_dev ||
		    now.st_ino != leftover.status.st_ino ||
		    now.st_ctim.tv_sec != leftover.status.st_ctim.tv_sec ||
		    now.st_ctim.tv_nsec != leftover.status.st_ctim.tv_nsec)
			return;
		if (unlinkat(directory, leftover.name, 0) < 0) {
			tell(clearing, SYNC_FAILED, path, reason, errno);
			return;
		}
	}
	tell(clearing, SYNC_REMOVED, path, reason, 0);
	note_gone(clearing, path);
}

static void clear(struct clearing *clearing, const char *path, leftover_judge *judge)
{
	struct words names = WORDS_EMPTY;
	int directory = beneath_list(&clearing->beneath, path, &names);

	for (size_t i = 0; directory >= 0 && i < names.count; i++) {
		struct text below = TEXT_EMPTY;

		text_printf(&below, "%s/%s", path, names.items[i]);
		consider(clearing, directory, text_string(&below), judge);
		text_free(&below);
	}
	words_free(&names);
}

/*
 * The same in the directories there whose names match, and below these as
 * deep as they can be.
 */
static void clear_below(struct clearing *clearing, const char *path, const char *pattern,
			leftover_judge *judge, int depth)
{
	struct words names = WORDS_EMPTY;

	clear(clearing, path, judge);
	if (depth > 0 && beneath_list(&clearing->beneath, path, &names) >= 0)
		for (size_t i = 0; i < names.count; i++) {
			struct text below = TEXT_EMPTY;

			text_printf(&below, "%s/%s", path, names.items[i]);
			if (fnmatch(pattern, names.items[i], 0) == 0)
				clear_below(clearing, text_string(&below), pattern, judge,
					    depth - 1);
			text_free(&below);
		}
	words_free(&names);
}

static void clear_certificates(struct clearing *clearing, const char *path)
{
	struct text interrupted = TEXT_EMPTY;

	clear(clearing, path, judge_certificate);
	clear(clearing, path, judge_hash);
	text_printf(&interrupted, "%s.NEW", path);
	clear(clearing, text_string(&interrupted), judge_certificate);
	clear(clearing, text_string(&interrupted), judge_hash);
	text_free(&interrupted);
}

/*
 * Where certificates are planned, scripts have put them before.
 */
static void clear_planned_certificates(struct clearing *clearing)
{
	const struct plan *plan = clearing->plan;
	struct words done = WORDS_EMPTY;

	words_add(&done, "etc/ssl/certs");
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		char *directory;

		if (entry->kind == PLAN_DIRECTORY || entry->directory_length == 0 ||
		    !certificate_is_hashed(entry->path + entry->directory_length + 1))
			continue;
		directory = memory_copy_n(entry->path, entry->directory_length);
		if (!words_contain(&done, directory))
			words_add(&done, directory);
		free(directory);
	}
	for (size_t i = 0; i < done.count; i++)
		clear_certificates(clearing, done.items[i]);
	words_free(&done);
}

/*
 * Remove the directories that were emptied by that, and those above that they
 * were alone in.
 */
static void remove_emptied(struct clearing *clearing)
{
	static const char reason[] = "left by Debian's scripts: empty now";

	for (size_t i = 0; i < clearing->emptied.count; i++) {
		char *path = memory_copy(clearing->emptied.items[i]);
		const char *slash = strrchr(path, '/');
		const char *name = slash != NULL ? slash + 1 : path;
		size_t above = slash != NULL ? (size_t)(slash - path) : 0;
		bool fresh, done;
		int directory;

		done = !contains(&clearing->planned, path) && !contains(&clearing->gone, path) &&
		       !sync_is_shared(path) && manifest_find(clearing->manifest, path) == NULL &&
		       beneath_enter(&clearing->beneath, path, above, &directory, &fresh,
				     NULL) == BENEATH_OPEN &&
		       (clearing->dry_run ? removal_would_empty(directory, name, path,
								&clearing->gone)
					  : unlinkat(directory, name, AT_REMOVEDIR) == 0);
		if (done) {
			tell(clearing, SYNC_REMOVED, path, reason, 0);
			note_gone(clearing, path);
		}
		free(path);
	}
}

/*
 * Clear the queue directory of what Debian's scripts have left there and the
 * plan has not; with SYNC_DRY_RUN only find out what that would be.  It comes
 * after removal_apply(), under the same conditions, and adds to its result.
 */
void leftovers_clear(const char *queue_directory, const struct plan *plan,
		     struct manifest *manifest, enum sync_flags flags,
		     struct sync_result *result)
{
	struct clearing clearing = {
		.result = result,
		.plan = plan,
		.host = &plan->cache->host,
		.manifest = manifest,
		.dry_run = (flags & SYNC_DRY_RUN) != 0,
	};

	for (size_t i = 0; i < plan->count; i++) {
		const char *path = plan->entries[i].path;

		path_index_add(&clearing.planned, path, strlen(path),
			       path_index_hash(path, strlen(path)), i);
	}
	/* What could not be looked at may be missing in the plan. */
	if (beneath_open(&clearing.beneath, queue_directory, NULL) &&
	    *clearing.host->trouble == 0) {
		clear(&clearing, "etc", judge_etc);
		clear(&clearing, "dev", judge_device);
		clear(&clearing, "usr/lib/zoneinfo", judge_zone);
		clear_below(&clearing, "lib", "*-linux-*", judge_library, 1);
		clear_planned_certificates(&clearing);
		clear_below(&clearing, "usr/share/ca-certificates", "*", judge_copy, DEPTH_MAX);
		remove_emptied(&clearing);
	}
	beneath_close(&clearing.beneath);
	path_index_free(&clearing.planned);
	path_index_free(&clearing.gone);
	words_free(&clearing.paths);
	words_free(&clearing.emptied);
}
