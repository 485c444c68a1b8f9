/*
 * Entries find their way into a plan: each path once, each directory before
 * what is in it.
 */
#include "chroot/planner.h"

#include <stdarg.h>
#include <string.h>

#include "base/memory.h"

/*
 * Return a string that lives as long as the plan.
 */
const char *planner_text(struct planner *planner, const char *format, ...)
{
	struct text text = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&text, format, arguments);
	va_end(arguments);
	words_add(&planner->plan->texts, text_string(&text));
	text_free(&text);
	return planner->plan->texts.items[planner->plan->texts.count - 1];
}

/*
 * Note a sentence about what the plan does without, once.
 */
void planner_note(struct planner *planner, const char *format, ...)
{
	struct text text = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&text, format, arguments);
	va_end(arguments);
	if (!words_contain(&planner->plan->notes, text_string(&text)))
		words_add(&planner->plan->notes, text_string(&text));
	text_free(&text);
}

static struct plan_entry *append(struct planner *planner, const struct plan_entry *entry)
{
	struct plan *plan = planner->plan;

	plan->entries = memory_grow(plan->entries, plan->count, &plan->capacity,
				    sizeof *plan->entries);
	plan->entries[plan->count] = *entry;
	return &plan->entries[plan->count++];
}

/*
 * Add the directory that the first length bytes of path name, those above it
 * first.
 */
static void add_directory(struct planner *planner, const char *path, size_t length,
			  const char *reason)
{
	struct plan_entry entry = { .reason = reason, .kind = PLAN_DIRECTORY };
	size_t parent = length;

	if (length == 0 || !path_index_add(&planner->directories, path, length,
					   path_index_hash(path, length), 0))
		return;
	while (parent > 0 && path[parent - 1] != '/')
		parent--;
	if (parent > 0)
		add_directory(planner, path, parent - 1, reason);
	entry.path = path[length] == '\0' ? path
					  : planner_text(planner, "%.*s", (int)length, path);
	entry.directory_length = parent > 0 ? parent - 1 : 0;
	plan_attributes(NULL, PLAN_DIRECTORY, &entry.mode, &entry.owner, &entry.group);
	append(planner, &entry);
}

static void add(struct planner *planner, const struct plan_entry *entry, const char *reason)
{
	if (entry->reason != NULL)
		reason = entry->reason;
	if (entry->kind == PLAN_DIRECTORY) {
		add_directory(planner, entry->path, strlen(entry->path), reason);
		return;
	}
	if (!path_index_add(&planner->paths, entry->path, strlen(entry->path), entry->hash,
			    planner->plan->count))
		return;
	add_directory(planner, entry->path, entry->directory_length, reason);
	append(planner, entry)->reason = reason;
}

/*
 * Add an entry, unless its path is there already: who comes first says what
 * it holds.  path, source and reason are kept as long as the plan.
 */
void planner_add(struct planner *planner, const char *path, const struct source *source,
		 enum plan_kind kind, const char *reason)
{
	const char *slash = strrchr(path, '/');
	struct plan_entry entry = { .path = path, .source = source, .kind = kind };

	entry.directory_length = slash != NULL ? (size_t)(slash - path) : 0;
	entry.hash = path_index_hash(path, strlen(path));
	plan_attributes(source, kind, &entry.mode, &entry.owner, &entry.group);
	add(planner, &entry, reason);
}

/*
 * Add a copy of the host's file path, at the same place in the chroot, if
 * there is such a file.  Return what was found.  reason is kept as long as
 * the plan.
 */
enum source_found planner_add_file(struct planner *planner, const char *path,
				   enum plan_kind kind, const char *reason)
{
	enum source_found found;
	const struct source *source = plan_cache_source(planner->cache, path, kind, &found);

	if (found == SOURCE_FILE)
		planner_add(planner, source->path + 1, source, kind, reason);
	return found;
}

static bool lies_inside(const struct planner *planner, const struct plan_entry *entry)
{
	const struct text *queue = &planner->queue_directory;

	if (entry->source != NULL)
		return planner_is_inside(planner, entry->source->path);
	return strncmp(entry->path, queue->data + 1, queue->length - 1) == 0 &&
	       (entry->path[queue->length - 1] == '/' ||
		entry->path[queue->length - 1] == '\0');
}

/*
 * Add what an expansion holds, except what lies in this chroot itself.
 */
void planner_add_all(struct planner *planner, const struct expansion *expansion,
		     const char *reason)
{
	path_index_reserve(&planner->paths, expansion->count);
	for (size_t i = 0; i < expansion->count; i++) {
		const struct plan_entry *entry = &expansion->entries[i];

		if (!expansion->anywhere || !lies_inside(planner, entry))
			add(planner, entry, reason);
	}
	for (size_t i = 0; i < expansion->notes.count; i++)
		planner_note(planner, "%s", expansion->notes.items[i]);
}

/*
 * Say whether an absolute path lies in the queue directory.
 */
bool planner_is_inside(const struct planner *planner, const char *path)
{
	size_t length = planner->queue_directory.length;

	return strncmp(path, text_string(&planner->queue_directory), length) == 0 &&
	       (path[length] == '/' || path[length] == '\0');
}

/*
 * Append a path in the one form in which it can be compared; one that is not
 * absolute is taken as below /.  Return false if it names / itself, or climbs
 * with "..", which nobody can say where it leads in a chroot.
 */
bool planner_normalize(const char *path, struct text *normal)
{
	struct words parts = WORDS_EMPTY;
	bool climbs;

	words_split(&parts, path, "/");
	climbs = words_contain(&parts, "..");
	for (size_t i = 0; i < parts.count; i++)
		if (strcmp(parts.items[i], ".") != 0)
			text_printf(normal, "/%s", parts.items[i]);
	words_free(&parts);
	return !climbs && normal->length > 0;
}
