#ifndef POSTCTL_CHROOT_ELF_H
#define POSTCTL_CHROOT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/words.h"

/*
 * What the dynamic linker reads in a shared object: the libraries that it
 * needs and where to look for them.  soname, rpath and runpath are NULL where
 * the object has none.
 */
struct elf {
	char *soname;
	char *rpath;
	char *runpath;
	struct words needed;
	bool only_own_paths;
	uint64_t strings;
	uint64_t strings_size;
};

#define ELF_EMPTY ((struct elf){ .soname = NULL })

/*
 * Bytes that are read piece by piece; libraries can be large.  read() fails
 * for what is not wholly there.
 */
struct elf_bytes {
	bool (*read)(const struct elf_bytes *bytes, uint64_t offset, void *into, size_t size);
	const void *memory;
	uint64_t size;
	int fd;
};

bool elf_of_memory(struct elf_bytes *bytes, const void *memory, size_t size);
bool elf_of_file(struct elf_bytes *bytes, int fd, struct text *why);
bool elf_read(struct elf *elf, const struct elf_bytes *bytes, struct text *why);
bool elf_mentions(const struct elf *elf, const struct elf_bytes *bytes, const char *word);
void elf_free(struct elf *elf);

#endif
