/*
 * libFuzzer: any bytes as each file that says what a chroot must hold:
 * /etc/default/postfix, nsswitch.conf, passwd, a configuration of Cyrus SASL,
 * ld.so.conf, dynamicmaps.cf, and values of parameters that do; and as what is
 * answered from inside.
 */
#include "chroot/accounts.h"
#include "chroot/nsswitch.h"
#include "chroot/sasl_conf.h"
#include "chroot/settings.h"
#include "fuzz_tree.h"

/* Readers that are their modules' own. */
#include "chroot/map_modules.c"
#include "chroot/time_zone.c"
#include "chroot/trial.c"

static void read_settings(const char *content)
{
	struct settings settings;
	struct text why = TEXT_EMPTY;
	bool done = settings_parse(&settings, content, "/etc/default/postfix", &why);

	fuzz_check(done == (why.length == 0));
	for (size_t i = 0; done && i < settings.extra_files.count; i++)
		fuzz_check(strpbrk(settings.extra_files.items[i], " \t\n") == NULL);
	settings_free(&settings);
	text_free(&why);
}

static void read_nsswitch(const char *content)
{
	struct nsswitch nsswitch = { NULL, 0, 0 };

	nsswitch_parse(&nsswitch, content);
	for (size_t i = 0; i < nsswitch.count; i++)
		fuzz_check(*nsswitch.uses[i].database != '\0' && *nsswitch.uses[i].module != '\0');
	nsswitch_free(&nsswitch);
}

/* No password gets into a chroot. */
static void read_accounts(const struct text *content)
{
	struct text out = TEXT_EMPTY, again = TEXT_EMPTY;
	const char *line, *end;

	accounts_without_passwords(content, &out);
	line = text_string(&out);
	end = line + out.length;
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *next = newline != NULL ? newline : end;
		const char *colon = memchr(line, ':', (size_t)(next - line));

		if (colon != NULL)
			fuzz_check(colon[1] == 'x' && (colon + 2 == next || colon[2] == ':'));
		line = next + (newline != NULL);
	}
	accounts_without_passwords(&out, &again);
	fuzz_check(again.length == out.length &&
		   memcmp(text_string(&again), text_string(&out), out.length) == 0);
	text_free(&out);
	text_free(&again);
}

static void read_sasl(const char *content)
{
	struct sasl_conf conf;

	sasl_conf_parse(&conf, content);
	fuzz_check(strchr(text_string(&conf.database), '\n') == NULL);
	fuzz_check(strchr(text_string(&conf.saslauthd), '\n') == NULL);
	sasl_conf_free(&conf);
}

static void read_values(const char *content)
{
	struct text zone = TEXT_EMPTY, path = TEXT_EMPTY;
	struct words types = WORDS_EMPTY;

	find_zone(content, &zone);
	(void)planner_normalize(content, &path);
	(void)accounts_map_used(content, "unix:passwd.byname");
	add_types(content, &types);
	for (size_t i = 0; i < types.count; i++)
		fuzz_check(strpbrk(types.items[i], ": \t\n/") == NULL);
	words_free(&types);
	text_free(&zone);
	text_free(&path);
}

static void told(void *context, const char *what, const char *advice)
{
	(void)context;
	fuzz_check(*what != '\0' && *advice != '\0');
}

/* The first line is the host's answer, the second that from a chroot, to every kind of question. */
static void read_trial(const char *content)
{
	static char what[] = "smtp", reason[] = "known_tcp_ports";
	struct words lines = WORDS_EMPTY;

	words_split(&lines, content, "\n");
	for (int kind = TRIAL_HOST; kind <= TRIAL_INET && lines.count >= 2; kind++) {
		const struct trial_question question = { (enum trial_kind)kind, what, reason };

		judge(&question, lines.items[0], lines.items[1], "/var/spool/postfix", told, NULL);
	}
	words_free(&lines);
}

static void read_tree(struct plan_cache *cache)
{
	struct expansion expansion = { .key = NULL };
	struct closure loaded = { .libraries = NULL };
	struct library_path libraries;
	struct words types = WORDS_EMPTY;

	library_path_read(&libraries, &cache->host);
	for (size_t i = 0; i < libraries.configured.count; i++)
		fuzz_check(libraries.configured.items[i][0] == '/');
	library_path_free(&libraries);
	words_split(&types, "pcre ldap mysql", " ");
	read_modules(cache, "/etc/postfix/dynamicmaps.cf", "/usr/lib/postfix", &types, &loaded,
		     &expansion);
	fuzz_check(expansion.count == 0);
	words_free(&types);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int modules = -1, linker;
	struct text content = fuzz_text(bytes, size);
	struct plan_cache cache;

	if (modules < 0) {
		modules = fuzz_tree_file("etc/postfix/dynamicmaps.cf");
		linker = fuzz_tree_file("etc/ld.so.conf");
	}
	fuzz_write(modules, bytes, size);
	fuzz_write(linker, bytes, size);
	read_settings(content.data);
	read_nsswitch(content.data);
	read_accounts(&content);
	read_sasl(content.data);
	read_values(content.data);
	read_trial(content.data);
	if (!plan_cache_open(&cache, fuzz_tree(), NULL))
		abort();
	read_tree(&cache);
	plan_cache_close(&cache);
	text_free(&content);
	return 0;
}
