/*
 * The sockets that the configuration of an instance names, as its chrooted
 * services would look for them: milters, policy servers, SASL, databases.
 */
#include "chroot/trial.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"
#include "postfix/lines.h"

/* Where the servers of Debian listen unless they are told otherwise. */
#define MYSQL_SOCKET "/run/mysqld/mysqld.sock"
#define SASLAUTHD_SOCKET "/var/run/saslauthd/mux"
#define SASL_CONFIGURATION "/etc/postfix/sasl"

/* Add a path that is absolute inside, or relative to the queue directory, which is the root. */
static void add_path(struct trial *trial, const char *path, const char *reason)
{
	struct text inside = TEXT_EMPTY;

	text_printf(&inside, "%s%s", *path == '/' ? "" : "/", path);
	trial_add(trial, TRIAL_SOCKET, inside.data, reason);
	text_free(&inside);
}

/* Add "host", "host:port" or "[host]:port". */
static void add_host(struct trial *trial, const char *host, const char *port, const char *reason)
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

/* Add what Postfix calls "unix:path", "local:path" or "inet:host:port". */
static bool add_endpoint(struct trial *trial, const char *endpoint, const char *port,
			 const char *reason)
{
	if (strncasecmp(endpoint, "unix:", 5) == 0)
		add_path(trial, endpoint + 5, reason);
	else if (strncasecmp(endpoint, "local:", 6) == 0)
		add_path(trial, endpoint + 6, reason);
	else if (strncasecmp(endpoint, "inet:", 5) == 0)
		add_host(trial, endpoint + 5, port, reason);
	else
		return false;
	return true;
}

/* Split a list of Postfix's, in which "{ word, option=value... }" may stand for a word. */
static void split_list(struct words *words, const char *list)
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

	split_list(&words, text_string(&value));
	for (size_t i = 0; ok && i < words.count; i++)
		add_endpoint(trial, words.items[i], "", parameter);
	words_free(&words);
	text_free(&value);
	return ok;
}

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
	bool ok = true;

	for (size_t i = 0; ok && i < sizeof parameters / sizeof *parameters; i++) {
		struct words words = WORDS_EMPTY;

		ok = get(configuration, service, parameters[i], &value, why);
		split_list(&words, text_string(&value));
		for (size_t w = 1; ok && w < words.count; w++)
			if (strcasecmp(words.items[w - 1], "check_policy_service") == 0)
				add_endpoint(trial, words.items[w], "", parameters[i]);
		words_free(&words);
	}
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
		    !add_endpoint(trial, text_string(&path), "", "smtpd_sasl_path"))
			add_path(trial, text_string(&path), "smtpd_sasl_path");
		if (strcmp(text_string(&type), "cyrus") == 0 &&
		    asks_saslauthd(text_string(&directories), text_string(&path)))
			add_path(trial, SASLAUTHD_SOCKET, "saslauthd for smtpd_sasl_type = cyrus");
	}
	text_free(&enabled);
	text_free(&type);
	text_free(&path);
	text_free(&directories);
	return ok;
}

/* "%2Frun%2Fslapd%2Fldapi" is a path in a URL. */
static void decode(const char *coded, struct text *plain)
{
	for (; *coded != '\0'; coded++) {
		char digits[3] = { 0 };

		if (*coded == '%' && coded[1] != '\0' && coded[2] != '\0') {
			memcpy(digits, coded + 1, 2);
			text_add_char(plain, (char)strtol(digits, NULL, 16));
			coded += 2;
		} else {
			text_add_char(plain, *coded);
		}
	}
}

static void add_ldap(struct trial *trial, const char *url, const char *reason)
{
	const char *host = strstr(url, "://");
	bool secure = strncasecmp(url, "ldaps:", 6) == 0;
	struct text plain = TEXT_EMPTY;

	host = host != NULL ? host + 3 : url;
	text_add_n(&plain, host, strcspn(host, "/"));
	if (strncasecmp(url, "ldapi:", 6) == 0) {
		struct text path = TEXT_EMPTY;

		decode(text_string(&plain), &path);
		add_path(trial, path.length > 0 ? path.data : "/run/slapd/ldapi", reason);
		text_free(&path);
	} else if (plain.length > 0) {
		add_host(trial, plain.data, secure ? "636" : "389", reason);
	}
	text_free(&plain);
}

/* One server of a table of that type. */
static void add_server(struct trial *trial, const char *type, const char *server,
		       const char *reason)
{
	bool mysql = strcmp(type, "mysql") == 0;

	if (strcmp(type, "ldap") == 0)
		add_ldap(trial, server, reason);
	else if (mysql && strcmp(server, "localhost") == 0)
		add_path(trial, MYSQL_SOCKET, reason);
	else if (!mysql && strncasecmp(server, "unix:", 5) == 0)
		return; /* libpq finds its own socket in a directory */
	else if (!add_endpoint(trial, server, mysql ? "3306" : "5432", reason))
		add_host(trial, server, mysql ? "3306" : "5432", reason);
}

/* The servers that the file of a table names. */
static void add_table(struct trial *trial, const char *type, const char *path,
		      const char *reason)
{
	const char *parameter = strcmp(type, "ldap") == 0 ? "server_host" : "hosts";
	struct main_cf file = MAIN_CF_EMPTY;
	struct text content = TEXT_EMPTY;
	struct words servers = WORDS_EMPTY;
	const struct main_cf_entry *entry = NULL;

	if (lines_read_file(path, &content, NULL) &&
	    main_cf_parse(&file, &content, path, "", NULL, NULL))
		entry = main_cf_find(&file, parameter, strlen(parameter));
	if (entry != NULL)
		split_list(&servers, entry->value);
	for (size_t i = 0; i < servers.count; i++)
		add_server(trial, type, servers.items[i], reason);
	words_free(&servers);
	main_cf_free(&file);
	text_free(&content);
}

/*
 * The tables that main.cf names and nobody else opens for the services: with
 * "proxy:" before it, a table is proxymap(8)'s, which runs outside.
 */
static void add_tables(struct trial *trial, const struct configuration *configuration)
{
	static const char *const types[] = { "mysql", "pgsql", "ldap" };

	for (size_t i = 0; i < configuration->main.count; i++) {
		const struct main_cf_entry *entry = &configuration->main.entries[i];
		struct text value = TEXT_EMPTY;
		struct words words = WORDS_EMPTY;

		if (strstr(entry->value, ":") != NULL &&
		    configuration_get(configuration, entry->name, &value, NULL))
			split_list(&words, text_string(&value));
		for (size_t w = 0; w < words.count; w++)
			for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
				size_t length = strlen(types[t]);

				if (strncmp(words.items[w], types[t], length) == 0 &&
				    strncmp(words.items[w] + length, ":/", 2) == 0)
					add_table(trial, types[t], words.items[w] + length + 1,
						  words.items[w]);
			}
		words_free(&words);
		text_free(&value);
	}
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
	}
	if (ok && active->chrooted_count > 0)
		add_tables(trial, configuration);
	return ok;
}
