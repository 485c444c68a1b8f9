/*
 * The manifest of a chroot: what postctl put there.  One file for each
 * instance, written by root, read by all:
 *
 *   postctl chroot manifest 1
 *   /var/spool/postfix-out
 *   etc directory 0755 0 0 0 130 0.000000000 1700000009.123456789
 *   etc/hosts file 0644 0 0 182 131 1700000000.000000000 1700000009.123456789
 *   end
 *
 * It is a licence to remove things, so what is damaged in any way is none.
 */
#include "chroot/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "base/own_directory.h"

#define SIZE_LIMIT (64u << 20)

/*
 * Append what a manifest begins with.
 */
void manifest_write_head(const struct manifest *manifest, struct text *content)
{
	text_add(content, MANIFEST_FIRST_LINE);
	manifest_add_path(content, manifest->chroot);
	text_add_char(content, '\n');
}

/*
 * Believe nothing of the file.
 */
static void __attribute__((format(printf, 2, 3)))
disbelieve(struct manifest *manifest, const char *format, ...)
{
	va_list arguments;

	text_clear(&manifest->problem);
	text_printf(&manifest->problem, "%s/%s is not believed, and what is in the chroot counts "
		    "as somebody else's (\"postctl sync --adopt\" begins anew): ",
		    manifest->directory, manifest->name);
	va_start(arguments, format);
	text_vprintf(&manifest->problem, format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < manifest->count; i++)
		free(manifest->records[i].path);
	manifest->count = 0;
	path_index_free(&manifest->index);
	manifest->begin = manifest->end = 0;
	text_clear(&manifest->content);
	manifest->is_parsed = manifest->is_bad = true;
	manifest->is_stale = false;
}

/*
 * What is no file of ours is replaced by one that is.  But descriptors that
 * run out and disks that fail say nothing against the file: it may be believed
 * the next time.
 */
static void cannot_read(struct manifest *manifest, int error)
{
	manifest->is_unreadable = error != EPERM && error != ELOOP && error != ENXIO &&
				  error != EFBIG;
	disbelieve(manifest, "%s", error == EPERM ? "others than root could have written it"
						  : strerror(error));
	if (!manifest->is_unreadable)
		return;
	text_clear(&manifest->problem);
	text_printf(&manifest->problem, "cannot read %s/%s: %s; nothing is removed, and what is "
		    "put there now will count as somebody else's", manifest->directory,
		    manifest->name, strerror(error));
}

/*
 * Find where the records begin and end, and whether a sync was interrupted
 * before it had put them in order.
 */
static void read_frame(struct manifest *manifest)
{
	struct text *content = &manifest->content;
	struct text head = TEXT_EMPTY, other = TEXT_EMPTY;
	const char *whole = text_string(content), *newline;
	const size_t last = strlen(MANIFEST_LAST_LINE);

	manifest_write_head(manifest, &head);
	if (strncmp(whole, MANIFEST_FIRST_LINE, strlen(MANIFEST_FIRST_LINE)) != 0 ||
	    memchr(whole, '\0', content->length) != NULL) {
		disbelieve(manifest, "it is damaged, or not postctl's");
	} else if (strncmp(whole, head.data, head.length) != 0) {
		/*
		 * That place is not emptied: another instance may have it for its queue
		 * directory now, and daemons that were never stopped may still run there.
		 */
		whole += strlen(MANIFEST_FIRST_LINE);
		text_add_n(&other, whole, strcspn(whole, "\n"));
		disbelieve(manifest, "it is of another queue directory, %s; what postctl put there "
			   "stays, and may be removed by hand when nothing uses it",
			   text_string(&other));
	} else {
		/* What is torn was not finished, and counts for nothing. */
		newline = memrchr(whole, '\n', content->length);
		manifest->is_stale = newline + 1 != whole + content->length;
		text_truncate(content, (size_t)(newline + 1 - whole));
		manifest->begin = head.length;
		manifest->end = content->length;
		if (manifest->end >= manifest->begin + last &&
		    strcmp(whole + manifest->end - last, MANIFEST_LAST_LINE) == 0 &&
		    whole[manifest->end - last - 1] == '\n') {
			manifest->is_ended = true;
			manifest->end -= last;
		} else {
			manifest->is_stale = true;
		}
	}
	text_free(&head);
	text_free(&other);
}

/*
 * Is there a manifest of the instance with this configuration directory?
 */
bool manifest_exists(const char *directory, const char *instance)
{
	struct text key = TEXT_EMPTY, path = TEXT_EMPTY;
	bool exists;

	own_directory_key(instance, &key);
	text_printf(&path, "%s/%s", directory, text_string(&key));
	exists = access(path.data, F_OK) == 0;
	text_free(&key);
	text_free(&path);
	return exists;
}

/*
 * Read the manifest of the instance with this configuration directory, whose
 * queue directory is chroot.  One that is missing, or that cannot be believed,
 * is empty.  The caller holds the instance's lock if it means to change it,
 * and calls manifest_close().
 */
void manifest_open(struct manifest *manifest, const char *directory, const char *instance,
		   const char *chroot)
{
	struct text key = TEXT_EMPTY, path = TEXT_EMPTY;
	int fd;

	memset(manifest, 0, sizeof *manifest);
	manifest->log = -1;
	own_directory_key(instance, &key);
	text_printf(&path, "%s/%s", directory, text_string(&key));
	manifest->directory = memory_copy(directory);
	manifest->name = text_take(&key);
	manifest->chroot = memory_copy(chroot);
	fd = own_directory_file(AT_FDCWD, text_string(&path), O_RDONLY);
	manifest->exists = fd >= 0 || (errno != ENOENT && errno != ENOTDIR);
	if (fd >= 0 && descriptor_read_all(fd, SIZE_LIMIT, &manifest->content))
		read_frame(manifest);
	else if (manifest->exists)
		cannot_read(manifest, errno);
	else
		manifest->is_parsed = true;
	descriptor_close(fd);
	text_free(&path);
}

/*
 * Free the manifest; what was not saved is lost.
 */
void manifest_close(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		free(manifest->records[i].path);
	free(manifest->records);
	path_index_free(&manifest->index);
	free(manifest->directory);
	free(manifest->name);
	free(manifest->chroot);
	text_free(&manifest->content);
	text_free(&manifest->problem);
	descriptor_close(manifest->log);
	memset(manifest, 0, sizeof *manifest);
	manifest->log = -1;
}

/*
 * Say whether all that is recorded is planned and in order.  Records are in
 * the order of a plan, so as long as that stays as it was one look at each
 * path is enough, and nothing is parsed: this is what a sync that finds
 * nothing to do does a hundred times.
 */
bool manifest_is_within(const struct manifest *manifest, const struct plan *plan)
{
	const char *line = text_string(&manifest->content) + manifest->begin;
	const char *end = text_string(&manifest->content) + manifest->end;
	size_t next = 0;

	if (manifest->is_stale || manifest->is_changed)
		return false;
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		bool found = false;

		while (newline != NULL && !found && next < plan->count) {
			const char *path = plan->entries[next++].path;
			size_t length = strlen(path);

			found = (size_t)(newline - line) > length &&
				memcmp(line, path, length) == 0 && line[length] == ' ';
		}
		if (!found)
			return false;
		line = newline + 1;
	}
	return true;
}

/*
 * Take a record in, instead of an older one of that path.  Its path is the
 * manifest's from then on.
 */
void manifest_take(struct manifest *manifest, const struct manifest_record *record)
{
	size_t length = strlen(record->path), at;
	uint32_t hash = path_index_hash(record->path, length);

	if (path_index_find(&manifest->index, record->path, length, hash, &at)) {
		/* The index goes on pointing at the path it has. */
		char *path = manifest->records[at].path;

		free(record->path);
		manifest->records[at] = *record;
		manifest->records[at].path = path;
		return;
	}
	manifest->records = memory_grow(manifest->records, manifest->count,
					&manifest->capacity, sizeof *manifest->records);
	manifest->records[manifest->count] = *record;
	path_index_add(&manifest->index, record->path, length, hash, manifest->count);
	manifest->count++;
}

/*
 * Read the records.  One that cannot be understood makes all of them
 * unbelievable.
 */
void manifest_parse(struct manifest *manifest)
{
	const char *begin = text_string(&manifest->content), *line = begin + manifest->begin;
	const char *end = begin + manifest->end;
	bool good = true, ended = manifest->is_ended;

	if (manifest->is_parsed)
		return;
	manifest->is_parsed = true;
	while (line < end && good) {
		size_t length = (size_t)((const char *)memchr(line, '\n', (size_t)(end - line)) +
					 1 - line);
		struct manifest_record record = { .path = NULL };

		if (!ended && length == strlen(MANIFEST_LAST_LINE) &&
		    memcmp(line, MANIFEST_LAST_LINE, length) == 0) {
			ended = true;
		} else {
			good = manifest_record_read(&record, line, length);
			if (good)
				manifest_take(manifest, &record);
			else
				free(record.path);
		}
		line += length;
	}
	/* What is appended comes after a whole one; without its end it is none. */
	if (!good || !ended)
		disbelieve(manifest, "it is damaged");
}

/*
 * Return the record of a path, or NULL.  It is good until the next is added.
 */
struct manifest_record *manifest_find(struct manifest *manifest, const char *path)
{
	size_t length = strlen(path), at;

	manifest_parse(manifest);
	if (!path_index_find(&manifest->index, path, length, path_index_hash(path, length), &at) ||
	    manifest->records[at].is_forgotten)
		return NULL;
	return &manifest->records[at];
}
