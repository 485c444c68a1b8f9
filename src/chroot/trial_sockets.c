/*
 * The sockets that the configuration of an instance names, as its chrooted
 * services would look for them: milters, policy servers, SASL, local delivery.
 */
#include "chroot/trial.h"

#include <string.h>
#include <strings.h>

#include "base/words.h"
#include "postfix/lines.h"

/* Where saslauthd listens in Debian unless it is told otherwise. */
#define SASLAUTHD_SOCKET "/var/run/saslauthd/mux"
#define SASL_CONFIGURATION "/etc/postfix/sasl"

/*
 * Add the socket at a path that is absolute inside, or relative to the queue
 * directory, which is the root.
 */
void trial_add_path(struct trial *trial, const char *path, const char *reason)
{
	struct text inside = TEXT_EMPTY;

	text_printf(&inside, "%s%s", *path == '/' ? "" : "/", path);
	trial_add(trial, TRIAL_SOCKET, inside.data, reason);
	text_free(&inside);
}

/*
 * Add "host", "host:port" or "[host]:port".
 */
void trial_add_host(struct trial *trial, const char *host, const char *port,
		    const char *reason)
{
	struct text address = TEXT_EMPTY;
	const char *bracket = *host == '[' ? strchr(host, ']') : NULL;
	const char *colon = strrchr(host, ':');

	if (bracket != NULL)
		text_printf(&address, "%.*s:%s", (int)(bracket - host - 1), host + 1,
			    bracket[1] == ':' ? bracket + 2 : port);
	else
		text_printf(&address, "%s%s%s", host, colon != NULL ? "" : ":",
			    colon != NULL ? "" : port);
	trial_add(trial, TRIAL_INET, address.data, reason);
	text_free(&address);
}

/*
 * Add what Postfix calls "unix:path", "local:path" or "inet:host:port".  Return
 * whether it is one of these.
 */
bool trial_add_endpoint(struct trial *trial, const char *endpoint, const char *port,
			const char *reason)
{
	if (strncasecmp(endpoint, "unix:", 5) == 0)
		trial_add_path(trial, endpoint + 5, reason);
	else if (strncasecmp(endpoint, "local:", 6) == 0)
		trial_add_path(trial, endpoint + 6, reason);
	else if (strncasecmp(endpoint, "inet:", 5) == 0)
		trial_add_host(trial, endpoint + 5, port, reason);
	else
		return false;
	return true;
}

/*
 * Add the words of one of Postfix's lists, in which "{ word, option=value... }"
 * may stand for a word.
 */
void trial_split_list(struct words *words, const char *list)
{
	words_split(words, list, ", \t\r\n{}");
}

static bool get(const struct configuration *configuration, const struct service *service,
		const char *name, struct text *value, struct text *why)
{
	text_clear(value);
	return configuration_get_for(configuration, service, name, value, why);
}

/* Each word of a parameter that is an endpoint. */
static bool add_milters(struct trial *trial, const struct configuration *configuration,
			const struct service *service, const char *parameter, struct text *why)
{
	struct text value = TEXT_EMPTY;
	struct words words = WORDS_EMPTY;
	bool ok = get(configuration, service, parameter, &value, why);

	trial_split_list(&words, text_string(&value));
	for (size_t i = 0; ok && i < words.count; i++)
		trial_add_endpoint(trial, words.items[i], "", parameter);
	words_free(&words);
	text_free(&value);
	return ok;
}

/* The policy servers in one list of restrictions. */
static void add_policies_of(struct trial *trial, const char *restrictions, const char *reason)
{
	struct words words = WORDS_EMPTY;

	trial_split_list(&words, restrictions);
	for (size_t i = 1; i < words.count; i++)
		if (strcasecmp(words.items[i - 1], "check_policy_service") == 0)
			trial_add_endpoint(trial, words.items[i], "", reason);
	words_free(&words);
}

/*
 * Each restriction class is a parameter of its own.  It counts whether a list
 * names it or not: what an access table answers may be one.
 */
static bool add_policies(struct trial *trial, const struct configuration *configuration,
			 const struct service *service, struct text *why)
{
	static const char *const parameters[] = {
		"smtpd_client_restrictions", "smtpd_helo_restrictions",
		"smtpd_sender_restrictions", "smtpd_relay_restrictions",
		"smtpd_recipient_restrictions", "smtpd_data_restrictions",
		"smtpd_end_of_data_restrictions", "smtpd_etrn_restrictions",
	};
	struct text value = TEXT_EMPTY;
	struct words classes = WORDS_EMPTY;
	bool ok = get(configuration, service, "smtpd_restriction_classes", &value, why);

	words_split(&classes, text_string(&value), ", \t\r\n");
	for (size_t i = 0; ok && i < sizeof parameters / sizeof *parameters; i++) {
		ok = get(configuration, service, parameters[i], &value, why);
		add_policies_of(trial, text_string(&value), parameters[i]);
	}
	for (size_t i = 0; ok && i < classes.count; i++)
		/* One that is not set is smtpd's to complain of. */
		if (get(configuration, service, classes.items[i], &value, NULL))
			add_policies_of(trial, text_string(&value), classes.items[i]);
	words_free(&classes);
	text_free(&value);
	return ok;
}

/* Does Cyrus SASL ask saslauthd?  Its file has lines "name: value". */
static bool asks_saslauthd(const char *directories, const char *application)
{
	struct words places = WORDS_EMPTY;
	bool asks = false;

	words_split(&places, *directories != '\0' ? directories : SASL_CONFIGURATION, ":");
	for (size_t i = 0; i < places.count && !asks; i++) {
		struct text path = TEXT_EMPTY;
		struct text content = TEXT_EMPTY;
		struct words lines = WORDS_EMPTY;

		text_printf(&path, "%s/%s.conf", places.items[i], application);
		if (lines_read_file(text_string(&path), &content, NULL))
			words_split(&lines, text_string(&content), "\n");
		for (size_t l = 0; l < lines.count; l++)
			asks |= strncasecmp(lines.items[l], "pwcheck_method:", 15) == 0 &&
				strstr(lines.items[l], "saslauthd") != NULL;
		words_free(&lines);
		text_free(&content);
		text_free(&path);
	}
	words_free(&places);
	return asks;
}

/* Where a server that authenticates asks: Dovecot, or Cyrus SASL's daemon. */
static bool add_sasl(struct trial *trial, const struct configuration *configuration,
		     const struct service *service, struct text *why)
{
	struct text enabled = TEXT_EMPTY;
	struct text type = TEXT_EMPTY;
	struct text path = TEXT_EMPTY;
	struct text directories = TEXT_EMPTY;
	bool ok = get(configuration, service, "smtpd_sasl_auth_enable", &enabled, why) &&
		  get(configuration, service, "smtpd_sasl_type", &type, why) &&
		  get(configuration, service, "smtpd_sasl_path", &path, why) &&
		  get(configuration, service, "cyrus_sasl_config_path", &directories, why);

	if (ok && strcasecmp(text_string(&enabled), "yes") == 0) {
		if (strcmp(text_string(&type), "dovecot") == 0 &&
		    !trial_add_endpoint(trial, text_string(&path), "", "smtpd_sasl_path"))
			trial_add_path(trial, text_string(&path), "smtpd_sasl_path");
		if (strcmp(text_string(&type), "cyrus") == 0 &&
		    asks_saslauthd(text_string(&directories), text_string(&path)))
			trial_add_path(trial, SASLAUTHD_SOCKET, "saslauthd for smtpd_sasl_type = cyrus");
	}
	text_free(&enabled);
	text_free(&type);
	text_free(&path);
	text_free(&directories);
	return ok;
}

/*
 * The sockets of servers for delivery, such as "lmtp:unix:private/dovecot": of
 * each parameter that names a transport whose client runs chrooted.
 */
static bool add_deliveries(struct trial *trial, const struct configuration *configuration,
			   const struct service *client, struct text *why)
{
	static const char *const parameters[] = {
		"content_filter", "default_transport", "fallback_transport", "local_transport",
		"mailbox_transport", "relay_transport", "virtual_transport",
	};
	const char *name = client->column[SERVICE_NAME];
	struct text value = TEXT_EMPTY;
	bool ok = true;

	for (size_t i = 0; ok && i < sizeof parameters / sizeof *parameters; i++) {
		const char *hop = NULL;

		ok = get(configuration, NULL, parameters[i], &value, why);
		if (strncmp(text_string(&value), name, strlen(name)) == 0)
			hop = text_string(&value) + strlen(name);
		if (ok && hop != NULL && strncmp(hop, ":unix:", 6) == 0)
			trial_add_path(trial, hop + 6, parameters[i]);
	}
	text_free(&value);
	return ok;
}

/*
 * Add the sockets that the chrooted services will connect to.  Return false
 * with the reason if a parameter cannot be read; a table's file that cannot be
 * read names none.
 */
bool trial_add_sockets(struct trial *trial, const struct configuration *configuration,
		       const struct active_services *active, struct text *why)
{
	bool ok = true;

	for (size_t i = 0; ok && i < active->chrooted_count; i++) {
		const struct service *service = active->chrooted[i];
		const char *command = service->column[SERVICE_COMMAND];

		if (strcmp(command, "smtpd") == 0)
			ok = add_milters(trial, configuration, service, "smtpd_milters", why) &&
			     add_policies(trial, configuration, service, why) &&
			     add_sasl(trial, configuration, service, why);
		else if (strcmp(command, "cleanup") == 0)
			ok = add_milters(trial, configuration, service, "non_smtpd_milters", why);
		else if (strcmp(command, "lmtp") == 0)
			ok = add_deliveries(trial, configuration, service, why);
	}
	if (ok && active->chrooted_count > 0)
		trial_add_tables(trial, configuration, active);
	return ok;
}
