/*
 * The verb that makes init scripts match the instances that exist.
 */
#include <stdio.h>

#include "cli/message.h"
#include "cli/verbs.h"
#include "control/scripts.h"

static void report(const struct scripts_item *item, const struct request *request)
{
	const struct script *script = &item->script;
	bool quiet = options_has(&request->options, OPTION_QUIET);

	if (options_has(&request->options, OPTION_DRY_RUN)) {
		struct text steps = TEXT_EMPTY;

		script_describe(script, &steps);
		if (steps.length > 0)
			printf("%s:\n%s", script->name, steps.data);
		text_free(&steps);
	} else if (!item->done) {
		message_instance(script->name, "not attempted: interrupted");
	} else if (script->failed) {
		message_instance(script->name, "%s", script->said.data);
	} else if (script->said.length > 0 && !quiet) {
		printf("%s: %s%s\n", script->name, script->said.data,
		       script->instance == NULL ? "; there is no such instance" : "");
	}
	if (script->note.length > 0)
		message_instance(script->name, "%s", script->note.data);
	else if (script->count == 0 && script->content.length > 0 && !script->failed && !quiet)
		printf("%s: up to date\n", script->name);
}

/*
 * Remove the init scripts of instances that are gone and bring the others up to
 * date.  What is not ours is named and left alone, and no failure.
 */
enum exit_status verb_scripts(struct request *request)
{
	const struct options *options = &request->options;
	bool all = options->words.count == 0 && options->groups.count == 0;
	enum exit_status status = EXIT_DONE;
	struct scripts scripts;
	struct text why = TEXT_EMPTY;
	int interrupted = 0;

	if (!request_discover(request, &status) || !request_select(request, &status))
		return status;
	scripts_find(&scripts, &request->instances, request->selected, all);
	if (!options_has(options, OPTION_DRY_RUN) &&
	    !scripts_run(&scripts, &interrupted, &why)) {
		message_error("%s", text_string(&why));
		status = EXIT_FAILED;
	}
	for (size_t i = 0; i < scripts.count; i++) {
		const struct scripts_item *item = &scripts.items[i];

		report(item, request);
		if (item->script.failed || interrupted != 0)
			status = EXIT_FAILED;
	}
	if (scripts.count == 0 && !options_has(options, OPTION_QUIET))
		puts("nothing to do: no instance has an init script of its own");
	scripts_free(&scripts);
	text_free(&why);
	return status;
}
