/*
 * status: do the instances run?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "cli/message.h"
#include "cli/status.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

/*
 * The clients of an init script take one line for more than it says, and no
 * line for "running": whatever happens, two lines are printed.
 */
static enum exit_status nothing_to_run(const struct request *request, const char *what,
				       const char *next)
{
	if (options_has(&request->options, OPTION_JSON))
		printf("{\"version\":1,\"summary\":\"postfix: %s\",\"instances\":[]}\n", what);
	else if (options_has(&request->options, OPTION_OPENMETRICS))
		printf("# HELP postctl_instance_up %s\n# EOF\n", what);
	else
		printf("postfix: %s\n%s\n", what, next);
	return EXIT_STATUS_STOPPED;
}

static void summarise(const struct views *views, struct text *out)
{
	size_t running = 0;
	size_t counted = 0;
	size_t others = 0;

	for (size_t i = 0; i < views->count; i++) {
		bool runs = views->items[i].state == VIEW_RUNNING;

		counted += view_counts(&views->items[i]);
		running += view_counts(&views->items[i]) && runs;
		others += !view_counts(&views->items[i]) && runs;
	}
	text_printf(out, "postfix: %zu of %zu enabled instances running", running, counted);
	if (others > 0)
		text_printf(out, ", and %zu disabled", others);
}

static const char *colour_of(const char *state)
{
	if (strcmp(state, view_state_name(VIEW_RUNNING)) == 0)
		return "\033[32m";
	if (strcmp(state, view_state_name(VIEW_STOPPED)) == 0)
		return NULL;
	return strcmp(state, view_state_name(VIEW_UNKNOWN)) == 0 ? "\033[33m" : "\033[31m";
}

enum {
	COLUMN_INSTANCE, COLUMN_STATE, COLUMN_PROCESS, COLUMN_SINCE, COLUMN_PROCESSES,
	COLUMN_MEMORY, COLUMN_ENABLED, COLUMN_CONFIGURATION, COLUMNS,
};

static const char *const titles[COLUMNS] = {
	"INSTANCE", "STATE", "PROCESS", "SINCE", "PROCESSES", "MEMORY", "ENABLED", "CONFIGURATION",
};

/* What a narrow terminal can do without. */
static const size_t expendable[] = {
	COLUMN_CONFIGURATION, COLUMN_MEMORY, COLUMN_PROCESSES, COLUMN_SINCE, COLUMN_ENABLED,
	COLUMN_PROCESS,
};

static void add_row(struct table *table, const struct view *view)
{
	const struct instance *instance = view->instance;
	char pid[24] = "", processes[24] = "", memory[32] = "";
	struct text since = TEXT_EMPTY;

	if (view->pid > 0) {
		snprintf(pid, sizeof pid, "%ld", (long)view->pid);
		view_format_time(view->since, &since);
	}
	if (view->family.count > 0) {
		snprintf(processes, sizeof processes, "%zu", view->family.count);
		snprintf(memory, sizeof memory, "%.1f MB",
			 (double)family_memory(&view->family) / 1e6);
	}
	table_row(table, (const char *const[COLUMNS]){
		instance_label(instance), view_state_name(view->state), pid, text_string(&since),
		processes, memory,
		instance->is_enabled ? "yes" : instance->damage != NULL ? "?" : "no",
		instance->directory,
	}, text_string(&view->note));
	text_free(&since);
}

/* Those that are not shown in detail. */
static void print_table(const struct status *status, struct text *out)
{
	struct table table;
	size_t rows = 0;

	table_begin(&table, COLUMNS, titles);
	table.width = terminal_width();
	table.expendable = expendable;
	table.expendables = sizeof expendable / sizeof *expendable;
	table.colour = terminal_has_colour() ? colour_of : NULL;
	table.colour_column = COLUMN_STATE;
	for (size_t i = 0; i < status->views.count; i++)
		if (status->details[i] == NULL) {
			add_row(&table, &status->views.items[i]);
			rows++;
		}
	if (rows > 0 || status->views.count == 0)
		table_print(&table, out);
	table_free(&table);
}

static void print(const struct status *status, struct text *out)
{
	text_printf(out, "%s\n", text_string(&status->summary));
	print_table(status, out);
	for (size_t i = 0; i < status->views.count; i++)
		if (status->details[i] != NULL)
			status_print_details(&status->views.items[i], status->details[i], out);
}

/* Look closer at those that were named; for monitoring at all of them. */
static void add_details(const struct request *request, struct status *status,
			struct chroots *chroots)
{
	bool all = options_has(&request->options, OPTION_OPENMETRICS);

	status->details = memory_allocate(status->views.count, sizeof *status->details);
	for (size_t i = 0; i < status->views.count; i++) {
		const struct view *view = &status->views.items[i];

		if (!view->named && !all)
			continue;
		status->details[i] = memory_allocate(1, sizeof **status->details);
		details_read(status->details[i], view->instance, &request->defaults, chroots);
		if (all)
			details_forget_services(status->details[i]);
	}
}

static void free_details(struct status *status)
{
	for (size_t i = 0; i < status->views.count; i++)
		if (status->details[i] != NULL) {
			details_free(status->details[i]);
			free(status->details[i]);
		}
	free(status->details);
}

static void show(const struct request *request, struct status *status)
{
	struct chroots chroots = CHROOTS_EMPTY;
	struct text out = TEXT_EMPTY;

	summarise(&status->views, &status->summary);
	add_details(request, status, &chroots);
	if (options_has(&request->options, OPTION_JSON))
		status_json(status, &out);
	else if (options_has(&request->options, OPTION_OPENMETRICS))
		status_metrics(status, &out);
	else
		print(status, &out);
	fputs(text_string(&out), stdout);
	free_details(status);
	chroots_close(&chroots);
	text_free(&status->summary);
	text_free(&out);
}

enum exit_status verb_status(struct request *request)
{
	struct status found = { .summary = TEXT_EMPTY };
	struct text why = TEXT_EMPTY;
	enum exit_status status = EXIT_DONE;

	if (options_has(&request->options, OPTION_JSON) &&
	    options_has(&request->options, OPTION_OPENMETRICS)) {
		message_error("--json and --openmetrics: choose one");
		return EXIT_BAD_ARGUMENTS;
	}
	if (!request_is_installed())
		return nothing_to_run(request, "not installed",
				      "\"apt-get install postfix\" installs it");
	if (!request_is_configured())
		return nothing_to_run(request, "not configured",
				      "\"dpkg-reconfigure postfix\" makes a main.cf");
	if (!request_discover(request, &status) || !request_select(request, &status))
		return status == EXIT_BAD_ARGUMENTS ? status : EXIT_STATUS_UNKNOWN;
	if (!views_make(request, false, &found.views, &why)) {
		message_error("cannot find out what runs: %s", text_string(&why));
		status = EXIT_STATUS_UNKNOWN;
	} else {
		show(request, &found);
		status = views_status(&found.views);
	}
	views_free(&found.views);
	text_free(&why);
	return status;
}
