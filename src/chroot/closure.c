/*
 * The libraries that come with a library.
 */
#include "chroot/closure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "base/text.h"

#define LIBRARIES_MAX 1000

void closure_free(struct closure *closure)
{
	for (size_t i = 0; i < closure->count; i++) {
		library_free(closure->libraries[i]);
		free(closure->libraries[i]);
	}
	free(closure->libraries);
	words_free(&closure->missing);
	*closure = CLOSURE_EMPTY;
}

static void add(struct closure *closure, const struct library *library)
{
	struct library *own = memory_allocate(1, sizeof *own);

	*own = *library;
	closure->libraries = memory_grow(closure->libraries, closure->count,
					 &closure->capacity, sizeof *closure->libraries);
	closure->libraries[closure->count++] = own;
}

/*
 * Say whether the closure holds a library of this name.  The dynamic linker
 * loads one of a name; who asks later gets that.
 */
bool closure_has(const struct closure *closure, const char *name)
{
	for (size_t i = 0; i < closure->count; i++) {
		const struct library *library = closure->libraries[i];

		if (strcmp(library->name, name) == 0 ||
		    (library->elf.soname != NULL && strcmp(library->elf.soname, name) == 0))
			return true;
	}
	return false;
}

/*
 * Find the library name and what it needs, breadth first as the dynamic
 * linker loads it, without what every daemon has loaded already.  Return
 * false if there is no such library here; closure_free() frees it either way.
 */
bool closure_find(struct closure *closure, const struct host *host,
		  const struct library_path *path, const char *name)
{
	struct library found;

	*closure = CLOSURE_EMPTY;
	if (!library_find(&found, host, path, NULL, name))
		return false;
	add(closure, &found);
	for (size_t i = 0; i < closure->count; i++) {
		const struct library *by = closure->libraries[i];

		for (size_t j = 0; j < by->elf.needed.count; j++) {
			const char *needed = by->elf.needed.items[j];

			if (library_is_loaded(needed) || closure_has(closure, needed))
				continue;
			if (closure->count == LIBRARIES_MAX) {
				words_printf(&closure->missing, "%s needs more than %d libraries",
					     name, LIBRARIES_MAX);
				return true;
			}
			if (library_find(&found, host, path, by, needed)) {
				found.by = by;
				add(closure, &found);
			} else {
				words_printf(&closure->missing,
					     "%s, which %s needs, is not on this host",
					     needed, by->path);
			}
		}
	}
	return true;
}

/*
 * Say whether the module of this name is only a stub, because the C library
 * has the module built in: "files" and "dns" since glibc 2.34.  One that
 * cannot be looked at is taken for a stub, so that nothing is made of it.
 */
bool closure_builtin(const struct host *host, const struct library *library,
		     const char *module)
{
	int fd = host_open_file(host, library->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct text word = TEXT_EMPTY;
	struct elf_bytes bytes;
	bool stub = true;

	text_printf(&word, "_nss_%s_", module);
	errno = 0;
	if (fd >= 0 && elf_of_file(&bytes, fd, NULL))
		stub = !elf_mentions(&library->elf, &bytes, text_string(&word));
	if (stub)
		host_note_trouble(host, library->path, errno);
	descriptor_close(fd);
	text_free(&word);
	return stub;
}
