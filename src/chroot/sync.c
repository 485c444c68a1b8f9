/*
 * A chroot is made to match its plan.
 *
 * What is there may be anything; see beneath.c for directories, copy.c for
 * files.  An entry that cannot be had is reported and the others go on: the
 * daemon that misses one file may be none of those that somebody waits for.
 */
#include "chroot/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/words.h"
#include "chroot/beneath.h"
#include "chroot/copy.h"
#include "chroot/kernel.h"

/*
 * A sync under way.  directory is the one of the entry before, as the first
 * directory_length bytes of directory_path name it; closed are directories
 * that could not be entered, mounted those that were left alone.
 */
struct sync {
	struct host *host;
	struct sync_result *result;
	struct manifest *manifest;
	struct beneath beneath;
	struct timespec now;
	bool dry_run;
	bool adopt;
	int directory;
	const char *directory_path;
	size_t directory_length;
	bool has_directory;
	bool root_is_clean;
	struct words closed;
	struct words mounted;
	struct words unmade;
};

static void tell(struct sync *sync, enum sync_outcome outcome,
		 const struct plan_entry *entry, const struct text *problem)
{
	sync_count(sync->result, outcome);
	sync_report(sync->result, outcome, entry->path, strlen(entry->path), entry->reason, problem);
}

/*
 * Take what was found as planned, but is not recorded as postctl's, for that.
 */
static void adopt(struct sync *sync, const struct plan_entry *entry, int directory,
		  const char *name, const struct stat *status)
{
	if (manifest_matches(manifest_find(sync->manifest, entry->path), directory, name, status))
		return;
	if (!sync->dry_run)
		manifest_add(sync->manifest, entry->path, directory, name, status);
	tell(sync, SYNC_ADOPTED, entry, NULL);
}

/*
 * Count an entry that is as planned.
 */
static void pass(struct sync *sync, const struct plan_entry *entry, const char *name,
		 const struct stat *status)
{
	sync->result->current++;
	if (sync->adopt)
		adopt(sync, entry, sync->directory, name, status);
}

static bool is_below(const struct words *directories, const char *path)
{
	for (size_t i = 0; i < directories->count; i++) {
		size_t length = strlen(directories->items[i]);

		if (strncmp(directories->items[i], path, length) == 0 &&
		    (path[length] == '/' || path[length] == '\0'))
			return true;
	}
	return false;
}

/*
 * Remove what an interrupted sync has left in the directory.
 */
static void clean(struct sync *sync, int directory, const struct plan_entry *entry)
{
	struct text problem = TEXT_EMPTY;
	struct stat status;

	if (fstatat(directory, COPY_TEMPORARY, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    sync->dry_run || unlinkat(directory, COPY_TEMPORARY, 0) == 0)
		return;
	text_printf(&problem, "cannot remove %s/%.*s/%s, left by an interrupted sync: %s",
		    sync->beneath.path, (int)sync->directory_length, entry->path,
		    COPY_TEMPORARY, strerror(errno));
	tell(sync, SYNC_FAILED, entry, &problem);
	text_free(&problem);
}

/*
 * Record a directory that was made.
 */
static void note_directory(struct sync *sync, const struct plan_entry *entry, size_t length)
{
	char *path = memory_copy_n(entry->path, length);
	struct stat status;

	if (sync->manifest != NULL &&
	    fstatat(sync->directory, "", &status, AT_EMPTY_PATH) == 0)
		manifest_add(sync->manifest, path, sync->directory, "", &status);
	free(path);
}

/*
 * Say whether a directory is one that the package postfix brings along, or did
 * in Debian 12: not postctl's to remove unless postctl made it.
 */
bool sync_is_shared(const char *directory)
{
	static const char *const shared[] = { "dev", "etc", "lib", "usr", "usr/lib",
					      "usr/lib/sasl2" };

	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		if (strcmp(directory, shared[i]) == 0)
			return true;
	return false;
}

static void adopt_directory(struct sync *sync, const struct plan_entry *entry)
{
	struct stat status;

	if (!sync_is_shared(entry->path) &&
	    fstatat(sync->directory, "", &status, AT_EMPTY_PATH) == 0 &&
	    (status.st_mode & 07777) == entry->mode && status.st_uid == entry->owner &&
	    status.st_gid == entry->group)
		adopt(sync, entry, sync->directory, "", &status);
}

/*
 * Enter the directory that the first length bytes of path name, making it if
 * it is an entry itself.  Return false where there is nothing more to do for
 * the entry.
 */
static bool enter(struct sync *sync, const struct plan_entry *entry, size_t length)
{
	bool is_entry = entry->kind == PLAN_DIRECTORY, fresh;
	enum sync_outcome outcome = SYNC_FAILED;
	struct text problem = TEXT_EMPTY;
	enum beneath_answer answer;

	sync->has_directory = false;
	answer = beneath_enter(&sync->beneath, entry->path, length, &sync->directory, &fresh,
			       &problem);
	if (answer == BENEATH_MISSING && sync->dry_run) {
		char *path = memory_copy_n(entry->path, length);

		words_add(&sync->unmade, path);
		free(path);
		tell(sync, SYNC_MADE, entry, NULL);
		return false;
	}
	if (answer == BENEATH_MISSING) {
		if (beneath_make(&sync->beneath, entry->path, length, &problem))
			answer = beneath_enter(&sync->beneath, entry->path, length,
					       &sync->directory, &fresh, &problem);
		else
			answer = BENEATH_REFUSED;
		if (answer == BENEATH_OPEN)
			note_directory(sync, entry, length);
		if (answer == BENEATH_MISSING)
			text_printf(&problem, "%s/%.*s vanishes", sync->beneath.path,
				    (int)length, entry->path);
		if (answer == BENEATH_OPEN && is_entry)
			tell(sync, SYNC_MADE, entry, NULL);
	} else if (answer == BENEATH_OPEN && is_entry) {
		sync->result->current++;
		if (sync->adopt)
			adopt_directory(sync, entry);
	}
	if (answer == BENEATH_OPEN) {
		sync->has_directory = true;
		sync->directory_path = entry->path;
		sync->directory_length = length;
		if (fresh || (length == 0 && !sync->root_is_clean))
			clean(sync, sync->directory, entry);
		sync->root_is_clean = true;
		text_free(&problem);
		return true;
	}
	if (answer == BENEATH_MOUNT)
		outcome = SYNC_LEFT_ALONE;
	words_add_n(outcome == SYNC_LEFT_ALONE ? &sync->mounted : &sync->closed, entry->path,
		    length);
	sync_count(sync->result, outcome);
	sync_report(sync->result, outcome, entry->path, length, entry->reason, &problem);
	text_free(&problem);
	return false;
}

static void fail(struct sync *sync, const struct plan_entry *entry, const char *why)
{
	struct text problem = TEXT_EMPTY;

	text_printf(&problem, "cannot put %s/%s in place: %s", sync->beneath.path, entry->path,
		    why);
	tell(sync, SYNC_FAILED, entry, &problem);
	text_free(&problem);
}

/*
 * Make one file be as planned.  Nothing but stat(2) happens if it is.
 */
static void apply_file(struct sync *sync, const struct plan_entry *entry)
{
	const char *name = entry->path + entry->directory_length +
			   (entry->directory_length > 0);
	enum sync_outcome outcome = SYNC_UPDATED;
	struct text why = TEXT_EMPTY;
	struct stat status;
	bool ours = false;

	if (fstatat(sync->directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
		if (copy_is_current(&status, entry, &sync->now)) {
			pass(sync, entry, name, &status);
			return;
		}
		if (S_ISDIR(status.st_mode)) {
			fail(sync, entry, "it is a directory; remove that");
			return;
		}
		if (kernel_is_mount(sync->directory, name)) {
			text_printf(&why, "%s/%s is a mount point; left alone",
				    sync->beneath.path, entry->path);
			tell(sync, SYNC_LEFT_ALONE, entry, &why);
			text_free(&why);
			return;
		}
		if (sync->manifest != NULL && !sync->dry_run)
			ours = manifest_matches(manifest_find(sync->manifest, entry->path),
						sync->directory, name, &status);
		if (copy_is_equal(sync->host, entry, sync->directory, name, &status,
				  !sync->dry_run)) {
			/* Its time of change is another now. */
			if (ours)
				manifest_add(sync->manifest, entry->path, sync->directory,
					     name, &status);
			pass(sync, entry, name, &status);
			return;
		}
	} else if (errno == ENOENT) {
		outcome = SYNC_MADE;
	} else {
		fail(sync, entry, strerror(errno));
		return;
	}
	if (strcmp(name, COPY_TEMPORARY) == 0) {
		fail(sync, entry, "postctl needs that name for itself");
	} else if (sync->dry_run) {
		tell(sync, outcome, entry, NULL);
	} else if (copy_replace(sync->host, entry, sync->directory, name, &status, &why)) {
		if (sync->manifest != NULL)
			manifest_add(sync->manifest, entry->path, sync->directory, name, &status);
		tell(sync, outcome, entry, NULL);
	} else {
		fail(sync, entry, text_string(&why));
	}
	text_free(&why);
}

static void apply(struct sync *sync, const struct plan_entry *entry)
{
	size_t length = entry->directory_length;

	if (is_below(&sync->closed, entry->path)) {
		sync_count(sync->result, SYNC_FAILED);
		return;
	}
	if (is_below(&sync->mounted, entry->path)) {
		sync_count(sync->result, SYNC_LEFT_ALONE);
		return;
	}
	if (is_below(&sync->unmade, entry->path)) {
		tell(sync, SYNC_MADE, entry, NULL);
		return;
	}
	if (entry->kind == PLAN_DIRECTORY) {
		enter(sync, entry, strlen(entry->path));
		return;
	}
	if (!sync->has_directory || sync->directory_length != length ||
	    memcmp(sync->directory_path, entry->path, length) != 0)
		if (!enter(sync, entry, length))
			return;
	apply_file(sync, entry);
}

/*
 * Make the queue directory match the plan; with SYNC_DRY_RUN only find out
 * what that would change.  Syncs of one queue directory must not run at the
 * same time: the caller holds the instance's lock.  What is put into its place
 * is recorded in manifest, which may be NULL.  Return whether nothing failed;
 * what happened is in result either way, which sync_result_free() frees.  An
 * empty plan touches nothing.
 */
bool sync_apply(const char *queue_directory, const struct plan *plan,
		struct manifest *manifest, enum sync_flags flags, struct sync_result *result)
{
	struct sync sync = {
		.result = result,
		.manifest = manifest,
		.adopt = (flags & SYNC_ADOPT) != 0 && manifest != NULL,
		.dry_run = (flags & SYNC_DRY_RUN) != 0,
	};
	struct text why = TEXT_EMPTY;

	*result = SYNC_RESULT_EMPTY;
	if (plan->count == 0)
		return true;
	sync.host = &plan->cache->host;
	clock_gettime(CLOCK_REALTIME, &sync.now);
	if (beneath_open(&sync.beneath, queue_directory, &why)) {
		for (size_t i = 0; i < plan->count; i++)
			apply(&sync, &plan->entries[i]);
	} else {
		result->failed = plan->count;
		sync_report(result, SYNC_FAILED, "", 0, "queue directory", &why);
	}
	beneath_close(&sync.beneath);
	words_free(&sync.closed);
	words_free(&sync.mounted);
	words_free(&sync.unmade);
	text_free(&why);
	return result->failed == 0;
}
