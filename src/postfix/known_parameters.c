/*
 * Which names postconf(1) takes for parameters: built-in ones, those of
 * services, and what main.cf sets itself and something uses
 * (postconf_user.c).
 */
#include "postfix/known_parameters.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postfix/expand.h"
#include "postfix/parameter_kinds.h"
#include "postfix/service_parameters.h"
#include "postfix/table_parameters.h"

/* Parameters that Postfix computes. */
static const char *const computed[] = {
	"mydomain", "myhostname", "mynetworks", "process_id", "process_name", "service_name",
};

enum { COMPUTED = sizeof computed / sizeof *computed };

static bool is_computed(const char *name)
{
	for (size_t i = 0; i < COMPUTED; i++)
		if (strcmp(name, computed[i]) == 0)
			return true;
	return false;
}

/* A parameter that exists whether or not main.cf mentions it. */
static bool is_given(const struct configuration *configuration, const char *name)
{
	return is_computed(name) ||
	       defaults_find(configuration->defaults, name, strlen(name)) != NULL ||
	       service_parameter_default(&configuration->master, name, strlen(name)) != NULL;
}

/*
 * Whose settings are being searched, main.cf's or a service's, and which
 * entries of main.cf were found to be used.
 */
struct search {
	const struct configuration *configuration;
	const struct service *service;
	bool *used;
};

static bool same_service(const struct service *a, const struct service *b)
{
	return strcmp(a->column[SERVICE_NAME], b->column[SERVICE_NAME]) == 0 &&
	       strcmp(a->column[SERVICE_TYPE], b->column[SERVICE_TYPE]) == 0;
}

/*
 * Return what the -o options of a service set a parameter to, or NULL.  To
 * postconf(1), entries with one name and type are one service, and the last
 * setting counts.
 */
static const char *find_option(const struct search *search, const char *name, size_t length)
{
	const struct master_cf *master = &search->configuration->master;
	const char *found = NULL;

	for (size_t i = 0; i < master->count; i++) {
		const struct service *service = &master->services[i];
		size_t position = 0;
		size_t other_length;
		const char *other;
		const char *value;

		if (!same_service(service, search->service))
			continue;
		while (service_next_shown_option(service, &position, &other, &other_length,
						 &value))
			if (other_length == length && strncmp(other, name, length) == 0)
				found = value;
	}
	return found;
}

static const char *find_setting(const struct search *search, const char *name, size_t length)
{
	const struct main_cf_entry *entry;

	if (search->service != NULL)
		return find_option(search, name, length);
	entry = configuration_entry(search->configuration, name, length);
	return entry != NULL ? entry->value : NULL;
}

/* Note that a name is used; a service means its own setting first. */
static void note(void *context, const char *name, size_t length)
{
	struct search *search = context;
	const struct configuration *configuration = search->configuration;
	const struct main_cf_entry *entry = configuration_entry(configuration, name, length);

	if (entry != NULL &&
	    (search->service == NULL || find_option(search, name, length) == NULL))
		search->used[entry - configuration->main.entries] = true;
}

static bool note_and_leave(void *context, const char *name, size_t length,
			   struct expand_value *found, struct text *why)
{
	(void)why;
	note(context, name, length);
	found->value = NULL;
	return true;
}

static bool look_up_setting(void *context, const char *name, size_t length,
			    struct expand_value *found, struct text *why)
{
	(void)why;
	found->value = find_setting(context, name, length);
	return true;
}

/* The names of restriction classes are parameters. */
static void search_classes(struct search *search)
{
	static const char name[] = "smtpd_restriction_classes";
	const char *value = find_setting(search, name, strlen(name));
	struct expand_names names = {
		look_up_setting, search, configuration_since_3_11(search->configuration),
	};
	struct text classes = TEXT_EMPTY;
	struct words words = WORDS_EMPTY;

	if (value != NULL && expand(value, &names, &classes, NULL))
		words_split(&words, text_string(&classes), ", \t\r\n");
	for (size_t i = 0; i < words.count; i++)
		note(search, words.items[i], strlen(words.items[i]));
	words_free(&words);
	text_free(&classes);
}

static void search_setting(struct search *search, const char *name, const char *value)
{
	struct expand_names names = {
		note_and_leave, search, configuration_since_3_11(search->configuration),
	};
	struct text expanded = TEXT_EMPTY;
	char *words;

	if (parameter_is_raw(name, strlen(name)) ||
	    configuration_is_read_only(search->configuration, name, strlen(name)))
		return;
	expand_scan(value, &names);
	/* A setting has a value.  NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
	if (!is_given(search->configuration, name) || strpbrk(value, ":$") == NULL)
		return;
	if (configuration_expand(search->configuration, search->service, value, &expanded, NULL)) {
		words = text_take(&expanded);
		table_parameters_visit(words, note, search);
		free(words);
	}
	text_free(&expanded);
}

static void search_options(struct search *search)
{
	size_t position = 0;
	size_t length;
	const char *name;
	const char *value;

	while (service_next_shown_option(search->service, &position, &name, &length,
					 &value)) {
		char *copy;

		if (find_option(search, name, length) != value)
			continue;
		copy = memory_copy_n(name, length);
		search_setting(search, copy, value);
		free(copy);
	}
}

/*
 * Find the entries of main.cf that something uses by $name, as a restriction
 * class or as the parameter of a table.  The caller frees the result, which
 * has one flag for each entry.
 */
static bool *find_used(const struct configuration *configuration)
{
	const struct main_cf *main = &configuration->main;
	struct search search = { configuration, NULL, memory_allocate(main->count, sizeof(bool)) };

	search_classes(&search);
	for (size_t i = 0; i < main->count; i++)
		search_setting(&search, main->entries[i].name, main->entries[i].value);
	for (size_t i = 0; i < configuration->master.count; i++) {
		search.service = &configuration->master.services[i];
		search_classes(&search);
		search_options(&search);
	}
	return search.used;
}

/*
 * Would postconf(1) print a line for this name?
 */
bool known_parameter(const struct configuration *configuration, const char *name)
{
	const struct main_cf_entry *entry;
	bool *used;
	bool known;

	if (is_given(configuration, name) || parameter_is_legacy(name, strlen(name)))
		return true;
	entry = configuration_entry(configuration, name, strlen(name));
	if (entry == NULL)
		return false;
	used = find_used(configuration);
	known = used[entry - configuration->main.entries];
	free(used);
	return known;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Add the names of all parameters in the order of strcmp(3), or only of those
 * that main.cf sets.
 */
void known_parameter_names(const struct configuration *configuration, bool set_only,
			   struct words *names)
{
	const struct main_cf *main = &configuration->main;
	const struct defaults *defaults = configuration->defaults;
	struct words all = WORDS_EMPTY;
	bool *used = find_used(configuration);

	for (size_t i = 0; i < main->count; i++) {
		const char *name = main->entries[i].name;

		if (configuration_entry(configuration, name, strlen(name)) != NULL &&
		    (used[i] || is_given(configuration, name) || parameter_is_legacy(name, strlen(name))))
			words_add(&all, name);
	}
	free(used);
	for (size_t i = 0; !set_only && i < defaults->count; i++)
		words_add_n(&all, defaults->lines[i], strcspn(defaults->lines[i], " "));
	for (size_t i = 0; !set_only && i < COMPUTED; i++)
		words_add(&all, computed[i]);
	if (!set_only)
		service_parameter_names(&configuration->master, &all);
	if (all.count > 0)
		qsort(all.items, all.count, sizeof *all.items, compare_names);
	for (size_t i = 0; i < all.count; i++)
		if (i == 0 || strcmp(all.items[i], all.items[i - 1]) != 0)
			words_add(names, all.items[i]);
	words_free(&all);
}
