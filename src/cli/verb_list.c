/*
 * list: the instances of this host, as configured.
 */
#include <stdio.h>

#include "cli/json.h"
#include "cli/table.h"
#include "cli/verbs.h"

static void print_table(const struct request *request, struct text *out)
{
	static const char *const titles[] = {
		"INSTANCE", "GROUP", "ENABLED", "CONFIGURATION", "QUEUE", "DATA",
	};
	struct table table;

	table_begin(&table, sizeof titles / sizeof *titles, titles);
	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];

		if (request->selected[i] == SELECTED_NOT)
			continue;
		table_row(&table, (const char *const[]){
			instance_label(instance), instance->group,
			instance->is_enabled ? "yes" : instance->damage != NULL ? "?" : "no",
			instance->directory, instance->queue_directory,
			instance->data_directory,
		}, instance->damage);
	}
	table_print(&table, out);
	table_free(&table);
}

static void print_json(const struct request *request, struct text *out)
{
	struct json json = { out, false };

	json_begin_object(&json, NULL);
	json_number(&json, "version", 1);
	json_begin_array(&json, "instances");
	for (size_t i = 0; i < request->instances.count; i++) {
		const struct instance *instance = &request->instances.items[i];

		if (request->selected[i] == SELECTED_NOT)
			continue;
		json_begin_object(&json, NULL);
		json_string(&json, "instance", instance_label(instance));
		json_string(&json, "name", instance->name);
		json_string(&json, "group", instance->group);
		json_bool(&json, "primary", instance->is_primary);
		json_bool(&json, "enabled", instance->is_enabled);
		json_string(&json, "config_directory", instance->directory);
		json_string(&json, "queue_directory", instance->queue_directory);
		json_string(&json, "data_directory", instance->data_directory);
		if (instance->damage != NULL)
			json_string(&json, "damage", instance->damage);
		else
			json_null(&json, "damage");
		json_end_object(&json);
	}
	json_end_array(&json);
	json_end_object(&json);
	text_add_char(out, '\n');
}

enum exit_status verb_list(struct request *request)
{
	struct text out = TEXT_EMPTY;
	enum exit_status status = EXIT_DONE;

	if (!request_discover(request, &status) || !request_select(request, &status))
		return status;
	if (options_has(&request->options, OPTION_JSON))
		print_json(request, &out);
	else
		print_table(request, &out);
	fputs(text_string(&out), stdout);
	text_free(&out);
	return EXIT_DONE;
}
