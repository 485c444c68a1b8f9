/*
 * libFuzzer: any bytes as a main.cf.
 */
#include "postfix/lines.h"
#include "postfix/main_cf.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);
	struct text warnings = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct main_cf main;
	bool done;

	done = main_cf_parse(&main, &content, "main.cf", "/etc/postfix", &warnings, &why);
	fuzz_check(done == (why.length == 0));
	fuzz_check(done || strncmp(why.data, "main.cf, line ", 14) == 0);
	fuzz_check(main.count > 0);
	for (size_t i = 0; i < main.count; i++) {
		const struct main_cf_entry *entry = &main.entries[i];
		size_t length = strlen(entry->value);

		fuzz_check(*entry->name != '\0' && strpbrk(entry->name, "= \t\r\n\v\f") == NULL);
		fuzz_check(!lines_is_space(*entry->value));
		fuzz_check(length == 0 || !lines_is_space(entry->value[length - 1]));
		fuzz_check(main_cf_find(&main, entry->name, strlen(entry->name)) == entry);
	}
	main_cf_free(&main);
	text_free(&content);
	text_free(&warnings);
	text_free(&why);
	return 0;
}
