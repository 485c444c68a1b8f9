/*
 * libFuzzer: any bytes as a shared object.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "chroot/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct elf_bytes object;
	struct elf elf;
	struct text why = TEXT_EMPTY;

	if (!elf_of_memory(&object, bytes, size))
		return 0;
	if (elf_read(&elf, &object, &why)) {
		check(why.length == 0);
		for (size_t i = 0; i < elf.needed.count; i++)
			check(strlen(elf.needed.items[i]) < size);
		(void)elf_mentions(&elf, &object, "$ORIGIN");
	} else {
		check(why.length > 0);
	}
	elf_free(&elf);
	text_free(&why);
	return 0;
}
