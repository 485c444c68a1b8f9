/*
 * status for programs.  The fields are described in postctl(8); their version
 * changes when one of them goes or means something else.
 */
#include "cli/status.h"

#include "cli/json.h"
#include "state/mail_log_tail.h"

static void add_last(struct json *json, const struct view *view)
{
	if (!view->has_last) {
		json_null(json, "last");
		return;
	}
	json_begin_object(json, "last");
	json_string(json, "verb", text_string(&view->last.verb));
	json_number(json, "ended", view->last.ended);
	json_number(json, "took_ms", view->last.took_ms);
	json_bool(json, "failed", view->last.failed);
	json_string(json, "said", text_string(&view->last.said));
	json_end_object(json);
}

static void add_queues(struct json *json, const struct details *details)
{
	if (!details->has_queue) {
		json_null(json, "queues");
		return;
	}
	json_begin_object(json, "queues");
	for (size_t i = 0; i < QUEUES; i++)
		json_number(json, queue_name(i), (long long)details->queue.messages[i]);
	json_end_object(json);
}

static void add_services(struct json *json, const struct details *details)
{
	json_begin_array(json, "services");
	for (size_t i = 0; i < details->services.count; i++) {
		const struct service *service = details->services.all[i];

		json_begin_object(json, NULL);
		json_string(json, "name", service->column[SERVICE_NAME]);
		json_string(json, "type", service->column[SERVICE_TYPE]);
		json_string(json, "command", service->column[SERVICE_COMMAND]);
		json_bool(json, "chroot", active_services_chroots(&details->services, service));
		json_end_object(json);
	}
	json_end_array(json);
}

static void add_log(struct json *json, const struct instance *instance)
{
	struct words lines = WORDS_EMPTY;

	mail_log_tail(instance->maillog_file, instance->syslog_name, STATUS_LOG_LINES, &lines);
	json_begin_array(json, "log");
	for (size_t i = 0; i < lines.count; i++)
		json_string(json, NULL, lines.items[i]);
	json_end_array(json);
	words_free(&lines);
}

static void add_details(struct json *json, const struct view *view,
			const struct details *details)
{
	add_queues(json, details);
	json_string(json, "chroot", chroot_state_name(details->chroot));
	json_string(json, "chroot_reason", text_string(&details->chroot_reason));
	add_services(json, details);
	json_begin_array(json, "process_tree");
	for (size_t i = 0; i < view->family.count; i++) {
		const struct family_member *member = &view->family.items[i];
		struct text command = TEXT_EMPTY;

		status_command(member->pid, &command);
		json_begin_object(json, NULL);
		json_number(json, "process", member->pid);
		json_number(json, "depth", member->depth);
		json_string(json, "command", text_string(&command));
		json_end_object(json);
		text_free(&command);
	}
	json_end_array(json);
	add_log(json, view->instance);
}

static void add_view(struct json *json, const struct view *view, const struct details *details)
{
	json_begin_object(json, NULL);
	json_string(json, "instance", instance_label(view->instance));
	json_string(json, "state", view_state_name(view->state));
	json_bool(json, "enabled", view->instance->is_enabled);
	json_bool(json, "damaged", view->instance->damage != NULL);
	if (view->pid > 0) {
		json_number(json, "process", view->pid);
		json_number(json, "since", view->since);
	} else {
		json_null(json, "process");
		json_null(json, "since");
	}
	if (view->family.count > 0) {
		json_number(json, "processes", (long long)view->family.count);
		json_number(json, "memory", (long long)family_memory(&view->family));
	} else {
		json_null(json, "processes");
		json_null(json, "memory");
	}
	json_string(json, "config_directory", view->instance->directory);
	json_string(json, "note", text_string(&view->note));
	add_last(json, view);
	if (details != NULL)
		add_details(json, view, details);
	json_end_object(json);
}

/*
 * Append the status in JSON, with a newline.
 */
void status_json(const struct status *status, struct text *out)
{
	struct json json = { out, false };

	json_begin_object(&json, NULL);
	json_number(&json, "version", 1);
	json_string(&json, "summary", text_string(&status->summary));
	json_begin_array(&json, "instances");
	for (size_t i = 0; i < status->views.count; i++)
		add_view(&json, &status->views.items[i], status->details[i]);
	json_end_array(&json);
	json_end_object(&json);
	text_add_char(out, '\n');
}
