/*
 * status of one instance that was asked for by its name.
 */
#include "cli/status.h"

#include <string.h>

#include "process/identity.h"
#include "state/mail_log_tail.h"

static void __attribute__((format(printf, 3, 4)))
line(struct text *out, const char *label, const char *format, ...)
{
	struct text value = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&value, format, arguments);
	va_end(arguments);
	text_printf(out, "%14s%s ", label, *label != '\0' ? ":" : " ");
	text_add_printable(out, text_string(&value));
	text_add_char(out, '\n');
	text_free(&value);
}

/* Append a time span, by its two largest units. */
static void add_span(time_t seconds, struct text *out)
{
	long long s = seconds > 0 ? seconds : 0;

	if (s >= 86400)
		text_printf(out, "%lld d %lld h", s / 86400, s % 86400 / 3600);
	else if (s >= 3600)
		text_printf(out, "%lld h %lld min", s / 3600, s % 3600 / 60);
	else if (s >= 60)
		text_printf(out, "%lld min %lld s", s / 60, s % 60);
	else
		text_printf(out, "%lld s", s);
}

static void print_state(const struct view *view, struct text *out)
{
	struct text since = TEXT_EMPTY;

	if (view->pid > 0) {
		text_add(&since, ", since ");
		view_format_time(view->since, &since);
		text_add(&since, " (");
		add_span(time(NULL) - view->since, &since);
		text_add_char(&since, ')');
	}
	line(out, "State", "%s%s", view_state_name(view->state), text_string(&since));
	text_free(&since);
}

static void print_lines(const char *label, const char *text, struct text *out)
{
	struct words lines = WORDS_EMPTY;

	words_split(&lines, text, "\n");
	for (size_t i = 0; i < lines.count; i++)
		line(out, i == 0 ? label : "", "%s", lines.items[i]);
	words_free(&lines);
}

static void print_last(const struct view *view, struct text *out)
{
	struct text when = TEXT_EMPTY;

	if (!view->has_last)
		return;
	view_format_time(view->last.ended, &when);
	line(out, "Last", "%s, %s at %s after %.1f s", text_string(&view->last.verb),
	     view->last.failed ? "failed" : "done", text_string(&when),
	     (double)view->last.took_ms / 1000);
	text_free(&when);
}

static void print_queue(const struct instance *instance, const struct details *details,
			struct text *out)
{
	struct text counts = TEXT_EMPTY;

	for (size_t i = 0; details->has_queue && i < QUEUES; i++)
		text_printf(&counts, "%s%zu %s", i > 0 ? ", " : "",
			    details->queue.messages[i], queue_name(i));
	if (details->has_queue)
		line(out, "Queue", "%s in %s", text_string(&counts), instance->queue_directory);
	else if (details->queue_problem.length > 0)
		line(out, "Queue", "%s", text_string(&details->queue_problem));
	text_free(&counts);
}

static void print_chroot(const struct details *details, struct text *out)
{
	line(out, "Chroot", "%s%s%s", chroot_state_name(details->chroot),
	     details->chroot_reason.length > 0 ? ": " : "",
	     text_string(&details->chroot_reason));
}

/* The services that clients on the network reach. */
static void print_listeners(const struct details *details, struct text *out)
{
	const char *label = "Listens";

	for (size_t i = 0; i < details->services.count; i++) {
		const struct service *service = details->services.all[i];

		if (strcmp(service->column[SERVICE_TYPE], "inet") != 0)
			continue;
		line(out, label, "%s: %s%s", service->column[SERVICE_NAME],
		     service->column[SERVICE_COMMAND],
		     active_services_chroots(&details->services, service) ? ", chrooted" : "");
		label = "";
	}
}

/*
 * Append the command line of a process, or its name if it has none.
 */
void status_command(pid_t pid, struct text *out)
{
	struct identity identity;
	size_t start = out->length;

	identity_file(pid, "cmdline", out);
	while (out->length > start && out->data[out->length - 1] == '\0')
		text_truncate(out, out->length - 1);
	for (size_t i = start; i < out->length; i++)
		if (out->data[i] == '\0')
			out->data[i] = ' ';
	if (out->length == start && identity_read(pid, &identity))
		text_printf(out, "[%s]", identity.name);
}

static void print_processes(const struct view *view, struct text *out)
{
	if (view->family.count == 0)
		return;
	line(out, "Processes", "%zu, with %.1f MB of memory", view->family.count,
	     (double)family_memory(&view->family) / 1e6);
	for (size_t i = 0; i < view->family.count; i++) {
		const struct family_member *member = &view->family.items[i];
		struct text command = TEXT_EMPTY;

		status_command(member->pid, &command);
		line(out, "", "%ld %*s%s", (long)member->pid, (int)(2 * member->depth), "",
		     text_string(&command));
		text_free(&command);
	}
}

static void print_log(const struct instance *instance, struct text *out)
{
	struct words lines = WORDS_EMPTY;

	mail_log_tail(instance->maillog_file, instance->syslog_name, STATUS_LOG_LINES, &lines);
	for (size_t i = 0; i < lines.count; i++)
		line(out, i == 0 ? "Log" : "", "%s", lines.items[i]);
	words_free(&lines);
}

/*
 * Append all that is known of an instance.
 */
void status_print_details(const struct view *view, const struct details *details,
			  struct text *out)
{
	const struct instance *instance = view->instance;

	text_add_printable(out, instance_label(instance));
	text_add_char(out, '\n');
	print_state(view, out);
	print_lines("Note", text_string(&view->note), out);
	line(out, "Configuration", "%s, %s%s%s", instance->directory,
	     instance->damage != NULL ? "damaged" : instance->is_enabled ? "enabled" : "disabled",
	     *instance->group != '\0' ? ", group " : "", instance->group);
	print_last(view, out);
	print_queue(instance, details, out);
	print_chroot(details, out);
	print_listeners(details, out);
	print_processes(view, out);
	print_log(instance, out);
}
