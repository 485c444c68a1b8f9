/*
 * The tables of an instance that postmap(1) and postalias(1) make: those that
 * main.cf, or an option of a service in master.cf, names; and /etc/aliases,
 * which local(8) reads without being told.
 */
#include "postfix/indexed_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "postfix/known_parameters.h"
#include "postfix/parameter_kinds.h"
#include "postfix/table_names.h"

/* What a type adds to the name of the source. */
static const struct {
	const char *type;
	const char *suffix;
} types[] = {
	{ "hash", ".db" }, { "btree", ".db" }, { "lmdb", ".lmdb" }, { "cdb", ".cdb" },
	{ "dbm", ".dir" }, { "sdbm", ".dir" },
};

struct search {
	const struct configuration *configuration;
	struct indexed_tables *tables;
	const char *parameter;
};

/* Since Postfix 3.11 tables of these types may stand for some of another, made when needed. */
static bool is_replaced(const struct configuration *configuration, const char *type)
{
	static const char parameter[] = "non_bdb_migration_level";
	struct text level = TEXT_EMPTY;
	bool replaced = (strcmp(type, "hash") == 0 || strcmp(type, "btree") == 0) &&
			configuration_get(configuration, parameter, &level, NULL) &&
			strcmp(text_string(&level), "disable") != 0;

	text_free(&level);
	return replaced;
}

/* Daemons make these themselves, and from no source. */
static bool is_cache(const char *parameter)
{
	return strstr(parameter, "_cache_") != NULL || strcmp(parameter, "address_verify_map") == 0;
}

static void add_table(void *context, const char *type, const char *name)
{
	struct search *search = context;
	struct indexed_tables *tables = search->tables;
	bool only_written = strcmp(search->parameter, "alias_database") == 0;
	struct text index = TEXT_EMPTY;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (*name == '/' && strcmp(types[i].type, type) == 0 &&
		    !is_replaced(search->configuration, type))
			text_printf(&index, "%s%s", name, types[i].suffix);
	for (size_t i = 0; i < tables->count && index.length > 0; i++) {
		struct indexed_table *table = &tables->items[i];

		if (strcmp(table->index, index.data) == 0 && strcmp(table->type, type) == 0) {
			if (!table->is_read && !only_written) {
				free(table->parameter);
				table->parameter = memory_copy(search->parameter);
				table->is_read = true;
			}
			table->is_database |= only_written;
			text_clear(&index);
		}
	}
	if (index.length > 0) {
		tables->items = memory_grow(tables->items, tables->count, &tables->capacity,
					    sizeof *tables->items);
		tables->items[tables->count++] = (struct indexed_table){
			memory_copy(type), memory_copy(name), memory_copy(index.data),
			memory_copy(search->parameter),
			only_written || strcmp(search->parameter, "alias_maps") == 0,
			!only_written, only_written,
		};
	}
	text_free(&index);
}

/* Add what a value names; one that cannot be expanded Postfix complains of. */
static void search_value(const struct configuration *configuration, const struct service *service,
			 const char *parameter, const char *value, struct indexed_tables *tables)
{
	struct search search = { configuration, tables, parameter };
	struct text expanded = TEXT_EMPTY;

	if (strpbrk(value, ":$") != NULL && !is_cache(parameter) &&
	    !parameter_is_raw(parameter, strlen(parameter)) &&
	    configuration_expand(configuration, service, value, &expanded, NULL)) {
		char *words = text_take(&expanded);

		table_names_visit(words, add_table, &search);
		free(words);
	}
	text_free(&expanded);
}

/* Those of one parameter, as main.cf sets it. */
static void search_setting(const struct configuration *configuration, const char *name,
			   struct indexed_tables *tables)
{
	const struct main_cf_entry *entry = configuration_entry(configuration, name, strlen(name));

	if (entry != NULL)
		search_value(configuration, NULL, name, entry->value, tables);
}

static void search_options(const struct configuration *configuration,
			   const struct service *service, struct indexed_tables *tables)
{
	size_t position = 0;
	size_t length;
	const char *name;
	const char *value;

	while (service_next_option(service, &position, &name, &length, &value)) {
		char *copy = memory_copy_n(name, length);

		search_value(configuration, service, copy, value, tables);
		free(copy);
	}
}

/* The default of alias_maps, where somebody reads it. */
static void search_default_aliases(const struct configuration *configuration,
				   const struct active_services *active,
				   struct indexed_tables *tables)
{
	static const char name[] = "alias_maps";
	const char *value = defaults_find(configuration->defaults, name, strlen(name));

	if (value == NULL || configuration_entry(configuration, name, strlen(name)) != NULL)
		return;
	for (size_t i = 0; i < active->count; i++)
		if (strcmp(active->all[i]->column[SERVICE_COMMAND], "local") == 0) {
			search_value(configuration, NULL, name, value, tables);
			return;
		}
}

/*
 * Find the tables, each once.  Caches that daemons keep are none.  The caller
 * calls indexed_tables_free().
 */
void indexed_tables_find(const struct configuration *configuration,
			 const struct active_services *active, struct indexed_tables *tables)
{
	struct words names = WORDS_EMPTY;

	*tables = INDEXED_TABLES_EMPTY;
	/* First, so that a table in these is known as one of aliases. */
	search_setting(configuration, "alias_maps", tables);
	search_default_aliases(configuration, active, tables);
	search_setting(configuration, "alias_database", tables);
	known_parameter_names(configuration, true, &names);
	for (size_t i = 0; i < names.count; i++)
		search_setting(configuration, names.items[i], tables);
	for (size_t i = 0; i < active->count; i++)
		search_options(configuration, active->all[i], tables);
	words_free(&names);
}

void indexed_tables_free(struct indexed_tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		free(tables->items[i].type);
		free(tables->items[i].path);
		free(tables->items[i].index);
		free(tables->items[i].parameter);
	}
	free(tables->items);
	*tables = INDEXED_TABLES_EMPTY;
}
