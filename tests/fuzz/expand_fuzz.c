/*
 * libFuzzer: any bytes as a main.cf, each of whose values is expanded, as all
 * versions of Postfix do it.
 */
#include "postfix/expand.h"
#include "postfix/main_cf.h"
#include "fuzz.h"

static bool look_up(void *context, const char *name, size_t length, struct expand_value *found,
		    struct text *why)
{
	const struct main_cf_entry *entry = main_cf_find(context, name, length);

	(void)why;
	found->value = entry != NULL ? entry->value : NULL;
	found->verbatim = length > 0 && *name == 'v';
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);
	struct text out = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct main_cf main;

	main_cf_parse(&main, &content, "main.cf", "/etc/postfix", NULL, NULL);
	/* Each of them may take its million steps. */
	for (size_t i = 0; i < main.count && i < 4; i++) {
		for (int with_functions = 0; with_functions < 2; with_functions++) {
			struct expand_names names = { look_up, &main, with_functions != 0 };
			const char *value = main.entries[i].value;
			bool done;

			text_clear(&out);
			text_clear(&why);
			done = expand(value, &names, &out, &why);
			fuzz_check(done == (why.length == 0));
			if (strchr(value, '$') == NULL)
				fuzz_check(done && strcmp(text_string(&out), value) == 0);
			expand_scan(value, &names);
		}
	}
	main_cf_free(&main);
	text_free(&content);
	text_free(&out);
	text_free(&why);
	return 0;
}
