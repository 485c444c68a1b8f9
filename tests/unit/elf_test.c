/*
 * Shared objects, whole and damaged.
 */
#include "chroot/elf.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fixtures/chroot/elf_image.h"
#include "tap.h"

static bool read_bytes(const char *bytes, size_t size, struct elf *elf, struct text *why)
{
	struct elf_bytes input;

	return elf_of_memory(&input, bytes, size) && elf_read(elf, &input, why);
}

static void test_whole(void)
{
	const struct elf_image what = {
		.soname = "libnss_x.so.2", .needed = { "libc.so.6", "liby.so.1" },
		.rpath = "/r", .runpath = "$ORIGIN/../lib:/b", .symbol = "_nss_x_gethostbyname_r",
		.flags_1 = DF_1_NODEFLIB,
	};
	struct text image = TEXT_EMPTY, why = TEXT_EMPTY;
	struct elf_bytes bytes;
	struct elf elf;

	elf_image_make(&image, &what);
	elf_of_memory(&bytes, image.data, image.length);
	ok(elf_read(&elf, &bytes, &why), "a shared object %s", text_string(&why));
	is(elf.soname, "libnss_x.so.2", "DT_SONAME");
	is(elf.rpath, "/r", "DT_RPATH");
	is(elf.runpath, "$ORIGIN/../lib:/b", "DT_RUNPATH");
	ok(elf.needed.count == 2 && strcmp(elf.needed.items[1], "liby.so.1") == 0, "DT_NEEDED");
	ok(elf.only_own_paths, "DF_1_NODEFLIB");
	ok(elf_mentions(&elf, &bytes, "_nss_x_"), "a symbol is mentioned");
	ok(!elf_mentions(&elf, &bytes, "_nss_y_"), "another is not");
	ok(!elf_mentions(&elf, &bytes, ""), "nothing is not");
	elf_free(&elf);
	text_free(&image);
	text_free(&why);
}

static void refuse(const char *name, const char *bytes, size_t size, const char *word)
{
	struct text why = TEXT_EMPTY;
	struct elf elf;
	bool read = read_bytes(bytes, size, &elf, &why);

	ok(!read && strstr(text_string(&why), word) != NULL, "%s %s", name, text_string(&why));
	elf_free(&elf);
	text_free(&why);
}

/*
 * Change one field of a copy of the image, then have it refused.
 */
#define REFUSE_WITH(name, word, type, offset, member, value)			\
	do {									\
		char *copy = malloc(image.length);				\
		type part;							\
		memcpy(copy, image.data, image.length);				\
		memcpy(&part, copy + (offset), sizeof part);			\
		part.member = (__typeof__(part.member))(value);			\
		memcpy(copy + (offset), &part, sizeof part);			\
		refuse(name, copy, image.length, word);				\
		free(copy);							\
	} while (0)

static void test_damaged(void)
{
	const struct elf_image what = { .soname = "x", .needed = { "liby.so.1" } };
	const size_t load = sizeof(ElfW(Ehdr)), dynamic = load + sizeof(ElfW(Phdr));
	const size_t entries = dynamic + sizeof(ElfW(Phdr));
	struct text image = TEXT_EMPTY;

	elf_image_make(&image, &what);
	refuse("an empty file", "", 0, "not an ELF file");
	refuse("a text", "#!/bin/sh\n", 10, "not an ELF file");
	refuse("a long text", "/* GNU ld script: INPUT(libx.so.2) and more text than a header */",
	       65, "not an ELF file");
	REFUSE_WITH("another machine", "another architecture", ElfW(Ehdr), 0, e_machine, EM_VAX);
	REFUSE_WITH("another class", "another architecture", ElfW(Ehdr), 0, e_ident[EI_CLASS], 9);
	REFUSE_WITH("another byte order", "another architecture", ElfW(Ehdr), 0, e_ident[EI_DATA],
		    9);
	REFUSE_WITH("a relocatable object", "not a shared object", ElfW(Ehdr), 0, e_type, ET_REL);
	REFUSE_WITH("a core file", "not a shared object", ElfW(Ehdr), 0, e_type, ET_CORE);
	REFUSE_WITH("headers of odd size", "program headers", ElfW(Ehdr), 0, e_phentsize, 7);
	REFUSE_WITH("too many headers", "program headers", ElfW(Ehdr), 0, e_phnum, 65535);
	REFUSE_WITH("headers beyond the end", "program headers", ElfW(Ehdr), 0, e_phoff,
		    (ElfW(Off))-32);
	REFUSE_WITH("no headers", "no dynamic section", ElfW(Ehdr), 0, e_phnum, 0);
	REFUSE_WITH("no PT_DYNAMIC", "no dynamic section", ElfW(Phdr), dynamic, p_type, PT_NOTE);
	REFUSE_WITH("PT_DYNAMIC beyond the end", "no dynamic section", ElfW(Phdr), dynamic,
		    p_offset, (ElfW(Off))-1);
	REFUSE_WITH("an endless PT_DYNAMIC", "no dynamic section", ElfW(Phdr), dynamic, p_filesz,
		    (ElfW(Xword))-1);
	REFUSE_WITH("an empty PT_DYNAMIC", "no dynamic section", ElfW(Phdr), dynamic, p_filesz, 0);
	REFUSE_WITH("strings in no segment", "string table", ElfW(Phdr), load, p_filesz, 8);
	REFUSE_WITH("a segment that wraps", "string table", ElfW(Phdr), load, p_offset,
		    (ElfW(Off))-8);
	REFUSE_WITH("a name outside the strings", "string table", ElfW(Dyn), entries, d_un.d_val,
		    0x7fffffff);
	REFUSE_WITH("a name that does not end", "string table", ElfW(Dyn),
		    entries + 3 * sizeof(ElfW(Dyn)), d_un.d_val, 4);
	text_free(&image);
}

/*
 * Whatever is cut off or changed, reading ends and touches nothing else; the
 * sanitizers watch.
 */
static void test_fuzz(void)
{
	const struct elf_image what = {
		.soname = "libx", .needed = { "a", "b", "c" }, .runpath = "/x", .symbol = "_nss_x_",
	};
	struct text image = TEXT_EMPTY;
	unsigned long reads = 0;

	elf_image_make(&image, &what);
	srand(7);
	for (size_t size = 0; size <= image.length; size++) {
		char *copy = malloc(size > 0 ? size : 1);
		struct elf elf;

		memcpy(copy, image.data, size);
		read_bytes(copy, size, &elf, NULL);
		elf_free(&elf);
		free(copy);
		reads++;
	}
	for (int round = 0; round < 20000; round++) {
		char *copy = malloc(image.length);
		struct elf_bytes bytes;
		struct elf elf;

		memcpy(copy, image.data, image.length);
		for (int change = 0; change <= round % 4; change++)
			copy[16 + (size_t)rand() % (image.length - 16)] = (char)(rand() >> 7);
		elf_of_memory(&bytes, copy, image.length);
		if (elf_read(&elf, &bytes, NULL))
			elf_mentions(&elf, &bytes, "_nss_y_");
		elf_free(&elf);
		free(copy);
		reads++;
	}
	ok(true, "%lu damaged objects were read to the end", reads);
	text_free(&image);
}

static void test_file(void)
{
	struct text why = TEXT_EMPTY;
	struct elf_bytes bytes;
	struct elf elf = ELF_EMPTY;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	bool read = fd >= 0 && elf_of_file(&bytes, fd, &why) && elf_read(&elf, &bytes, &why);

	ok(read && elf.needed.count > 0, "this program itself %s", text_string(&why));
	elf_free(&elf);
	close(fd);
	fd = open("/", O_RDONLY | O_CLOEXEC);
	read = elf_of_file(&bytes, fd, &why);
	ok(!read, "a directory %s", text_string(&why));
	close(fd);
	text_free(&why);
}

int main(void)
{
	test_whole();
	test_damaged();
	test_fuzz();
	test_file();
	return tap_done();
}
