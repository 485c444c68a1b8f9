#ifndef POSTCTL_CHROOT_MANIFEST_H
#define POSTCTL_CHROOT_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "chroot/path_index.h"
#include "chroot/plan.h"

#ifndef MANIFEST_DIRECTORY
#define MANIFEST_DIRECTORY "/var/lib/postctl"
#endif

/*
 * One thing that postctl put into the chroot, as it was then.  For a directory
 * size and modified are 0, and changed is the time at which it was made.
 */
struct manifest_record {
	char *path;
	bool is_forgotten;
	mode_t mode;
	uid_t owner;
	gid_t group;
	off_t size;
	ino_t inode;
	struct timespec modified;
	struct timespec changed;
};

/*
 * What postctl put into the chroot of one instance.  content is the file as it
 * was read, its records from begin to end; they are only parsed when somebody
 * asks for one.  problem says why the file is not believed or not written.
 */
struct manifest {
	char *directory;
	char *name;
	char *chroot;
	struct text content;
	size_t begin;
	size_t end;
	bool exists;
	bool is_ended;		/* by the line that ends a finished one */
	bool is_stale;		/* not finished: a sync was interrupted */
	bool is_bad;		/* not believed */
	bool is_unreadable;	/* this time; it is left as it is */
	bool is_parsed;
	bool is_changed;	/* since it was read */
	struct manifest_record *records;
	size_t count;
	size_t capacity;
	struct path_index index;
	int log;
	struct text problem;
};

#define MANIFEST_FIRST_LINE "postctl chroot manifest 1\n"
#define MANIFEST_LAST_LINE "end\n"

bool manifest_exists(const char *directory, const char *instance);
void manifest_open(struct manifest *manifest, const char *directory, const char *instance,
		   const char *chroot);
void manifest_close(struct manifest *manifest);
void manifest_renounce(struct manifest *manifest);
bool manifest_is_within(const struct manifest *manifest, const struct plan *plan);
void manifest_parse(struct manifest *manifest);
struct manifest_record *manifest_find(struct manifest *manifest, const char *path);
bool manifest_matches(const struct manifest_record *record, int directory, const char *name,
		      const struct stat *status);
void manifest_add(struct manifest *manifest, const char *path, int directory, const char *name,
		  const struct stat *status);
void manifest_forget(struct manifest *manifest, struct manifest_record *record);
void manifest_save(struct manifest *manifest, const struct plan *plan);

/* Between the files that read and write it. */
void manifest_add_path(struct text *line, const char *path);
void manifest_record_write(const struct manifest_record *record, struct text *line);
bool manifest_record_read(struct manifest_record *record, const char *line, size_t length);
void manifest_record_fill(struct manifest_record *record, int directory, const char *name,
			  const struct stat *status);
void manifest_write_head(const struct manifest *manifest, struct text *content);
void manifest_take(struct manifest *manifest, const struct manifest_record *record);

#endif
