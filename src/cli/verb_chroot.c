/*
 * chroot: what the chroot of an instance must hold, and why; and what else is
 * there.
 */
#include <stdio.h>

#include "cli/json.h"
#include "cli/message.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "control/chroots.h"
#include "control/prepare.h"

static void print_table(const struct plan *plan, const struct words *foreign)
{
	static const char *const titles[] = { "ENTRY", "FROM", "BECAUSE" };
	struct text out = TEXT_EMPTY;
	struct table table;

	table_begin(&table, sizeof titles / sizeof *titles, titles);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		table_row(&table, (const char *const[]){
			entry->path, entry->source != NULL ? entry->source->path : "",
			entry->reason,
		}, NULL);
	}
	for (size_t i = 0; i < foreign->count; i++)
		table_row(&table, (const char *const[]){
			foreign->items[i], "", "foreign: not planned and not postctl's; stays",
		}, NULL);
	table_print(&table, &out);
	fputs(text_string(&out), stdout);
	table_free(&table);
	text_free(&out);
}

static void print_json(struct json *json, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		json_begin_object(json, NULL);
		json_string(json, "path", entry->path);
		json_string(json, "kind", plan_kind_name(entry->kind));
		if (entry->source != NULL)
			json_string(json, "source", entry->source->path);
		else
			json_null(json, "source");
		json_string(json, "reason", entry->reason);
		json_end_object(json);
	}
}

static bool show(const struct request *request, const struct instance *instance,
		 struct chroots *chroots, struct json *json)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct plan plan = PLAN_EMPTY;
	struct words foreign = WORDS_EMPTY;
	struct text problem = TEXT_EMPTY, why = TEXT_EMPTY;
	bool ok = prepare_read(instance, &request->defaults, &configuration, &why) &&
		  chroots_plan(chroots, &configuration, &plan, &why);

	if (ok)
		chroots_find_foreign(chroots, instance, &plan, &foreign, &problem);
	json_begin_object(json, NULL);
	json_string(json, "instance", instance_label(instance));
	json_string(json, "queue_directory", instance->queue_directory);
	json_begin_array(json, "entries");
	if (!ok)
		message_instance(instance_label(instance), "%s", text_string(&why));
	else if (options_has(&request->options, OPTION_JSON))
		print_json(json, &plan);
	else {
		message_result(instance_label(instance), "%s", plan.count > 0
			       ? instance->queue_directory
			       : chroots->is_open && !chroots->settings.sync_chroot
			       ? "SYNC_CHROOT is empty in " SETTINGS_PATH
			       : "no service is chrooted");
		if (plan.count + foreign.count > 0)
			print_table(&plan, &foreign);
	}
	for (size_t i = 0; i < plan.notes.count; i++)
		message_instance(instance_label(instance), "%s", plan.notes.items[i]);
	if (problem.length > 0)
		message_instance(instance_label(instance), "%s", text_string(&problem));
	if (ok && chroots_plan_is_short(&plan, &why)) {
		message_instance(instance_label(instance), "%s", text_string(&why));
		ok = false;
	}
	json_end_array(json);
	json_begin_array(json, "foreign");
	for (size_t i = 0; i < foreign.count; i++)
		json_string(json, NULL, foreign.items[i]);
	json_end_array(json);
	json_end_object(json);
	plan_free(&plan);
	configuration_free(&configuration);
	words_free(&foreign);
	text_free(&problem);
	text_free(&why);
	return ok;
}

enum exit_status verb_chroot(struct request *request)
{
	struct chroots chroots = CHROOTS_EMPTY;
	struct text json_text = TEXT_EMPTY;
	struct json json = { &json_text, false };
	enum exit_status status = EXIT_DONE;

	if (!request_discover(request, &status) || !request_select(request, &status))
		return status;
	json_begin_object(&json, NULL);
	json_number(&json, "version", 1);
	json_begin_array(&json, "instances");
	for (size_t i = 0; i < request->instances.count; i++)
		if (request->selected[i] != SELECTED_NOT &&
		    !show(request, &request->instances.items[i], &chroots, &json))
			status = EXIT_FAILED;
	json_end_array(&json);
	json_end_object(&json);
	if (options_has(&request->options, OPTION_JSON))
		puts(text_string(&json_text));
	chroots_close(&chroots);
	text_free(&json_text);
	return status;
}
