/*
 * What Debian's scripts have left in a chroot in the course of time.
 *
 * Up to 3.7 configure-instance.sh copied all NSS modules, libgcc_s and
 * libresolv, certificates under their own names, with links of their hashes to
 * them, dev/random and dev/urandom, and made usr/lib/zoneinfo/localtime; still
 * older ones copied usr/share/ca-certificates.  From 3.9 on it copies NSS
 * modules into lib/ (3.11: usr/lib/TRIPLET), hashed certificates, and small
 * files of etc even where nothing is chrooted.
 *
 * Of that is cleared what is provably Debian's; leftovers_judge.c has the
 * proofs.
 */
#include "chroot/leftovers.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "chroot/beneath.h"
#include "chroot/certificates.h"
#include "chroot/kernel.h"
#include "chroot/leftovers_judge.h"
#include "chroot/removal.h"

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

static bool contains(const struct path_index *index, const char *path)
{
	size_t length = strlen(path), value;

	return path_index_find(index, path, length, path_index_hash(path, length), &value);
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
	struct leftover leftover = { clearing->host, &clearing->gone, path, slash + 1, directory,
				     { .st_ino = 0 } };
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
	reason = judge(&leftover);
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

	if (depth > 0 && beneath_list(&clearing->beneath, path, &names) >= 0)
		for (size_t i = 0; i < names.count; i++) {
			struct text below = TEXT_EMPTY;

			if (fnmatch(pattern, names.items[i], 0) == 0) {
				text_printf(&below, "%s/%s", path, names.items[i]);
				clear(clearing, text_string(&below), judge);
				clear_below(clearing, text_string(&below), pattern, judge,
					    depth - 1);
			}
			text_free(&below);
		}
	words_free(&names);
}

static void clear_certificates(struct clearing *clearing, const char *path)
{
	struct text interrupted = TEXT_EMPTY;

	clear(clearing, path, leftover_certificate);
	clear(clearing, path, leftover_hash);
	text_printf(&interrupted, "%s.NEW", path);
	clear(clearing, text_string(&interrupted), leftover_certificate);
	clear(clearing, text_string(&interrupted), leftover_hash);
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
	    clearing.host->trouble->error == 0) {
		clear(&clearing, "etc", leftover_etc);
		clear(&clearing, "dev", leftover_device);
		clear(&clearing, "usr/lib/zoneinfo", leftover_zone);
		clear(&clearing, "lib", leftover_library);
		clear_below(&clearing, "lib", "*-linux-*", leftover_library, 1);
		clear_below(&clearing, "usr/lib", "*-linux-*", leftover_library, 1);
		clear_planned_certificates(&clearing);
		clear(&clearing, "usr/share/ca-certificates", leftover_copy);
		clear_below(&clearing, "usr/share/ca-certificates", "*", leftover_copy, DEPTH_MAX);
		remove_emptied(&clearing);
	}
	beneath_close(&clearing.beneath);
	path_index_free(&clearing.planned);
	path_index_free(&clearing.gone);
	words_free(&clearing.paths);
	words_free(&clearing.emptied);
}
