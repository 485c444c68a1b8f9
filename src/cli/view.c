/*
 * How the selected instances are doing.  Nothing is forked and nothing is
 * changed to find out.
 */
#include "cli/view.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "control/look.h"
#include "process/probe.h"
#include "state/started.h"

const char *view_state_name(enum view_state state)
{
	static const char *const names[] = {
		[VIEW_RUNNING] = "running", [VIEW_STOPPED] = "stopped", [VIEW_DEAD] = "dead",
		[VIEW_DAMAGED] = "damaged", [VIEW_UNKNOWN] = "unknown",
	};

	return names[state];
}

static void add_note(struct view *view, const char *note)
{
	text_printf(&view->note, "%s\n", note);
}

static void look(struct view *view, const struct instance *instance, struct probe *probe)
{
	const char *queue_directory = *instance->queue_directory != '\0'
				      ? instance->queue_directory : NULL;
	struct probe_answer answer;
	struct text why = TEXT_EMPTY;

	*view = (struct view){ .instance = instance, .note = TEXT_EMPTY };
	switch (look_at(instance, probe, &answer, &why)) {
	case PROBE_STRAY:
		/* Nothing leads anywhere from a main.cf that cannot be read. */
		if (queue_directory != NULL)
			add_note(view, "its pid file does not lead to its master: the queue directory "
				 "was changed or emptied; \"postctl stop\" and then "
				 "\"postctl start\" mend this");
		/* FALLTHROUGH */
	case PROBE_RUNNING:
		view->state = VIEW_RUNNING;
		view->pid = answer.master.pid;
		view->since = identity_since(&answer.master);
		break;
	case PROBE_STOPPED:
		view->state = VIEW_STOPPED;
		if (queue_directory == NULL && geteuid() != 0) {
			view->state = VIEW_UNKNOWN;
			add_note(view, "only root can find out whether it runs");
		} else if (started_is_remembered(instance->directory)) {
			view->state = VIEW_DEAD;
			add_note(view, "its master is gone, and postctl did not stop it; "
				 "the mail log may tell why");
		} else if (instance->damage != NULL) {
			view->state = VIEW_DAMAGED;
		}
		break;
	case PROBE_UNKNOWN:
		view->state = VIEW_UNKNOWN;
		add_note(view, text_string(&why));
		break;
	}
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
	return view->instance->is_enabled || view->instance->damage != NULL;
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
	bool ok = probe_read(&probe, why);

	*views = (struct views){
		memory_allocate(request->instances.count, sizeof *views->items), 0,
	};
	for (size_t i = 0; ok && i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];
		bool counts = instance->is_enabled || instance->damage != NULL;

		if (request->selected[i] == SELECTED_NOT ||
		    (enabled_only && request->selected[i] != SELECTED_BY_NAME && !counts))
			continue;
		look(&views->items[views->count++], instance, &probe);
	}
	probe_free(&probe);
	return ok;
}

void views_free(struct views *views)
{
	for (size_t i = 0; i < views->count; i++)
		text_free(&views->items[i].note);
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
	if (seen[VIEW_UNKNOWN])
		return EXIT_STATUS_UNKNOWN;
	if (seen[VIEW_DEAD])
		return EXIT_STATUS_DEAD;
	if (seen[VIEW_STOPPED] || seen[VIEW_DAMAGED] || !seen[VIEW_RUNNING])
		return EXIT_STATUS_STOPPED;
	return EXIT_STATUS_RUNNING;
}
