/*
 * Writing a manifest.
 *
 * Crashes.  While a sync goes on, the record of each thing is appended after
 * the last line as soon as the thing is in its place; that write may be torn.
 * What is in place without its record is foreign from then on, and stays.  At
 * its end, or the next one's, the sync puts the records in order, in a new
 * file that takes the old one's place.  No record ever says "to be placed", so
 * none can come to stand for what somebody else puts there.
 *
 * Nothing is forced to the disk.  After a power failure a record is there or
 * is not, and one whose file is an older one again does not match that.
 */
#include "chroot/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "base/own_directory.h"

/*
 * Say what could not be noted; the file itself goes on being of use.
 */
static void complain(struct manifest *manifest, const struct text *why)
{
	text_clear(&manifest->problem);
	text_printf(&manifest->problem, "what postctl put there, or removed, cannot be noted: %s",
		    text_string(why));
}

static int open_directory(const struct manifest *manifest, struct text *why)
{
	return own_directory_open(AT_FDCWD, manifest->directory, manifest->directory, 0755, why);
}

/*
 * Write all records, those of the plan (which may be NULL) first and in its
 * order.  Return false with the reason.
 */
static bool write_all(struct manifest *manifest, int directory, const struct plan *plan,
		      struct text *why)
{
	struct text content = TEXT_EMPTY, temporary = TEXT_EMPTY;
	bool *written = memory_allocate(manifest->count, sizeof *written);
	bool done;

	manifest_write_head(manifest, &content);
	for (size_t i = 0; plan != NULL && i < plan->count; i++) {
		const struct manifest_record *record = manifest_find(manifest,
								     plan->entries[i].path);

		if (record != NULL) {
			manifest_record_write(record, &content);
			written[record - manifest->records] = true;
		}
	}
	for (size_t i = 0; i < manifest->count; i++)
		if (!manifest->records[i].is_forgotten && !written[i])
			manifest_record_write(&manifest->records[i], &content);
	text_add(&content, MANIFEST_LAST_LINE);
	/* Always the same name: the next one clears what a dead one has left. */
	text_printf(&temporary, "%s.new", manifest->name);
	done = own_directory_write(directory, manifest->name, text_string(&temporary),
				   text_string(&content), why);
	text_free(&temporary);
	text_free(&content);
	free(written);
	return done;
}

/*
 * Open the file to append to it.  One that is not in order is written anew
 * before: a line that comes after a torn one would be lost with it.
 */
static bool open_log(struct manifest *manifest, struct text *why)
{
	int directory = open_directory(manifest, why);
	bool done = directory >= 0;

	if (done && (!manifest->exists || manifest->is_stale || manifest->is_bad))
		done = write_all(manifest, directory, NULL, why);
	if (done) {
		manifest->exists = true;
		manifest->is_bad = false;
		manifest->log = own_directory_file(directory, manifest->name,
						   O_WRONLY | O_APPEND);
		if (manifest->log < 0)
			done = text_fail(why, "cannot open %s/%s: %s", manifest->directory,
					 manifest->name, strerror(errno));
	}
	descriptor_close(directory);
	return done;
}

/*
 * Record that postctl put a file or a directory into its place at path: name
 * in directory, with this status.
 */
void manifest_add(struct manifest *manifest, const char *path, int directory, const char *name,
		  const struct stat *status)
{
	struct manifest_record record;
	struct text line = TEXT_EMPTY, why = TEXT_EMPTY;
	bool done;

	if (manifest->is_unreadable)
		return;
	manifest_parse(manifest);
	manifest_record_fill(&record, directory, name, status);
	record.path = memory_copy(path);
	manifest_record_write(&record, &line);
	done = manifest->log >= 0 || open_log(manifest, &why);
	if (done && !descriptor_write(manifest->log, line.data, line.length))
		done = text_fail(&why, "cannot write %s/%s: %s", manifest->directory,
				 manifest->name, strerror(errno));
	if (!done) {
		complain(manifest, &why);
		/* Half a line may be there; the next begins with a new file. */
		descriptor_close(manifest->log);
		manifest->log = -1;
		manifest->is_stale = true;
	}
	manifest_take(manifest, &record);
	manifest->is_changed = true;
	text_free(&line);
	text_free(&why);
}

/*
 * Forget what was recorded: it is gone, or somebody else's.
 */
void manifest_forget(struct manifest *manifest, struct manifest_record *record)
{
	record->is_forgotten = true;
	manifest->is_changed = true;
}

/*
 * Give up a manifest that is not believed, so that a new one takes its place
 * when it is saved.
 */
void manifest_renounce(struct manifest *manifest)
{
	manifest_parse(manifest);
	if (!manifest->is_bad || manifest->is_unreadable)
		return;
	text_clear(&manifest->problem);
	manifest->is_changed = true;
}

static bool has_records(const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		if (!manifest->records[i].is_forgotten)
			return true;
	return false;
}

/*
 * Write the records, in the order of the plan, if anything has changed.  A
 * manifest without records goes away.  problem says what could not be done.
 */
void manifest_save(struct manifest *manifest, const struct plan *plan)
{
	struct text why = TEXT_EMPTY;
	int directory;
	bool done;

	if (manifest->is_unreadable || (!manifest->is_changed && !manifest->is_stale))
		return;
	manifest_parse(manifest);
	/* What is damaged stays to be seen, unless there is something better. */
	if (!manifest->is_changed && manifest->is_bad)
		return;
	directory = open_directory(manifest, &why);
	done = directory >= 0;
	if (done && has_records(manifest)) {
		done = write_all(manifest, directory, plan, &why);
	} else if (done && unlinkat(directory, manifest->name, 0) < 0 && errno != ENOENT) {
		done = text_fail(&why, "cannot remove %s/%s: %s", manifest->directory,
				 manifest->name, strerror(errno));
	}
	if (done)
		manifest->is_changed = manifest->is_stale = manifest->is_bad = false;
	else
		complain(manifest, &why);
	descriptor_close(directory);
	descriptor_close(manifest->log);
	manifest->log = -1;
	text_free(&why);
}
