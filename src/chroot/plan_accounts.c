/*
 * etc/passwd and etc/group, where a chrooted daemon reads them itself.
 */
#include "chroot/planner.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "chroot/accounts.h"

#define SEPARATORS ", \t\r\n"

/*
 * Say whether some value that counts speaks of such a map at all; nearly
 * always none does, and nothing has to be expanded.
 */
static bool mentioned(const struct planner *planner)
{
	const struct main_cf *main_cf = &planner->configuration->main;

	for (size_t i = 0; i < main_cf->count; i++)
		if (strstr(main_cf->entries[i].value, ".byname") != NULL)
			return true;
	for (size_t i = 0; i < planner->services.chrooted_count; i++) {
		const char *name, *value;
		size_t position = 0, length;

		while (service_next_option(planner->services.chrooted[i], &position, &name,
					   &length, &value))
			if (strstr(value, ".byname") != NULL)
				return true;
	}
	return false;
}

/*
 * Look into one parameter, of a service or, with NULL, of main.cf.  One that
 * does not speak of the map and cannot be expanded is for others to report.
 */
static bool look_into(const struct planner *planner, const struct service *service,
		      const char *name, const char *raw, const char *map, bool *used,
		      struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool direct = strstr(raw, ".byname") != NULL, done;

	*used = false;
	if (!direct && strchr(raw, '$') == NULL)
		return true;
	if (service != NULL)
		done = configuration_get_for(planner->configuration, service, name, &value,
					     direct ? why : NULL);
	else
		done = configuration_get(planner->configuration, name, &value,
					 direct ? why : NULL);
	if (done)
		*used = accounts_map_used(text_string(&value), map);
	text_free(&value);
	return done || !direct;
}

static bool used_in_main_cf(const struct planner *planner, const char *map, struct text *by,
			    struct text *why)
{
	const struct configuration *configuration = planner->configuration;
	struct words classes = WORDS_EMPTY;
	struct text value = TEXT_EMPTY;
	bool done = true;

	/* The names of such classes are parameters too. */
	if (configuration_get(configuration, "smtpd_restriction_classes", &value, NULL))
		words_split(&classes, text_string(&value), SEPARATORS);
	for (size_t i = 0; i < configuration->main.count && done && by->length == 0; i++) {
		const struct main_cf_entry *entry = &configuration->main.entries[i];
		bool used;

		/* What only others refer to counts where they do. */
		if (!defaults_find(configuration->defaults, entry->name,
				   strlen(entry->name)) &&
		    !words_contain(&classes, entry->name))
			continue;
		done = look_into(planner, NULL, entry->name, entry->value, map, &used, why);
		if (done && used)
			text_add(by, entry->name);
	}
	words_free(&classes);
	text_free(&value);
	return done;
}

static bool used_in_options(const struct planner *planner, const struct service *service,
			    const char *map, struct text *by, struct text *why)
{
	const char *start, *value;
	size_t position = 0, length;
	bool done = true;

	while (done && by->length == 0 &&
	       service_next_option(service, &position, &start, &length, &value)) {
		char *name = memory_copy_n(start, length);
		bool used;

		done = look_into(planner, service, name, value, map, &used, why);
		if (done && used)
			text_printf(by, "%s of service %s/%s", name,
				    service->column[SERVICE_NAME],
				    service->column[SERVICE_TYPE]);
		free(name);
	}
	return done;
}

/*
 * proxymap(8) opens what others want by way of it, and does so in the chroot
 * where it runs in one.
 */
static bool used_by_proxymap(const struct planner *planner, const char *map, struct text *by,
			     struct text *why)
{
	bool done = true;

	for (size_t i = 0; i < planner->services.chrooted_count && by->length == 0 && done; i++) {
		const struct service *service = planner->services.chrooted[i];
		struct text value = TEXT_EMPTY;

		/* Under the name proxywrite it opens other tables, none of this type. */
		if (strcmp(service->column[SERVICE_COMMAND], "proxymap") != 0 ||
		    strcmp(service->column[SERVICE_NAME], "proxywrite") == 0)
			continue;
		done = configuration_get_for(planner->configuration, service, "proxy_read_maps",
					     &value, why);
		if (done && strstr(text_string(&value), map) != NULL)
			text_printf(by, "proxy_read_maps of service %s/%s",
				    service->column[SERVICE_NAME],
				    service->column[SERVICE_TYPE]);
		text_free(&value);
	}
	return done;
}

/*
 * Put into by which parameter has a chrooted daemon open the map itself, and
 * nothing if none does.  Return false with a reason if that cannot be told.
 */
bool accounts_used(struct planner *planner, const char *map, struct text *by, struct text *why)
{
	if (!used_by_proxymap(planner, map, by, why))
		return false;
	if (by->length > 0 || !mentioned(planner))
		return true;
	if (!used_in_main_cf(planner, map, by, why))
		return false;
	for (size_t i = 0; i < planner->services.chrooted_count && by->length == 0; i++)
		if (!used_in_options(planner, planner->services.chrooted[i], map, by, why))
			return false;
	return true;
}

/*
 * Plan the files of accounts.  Return false with a reason if a parameter
 * cannot be read.
 */
bool planner_accounts(struct planner *planner, struct text *why)
{
	static const struct {
		const char *map;
		const char *path;
	} maps[] = {
		{ "unix:passwd.byname", "/etc/passwd" },
		{ "unix:group.byname", "/etc/group" },
	};

	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
		struct text by = TEXT_EMPTY;

		if (!accounts_used(planner, maps[i].map, &by, why)) {
			text_free(&by);
			return false;
		}
		if (by.length > 0 &&
		    planner_add_file(planner, maps[i].path, PLAN_ACCOUNTS,
				     planner_text(planner, "%s in %s", maps[i].map,
						  text_string(&by))) != SOURCE_FILE)
			planner_note(planner, "%s (for %s in %s) cannot be read",
				     maps[i].path, maps[i].map, text_string(&by));
		text_free(&by);
	}
	return true;
}
