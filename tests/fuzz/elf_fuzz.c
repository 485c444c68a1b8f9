/*
 * libFuzzer: any bytes as a shared object.
 */
#include "chroot/elf.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct elf_bytes object;
	struct elf elf;
	struct text why = TEXT_EMPTY;

	if (!elf_of_memory(&object, bytes, size))
		return 0;
	if (elf_read(&elf, &object, &why)) {
		fuzz_check(why.length == 0);
		for (size_t i = 0; i < elf.needed.count; i++)
			fuzz_check(strlen(elf.needed.items[i]) < size);
		(void)elf_mentions(&elf, &object, "$ORIGIN");
	} else {
		fuzz_check(why.length > 0);
	}
	elf_free(&elf);
	text_free(&why);
	return 0;
}
