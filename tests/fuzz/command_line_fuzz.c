/*
 * libFuzzer: any bytes as a command line, an argument a line, and its words as
 * instances of a host that has some with odd names.
 */
#include "base/memory.h"
#include "cli/verbs.h"
#include "fuzz.h"

static void add(struct instances *instances, const char *directory, const char *name,
		const char *group)
{
	struct instance *instance = instances_add(instances, directory, instances->count == 0);

	free(instance->name);
	free(instance->group);
	instance->name = memory_copy(name);
	instance->group = memory_copy(group);
}

static void select_words(const struct options *options)
{
	struct instances instances = INSTANCES_EMPTY;
	enum selected selected[6];
	struct text why = TEXT_EMPTY;
	bool done, any = false;

	add(&instances, "/etc/postfix", "", "");
	add(&instances, "/etc/postfix-out", "postfix-out", "mta");
	add(&instances, "/etc/postfix-in", "postfix-in", "mta");
	add(&instances, "/etc/postfix-x*", "*", "a b");
	add(&instances, "/srv/mail/", "", "");
	add(&instances, "no path", "[", "[");
	done = select_instances(&instances, &options->words, &options->groups, selected, &why);
	fuzz_check(done == (why.length == 0));
	for (size_t i = 0; done && i < instances.count; i++)
		any |= selected[i] != SELECTED_NOT;
	fuzz_check(!done || any);
	instances_free(&instances);
	text_free(&why);
}

static void parse(char **argv, int argc)
{
	struct options options;
	struct text why = TEXT_EMPTY, help = TEXT_EMPTY;
	bool done = options_parse(&options, argc, argv, &why);

	fuzz_check(done == (why.length == 0));
	if (done) {
		const struct verb *verb = NULL;

		fuzz_check(!options_has(&options, OPTION_JOBS) ||
			   (options.jobs >= 1 && options.jobs <= 1000));
		fuzz_check(!options_has(&options, OPTION_TIMEOUT) || options.timeout_ms >= 1);
		fuzz_check(options_check(&options, ~0u, NULL));
		fuzz_check(options_check(&options, 0, NULL) == (options.given == 0));
		if (options.words.count > 0) {
			char *word = words_take_first(&options.words);

			verb = verb_find(word);
			fuzz_check(verb == NULL || strcmp(verb->name, word) == 0);
			free(word);
		}
		if (verb != NULL)
			options_help(verb->options, &help);
		select_words(&options);
	}
	options_free(&options);
	text_free(&why);
	text_free(&help);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);
	struct words arguments = WORDS_EMPTY;

	words_add(&arguments, "postctl");
	/* An argument may be empty. */
	for (const char *line = content.data; *line != '\0';) {
		size_t length = strcspn(line, "\n");

		words_add_n(&arguments, line, length);
		line += length + (line[length] == '\n');
	}
	parse(arguments.items, (int)arguments.count);
	words_free(&arguments);
	text_free(&content);
	return 0;
}
