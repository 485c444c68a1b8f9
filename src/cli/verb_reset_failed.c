/*
 * reset-failed: forget that instances failed or died.  They are stopped then,
 * as far as status is concerned.
 */
#include "cli/message.h"
#include "cli/verbs.h"
#include "cli/view.h"
#include "state/started.h"

enum exit_status verb_reset_failed(struct request *request)
{
	struct views views;
	struct text why = TEXT_EMPTY;
	enum exit_status status = EXIT_DONE;

	if (!request_discover(request, &status) || !request_select(request, &status))
		return status;
	if (!views_make(request, false, &views, &why)) {
		message_error("cannot find out what runs: %s", text_string(&why));
		status = EXIT_FAILED;
	}
	for (size_t i = 0; i < views.count; i++) {
		const struct view *view = &views.items[i];

		if (!view_has_failed(view) && view->state != VIEW_DEAD)
			continue;
		last_operation_forget(view->instance->directory);
		if (view->state == VIEW_DEAD || view->state == VIEW_FAILED)
			started_forget(view->instance->directory);
		if (!options_has(&request->options, OPTION_QUIET))
			message_result(instance_label(view->instance), "reset");
	}
	views_free(&views);
	text_free(&why);
	return status;
}
