/*
 * The parameters that exist because a value names a lookup table: before they
 * had files of their own, a table ldap:NAME was described by NAME_server_host
 * and its like in main.cf.  The table is that of postconf(1), in
 * postconf_dbms.c.
 */
#include "postfix/table_parameters.h"

#include <string.h>

#include "base/text.h"
#include "base/words.h"
#include "postfix/table_names.h"

static const struct {
	const char *type;
	const char *suffixes;
} table[] = {
	{ "ldap",
	  "bind bind_dn bind_pw cache cache_expiry cache_size chase_referrals "
	  "debuglevel dereference domain expansion_limit leaf_result_attribute "
	  "query_filter recursion_limit result_attribute result_filter "
	  "result_format sasl_authz_id sasl_mechs sasl_minssf sasl_realm scope "
	  "search_base server_host server_port size_limit special_result_attribute "
	  "start_tls terminal_result_attribute timeout tls_ca_cert_dir "
	  "tls_ca_cert_file tls_cert tls_cipher_suite tls_key tls_random_file "
	  "tls_require_cert version" },
	{ "mysql",
	  "additional_conditions charset dbname domain expansion_limit hosts "
	  "idle_interval option_file option_group password query require_result_set "
	  "result_format retry_interval select_field table tls_CAfile tls_CApath "
	  "tls_cert_file tls_ciphers tls_key_file tls_verify_cert user where_field" },
	{ "pgsql",
	  "additional_conditions dbname domain encoding expansion_limit hosts "
	  "idle_interval password query result_format retry_interval select_field "
	  "select_function table user where_field" },
	{ "sqlite",
	  "additional_conditions dbpath domain expansion_limit query result_format "
	  "select_field table where_field" },
	{ "memcache",
	  "backup data_size_limit flags key_format line_size_limit max_try memcache "
	  "retry_pause timeout ttl" },
	{ "mongodb",
	  "collection dbname domain expansion_limit projection query_filter "
	  "result_attribute result_format uri" },
};

enum { ROWS = sizeof table / sizeof *table };

/* What the visitor of tables hands on to the visitor of parameters. */
struct visitor {
	table_parameter_visit *visit;
	void *context;
};

static void visit_suffixes(void *context, const char *type, const char *name)
{
	const struct visitor *visitor = context;
	struct words suffixes = WORDS_EMPTY;
	struct text parameter = TEXT_EMPTY;

	/* These have a file of their own. */
	if (*name == '/' || *name == '.')
		return;
	for (size_t row = 0; row < ROWS; row++)
		if (strcmp(table[row].type, type) == 0)
			words_split(&suffixes, table[row].suffixes, " ");
	for (size_t i = 0; i < suffixes.count; i++) {
		text_clear(&parameter);
		text_printf(&parameter, "%s_%s", name, suffixes.items[i]);
		visitor->visit(visitor->context, parameter.data, parameter.length);
	}
	words_free(&suffixes);
	text_free(&parameter);
}

/*
 * Visit the names of all parameters that may describe the tables in value,
 * which is expanded and is used up.
 */
void table_parameters_visit(char *value, table_parameter_visit *visit, void *context)
{
	struct visitor visitor = { visit, context };

	table_names_visit(value, visit_suffixes, &visitor);
}
