/*
 * Which names are parameters, and which of them main.cf sets.
 */
#include "postfix/known_parameters.h"

#include "postfix/table_parameters.h"
#include "scratch.h"
#include "tap.h"

static const char defaults_text[] =
	"alias_maps = hash:/etc/aliases\n"
	"mail_version = V\n"
	"smtpd_restriction_classes =\n"
	"virtual_alias_maps =\n";

/* main.cf, master.cf, and the parameters that are set. */
static const struct {
	const char *name, *main_cf, *master_cf, *set, *version;
} rows[] = {
	{ "nothing", "", "", "", NULL },
	{ "built in", "virtual_alias_maps = x\n", "", "virtual_alias_maps", NULL },
	{ "a user's that nothing uses", "mine = x\n", "", "", NULL },
	{ "used by one that is built in", "mine = x\nalias_maps = $mine\n", "", "alias_maps mine", NULL },
	{ "used by one that nothing uses", "mine = x\nother = $mine\n", "", "mine", NULL },
	{ "used by itself", "mine = ${mine}\n", "", "mine", NULL },
	{ "used in a test", "a = x\nb = y\nc = z\nalias_maps = ${a?{$b}:{$c}}\n", "", "a alias_maps b c", NULL },
	{ "used in a relation", "a = x\nb = y\nc = z\nd = ${{$a} == {$b} ? $c}\n", "", "a b c", NULL },
	{ "used before an error", "a = x\nb = y\nd = $a $ $b\n", "", "a", NULL },
	{ "not by $$", "a = x\nb = $$a\n", "", "", NULL },
	{ "not by a raw parameter", "a = x\nforward_path = $a\n", "", "", NULL },
	{ "not by what Postfix fills in", "a = x\nprocess_name = $a\nservice_name = $a\n", "", "", NULL },
	{ "service_name, since 3.11", "a = x\nservice_name = $a\n", "", "a service_name", "3.11" },
	{ "process_name, also since 3.11", "a = x\nprocess_name = $a\n", "", "", "3.11" },
	{ "a legacy name", "virtual_maps = x\na = y\n", "", "virtual_maps", NULL },
	{ "a legacy name uses others", "virtual_maps = $a\na = y\n", "", "a virtual_maps", NULL },
	{ "computed ones", "myhostname = x\nmydomain = y\nmynetworks = z\n", "",
	  "mydomain myhostname mynetworks", NULL },
	/* Services. */
	{ "a service's", "out_recipient_limit = 1\nout_time_limit = 2\nin_recipient_limit = 3\n",
	  "out unix - - - - - smtp\nin inet n - - - - smtpd\n", "out_recipient_limit", NULL },
	{ "used by a service", "a = x\n", "out unix - - - - - smtp -o b=$a\n", "a", NULL },
	{ "used by a service that has its own", "a = x\n", "out unix - - - - - smtp -o b=$a -o a=1\n", "", NULL },
	{ "one that has its own at another entry", "a = x\n",
	  "out unix - - - - - smtp -o b=$a\nout unix - - - - - smtp -o a=1\n", "", NULL },
	{ "one whose namesake has its own", "a = x\n",
	  "out unix - - - - - smtp -o b=$a\nout inet n - - - - smtpd -o a=1\n", "a", NULL },
	{ "not by a setting that another follows", "a = x\n", "out unix - - - - - smtp -o b=$a -o b=\n", "", NULL },
	{ "not by a service's raw parameter", "a = x\n", "out unix - - - - - smtp -o luser_relay=$a\n", "", NULL },
	{ "not by an argument", "a = x\n", "out unix - - - - - pipe argv=$a -o b=$a\n", "", NULL },
	/* Restriction classes. */
	{ "restriction classes", "smtpd_restriction_classes = a, b\n\tc\na = 1\nc = 1\nd = 1\n", "",
	  "a c smtpd_restriction_classes", NULL },
	{ "restriction classes by reference", "smtpd_restriction_classes = $classes\nclasses = a\na = 1\n", "",
	  "a classes smtpd_restriction_classes", NULL },
	{ "which knows no defaults", "smtpd_restriction_classes = ${mail_version?a}\na = 1\n", "",
	  "smtpd_restriction_classes", NULL },
	{ "a broken one", "smtpd_restriction_classes = a $\na = 1\n", "", "smtpd_restriction_classes", NULL },
	{ "a service's restriction classes", "a = 1\nb = 2\n",
	  "out unix - - - - - smtpd -o {smtpd_restriction_classes = a b} -o b=3\n", "a", NULL },
	/* Tables. */
	{ "a table's", "alias_maps = ldap:t\nt_server_host = x\nt_nosuch = y\nu_bind = z\n", "",
	  "alias_maps t_server_host", NULL },
	{ "a table's by reference", "alias_maps = $maps\nmaps = hash:/x, ldap:t\nt_bind = x\n", "",
	  "alias_maps maps t_bind", NULL },
	{ "not of a user's parameter", "mine = ldap:t\nt_bind = x\n", "", "", NULL },
	{ "not of a legacy parameter", "virtual_maps = ldap:t\nt_bind = x\n", "", "virtual_maps", NULL },
	{ "a service's table", "t_bind = x\n", "out unix - - - - - smtpd -o alias_maps=ldap:t\n", "t_bind", NULL },
	{ "a service's table with a name of the service", "t_bind = x\nname = u\nu_bind = y\n",
	  "out unix - - - - - smtpd -o alias_maps=ldap:$name -o name=t\n", "t_bind", NULL },
	{ "not of a service's user parameter", "t_bind = x\n", "out unix - - - - - smtpd -o mine=ldap:t\n",
	  "", NULL },
	{ "an error hides tables", "alias_maps = ldap:t $\nt_bind = x\n", "", "alias_maps", NULL },
};

/* What the words of a value may name. */
static const struct {
	const char *value, *want;
} tables[] = {
	{ "", "" },
	{ "hash:t", "" },
	{ "ldap:", "ldap: _bind" },
	{ "ldap:t", "t_bind t_server_host t_version" },
	{ "mysql:t", "t_additional_conditions t_hosts t_where_field" },
	{ "pgsql:t", "t_additional_conditions t_select_function" },
	{ "sqlite:t", "t_dbpath" },
	{ "memcache:t", "t_backup t_ttl" },
	{ "mongodb:t", "t_collection t_uri" },
	{ "LDAP:t", "" },
	{ "ldap:/etc/t", "" },
	{ "ldap:.t", "" },
	{ "ldap:t:u", "t:u_bind" },
	{ "proxy:ldap:t", "t_bind" },
	{ "proxy:proxy:ldap:t", "t_bind" },
	{ "proxy:t", "" },
	{ "proxy:", "" },
	{ "ldap", "" },
	{ "x,ldap:t y", "t_bind" },
	{ "x\n\tldap:t", "t_bind" },
	{ "x\vldap:t", "" },
	{ "hash:x, ldap:t, pgsql:u", "t_bind u_dbname" },
	{ "{ldap:t}", "t_bind" },
	{ "{ { x, ldap:t } }", "t_bind" },
	{ "{ldap:t", "t_bind" },
	{ "pipemap:{hash:x, ldap:t}", "t_bind" },
	{ "unionmap:{ldap:t} sqlite:u", "t_bind u_query" },
	{ "regexp:{{/x/ ldap:t}}", "" },
	{ "pcre:{{/x/ ldap:t}} ldap:u", "u_bind" },
	{ "# ldap:t", "" },
	{ "ldap:t #x ldap:u", "t_bind" },
	{ "{# ldap:t} ldap:u", "u_bind" },
	{ "ldap:t# ldap:u", "t#_bind u_bind" },
};

static void collect(void *context, const char *name, size_t length)
{
	words_add_n(context, name, length);
}

/* Is each of want there, and does each there begin like one of want? */
static void table(size_t i)
{
	struct words want = WORDS_EMPTY;
	struct words have = WORDS_EMPTY;
	char *value = strdup(tables[i].value);
	bool good = true;

	table_parameters_visit(value, collect, &have);
	words_split(&want, tables[i].want, " ");
	for (size_t w = 0; w < want.count; w++)
		good = good && (strcmp(want.items[w], "ldap:") == 0 || words_contain(&have, want.items[w]));
	for (size_t h = 0; h < have.count; h++) {
		bool found = false;

		for (size_t w = 0; w < want.count; w++) {
			size_t prefix = strcspn(want.items[w], "_") + 1;

			found = found || strncmp(have.items[h], want.items[w], prefix) == 0;
		}
		good = good && found;
	}
	ok(good, "the table parameters of %s", tables[i].value);
	words_free(&want);
	words_free(&have);
	free(value);
}

static struct defaults read_defaults(const char *version)
{
	const char *mark = strstr(defaults_text, " V\n") + 1;
	struct text content = TEXT_EMPTY;
	struct defaults defaults;

	text_printf(&content, "%.*s%s%s", (int)(mark - defaults_text), defaults_text,
		    version != NULL ? version : "3.10", mark + 1);
	if (!defaults_parse(&defaults, &content, NULL))
		abort();
	return defaults;
}

static void join(const struct words *words, struct text *out)
{
	for (size_t i = 0; i < words->count; i++)
		text_printf(out, "%s%s", i > 0 ? " " : "", words->items[i]);
}

static void row(size_t i)
{
	struct defaults defaults = read_defaults(rows[i].version);
	struct configuration configuration;
	struct words names = WORDS_EMPTY;
	struct text have = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	bool same = true;

	scratch_configuration("d", rows[i].main_cf, rows[i].master_cf);
	ok(configuration_read(&configuration, scratch_path("d"), &defaults, NULL, &why) &&
	   configuration_read_services(&configuration, &why), "%s", rows[i].name);
	known_parameter_names(&configuration, true, &names);
	join(&names, &have);
	is(text_string(&have), rows[i].set, "  what is set");
	/* One by one, each name of main.cf is known if it is listed. */
	for (size_t j = 0; j < configuration.main.count; j++) {
		const char *name = configuration.main.entries[j].name;
		bool own = strcmp(name, "config_directory") == 0 || strcmp(name, "process_name") == 0 ||
			   strcmp(name, "service_name") == 0;

		same = same && (own || known_parameter(&configuration, name) == words_contain(&names, name));
	}
	ok(same, "  the same is known");
	words_free(&names);
	text_free(&have);
	text_free(&why);
	configuration_free(&configuration);
	defaults_free(&defaults);
}

static void everything(void)
{
	struct defaults defaults = read_defaults(NULL);
	struct configuration configuration;
	struct words names = WORDS_EMPTY;
	struct text have = TEXT_EMPTY;

	scratch_configuration("d", "b = $a\na = 1\nvirtual_alias_maps = x\nvirtual_maps = y\n",
			      "out unix - - - - - spawn\n");
	configuration_read(&configuration, scratch_path("d"), &defaults, NULL, NULL);
	configuration_read_services(&configuration, NULL);
	known_parameter_names(&configuration, false, &names);
	join(&names, &have);
	is(text_string(&have), "a alias_maps mail_version mydomain myhostname mynetworks out_time_limit "
			       "process_id process_name service_name smtpd_restriction_classes "
			       "virtual_alias_maps virtual_maps", "all there are, in order, once");
	ok(known_parameter(&configuration, "fallback_relay") && known_parameter(&configuration, "myhostname") &&
	   known_parameter(&configuration, "process_id") && known_parameter(&configuration, "service_name"),
	   "some are known though nothing lists them");
	ok(!known_parameter(&configuration, "b") && !known_parameter(&configuration, "nosuch") &&
	   !known_parameter(&configuration, ""), "others are not");
	words_free(&names);
	text_free(&have);
	configuration_free(&configuration);
	defaults_free(&defaults);
}

/* A main.cf of which each line uses the next must not take the stack. */
static void long_chain(void)
{
	struct defaults defaults = read_defaults(NULL);
	struct configuration configuration;
	struct text main_cf = TEXT_EMPTY;
	struct words names = WORDS_EMPTY;

	for (int i = 0; i < 100000; i++)
		text_printf(&main_cf, "a%d = $a%d\n", i, i + 1);
	scratch_configuration("d", main_cf.data, "");
	configuration_read(&configuration, scratch_path("d"), &defaults, NULL, NULL);
	configuration_read_services(&configuration, NULL);
	known_parameter_names(&configuration, true, &names);
	ok(names.count == 99999, "a chain of a hundred thousand names");
	ok(!known_parameter(&configuration, "a0") && known_parameter(&configuration, "a1"), "  is known");
	words_free(&names);
	text_free(&main_cf);
	configuration_free(&configuration);
	defaults_free(&defaults);
}

int main(void)
{
	char nested[4096];
	struct words have = WORDS_EMPTY;

	scratch_begin();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i);
	everything();
	long_chain();
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
		table(i);
	memset(nested, '{', sizeof nested - 1);
	nested[sizeof nested - 1] = '\0';
	table_parameters_visit(nested, collect, &have);
	ok(have.count == 0, "braces without end");
	words_free(&have);
	return tap_done();
}
