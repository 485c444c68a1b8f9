/*
 * Before instances are enabled: would they get in the way of others?
 */
#include "cli/enable_lint.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/message.h"
#include "control/lint_host.h"

static void print(const struct instance *instance, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];

		message_instance(instance_label(instance), "%s%s%s%s",
				 finding->is_error ? "cannot enable it: " : "warning: ",
				 finding->what, *finding->advice != '\0' ? "; " : "",
				 finding->advice);
	}
}

/*
 * Say what enabling the selected instances would do to those that are enabled,
 * and to each other.  Return false when it is an error to do so.
 */
bool enable_lint(const struct request *request)
{
	const struct instances *instances = &request->instances;
	bool *enabled = memory_allocate(instances->count, sizeof *enabled);
	struct lint_host host;
	bool ok = true;

	for (size_t i = 0; i < instances->count; i++)
		enabled[i] = instances->items[i].is_enabled ||
			     request->selected[i] != SELECTED_NOT;
	lint_host_open(&host, instances, &request->defaults, enabled);
	for (size_t i = 0; i < instances->count; i++) {
		struct findings findings = FINDINGS_EMPTY;

		if (enabled[i] && !instances->items[i].is_enabled)
			lint_host_report(&host, i, &findings);
		ok = ok && !findings_have_error(&findings);
		print(&instances->items[i], &findings);
		findings_free(&findings);
	}
	lint_host_close(&host);
	free(enabled);
	return ok;
}
