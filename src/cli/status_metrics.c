/*
 * status for monitoring, in the text format of OpenMetrics 1.0, which the
 * textfile collector of node_exporter reads as well.
 */
#include "cli/status.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* A label's value: backslash, quote and newline are escaped. */
static void add_label(struct text *out, const char *name, const char *value)
{
	text_printf(out, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			text_add_char(out, '\\');
		if (*value == '\n')
			text_add(out, "\\n");
		else
			text_add_char(out, *value);
	}
	text_add_char(out, '"');
}

static void begin_family(struct text *out, const char *name, const char *unit, const char *help)
{
	text_printf(out, "# TYPE postctl_instance_%s gauge\n", name);
	if (unit != NULL)
		text_printf(out, "# UNIT postctl_instance_%s %s\n", name, unit);
	text_printf(out, "# HELP postctl_instance_%s %s\n", name, help);
}

static int compare_names(const void *a, const void *b)
{
	const struct view *const *first = a;
	const struct view *const *second = b;
	int order = strcmp(instance_label((*first)->instance),
			   instance_label((*second)->instance));

	return order != 0 ? order : (*first > *second) - (*first < *second);
}

/*
 * Make a list of what each instance is called.  One number that is there twice,
 * and a reader takes none of all: where several instances have one name, which
 * Postfix refuses, only the first goes by it.  The caller frees the list.
 */
static const char **unique_labels(const struct views *views)
{
	const char **labels = memory_allocate(views->count, sizeof *labels);
	const struct view **sorted = memory_allocate(views->count, sizeof *sorted);

	for (size_t i = 0; i < views->count; i++)
		sorted[i] = &views->items[i];
	if (views->count > 1)
		qsort(sorted, views->count, sizeof *sorted, compare_names);
	for (size_t i = 0; i < views->count; i++) {
		const struct instance *instance = sorted[i]->instance;
		const char *label = instance_label(instance);
		bool is_second = i > 0 &&
				 strcmp(instance_label(sorted[i - 1]->instance), label) == 0;

		labels[sorted[i] - views->items] = is_second ? instance->directory : label;
	}
	free(sorted);
	return labels;
}

static void add_sample(struct text *out, const char *name, const char *instance,
		       const char *label, const char *value, long long number)
{
	text_printf(out, "postctl_instance_%s{", name);
	add_label(out, "instance", instance);
	if (label != NULL && value != NULL) {
		text_add_char(out, ',');
		add_label(out, label, value);
	}
	text_printf(out, "} %lld\n", number);
}

/*
 * What has one number for each instance; -1 stands for none.
 */
static long long is_up(const struct view *view)
{
	return view->state == VIEW_UNKNOWN ? -1 : view->pid > 0;
}

static long long is_enabled(const struct view *view)
{
	return view_counts(view);
}

static long long start_time(const struct view *view)
{
	return view->pid > 0 ? view->since : -1;
}

static long long processes(const struct view *view)
{
	return view->family.count > 0 ? (long long)view->family.count : -1;
}

static long long memory(const struct view *view)
{
	return view->family.count > 0 ? (long long)family_memory(&view->family) : -1;
}

static long long has_failed(const struct view *view)
{
	return view_has_failed(view) || view->state == VIEW_DEAD;
}

static const struct {
	const char *name, *unit, *help;
	long long (*number)(const struct view *view);
} gauges[] = {
	{ "up", NULL, "Whether its master runs.", is_up },
	{ "enabled", NULL, "Whether it is to run.", is_enabled },
	{ "failed", NULL, "Whether it died, or what was done to it last failed.", has_failed },
	{ "start_time_seconds", "seconds", "When its master began.", start_time },
	{ "processes", NULL, "Its processes.", processes },
	{ "memory_bytes", "bytes", "Their memory; what they share counts once.", memory },
};

static void add_queues(const struct status *status, const char *const *labels, struct text *out)
{
	begin_family(out, "queue_messages", "messages", "Messages in its queues.");
	for (size_t i = 0; i < status->views.count; i++)
		for (size_t queue = 0; queue < QUEUES; queue++)
			if (status->details[i] != NULL && status->details[i]->has_queue)
				add_sample(out, "queue_messages", labels[i],
					   "queue", queue_name(queue),
					   (long long)status->details[i]->queue.messages[queue]);
}

static void add_chroots(const struct status *status, const char *const *labels, struct text *out)
{
	begin_family(out, "chroot_stale", NULL, "Whether its chroot is not what it must be.");
	for (size_t i = 0; i < status->views.count; i++)
		if (status->details[i] != NULL &&
		    status->details[i]->chroot != CHROOT_UNKNOWN)
			add_sample(out, "chroot_stale", labels[i], NULL, NULL,
				   status->details[i]->chroot == CHROOT_STALE);
}

/*
 * Append the status as metrics.
 */
void status_metrics(const struct status *status, struct text *out)
{
	const char **labels = unique_labels(&status->views);

	for (size_t row = 0; row < sizeof gauges / sizeof *gauges; row++) {
		begin_family(out, gauges[row].name, gauges[row].unit, gauges[row].help);
		for (size_t i = 0; i < status->views.count; i++) {
			long long number = gauges[row].number(&status->views.items[i]);

			if (number >= 0)
				add_sample(out, gauges[row].name, labels[i], NULL, NULL, number);
		}
	}
	add_queues(status, labels, out);
	add_chroots(status, labels, out);
	text_add(out, "# EOF\n");
	free(labels);
}
