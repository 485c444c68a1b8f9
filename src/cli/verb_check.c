/*
 * check: what is wrong, without changing anything.
 */
#include <stdio.h>

#include "cli/json.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "control/inspect.h"

static void print(const char *label, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		message_result(label, "%s: %s%s%s", finding->is_error ? "error" : "warning",
			       finding->what, *finding->advice != '\0' ? "; " : "",
			       finding->advice);
	}
}

static void print_json(struct json *json, const struct instance *instance,
		       const struct findings *findings)
{
	json_begin_object(json, NULL);
	json_string(json, "instance", instance_label(instance));
	json_begin_array(json, "findings");
	for (size_t i = 0; i < findings->count; i++) {
		json_begin_object(json, NULL);
		json_string(json, "severity", findings->items[i].is_error ? "error" : "warning");
		json_string(json, "what", findings->items[i].what);
		json_string(json, "advice", findings->items[i].advice);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
}

enum exit_status verb_check(struct request *request)
{
	struct inspector inspector;
	struct text json_text = TEXT_EMPTY;
	struct json json = { &json_text, false };
	bool as_json = options_has(&request->options, OPTION_JSON);
	enum exit_status status = EXIT_DONE;

	if (!request_discover(request, &status) || !request_select(request, &status))
		return status;
	inspector_open(&inspector, &request->instances, &request->defaults);
	if (!as_json)
		terminal_print(text_string(&request->warnings));
	json_begin_object(&json, NULL);
	json_number(&json, "version", 1);
	json_string(&json, "warnings", text_string(&request->warnings));
	json_begin_array(&json, "instances");
	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];
		struct findings findings = FINDINGS_EMPTY;

		if (request->selected[i] == SELECTED_NOT)
			continue;
		inspect(&inspector, i, &findings);
		if (findings_have_error(&findings))
			status = EXIT_FAILED;
		if (as_json)
			print_json(&json, instance, &findings);
		else if (findings.count > 0)
			print(instance_label(instance), &findings);
		else if (!options_has(&request->options, OPTION_QUIET))
			message_result(instance_label(instance), "good");
		findings_free(&findings);
	}
	json_end_array(&json);
	json_end_object(&json);
	if (as_json)
		puts(text_string(&json_text));
	inspector_close(&inspector);
	text_free(&json_text);
	return status;
}
