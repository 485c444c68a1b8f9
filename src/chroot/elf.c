/*
 * Shared objects, as far as finding their libraries goes.
 *
 * Everything comes from the program headers and PT_DYNAMIC, as for the
 * dynamic linker; section headers may be stripped.  The file may be anything:
 * each offset and count is checked before it is used, and nothing is mapped,
 * because a mapped file that shrinks kills its reader.
 */
#include "chroot/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define HEADERS_MAX 256
#define DYNAMIC_MAX 4096
#define NAME_MAX_LENGTH 4096

/*
 * Our own header, in memory by courtesy of the linker: whatever it says of
 * class, byte order and machine is what this host's Postfix is made for.
 */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static bool read_memory(const struct elf_bytes *bytes, uint64_t offset, void *into,
			size_t size)
{
	if (offset > bytes->size || size > bytes->size - offset)
		return false;
	if (size > 0)
		memcpy(into, (const char *)bytes->memory + offset, size);
	return true;
}

static bool read_file(const struct elf_bytes *bytes, uint64_t offset, void *into,
		      size_t size)
{
	size_t have = 0;

	if (offset > bytes->size || size > bytes->size - offset)
		return false;
	while (have < size) {
		ssize_t got = pread(bytes->fd, (char *)into + have, size - have,
				    (off_t)(offset + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

/*
 * Read from memory, which the caller keeps.  Always true.
 */
bool elf_of_memory(struct elf_bytes *bytes, const void *memory, size_t size)
{
	*bytes = (struct elf_bytes){ read_memory, memory, size, -1 };
	return true;
}

/*
 * Read from an open regular file, which the caller closes.
 */
bool elf_of_file(struct elf_bytes *bytes, int fd, struct text *why)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return text_fail(why, "cannot look at it: %s", strerror(errno));
	if (!S_ISREG(status.st_mode) || status.st_size < 0)
		return text_fail(why, "is not a regular file");
	*bytes = (struct elf_bytes){ read_file, NULL, (uint64_t)status.st_size, fd };
	return true;
}

void elf_free(struct elf *elf)
{
	free(elf->soname);
	free(elf->rpath);
	free(elf->runpath);
	words_free(&elf->needed);
	*elf = ELF_EMPTY;
}

/*
 * Return the string at offset of the string table, or NULL if it does not end
 * in there.  The caller frees it.
 */
static char *string_at(const struct elf *elf, const struct elf_bytes *bytes,
		       uint64_t offset)
{
	struct text string = TEXT_EMPTY;
	char piece[128];

	while (offset < elf->strings_size && string.length < NAME_MAX_LENGTH) {
		uint64_t left = elf->strings_size - offset;
		size_t size = left < sizeof piece ? (size_t)left : sizeof piece;
		size_t length;

		if (!bytes->read(bytes, elf->strings + offset, piece, size))
			break;
		length = strnlen(piece, size);
		text_add_n(&string, piece, length);
		if (length < size)
			return text_take(&string);
		offset += length;
	}
	text_free(&string);
	return NULL;
}

static bool check_header(const ElfW(Ehdr) *header, struct text *why)
{
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return text_fail(why, "is not an ELF file");
	if (header->e_ident[EI_CLASS] != __ehdr_start.e_ident[EI_CLASS] ||
	    header->e_ident[EI_DATA] != __ehdr_start.e_ident[EI_DATA] ||
	    header->e_machine != __ehdr_start.e_machine)
		return text_fail(why, "is for another architecture");
	if (header->e_type != ET_DYN)
		return text_fail(why, "is not a shared object");
	if (header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phnum > HEADERS_MAX)
		return text_fail(why, "has damaged program headers");
	return true;
}

/*
 * Turn an address into the offset of what is loaded there.
 */
static bool offset_of(const ElfW(Phdr) *headers, size_t count, uint64_t address,
		      uint64_t *offset)
{
	for (size_t i = 0; i < count; i++)
		if (headers[i].p_type == PT_LOAD && address >= headers[i].p_vaddr &&
		    address - headers[i].p_vaddr < headers[i].p_filesz) {
			*offset = headers[i].p_offset + (address - headers[i].p_vaddr);
			return true;
		}
	return false;
}

static bool read_dynamic(struct elf *elf, const struct elf_bytes *bytes,
			 const ElfW(Dyn) *dynamic, size_t count, struct text *why)
{
	for (size_t i = 0; i < count && dynamic[i].d_tag != DT_NULL; i++) {
		char **into, *string;

		switch (dynamic[i].d_tag) {
		case DT_NEEDED:
			into = NULL;
			break;
		case DT_SONAME:
			into = &elf->soname;
			break;
		case DT_RPATH:
			into = &elf->rpath;
			break;
		case DT_RUNPATH:
			into = &elf->runpath;
			break;
		case DT_FLAGS_1:
			elf->only_own_paths = (dynamic[i].d_un.d_val & DF_1_NODEFLIB) != 0;
			continue;
		default:
			continue;
		}
		string = string_at(elf, bytes, dynamic[i].d_un.d_val);
		if (string == NULL)
			return text_fail(why, "has a damaged string table");
		if (into == NULL) {
			words_add(&elf->needed, string);
			free(string);
		} else {
			free(*into);
			*into = string;
		}
	}
	return true;
}

static bool find_strings(struct elf *elf, const ElfW(Phdr) *headers, size_t count,
			 const ElfW(Dyn) *dynamic, size_t dynamic_count)
{
	uint64_t address = 0, size = 0;

	for (size_t i = 0; i < dynamic_count && dynamic[i].d_tag != DT_NULL; i++) {
		if (dynamic[i].d_tag == DT_STRTAB)
			address = dynamic[i].d_un.d_ptr;
		if (dynamic[i].d_tag == DT_STRSZ)
			size = dynamic[i].d_un.d_val;
	}
	elf->strings_size = size;
	return offset_of(headers, count, address, &elf->strings) &&
	       size <= UINT64_MAX - elf->strings;
}

/*
 * Read a shared object of this host's architecture.  Return false with a
 * reason, in the form "is not ...", that goes after the name of the file.
 * elf_free() frees it either way.
 */
bool elf_read(struct elf *elf, const struct elf_bytes *bytes, struct text *why)
{
	ElfW(Phdr) *headers = NULL;
	ElfW(Dyn) *dynamic = NULL;
	size_t dynamic_count = 0;
	ElfW(Ehdr) header;
	bool done = false;

	*elf = ELF_EMPTY;
	if (!bytes->read(bytes, 0, &header, sizeof header))
		return text_fail(why, "is not an ELF file of this architecture");
	if (!check_header(&header, why))
		return false;
	headers = memory_allocate(header.e_phnum, sizeof *headers);
	if (!bytes->read(bytes, header.e_phoff, headers, header.e_phnum * sizeof *headers)) {
		text_fail(why, "has damaged program headers");
		goto out;
	}
	for (size_t i = 0; i < header.e_phnum; i++) {
		if (headers[i].p_type != PT_DYNAMIC)
			continue;
		dynamic_count = headers[i].p_filesz / sizeof *dynamic;
		if (dynamic_count > DYNAMIC_MAX)
			dynamic_count = DYNAMIC_MAX;
		dynamic = memory_allocate(dynamic_count, sizeof *dynamic);
		if (!bytes->read(bytes, headers[i].p_offset, dynamic,
				 dynamic_count * sizeof *dynamic))
			dynamic_count = 0;
		break;
	}
	if (dynamic_count == 0)
		text_fail(why, "has no dynamic section");
	else if (!find_strings(elf, headers, header.e_phnum, dynamic, dynamic_count))
		text_fail(why, "has a damaged string table");
	else
		done = read_dynamic(elf, bytes, dynamic, dynamic_count, why);
out:
	free(headers);
	free(dynamic);
	return done;
}

/*
 * Say whether word stands in the string table, which holds the names of all
 * symbols.
 */
bool elf_mentions(const struct elf *elf, const struct elf_bytes *bytes, const char *word)
{
	size_t length = strlen(word), kept = 0;
	char piece[4096];

	if (length == 0 || length > sizeof piece / 2)
		return false;
	for (uint64_t offset = 0; offset < elf->strings_size;) {
		uint64_t left = elf->strings_size - offset;
		size_t room = sizeof piece - kept;
		size_t size = left < room ? (size_t)left : room;

		if (!bytes->read(bytes, elf->strings + offset, piece + kept, size))
			return false;
		offset += size;
		size += kept;
		if (memmem(piece, size, word, length) != NULL)
			return true;
		/* The word may stand across two pieces. */
		kept = size < length - 1 ? size : length - 1;
		memmove(piece, piece + size - kept, kept);
	}
	return false;
}
