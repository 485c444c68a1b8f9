/*
 * status: do the instances run?
 */
#include <stdio.h>
#include <time.h>

#include "cli/json.h"
#include "cli/message.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "cli/view.h"

/*
 * The clients of an init script take one line for more than it says, and no
 * line for "running": whatever happens, two lines are printed.
 */
static enum exit_status nothing_to_run(const struct request *request, const char *what,
				       const char *next)
{
	if (options_has(&request->options, OPTION_JSON))
		printf("{\"version\":1,\"summary\":\"postfix: %s\",\"instances\":[]}\n", what);
	else
		printf("postfix: %s\n%s\n", what, next);
	return EXIT_STATUS_STOPPED;
}

static void format_time(time_t when, char *buffer, size_t size)
{
	struct tm local;

	if (when == 0 || localtime_r(&when, &local) == NULL ||
	    strftime(buffer, size, "%Y-%m-%d %H:%M:%S", &local) == 0)
		*buffer = '\0';
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

static void print_table(const struct views *views, struct text *out)
{
	static const char *const titles[] = {
		"INSTANCE", "STATE", "PROCESS", "SINCE", "ENABLED", "CONFIGURATION",
	};
	struct table table;

	table_begin(&table, sizeof titles / sizeof *titles, titles);
	for (size_t i = 0; i < views->count; i++) {
		const struct view *view = &views->items[i];
		const struct instance *instance = view->instance;
		char pid[24] = "";
		char since[32];

		if (view->pid > 0)
			snprintf(pid, sizeof pid, "%ld", (long)view->pid);
		format_time(view->since, since, sizeof since);
		table_row(&table, (const char *const[]){
			instance_label(instance), view_state_name(view->state), pid, since,
			instance->is_enabled ? "yes" : instance->damage != NULL ? "?" : "no",
			instance->directory,
		}, text_string(&view->note));
	}
	table_print(&table, out);
	table_free(&table);
}

static void print_json(const struct views *views, const char *summary, struct text *out)
{
	struct json json = { out, false };

	json_begin_object(&json, NULL);
	json_number(&json, "version", 1);
	json_string(&json, "summary", summary);
	json_begin_array(&json, "instances");
	for (size_t i = 0; i < views->count; i++) {
		const struct view *view = &views->items[i];

		json_begin_object(&json, NULL);
		json_string(&json, "instance", instance_label(view->instance));
		json_string(&json, "state", view_state_name(view->state));
		json_bool(&json, "enabled", view->instance->is_enabled);
		json_bool(&json, "damaged", view->instance->damage != NULL);
		if (view->pid > 0) {
			json_number(&json, "process", view->pid);
			json_number(&json, "since", view->since);
		} else {
			json_null(&json, "process");
			json_null(&json, "since");
		}
		json_string(&json, "config_directory", view->instance->directory);
		json_string(&json, "note", text_string(&view->note));
		json_end_object(&json);
	}
	json_end_array(&json);
	json_end_object(&json);
	text_add_char(out, '\n');
}

enum exit_status verb_status(struct request *request)
{
	struct views views;
	struct text summary = TEXT_EMPTY;
	struct text out = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	enum exit_status status = EXIT_DONE;

	if (!request_is_installed())
		return nothing_to_run(request, "not installed",
				      "\"apt-get install postfix\" installs it");
	if (!request_is_configured())
		return nothing_to_run(request, "not configured",
				      "\"dpkg-reconfigure postfix\" makes a main.cf");
	if (!request_discover(request, &status) || !request_select(request, &status))
		return status == EXIT_BAD_ARGUMENTS ? status : EXIT_STATUS_UNKNOWN;
	if (!views_make(request, false, &views, &why)) {
		message_error("cannot find out what runs: %s", text_string(&why));
		status = EXIT_STATUS_UNKNOWN;
	} else {
		summarise(&views, &summary);
		if (options_has(&request->options, OPTION_JSON))
			print_json(&views, text_string(&summary), &out);
		else {
			text_printf(&out, "%s\n", text_string(&summary));
			print_table(&views, &out);
		}
		fputs(text_string(&out), stdout);
		status = views_status(&views);
	}
	views_free(&views);
	text_free(&summary);
	text_free(&out);
	text_free(&why);
	return status;
}
