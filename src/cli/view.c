/*
 * How the selected instances are doing.  Nothing is forked and nothing is
 * changed to find out.
 */
#include "cli/view.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "control/look.h"
#include "process/probe.h"
#include "state/started.h"

const char *view_state_name(enum view_state state)
{
	static const char *const names[] = {
		[VIEW_RUNNING] = "running", [VIEW_STOPPED] = "stopped",
		[VIEW_FAILED] = "failed", [VIEW_DEAD] = "dead",
		[VIEW_DAMAGED] = "damaged", [VIEW_UNKNOWN] = "unknown",
	};

	return names[state];
}

static void add_note(struct view *view, const char *note)
{
	text_printf(&view->note, "%s\n", note);
}

/* Append a moment as people write it, in local time. */
void view_format_time(time_t when, struct text *out)
{
	char buffer[32];
	struct tm local;

	if (localtime_r(&when, &local) != NULL &&
	    strftime(buffer, sizeof buffer, "%Y-%m-%d %H:%M:%S", &local) > 0)
		text_add(out, buffer);
}

/*
 * Has what was done last to the instance left its mark?  One that runs may
 * have been started since by somebody else.
 */
bool view_has_failed(const struct view *view)
{
	return view->has_last && view->last.failed &&
	       (view->pid <= 0 || view->last.ended >= view->since);
}

static void add_last(struct view *view)
{
	/* That it is damaged is said anyway. */
	if (view->instance->damage != NULL &&
	    strstr(text_string(&view->last.said), view->instance->damage) != NULL)
		return;
	text_printf(&view->note, "%s failed at ", text_string(&view->last.verb));
	view_format_time(view->last.ended, &view->note);
	text_printf(&view->note, ": %s\n", text_string(&view->last.said));
}

/* Was it to run after what was done to it last, and did not? */
static bool has_failed_to_start(const struct view *view)
{
	static const char *const verbs[] = {
		"start", "restart", "try-restart", "condrestart", "reload", "force-reload",
	};

	if (!view->has_last || !view->last.failed || view->last.ran_afterwards)
		return false;
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(text_string(&view->last.verb), verbs[i]) == 0)
			return true;
	return false;
}

/* Why does an instance not run? */
static enum view_state judge_stopped(struct view *view)
{
	enum started started;

	if (view->instance->damage == NULL && has_failed_to_start(view))
		return VIEW_FAILED;
	started = started_recall(view->instance->directory);
	if (started == STARTED)
		return VIEW_DEAD;
	if (started == STARTED_UNKNOWN) {
		add_note(view, "it does not run, but whether it was started cannot be read from "
			 "/run/postctl; try again");
		return VIEW_UNKNOWN;
	}
	return view->instance->damage != NULL ? VIEW_DAMAGED : VIEW_STOPPED;
}

static void look(struct view *view, const struct instance *instance, struct probe *probe,
		 const struct last_operations *operations)
{
	const char *queue_directory = *instance->queue_directory != '\0'
				      ? instance->queue_directory : NULL;
	struct probe_answer answer;
	struct text why = TEXT_EMPTY;

	*view = (struct view){ .instance = instance, .note = TEXT_EMPTY };
	view->has_last = last_operations_find(operations, instance->directory, &view->last);
	switch (look_at(instance, probe, &answer, &why)) {
	case PROBE_STRAY:
		/* Nothing leads anywhere from a main.cf that cannot be read. */
		if (queue_directory != NULL)
			text_printf(&view->note, "its pid file does not lead to its master: the queue "
				    "directory was changed or emptied; \"postctl stop %s\" and then "
				    "\"postctl start %s\" mend this\n", instance_label(instance),
				    instance_label(instance));
		__attribute__((fallthrough));
	case PROBE_RUNNING:
		view->state = VIEW_RUNNING;
		view->pid = answer.master.pid;
		view->since = identity_since(&answer.master);
		family_read(view->pid, &view->family);
		break;
	case PROBE_STOPPED:
		view->state = instance->is_unread ? VIEW_UNKNOWN : judge_stopped(view);
		if (queue_directory == NULL && geteuid() != 0) {
			view->state = VIEW_UNKNOWN;
			add_note(view, "only root can find out whether it runs");
		} else if (view->state == VIEW_DEAD) {
			text_printf(&view->note, "its master is gone, and postctl did not stop it; "
				    "\"postctl status %s\" shows its last words in the log\n",
				    instance_label(instance));
		}
		break;
	case PROBE_UNKNOWN:
		view->state = VIEW_UNKNOWN;
		add_note(view, text_string(&why));
		break;
	}
	if (view_has_failed(view))
		add_last(view);
	if (instance->damage != NULL)
		add_note(view, instance->damage);
	text_free(&why);
}

/*
 * Does the instance count when it is asked whether all is well?  One that is
 * disabled need not run; one that cannot be read may have to.
 */
bool view_counts(const struct view *view)
{
	return instance_may_be_enabled(view->instance);
}

/*
 * Look at the instances that the request selects; with enabled_only, of those
 * not named only at the ones that count.  The caller calls views_free() in
 * either case.  Return false with the reason.
 */
bool views_make(const struct request *request, bool enabled_only, struct views *views,
		struct text *why)
{
	struct probe probe = PROBE_EMPTY;
	struct last_operations operations;
	bool ok = probe_read(&probe, why);

	last_operations_open(&operations);
	*views = (struct views){
		memory_allocate(request->instances.count, sizeof *views->items), 0,
	};
	for (size_t i = 0; ok && i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];
		bool counts = instance_may_be_enabled(instance);

		if (request->selected[i] == SELECTED_NOT ||
		    (enabled_only && request->selected[i] != SELECTED_BY_NAME && !counts))
			continue;
		look(&views->items[views->count], instance, &probe, &operations);
		views->items[views->count++].named = request->selected[i] == SELECTED_BY_NAME;
	}
	last_operations_close(&operations);
	probe_free(&probe);
	return ok;
}

void views_free(struct views *views)
{
	for (size_t i = 0; i < views->count; i++) {
		struct view *view = &views->items[i];

		family_free(&view->family);
		last_operation_free(&view->last);
		text_free(&view->note);
	}
	free(views->items);
	*views = (struct views){ NULL, 0 };
}

/*
 * The exit status of "status": the worst of those that count; of all where
 * none does, as when a disabled one is asked for by its name.
 */
enum exit_status views_status(const struct views *views)
{
	bool seen[VIEW_UNKNOWN + 1] = { false };
	bool any_counts = false;

	for (size_t i = 0; i < views->count; i++)
		any_counts = any_counts || view_counts(&views->items[i]);
	for (size_t i = 0; i < views->count; i++)
		if (!any_counts || view_counts(&views->items[i]))
			seen[views->items[i].state] = true;
	/* Without the primary nobody knows what else there is. */
	if (views->count > 0 && views->items[0].instance->is_primary &&
	    views->items[0].instance->is_unread)
		seen[VIEW_UNKNOWN] = true;
	if (seen[VIEW_UNKNOWN])
		return EXIT_STATUS_UNKNOWN;
	if (seen[VIEW_DEAD])
		return EXIT_STATUS_DEAD;
	if (seen[VIEW_STOPPED] || seen[VIEW_FAILED] || seen[VIEW_DAMAGED] || !seen[VIEW_RUNNING])
		return EXIT_STATUS_STOPPED;
	return EXIT_STATUS_RUNNING;
}
