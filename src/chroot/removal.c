/*
 * What postctl put into a chroot is taken out again when it is not planned any
 * more: a certificate that the host trusts no longer, a module that
 * nsswitch.conf does not name, all of it where nothing is chrooted.
 *
 * What somebody else put there, or changed, stays; so does everything as long
 * as it is not certain that the plan is all there is to plan.
 */
#include "chroot/removal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "chroot/beneath.h"
#include "chroot/kernel.h"

#define REASON "postctl put it there; not needed any more"

/*
 * A removal under way.  gone are the paths that were removed, or would be;
 * closed are directories that could not be entered.
 */
struct removal {
	struct sync_result *result;
	struct manifest *manifest;
	struct beneath beneath;
	struct path_index gone;
	struct words closed;
	bool dry_run;
};

/*
 * Say whether a path is one of Postfix's own queue, where nothing is ever
 * removed, whatever a manifest says.
 */
bool removal_is_barred(const char *path)
{
	static const char *const own[] = {
		"active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
		"maildrop", "pid", "private", "public", "saved", "trace",
	};
	size_t length = strcspn(path, "/");

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strlen(own[i]) == length && memcmp(own[i], path, length) == 0)
			return true;
	return false;
}

static bool is_kept(const struct plan *plan, const char *path)
{
	return words_contain(&plan->kept, path);
}

static int deepest_first(const void *a, const void *b)
{
	const struct manifest_record *const *first = a, *const *second = b;

	return strcmp((*second)->path, (*first)->path);
}

/*
 * Find the records of what is not planned, what is in a directory before that.
 * The caller frees the list.
 */
static struct manifest_record **find_surplus(struct manifest *manifest, const struct plan *plan,
					     size_t *count)
{
	struct manifest_record **surplus;
	struct path_index planned = PATH_INDEX_EMPTY;
	size_t found = 0, at;

	manifest_parse(manifest);
	surplus = memory_allocate(manifest->count, sizeof *surplus);
	path_index_reserve(&planned, plan->count);
	for (size_t i = 0; i < plan->count; i++) {
		const char *path = plan->entries[i].path;
		size_t length = strlen(path);

		path_index_add(&planned, path, length, path_index_hash(path, length), i);
	}
	for (size_t i = 0; i < manifest->count; i++) {
		struct manifest_record *record = &manifest->records[i];
		size_t length = strlen(record->path);

		if (!record->is_forgotten && !is_kept(plan, record->path) &&
		    !path_index_find(&planned, record->path, length,
				     path_index_hash(record->path, length), &at))
			surplus[found++] = record;
	}
	path_index_free(&planned);
	qsort(surplus, found, sizeof *surplus, deepest_first);
	*count = found;
	return surplus;
}

static void tell(struct removal *removal, enum sync_outcome outcome, const char *path,
		 const char *why)
{
	struct text problem = TEXT_EMPTY;

	if (why != NULL)
		text_printf(&problem, "cannot remove %s/%s: %s", removal->beneath.path, path, why);
	sync_report(removal->result, outcome, path, strlen(path), REASON,
		    why != NULL ? &problem : NULL);
	if (outcome == SYNC_REMOVED)
		removal->result->removed++;
	else if (outcome == SYNC_FAILED)
		removal->result->failed++;
	else
		removal->result->left_alone++;
	text_free(&problem);
}

/*
 * Would the directory of this path, name in directory, be empty, all being
 * gone that is to go?
 */
bool removal_would_empty(int directory, const char *name, const char *path,
			 const struct path_index *gone)
{
	int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	bool empty = list != NULL;
	size_t at;

	if (list == NULL)
		descriptor_close(fd);
	while (empty && (entry = readdir(list)) != NULL) {
		struct text below = TEXT_EMPTY;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		text_printf(&below, "%s/%s", path, entry->d_name);
		empty = path_index_find(gone, below.data, below.length,
					path_index_hash(below.data, below.length), &at);
		text_free(&below);
	}
	if (list != NULL)
		closedir(list);
	return empty;
}

/*
 * Enter the directory of a path.  Return false where there is none to remove
 * anything from: the record is forgotten if all is gone, and kept if not.
 */
static bool enter(struct removal *removal, struct manifest_record *record, size_t length,
		  int *directory)
{
	struct text problem = TEXT_EMPTY;
	enum beneath_answer answer;
	bool fresh;
	char *path;

	answer = beneath_enter(&removal->beneath, record->path, length, directory, &fresh,
			       &problem);
	if (answer == BENEATH_MISSING) {
		manifest_forget(removal->manifest, record);
	} else if (answer != BENEATH_OPEN) {
		path = memory_copy_n(record->path, length);
		if (!words_contain(&removal->closed, path)) {
			words_add(&removal->closed, path);
			sync_report(removal->result, SYNC_LEFT_ALONE, path, length, REASON,
				    &problem);
		}
		removal->result->left_alone++;
		free(path);
	}
	text_free(&problem);
	return answer == BENEATH_OPEN;
}

/*
 * Remove what is recorded, if that is what is there.  The look and the removal
 * are two system calls, and who replaces a file in the microsecond between
 * them loses it, as with rm(1).
 */
static void remove_one(struct removal *removal, struct manifest_record *record)
{
	const char *slash = strrchr(record->path, '/');
	const char *name = slash != NULL ? slash + 1 : record->path;
	bool is_directory = S_ISDIR(record->mode);
	struct stat status;
	int directory;

	if (!enter(removal, record, slash != NULL ? (size_t)(slash - record->path) : 0,
		   &directory))
		return;
	if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT)
			manifest_forget(removal->manifest, record);
		else
			tell(removal, SYNC_FAILED, record->path, strerror(errno));
		return;
	}
	if (kernel_is_mount(directory, name)) {
		tell(removal, SYNC_LEFT_ALONE, record->path, "it is a mount point; left alone");
		return;
	}
	if (!manifest_matches(record, directory, name, &status)) {
		manifest_forget(removal->manifest, record);
		return;
	}
	if (removal->dry_run) {
		if (is_directory && !removal_would_empty(directory, name, record->path,
							&removal->gone))
			return;
	} else if (unlinkat(directory, name, is_directory ? AT_REMOVEDIR : 0) < 0) {
		/* Others have put something there; some day it may be empty. */
		if (!is_directory || (errno != ENOTEMPTY && errno != EEXIST))
			tell(removal, SYNC_FAILED, record->path, strerror(errno));
		return;
	}
	path_index_add(&removal->gone, record->path, strlen(record->path),
		       path_index_hash(record->path, strlen(record->path)), 0);
	tell(removal, SYNC_REMOVED, record->path, NULL);
	manifest_forget(removal->manifest, record);
}

/*
 * Not everything that the host has could be looked at, so something may be
 * missing in the plan.
 */
static void refrain(struct removal *removal, const struct plan *plan, const char *path)
{
	struct text problem = TEXT_EMPTY;

	text_printf(&problem, "not removed, because the host's files could not all be looked at "
		    "(%s)", strerror(plan->cache->host.trouble->error));
	sync_report(removal->result, SYNC_LEFT_ALONE, path, strlen(path), REASON, &problem);
	removal->result->left_alone++;
	text_free(&problem);
}

/*
 * Remove from the queue directory what the manifest has and the plan has not,
 * where it is unchanged; with SYNC_DRY_RUN only find out what that would be.
 * It comes after a sync of this plan in which nothing failed, under the same
 * lock, and adds to its result.  Where there is no queue directory, or none
 * just now, there is nothing to do.
 */
void removal_apply(const char *queue_directory, const struct plan *plan,
		   struct manifest *manifest, enum sync_flags flags,
		   struct sync_result *result)
{
	struct removal removal = {
		.result = result,
		.manifest = manifest,
		.dry_run = (flags & SYNC_DRY_RUN) != 0,
	};
	struct manifest_record **surplus;
	struct text why = TEXT_EMPTY;
	size_t count;

	if (manifest_is_within(manifest, plan))
		return;
	surplus = find_surplus(manifest, plan, &count);
	if (count > 0 && plan->cache->host.trouble->error != 0) {
		refrain(&removal, plan, surplus[count - 1]->path);
	} else if (count > 0) {
		if (beneath_open(&removal.beneath, queue_directory, &why)) {
			for (size_t i = 0; i < count; i++)
				if (removal_is_barred(surplus[i]->path))
					manifest_forget(manifest, surplus[i]);
				else
					remove_one(&removal, surplus[i]);
		} else if (access(queue_directory, F_OK) == 0 || errno != ENOENT) {
			sync_report(result, SYNC_FAILED, "", 0, REASON, &why);
			result->failed++;
		}
		beneath_close(&removal.beneath);
	}
	free(surplus);
	path_index_free(&removal.gone);
	words_free(&removal.closed);
	text_free(&why);
}
