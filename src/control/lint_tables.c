/*
 * Whether what postmap(1) and postalias(1) make is there, and current.
 */
#include "control/lint.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "postfix/indexed_tables.h"

static bool is_older(const struct stat *index, const struct stat *source)
{
	return index->st_mtim.tv_sec != source->st_mtim.tv_sec
	       ? index->st_mtim.tv_sec < source->st_mtim.tv_sec
	       : index->st_mtim.tv_nsec < source->st_mtim.tv_nsec;
}

/* What makes the index; newaliases(1) only those of the primary. */
static void add_command(const struct instance *instance, const struct indexed_table *table,
			struct text *out)
{
	if (table->is_database && instance->is_primary)
		text_add(out, "newaliases");
	else
		text_printf(out, "%s %s:%s", table->is_aliases ? "postalias" : "postmap",
			    table->type, table->path);
}

static void lint_table(const struct instance *instance, const struct indexed_table *table,
		       struct findings *findings)
{
	struct text advice = TEXT_EMPTY;
	struct stat source, index;
	bool has_source = stat(table->path, &source) == 0;
	bool has_index = stat(table->index, &index) == 0;
	int error = errno;

	if (!has_source && !has_index)
		text_printf(&advice, "make %s, and then ", table->path);
	add_command(instance, table, &advice);
	if (!has_index && (error == ENOENT || error == ENOTDIR)) {
		if (table->is_read)
			findings_add(findings, true, text_string(&advice), "%s: there is no %s: "
				     "who looks something up in %s:%s gets a temporary error",
				     table->parameter, table->index, table->type, table->path);
		else
			findings_add(findings, false, text_string(&advice), "%s: there is no %s",
				     table->parameter, table->index);
	} else if (has_index && has_source && is_older(&index, &source)) {
		findings_add(findings, false, text_string(&advice), "%s: %s is older than %s: "
			     "what was changed there has no effect yet", table->parameter,
			     table->index, table->path);
	}
	text_free(&advice);
}

/*
 * Add which tables of the instance are missing or out of date.
 */
void lint_tables(const struct instance *instance, const struct configuration *configuration,
		 const struct active_services *active, struct findings *findings)
{
	struct indexed_tables tables;

	indexed_tables_find(configuration, active, &tables);
	for (size_t i = 0; i < tables.count; i++)
		lint_table(instance, &tables.items[i], findings);
	indexed_tables_free(&tables);
}
