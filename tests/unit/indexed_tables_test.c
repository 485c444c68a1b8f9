/*
 * Which files that postmap(1) makes an instance looks things up in.
 */
#include "postfix/indexed_tables.h"

#include "scratch.h"
#include "tap.h"

static const char defaults_text[] =
	"address_verify_map = btree:$data_directory/verify_cache\n"
	"alias_database = hash:/etc/aliases\n"
	"alias_maps = hash:/etc/aliases, nis:mail.aliases\n"
	"compatibility_level = 0\n"
	"data_directory = /var/lib/postfix\n"
	"default_database_type = hash\n"
	"known_tcp_ports =\n"
	"local_recipient_maps = proxy:unix:passwd.byname $alias_maps\n"
	"mail_version = 3.10.13\n"
	"master_service_disable =\n"
	"non_bdb_migration_level = disable\n"
	"smtp_tls_session_cache_database =\n"
	"smtpd_recipient_restrictions =\n"
	"smtpd_restriction_classes =\n"
	"transport_maps =\n"
	"virtual_alias_maps =\n";

#define LOCAL "local unix - n n - - local\n"
#define CLEANUP "cleanup unix n - n - 0 cleanup"

/*
 * What is wanted is "PARAMETER TYPE:PATH INDEX" for each, with " aliases",
 * " unread" or " database" behind.
 */
static const struct {
	const char *name, *main_cf, *master_cf, *want;
} rows[] = {
	{ "nothing set, nothing that reads aliases", "", CLEANUP "\n", "" },
	{ "the default, for local", "", LOCAL,
	  "alias_maps hash:/etc/aliases /etc/aliases.db aliases\n" },
	{ "Debian's main.cf", "alias_maps = hash:/etc/aliases\nalias_database = hash:/etc/aliases\n",
	  LOCAL, "alias_maps hash:/etc/aliases /etc/aliases.db aliases database\n" },
	{ "a database that nobody reads", "alias_maps =\nalias_database = hash:/a\n", LOCAL,
	  "alias_database hash:/a /a.db aliases unread database\n" },
	{ "one that is read by another name",
	  "alias_maps =\nalias_database = hash:/a\nvirtual_alias_maps = hash:/a\n", LOCAL,
	  "virtual_alias_maps hash:/a /a.db aliases database\n" },
	{ "each type", "transport_maps = hash:/a btree:/b, lmdb:/c cdb:/d dbm:/e sdbm:/f\n", CLEANUP "\n",
	  "transport_maps hash:/a /a.db\ntransport_maps btree:/b /b.db\n"
	  "transport_maps lmdb:/c /c.lmdb\ntransport_maps cdb:/d /d.cdb\n"
	  "transport_maps dbm:/e /e.dir\ntransport_maps sdbm:/f /f.dir\n" },
	{ "what has no index", "transport_maps = texthash:/a regexp:/b static:x inline:{a=b} unix:passwd.byname "
	  "ldap:/c hash:relative\n", CLEANUP "\n", "" },
	{ "each once", "transport_maps = hash:/a hash:/a\nvirtual_alias_maps = hash:/a, btree:/a\n",
	  CLEANUP "\n", "transport_maps hash:/a /a.db\nvirtual_alias_maps btree:/a /a.db\n" },
	{ "behind proxy and in braces", "transport_maps = proxy:hash:/a pipemap:{hash:/b, unionmap:{hash:/c}}\n",
	  CLEANUP "\n", "transport_maps hash:/a /a.db\ntransport_maps hash:/b /b.db\n"
	  "transport_maps hash:/c /c.db\n" },
	{ "by reference", "transport_maps = $default_database_type:$data_directory/t\n", CLEANUP "\n",
	  "transport_maps hash:/var/lib/postfix/t /var/lib/postfix/t.db\n" },
	{ "among restrictions, and in a class",
	  "smtpd_restriction_classes = mine\nmine = check_client_access hash:/a\n"
	  "smtpd_recipient_restrictions = reject, check_sender_access hash:/b, mine\n", CLEANUP "\n",
	  "mine hash:/a /a.db\nsmtpd_recipient_restrictions hash:/b /b.db\n" },
	{ "a parameter that nothing uses", "other = hash:/a\n", CLEANUP "\n", "" },
	{ "caches have no source",
	  "smtp_tls_session_cache_database = btree:/a\naddress_verify_map = btree:/b\n", CLEANUP "\n", "" },
	{ "an option of a service", "", CLEANUP " -o transport_maps=hash:/a -o x=hash:/b\n",
	  "transport_maps hash:/a /a.db\nx hash:/b /b.db\n" },
	{ "of a service that does not run", "", CLEANUP " -o transport_maps=hash:/a\n" CLEANUP "\n", "" },
	{ "what Postfix 3.11 replaces", "non_bdb_migration_level = enable-redirect\n"
	  "transport_maps = hash:/a btree:/b cdb:/c\n", CLEANUP "\n", "transport_maps cdb:/c /c.cdb\n" },
	{ "what cannot be expanded", "transport_maps = hash:/a $\nvirtual_alias_maps = hash:/b\n",
	  CLEANUP "\n", "virtual_alias_maps hash:/b /b.db\n" },
};

static void row(size_t i, const struct defaults *defaults)
{
	struct configuration configuration;
	struct active_services active;
	struct indexed_tables tables;
	struct text have = TEXT_EMPTY, why = TEXT_EMPTY;

	scratch_configuration("d", rows[i].main_cf, rows[i].master_cf);
	ok(configuration_read(&configuration, scratch_path("d"), defaults, NULL, &why) &&
	   configuration_read_services(&configuration, &why) &&
	   active_services_find(&configuration, &active, &why), "readable %s", text_string(&why));
	indexed_tables_find(&configuration, &active, &tables);
	for (size_t t = 0; t < tables.count; t++) {
		const struct indexed_table *table = &tables.items[t];

		text_printf(&have, "%s %s:%s %s%s%s%s\n", table->parameter, table->type, table->path,
			    table->index, table->is_aliases ? " aliases" : "",
			    table->is_read ? "" : " unread", table->is_database ? " database" : "");
	}
	is(text_string(&have), rows[i].want, rows[i].name);
	indexed_tables_free(&tables);
	active_services_free(&active);
	configuration_free(&configuration);
	text_free(&have);
	text_free(&why);
}

int main(void)
{
	struct text content = TEXT_EMPTY;
	struct defaults defaults;

	scratch_begin();
	text_add(&content, defaults_text);
	ok(defaults_parse(&defaults, &content, NULL), "defaults");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		row(i, &defaults);
	defaults_free(&defaults);
	return tap_done();
}
