/*
 * The sockets of databases behind the lookup tables of an instance, as its
 * chrooted services would look for them.
 */
#include "chroot/trial.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"
#include "postfix/lines.h"

/* Where Debian's server listens unless it is told otherwise. */
#define MYSQL_SOCKET "/run/mysqld/mysqld.sock"

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
		trial_add_path(trial, path.length > 0 ? path.data : "/run/slapd/ldapi", reason);
		text_free(&path);
	} else if (plain.length > 0) {
		trial_add_host(trial, plain.data, secure ? "636" : "389", reason);
	}
	text_free(&plain);
}

/* libpq finds its own socket in a directory. */
static void add_postgresql(struct trial *trial, const char *directory, const char *reason)
{
	struct text path = TEXT_EMPTY;

	text_printf(&path, "%s/.s.PGSQL.5432", directory);
	trial_add_path(trial, path.data, reason);
	text_free(&path);
}

/* One server of a table of that type. */
static void add_server(struct trial *trial, const char *type, const char *server,
		       const char *reason)
{
	bool mysql = strcmp(type, "mysql") == 0;

	if (strcmp(type, "ldap") == 0)
		add_ldap(trial, server, reason);
	else if (mysql && strcmp(server, "localhost") == 0)
		trial_add_path(trial, MYSQL_SOCKET, reason);
	else if (!mysql && strncasecmp(server, "unix:", 5) == 0)
		add_postgresql(trial, server + 5, reason);
	else if (!trial_add_endpoint(trial, server, mysql ? "3306" : "5432", reason))
		trial_add_host(trial, server, mysql ? "3306" : "5432", reason);
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
		trial_split_list(&servers, entry->value);
	for (size_t i = 0; i < servers.count; i++)
		add_server(trial, type, servers.items[i], reason);
	words_free(&servers);
	main_cf_free(&file);
	text_free(&content);
}

/* The tables that one value names. */
static void add_tables_of(struct trial *trial, const char *value)
{
	static const char *const types[] = { "mysql", "pgsql", "ldap" };
	struct words words = WORDS_EMPTY;

	trial_split_list(&words, value);
	for (size_t w = 0; w < words.count; w++)
		for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
			size_t length = strlen(types[t]);

			if (strncmp(words.items[w], types[t], length) == 0 &&
			    strncmp(words.items[w] + length, ":/", 2) == 0)
				add_table(trial, types[t], words.items[w] + length + 1,
					  words.items[w]);
		}
	words_free(&words);
}

/*
 * Add the servers of the tables that main.cf or an option of a chrooted service
 * names and nobody else opens for the services: with "proxy:" before it, a
 * table is proxymap(8)'s, which runs outside.
 */
void trial_add_tables(struct trial *trial, const struct configuration *configuration,
		      const struct active_services *active)
{
	struct text value = TEXT_EMPTY;

	for (size_t i = 0; i < configuration->main.count; i++) {
		const struct main_cf_entry *entry = &configuration->main.entries[i];

		text_clear(&value);
		if (strchr(entry->value, ':') != NULL &&
		    configuration_get(configuration, entry->name, &value, NULL))
			add_tables_of(trial, text_string(&value));
	}
	for (size_t i = 0; i < active->chrooted_count; i++) {
		const struct service *service = active->chrooted[i];

		for (size_t s = 0; s < service->settings.count; s++) {
			const char *equals = strchr(service->settings.items[s], '=');

			text_clear(&value);
			if (equals != NULL && strchr(equals, ':') != NULL &&
			    configuration_expand(configuration, service, equals + 1, &value, NULL))
				add_tables_of(trial, text_string(&value));
		}
	}
	text_free(&value);
}
