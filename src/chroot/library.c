/*
 * Where the dynamic linker finds a library, by the rules of ld.so(8).
 */
#include "chroot/library.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/memory.h"

#define BY_MAX 64

void library_free(struct library *library)
{
	free(library->name);
	free(library->path);
	elf_free(&library->elf);
	memset(library, 0, sizeof *library);
}

/*
 * Say whether a library is in the memory of every Postfix daemon before it
 * enters its chroot: the C library and the dynamic linker itself.
 */
bool library_is_loaded(const char *name)
{
	static const char *const loaded[] = {
		"libc.so.6", "ld-linux*.so.*", "ld64.so.*", "ld.so.*", "linux-vdso.so.*",
		"libc.musl-*", "ld-musl-*", "libc.so",
	};
	const char *slash = strrchr(name, '/');

	for (size_t i = 0; i < sizeof loaded / sizeof loaded[0]; i++)
		if (fnmatch(loaded[i], slash != NULL ? slash + 1 : name, 0) == 0)
			return true;
	return false;
}

/*
 * Take the file path as the library name.  Return false with a reason, in the
 * form "is not ...", if it is none for this architecture; nothing is to be
 * freed then.
 */
bool library_open(struct library *library, const struct host *host, const char *name,
		  const char *path, struct text *why)
{
	int fd = host_open_file(host, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct elf_bytes bytes;
	struct elf elf;
	bool done;

	memset(library, 0, sizeof *library);
	if (fd < 0)
		return text_fail(why, "cannot be opened");
	errno = 0;
	if (!elf_of_file(&bytes, fd, why)) {
		host_note_trouble(host, path, errno);
		descriptor_close(fd);
		return false;
	}
	done = elf_read(&elf, &bytes, why);
	if (!done)
		host_note_trouble(host, path, errno);
	descriptor_close(fd);
	if (!done) {
		elf_free(&elf);
		return false;
	}
	library->name = memory_copy(name);
	library->path = memory_copy(path);
	library->elf = elf;
	return true;
}

static bool find_in(struct library *library, const struct host *host,
		    const char *directory, size_t length, const char *name)
{
	struct text path = TEXT_EMPTY;
	bool found;

	text_add_n(&path, directory, length);
	if (path.length == 0 || path.data[path.length - 1] != '/')
		text_add_char(&path, '/');
	text_add(&path, name);
	/* What is not for this architecture is passed over, as ld.so does. */
	found = text_string(&path)[0] == '/' &&
		library_open(library, host, name, text_string(&path), NULL);
	text_free(&path);
	return found;
}

/*
 * Append a directory of a RUNPATH with $ORIGIN and $LIB replaced.  Return
 * false for $PLATFORM and what else depends on the processor.
 */
static bool expand(struct text *directory, const char *from, size_t length,
		   const struct library *by)
{
	const char *end = from + length;

	while (from < end) {
		const char *slash = strrchr(by->path, '/');
		bool braces = false;
		size_t word = 0;

		if (*from != '$') {
			text_add_char(directory, *from++);
			continue;
		}
		from++;
		if (from < end && *from == '{') {
			braces = true;
			from++;
		}
		while (from + word < end && from[word] >= 'A' && from[word] <= 'Z')
			word++;
		if (word == 6 && memcmp(from, "ORIGIN", 6) == 0)
			text_add_n(directory, by->path,
				   slash > by->path ? (size_t)(slash - by->path) : 1);
		else if (word == 3 && memcmp(from, "LIB", 3) == 0)
			text_add(directory, library_destination());
		else
			return false;
		from += word;
		if (braces && (from == end || *from++ != '}'))
			return false;
	}
	return true;
}

static bool find_along(struct library *library, const struct host *host,
		       const char *paths, const struct library *by, const char *name)
{
	while (paths != NULL && *paths != '\0') {
		size_t length = strcspn(paths, ":;");
		struct text directory = TEXT_EMPTY;
		bool found = expand(&directory, paths, length, by) && directory.length > 0 &&
			     find_in(library, host, directory.data, directory.length, name);

		text_free(&directory);
		if (found)
			return true;
		paths += length + (paths[length] != '\0');
	}
	return false;
}

static bool find_among(struct library *library, const struct host *host,
		       const struct words *directories, const char *name)
{
	for (size_t i = 0; i < directories->count; i++)
		if (find_in(library, host, directories->items[i],
			    strlen(directories->items[i]), name))
			return true;
	return false;
}

/*
 * Find the library that by asks for under this name: along its RUNPATH, or
 * where it has none the RPATH of it and of those that asked for it; then in
 * the configured and the default directories.  by may be NULL: dlopen(3) by
 * the C library.  Return false if there is none for this architecture; else
 * library_free() frees it.
 */
bool library_find(struct library *library, const struct host *host,
		  const struct library_path *path, const struct library *by,
		  const char *name)
{
	const struct library *asking = by;

	if (strchr(name, '/') != NULL)
		return name[0] == '/' && library_open(library, host, name, name, NULL);
	if (by != NULL && by->elf.runpath != NULL) {
		if (find_along(library, host, by->elf.runpath, by, name))
			return true;
	} else {
		for (int depth = 0; asking != NULL && depth < BY_MAX; depth++) {
			if (asking->elf.runpath == NULL &&
			    find_along(library, host, asking->elf.rpath, asking, name))
				return true;
			asking = asking->by;
		}
	}
	if (by != NULL && by->elf.only_own_paths)
		return false;
	return find_among(library, host, &path->configured, name) ||
	       find_among(library, host, &path->defaults, name);
}
