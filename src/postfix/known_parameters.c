/*
 * Which names postconf(1) takes for parameters: built-in ones, those of
 * services, and what main.cf defines itself and uses by $name.
 */
#include "postfix/known_parameters.h"

#include <stdlib.h>
#include <string.h>

#include "postfix/service_parameters.h"

/* Names of earlier releases that Postfix still reads. */
static const char *const legacy[] = {
	"authorized_verp_clients", "fallback_relay", "lmtp_per_record_deadline",
	"postscreen_blacklist_action", "postscreen_dnsbl_ttl",
	"postscreen_dnsbl_whitelist_threshold", "postscreen_whitelist_interfaces",
	"smtp_per_record_deadline", "smtpd_client_connection_limit_exceptions",
	"smtpd_per_record_deadline", "tlsproxy_client_level", "tlsproxy_client_policy",
	"virtual_maps",
};

static bool is_legacy(const char *name)
{
	for (size_t i = 0; i < sizeof legacy / sizeof *legacy; i++)
		if (strcmp(name, legacy[i]) == 0)
			return true;
	return false;
}

static bool is_ad_hoc(const char *name)
{
	return strcmp(name, "process_name") == 0 || strcmp(name, "process_id") == 0 ||
	       strcmp(name, "service_name") == 0 || strcmp(name, "myhostname") == 0 ||
	       strcmp(name, "mydomain") == 0 || strcmp(name, "mynetworks") == 0;
}

/* A parameter that exists whether or not main.cf mentions it. */
static bool is_given(const struct configuration *configuration, const char *name)
{
	return is_ad_hoc(name) ||
	       defaults_find(configuration->defaults, name, strlen(name)) != NULL ||
	       service_parameter_default(&configuration->master, name, strlen(name)) != NULL;
}

static void scan(const struct configuration *configuration, const char *value,
		 struct words *used);

static void use(const struct configuration *configuration, const char *name, size_t length,
		struct words *used)
{
	const struct main_cf_entry *entry = main_cf_find(&configuration->main, name, length);

	if (entry == NULL || words_contain(used, entry->name))
		return;
	words_add(used, entry->name);
	scan(configuration, entry->value, used);
}

/* Note every $name in a value, also in the branch of a test not taken. */
static void scan(const struct configuration *configuration, const char *value,
		 struct words *used)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789_";
	const char *p = value;

	while ((p = strchr(p, '$')) != NULL) {
		size_t length;

		if (*++p == '$') {
			p++;
			continue;
		}
		if (*p == '(' || *p == '{') {
			p++;
			p += strspn(p, " \t\r\n");
		}
		length = strspn(p, alphabet);
		if (length > 0)
			use(configuration, p, length, used);
		p += length;
	}
}

/*
 * Collect what main.cf sets and uses itself: by a $name in a parameter that
 * Postfix knows, in main.cf or master.cf, or as a restriction class.
 */
static void find_used(const struct configuration *configuration, struct words *used)
{
	const struct main_cf *main = &configuration->main;
	struct text classes = TEXT_EMPTY;
	struct words names = WORDS_EMPTY;

	for (size_t i = 0; i < main->count; i++) {
		const struct main_cf_entry *entry = &main->entries[i];

		if (is_given(configuration, entry->name) &&
		    !configuration_is_raw(entry->name, strlen(entry->name)))
			scan(configuration, entry->value, used);
	}
	for (size_t i = 0; i < configuration->master.count; i++) {
		size_t position = 0;
		size_t length;
		const char *name;
		const char *value;

		while (service_next_option(&configuration->master.services[i], &position,
					   &name, &length, &value))
			if (!configuration_is_raw(name, length))
				scan(configuration, value, used);
	}
	if (configuration_get(configuration, "smtpd_restriction_classes", &classes, NULL))
		words_split(&names, text_string(&classes), ", \t\r\n");
	for (size_t i = 0; i < names.count; i++)
		use(configuration, names.items[i], strlen(names.items[i]), used);
	words_free(&names);
	text_free(&classes);
}

/*
 * Would postconf(1) print a line for this name?
 */
bool known_parameter(const struct configuration *configuration, const char *name)
{
	struct words used = WORDS_EMPTY;
	bool known;

	if (is_given(configuration, name) ||
	    (is_legacy(name) &&
	     main_cf_find(&configuration->main, name, strlen(name)) != NULL))
		return true;
	find_used(configuration, &used);
	known = words_contain(&used, name);
	words_free(&used);
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

	find_used(configuration, &all);
	for (size_t i = 0; i < main->count; i++)
		if (is_given(configuration, main->entries[i].name) ||
		    is_legacy(main->entries[i].name))
			words_add(&all, main->entries[i].name);
	for (size_t i = 0; !set_only && i < defaults->count; i++)
		words_add_n(&all, defaults->lines[i], strcspn(defaults->lines[i], " "));
	if (!set_only)
		service_parameter_names(&configuration->master, &all);
	if (all.count > 0)
		qsort(all.items, all.count, sizeof *all.items, compare_names);
	for (size_t i = 0; i < all.count; i++)
		if (i == 0 || strcmp(all.items[i], all.items[i - 1]) != 0)
			words_add(names, all.items[i]);
	words_free(&all);
}
