/*
 * libFuzzer: any bytes as the configuration of an instance, main.cf up to a
 * line "== master.cf" and master.cf from there, and all that postctl makes of
 * it: the instances, what is set and what is known, services, listeners,
 * tables, the plan of a chroot and what is tried there.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include "base/memory.h"
#include "chroot/trial.h"
#include "postfix/clash.h"
#include "postfix/discover.h"
#include "postfix/indexed_tables.h"
#include "postfix/known_parameters.h"
#include "postfix/listen_check.h"
#include "postfix/listeners.h"
#include "postfix/origin.h"
#include "fuzz_tree.h"

static const char separator[] = "== master.cf\n";

/* Nobody outside is asked for hosts: only numbers are known. */
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
		struct addrinfo **found)
{
	struct sockaddr_in *address;

	(void)port;
	(void)hints;
	*found = NULL;
	address = calloc(1, sizeof *address);
	address->sin_family = AF_INET;
	if (inet_pton(AF_INET, host, &address->sin_addr) != 1) {
		free(address);
		return EAI_NONAME;
	}
	*found = calloc(1, sizeof **found);
	(*found)->ai_family = AF_INET;
	(*found)->ai_addr = (struct sockaddr *)(void *)address;
	(*found)->ai_addrlen = sizeof *address;
	return 0;
}

void freeaddrinfo(struct addrinfo *found)
{
	if (found != NULL)
		free(found->ai_addr);
	free(found);
}

/* What "postconf -d" of Postfix 3.10 says of the parameters that somebody here asks for. */
static const struct defaults *known_defaults(void)
{
	static struct defaults defaults;
	struct text why = TEXT_EMPTY;

	if (defaults.count == 0 && !defaults_read(&defaults, "tests/fuzz/defaults", &why)) {
		fprintf(stderr, "%s\n", why.data);
		exit(1);
	}
	return &defaults;
}

static void get_all(const struct configuration *configuration)
{
	struct words names = WORDS_EMPTY;

	known_parameter_names(configuration, false, &names);
	for (size_t i = 0; i < names.count; i++) {
		struct text value = TEXT_EMPTY, why = TEXT_EMPTY;
		bool done = configuration_get(configuration, names.items[i], &value, &why);

		fuzz_check(known_parameter(configuration, names.items[i]));
		fuzz_check(done ? why.length == 0 : value.length == 0 && why.length > 0);
		text_free(&value);
		text_free(&why);
	}
	words_free(&names);
}

/* Nothing of a plan is outside of the chroot, or there twice. */
static void check_plan(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const char *path = plan->entries[i].path;

		fuzz_check(*path != '/' && *path != '\0' && strncmp(path, "../", 3) != 0 &&
			   strstr(path, "/../") == NULL && strstr(path, "//") == NULL);
		fuzz_check(i == 0 || strcmp(path, plan->entries[i - 1].path) != 0);
	}
}

static void plan_chroot(const struct configuration *configuration,
			const struct active_services *active)
{
	const struct settings settings = { .sync_chroot = true };
	struct text why = TEXT_EMPTY;
	struct trial trial = TRIAL_EMPTY;
	struct plan_cache cache;
	struct plan plan = PLAN_EMPTY;

	if (!plan_cache_open(&cache, fuzz_tree(), NULL))
		abort();
	if (plan_build(&plan, &cache, configuration, &settings, &why)) {
		check_plan(&plan);
		fuzz_check(active->chrooted_count > 0 || plan.count == 0);
		fuzz_check(trial_plan(&trial, configuration, active, &plan, &why) ==
			   (why.length == 0));
		trial_free(&trial);
	} else {
		fuzz_check(why.length > 0);
	}
	plan_free(&plan);
	plan_cache_close(&cache);
	text_free(&why);
}

static void use_services(struct configuration *configuration)
{
	struct active_services active = ACTIVE_SERVICES_EMPTY;
	struct indexed_tables tables;
	struct listeners listeners = LISTENERS_EMPTY;
	struct text why = TEXT_EMPTY, origin = TEXT_EMPTY;

	if (active_services_find(configuration, &active, &why)) {
		fuzz_check(active.chrooted_count <= active.count);
		indexed_tables_find(configuration, &active, &tables);
		for (size_t i = 0; i < tables.count; i++)
			fuzz_check(*tables.items[i].path == '/');
		indexed_tables_free(&tables);
		for (size_t owner = 0; owner < 2; owner++)
			listeners_add(&listeners, configuration, &active, owner, true);
		listeners_match(&listeners);
		listeners_free(&listeners);
		fuzz_check(listen_check(configuration, &active, &why) == (why.length == 0));
		plan_chroot(configuration, &active);
	} else {
		fuzz_check(why.length > 0);
	}
	(void)origin_get(configuration, &origin, NULL);
	active_services_free(&active);
	text_free(&why);
	text_free(&origin);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int main_cf = -1, master_cf;
	static char *directory;
	const uint8_t *line = memmem(bytes, size, separator, strlen(separator));
	size_t length = line != NULL ? (size_t)(line - bytes) : size;
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct instances instances = INSTANCES_EMPTY;
	struct text why = TEXT_EMPTY;

	if (main_cf < 0) {
		struct text path = TEXT_EMPTY;

		main_cf = fuzz_tree_file("etc/postfix/main.cf");
		master_cf = fuzz_tree_file("etc/postfix/master.cf");
		text_printf(&path, "%s/etc/postfix", fuzz_tree());
		directory = text_take(&path);
	}
	fuzz_write(main_cf, bytes, length);
	if (line != NULL)
		length += strlen(separator);
	fuzz_write(master_cf, bytes + length, size - length);
	discover(directory, known_defaults(), &instances, NULL);
	clash_find(&instances);
	fuzz_check(instances.count > 0 && instances.items[0].is_primary);
	instances_free(&instances);
	if (configuration_read(&configuration, directory, known_defaults(), NULL, &why)) {
		get_all(&configuration);
		if (configuration_read_services(&configuration, &why)) {
			get_all(&configuration);
			use_services(&configuration);
		}
	}
	configuration_free(&configuration);
	text_free(&why);
	return 0;
}
