/*
 * is-active, is-enabled: a word for each instance, and an exit status as
 * systemctl's: 0 when it holds for at least one of them.
 */
#include <stdio.h>

#include "cli/message.h"
#include "cli/verbs.h"
#include "cli/view.h"

static bool begin(struct request *request, enum exit_status *status)
{
	if (request_is_installed() && request_is_configured())
		return request_discover(request, status) && request_select(request, status);
	*status = EXIT_STATUS_STOPPED;
	return false;
}

static void say(const struct request *request, const char *word)
{
	if (!options_has(&request->options, OPTION_QUIET))
		puts(word);
}

enum exit_status verb_is_active(struct request *request)
{
	struct views views;
	struct text why = TEXT_EMPTY;
	enum exit_status status = EXIT_STATUS_STOPPED;

	if (!begin(request, &status))
		return status;
	status = EXIT_STATUS_STOPPED;
	if (!views_make(request, true, &views, &why)) {
		message_error("cannot find out what runs: %s", text_string(&why));
		status = EXIT_STATUS_UNKNOWN;
	}
	for (size_t i = 0; i < views.count; i++) {
		enum view_state state = views.items[i].state;

		say(request, state == VIEW_RUNNING ? "active" : state == VIEW_DEAD ? "failed"
			     : state == VIEW_UNKNOWN ? "unknown" : "inactive");
		if (state == VIEW_RUNNING)
			status = EXIT_STATUS_RUNNING;
	}
	views_free(&views);
	text_free(&why);
	return status;
}

enum exit_status verb_is_enabled(struct request *request)
{
	enum exit_status status = EXIT_FAILED;

	if (!begin(request, &status))
		return status == EXIT_STATUS_STOPPED ? EXIT_FAILED : status;
	status = EXIT_FAILED;
	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];

		if (request->selected[i] == SELECTED_NOT)
			continue;
		say(request, instance->is_enabled ? "enabled"
			     : instance->damage != NULL ? "damaged" : "disabled");
		if (instance->is_enabled)
			status = EXIT_DONE;
	}
	return status;
}
