/*
 * is-active, is-enabled, is-failed: a word for each instance, and an exit
 * status as systemctl's: 0 when it holds for at least one of them.
 */
#include <stdio.h>
#include <string.h>

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

/* The words that systemctl(1) has for them. */
static const char *word_for(enum view_state state)
{
	switch (state) {
	case VIEW_RUNNING:
		return "active";
	case VIEW_FAILED:
	case VIEW_DEAD:
		return "failed";
	case VIEW_UNKNOWN:
		return "unknown";
	case VIEW_STOPPED:
	case VIEW_DAMAGED:
		break;
	}
	return "inactive";
}

/* Say the states; with 0 when one of them has that word, no when none has. */
static enum exit_status ask(struct request *request, const char *word, enum exit_status no)
{
	struct views views;
	struct text why = TEXT_EMPTY;
	enum exit_status status = no;

	if (!begin(request, &status))
		return status == EXIT_STATUS_STOPPED ? no : status;
	status = no;
	if (!views_make(request, true, &views, &why)) {
		message_error("cannot find out what runs: %s", text_string(&why));
		status = EXIT_STATUS_UNKNOWN;
	}
	for (size_t i = 0; i < views.count; i++) {
		say(request, word_for(views.items[i].state));
		if (strcmp(word_for(views.items[i].state), word) == 0)
			status = EXIT_DONE;
	}
	views_free(&views);
	text_free(&why);
	return status;
}

enum exit_status verb_is_active(struct request *request)
{
	return ask(request, "active", EXIT_STATUS_STOPPED);
}

enum exit_status verb_is_failed(struct request *request)
{
	return ask(request, "failed", EXIT_FAILED);
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
