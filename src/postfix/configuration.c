/*
 * The parameters of an instance, expanded as postconf(1) -x expands them: a
 * name is looked up in a service's own options if one is meant, in main.cf,
 * among the built-in defaults, and among the defaults that each service in
 * master.cf brings along.
 */
#include "postfix/configuration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/words.h"
#include "postfix/expand.h"
#include "postfix/mynetworks.h"
#include "postfix/parameter_kinds.h"
#include "postfix/service_parameters.h"

/*
 * Read the main.cf in directory.  warnings may be NULL.  defaults must
 * outlive the configuration.  Return false with the reason; the caller calls
 * configuration_free() in either case.
 */
bool configuration_read(struct configuration *configuration, const char *directory,
			const struct defaults *defaults, struct text *warnings,
			struct text *why)
{
	*configuration = CONFIGURATION_EMPTY;
	configuration->directory = memory_copy(directory);
	configuration->defaults = defaults;
	return main_cf_read(&configuration->main, configuration->directory, warnings, why);
}

/*
 * Read master.cf, too, unless that was done.  Return false with the reason.
 */
bool configuration_read_services(struct configuration *configuration, struct text *why)
{
	if (configuration->has_services)
		return true;
	configuration->has_services = master_cf_read(&configuration->master,
						     configuration->directory, why);
	if (!configuration->has_services)
		master_cf_free(&configuration->master);
	return configuration->has_services;
}

void configuration_free(struct configuration *configuration)
{
	main_cf_free(&configuration->main);
	master_cf_free(&configuration->master);
	free(configuration->directory);
	*configuration = CONFIGURATION_EMPTY;
}

/*
 * A lookup within one configuration.  computed owns the values that stand in
 * no file.
 */
struct scope {
	const struct configuration *configuration;
	const struct service *service;
	struct words computed;
	bool main_only;
	/* For what mynetworks depends on. */
	bool in_networks;
};

static bool name_is(const char *name, size_t length, const char *what)
{
	return strlen(what) == length && strncmp(name, what, length) == 0;
}

/*
 * Since Postfix 3.11 a raw value stays raw within another one, too, main.cf
 * may set service_name, and there are functions.
 */
bool configuration_since_3_11(const struct configuration *configuration)
{
	const char *version = defaults_find(configuration->defaults, "mail_version",
					    strlen("mail_version"));
	char *end = NULL;
	long major = version != NULL ? strtol(version, &end, 10) : 0;

	return major > 3 || (major == 3 && *end == '.' && strtol(end + 1, NULL, 10) >= 11);
}

/*
 * Does Postfix fill in this parameter itself, and drop what is said of it?
 */
bool configuration_is_read_only(const struct configuration *configuration, const char *name,
				size_t length)
{
	return name_is(name, length, "process_name") || name_is(name, length, "process_id") ||
	       (name_is(name, length, "service_name") &&
		!configuration_since_3_11(configuration));
}

/*
 * Return what main.cf says of the parameter whose name has length bytes, or
 * NULL when that is nothing or of no effect.
 */
const struct main_cf_entry *configuration_entry(const struct configuration *configuration,
						const char *name, size_t length)
{
	if (configuration_is_read_only(configuration, name, length))
		return NULL;
	return main_cf_find(&configuration->main, name, length);
}

static bool expand_in(struct scope *scope, const char *value, struct text *out,
		      struct text *why);

/*
 * Append what main.cf sets a parameter to, expanded against main.cf alone, as
 * Postfix's mail_conf_lookup_eval() does.  Return false with the reason.
 */
static bool main_value(const struct configuration *configuration, const char *name,
		       struct text *value, bool *is_set, struct text *why)
{
	struct scope scope = { configuration, NULL, WORDS_EMPTY, true, false };
	const struct main_cf_entry *entry = configuration_entry(configuration, name,
								strlen(name));
	bool ok = true;

	*is_set = entry != NULL;
	if (entry != NULL)
		ok = expand_in(&scope, entry->value, value, why);
	words_free(&scope.computed);
	return ok;
}

/*
 * The default of myhostname: the host's name, made to have a dot in it.
 * (Postfix's check_myhostname().)
 */
static bool host_name(const struct configuration *configuration, struct text *value,
		      struct text *why)
{
	char name[256];
	bool is_set;

	if (gethostname(name, sizeof name) < 0)
		return text_fail(why, "cannot find out the name of this host: %s", strerror(errno));
	name[sizeof name - 1] = '\0';
	text_add(value, name);
	if (strchr(name, '.') != NULL)
		return true;
	text_add_char(value, '.');
	if (!main_value(configuration, "mydomain", value, &is_set, why))
		return false;
	if (!is_set)
		text_add(value, "localdomain");
	return true;
}

/*
 * The default of mydomain: what follows the first dot of myhostname.
 * (Postfix's check_mydomainname().)
 */
static bool domain_name(const struct configuration *configuration, struct text *value,
			struct text *why)
{
	struct text host = TEXT_EMPTY;
	bool is_set;
	bool ok = main_value(configuration, "myhostname", &host, &is_set, why) &&
		  (is_set || host_name(configuration, &host, why));

	if (ok) {
		const char *dot = strchr(text_string(&host), '.');

		text_add(value, dot != NULL ? dot + 1 : "localdomain");
	}
	text_free(&host);
	return ok;
}

/* What main.cf sets a parameter to by itself, or its default. */
static bool main_value_or_default(const struct scope *scope, const char *name,
				  struct text *value, struct text *why)
{
	const char *text = defaults_find(scope->configuration->defaults, name, strlen(name));
	struct scope inner = { scope->configuration, NULL, WORDS_EMPTY, false, true };
	bool is_set;
	bool ok = main_value(scope->configuration, name, value, &is_set, why);

	if (ok && !is_set && text != NULL)
		ok = expand_in(&inner, text, value, why);
	words_free(&inner.computed);
	return ok;
}

/*
 * The default of mynetworks.  (Postfix's pcf_mynetworks().)
 */
static bool networks(const struct scope *scope, struct text *value, struct text *why)
{
	struct text reason = TEXT_EMPTY;
	struct text style = TEXT_EMPTY;
	struct text interfaces = TEXT_EMPTY;
	struct text protocols = TEXT_EMPTY;
	bool ok = !scope->in_networks || text_fail(&reason, "it depends on itself");

	ok = ok && main_value_or_default(scope, "mynetworks_style", &style, &reason) &&
	     main_value_or_default(scope, "inet_interfaces", &interfaces, &reason) &&
	     main_value_or_default(scope, "inet_protocols", &protocols, &reason) &&
	     mynetworks_default(text_string(&style), text_string(&interfaces),
				text_string(&protocols), value, &reason);
	if (ok)
		text_add(value, "");
	else
		text_fail(why, "mynetworks is not set, and its default cannot be told: %s",
			  text_string(&reason));
	text_free(&reason);
	text_free(&style);
	text_free(&interfaces);
	text_free(&protocols);
	return ok;
}

/*
 * Find what postconf(1) computes instead of looking it up.
 */
static bool find_computed(struct scope *scope, const char *name, size_t length,
			  const char **found, struct text *why)
{
	const struct service *service = scope->service;
	struct text value = TEXT_EMPTY;

	if (name_is(name, length, "process_name")) {
		const char *command = service != NULL ? service->column[SERVICE_COMMAND] : "postconf";
		const char *slash = strrchr(command, '/');

		text_add(&value, slash != NULL ? slash + 1 : command);
	} else if (name_is(name, length, "service_name")) {
		if (service != NULL)
			text_add(&value, service->column[SERVICE_NAME]);
		else if (!configuration_since_3_11(scope->configuration))
			text_add(&value, "");
	} else if (name_is(name, length, "process_id")) {
		text_printf(&value, "%ld", (long)getpid());
	} else if (name_is(name, length, "mynetworks")) {
		if (!networks(scope, &value, why))
			return false;
	} else if (name_is(name, length, "myhostname")
		   ? !host_name(scope->configuration, &value, why)
		   : name_is(name, length, "mydomain") &&
		     !domain_name(scope->configuration, &value, why)) {
		text_free(&value);
		return false;
	}
	if (value.data != NULL) {
		words_add(&scope->computed, value.data);
		*found = scope->computed.items[scope->computed.count - 1];
		text_free(&value);
	}
	return true;
}

/*
 * Find the value of a parameter as it was written, or NULL.
 */
static bool find_raw(struct scope *scope, const char *name, size_t length,
		     const char **found, struct text *why)
{
	const struct configuration *configuration = scope->configuration;
	const struct main_cf_entry *entry;

	*found = NULL;
	/* No setting changes what a service is called. */
	if (scope->service != NULL && (name_is(name, length, "process_name") ||
				       name_is(name, length, "service_name")))
		return find_computed(scope, name, length, found, why);
	if (scope->service != NULL)
		*found = service_option(scope->service, name, length);
	if (*found != NULL)
		return true;
	entry = configuration_entry(configuration, name, length);
	if (entry != NULL) {
		*found = entry->value;
		return true;
	}
	if (scope->main_only)
		return true;
	if (!find_computed(scope, name, length, found, why))
		return false;
	if (*found == NULL)
		*found = defaults_find(configuration->defaults, name, length);
	if (*found == NULL && parameter_is_legacy(name, length))
		*found = "";
	if (*found != NULL)
		return true;
	if (!configuration->has_services && service_parameter_may_be(name, length))
		return text_fail(why, "$%.*s depends on the services in master.cf",
				 (int)length, name);
	*found = service_parameter_default(&configuration->master, name, length);
	return true;
}

static bool look_up(void *context, const char *name, size_t length,
		    struct expand_value *found, struct text *why)
{
	struct scope *scope = context;

	if (!find_raw(scope, name, length, &found->value, why))
		return false;
	found->verbatim = parameter_is_raw(name, length) &&
			  configuration_since_3_11(scope->configuration);
	return true;
}

static bool expand_in(struct scope *scope, const char *value, struct text *out,
		      struct text *why)
{
	struct expand_names names = {
		look_up, scope, configuration_since_3_11(scope->configuration),
	};

	return expand(value, &names, out, why);
}

/*
 * Append what a text expands to for a service of the instance, or for the
 * instance when service is NULL.  Return false with the reason.
 */
bool configuration_expand(const struct configuration *configuration,
			  const struct service *service, const char *text,
			  struct text *out, struct text *why)
{
	struct scope scope = { configuration, service, WORDS_EMPTY, false, false };
	bool ok = expand_in(&scope, text, out, why);

	words_free(&scope.computed);
	return ok;
}

/*
 * Append the value of a parameter as a service of the instance sees it, or as
 * the instance does when service is NULL.  Return false with the reason; a
 * parameter that Postfix does not have and main.cf does not set is an error.
 * Append nothing in that case.
 */
bool configuration_get_for(const struct configuration *configuration,
			   const struct service *service, const char *name,
			   struct text *value, struct text *why)
{
	struct scope scope = { configuration, service, WORDS_EMPTY, false, false };
	const struct main_cf_entry *entry = configuration_entry(configuration, name,
								strlen(name));
	struct text reason = TEXT_EMPTY;
	size_t start = value->length;
	const char *raw;
	bool ok = find_raw(&scope, name, strlen(name), &raw, &reason);

	if (ok && raw == NULL)
		ok = text_fail(&reason, "unknown parameter");
	if (ok && parameter_is_raw(name, strlen(name)))
		text_add(value, raw);
	else if (ok)
		ok = expand_in(&scope, raw, value, &reason);
	if (!ok) {
		text_truncate(value, start);
		if (entry != NULL && entry->line > 0)
			text_fail(why, "%s/main.cf, line %zu: %s: %s", configuration->directory,
				  entry->line, name, text_string(&reason));
		else
			text_fail(why, "%s/main.cf: %s: %s", configuration->directory, name,
				  text_string(&reason));
	}
	text_free(&reason);
	words_free(&scope.computed);
	return ok;
}

/*
 * Append the value of a parameter of the instance, as "postconf -xh" prints
 * it but with its inner blanks as they are.  Return false with the reason.
 */
bool configuration_get(const struct configuration *configuration, const char *name,
		       struct text *value, struct text *why)
{
	return configuration_get_for(configuration, NULL, name, value, why);
}
