/*
 * What is in a chroot, but neither planned nor postctl's: an administrator's,
 * or left by Debian's scripts.  It is shown and never touched.
 *
 * Only the directories of the plan and those that postctl made are looked
 * into: the rest of a queue directory is Postfix's own.
 */
#include "chroot/foreign.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "chroot/beneath.h"
#include "chroot/copy.h"
#include "chroot/removal.h"

/*
 * A search under way.  known are the paths that are planned, directories those
 * to look into.
 */
struct search {
	struct manifest *manifest;
	struct words *found;
	struct beneath beneath;
	struct path_index known;
	struct words directories;
};

static void know(struct search *search, const char *path)
{
	size_t length = strlen(path);

	path_index_add(&search->known, path, length, path_index_hash(path, length), 0);
}

static bool is_known(const struct search *search, const char *path)
{
	size_t length = strlen(path), value;

	return path_index_find(&search->known, path, length, path_index_hash(path, length),
			       &value);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * Judge one name in a directory.  A socket was made by the daemon that listens
 * there; the temporary name is cleared by the next sync.
 */
static void judge(struct search *search, int directory, const char *path, const char *name)
{
	const struct manifest_record *record;
	struct stat status;

	if (is_known(search, path) || strcmp(name, COPY_TEMPORARY) == 0 ||
	    fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISSOCK(status.st_mode))
		return;
	record = manifest_find(search->manifest, path);
	if (record != NULL && manifest_matches(record, directory, name, &status))
		return;
	words_printf(search->found, "%s%s", path, S_ISDIR(status.st_mode) ? "/" : "");
}

static void look_into(struct search *search, const char *path)
{
	struct words names = WORDS_EMPTY;
	int directory = beneath_list(&search->beneath, path, &names);

	for (size_t i = 0; directory >= 0 && i < names.count; i++) {
		struct text below = TEXT_EMPTY;

		text_printf(&below, "%s/%s", path, names.items[i]);
		judge(search, directory, text_string(&below), names.items[i]);
		text_free(&below);
	}
	words_free(&names);
}

/*
 * Add the paths of what is foreign in a chroot, sorted, those of directories
 * with a slash at the end; these are not looked into.  What cannot be read, or
 * not be trusted, is passed over; sync and check tell of it.
 */
void foreign_find(const char *queue_directory, const struct plan *plan,
		  struct manifest *manifest, struct words *foreign)
{
	struct search search = { .manifest = manifest, .found = foreign };
	size_t first = foreign->count;

	manifest_parse(manifest);
	for (size_t i = 0; i < plan->count; i++) {
		know(&search, plan->entries[i].path);
		if (plan->entries[i].kind == PLAN_DIRECTORY)
			words_add(&search.directories, plan->entries[i].path);
	}
	for (size_t i = 0; i < plan->kept.count; i++)
		know(&search, plan->kept.items[i]);
	for (size_t i = 0; i < manifest->count; i++) {
		const struct manifest_record *record = &manifest->records[i];

		if (!record->is_forgotten && S_ISDIR(record->mode) &&
		    !is_known(&search, record->path))
			words_add(&search.directories, record->path);
	}
	if (beneath_open(&search.beneath, queue_directory, NULL))
		for (size_t i = 0; i < search.directories.count; i++)
			if (!removal_is_barred(search.directories.items[i]))
				look_into(&search, search.directories.items[i]);
	beneath_close(&search.beneath);
	if (foreign->count > first)
		qsort(foreign->items + first, foreign->count - first, sizeof *foreign->items,
		      by_name);
	path_index_free(&search.known);
	words_free(&search.directories);
}
