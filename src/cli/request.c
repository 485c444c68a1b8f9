/*
 * The steps that most verbs begin with: defaults, discovery, selection.  Each
 * prints why it failed and says with which status the program ends.
 */
#include "cli/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/message.h"
#include "postfix/clash.h"
#include "postfix/discover.h"
#include "postfix/paths.h"
#include "process/locks.h"
#include "process/masters.h"
#include "state/defaults_cache.h"

/*
 * Is Postfix there at all?  What cannot be looked at counts.
 */
bool request_is_installed(void)
{
	return access(POSTFIX_COMMAND_DIRECTORY "/postfix", X_OK) == 0 ||
	       (errno != ENOENT && errno != ENOTDIR);
}

/*
 * Get Postfix's built-in defaults.
 */
bool request_read_defaults(struct request *request, enum exit_status *status)
{
	const char *file = request->options.defaults_file;
	struct text why = TEXT_EMPTY;
	bool ok = file != NULL ? defaults_read(&request->defaults, file, &why)
			       : defaults_cache_get(&request->defaults, &why);

	if (!ok) {
		message_error("cannot learn Postfix's defaults: %s", text_string(&why));
		*status = file != NULL || request_is_installed() ? EXIT_FAILED
								 : EXIT_NOT_INSTALLED;
	}
	text_free(&why);
	return ok;
}

static void find_masters(struct masters *masters)
{
	struct locks locks = LOCKS_EMPTY;

	if (locks_read(&locks, NULL))
		masters_read(masters, &locks);
	else
		masters_search(masters);
	locks_free(&locks);
}

/*
 * Has a master its configuration where we see it?  One in a container means a
 * directory of the container.
 */
static bool is_of_this_host(const struct master *master)
{
	struct place place;

	if (!place_of(master->config_directory, &place))
		place = (struct place){ 0, 0 };
	return place_same(&place, &master->config);
}

/* Does an instance of this host run, whatever became of its configuration? */
static bool anything_runs(void)
{
	struct masters masters = MASTERS_EMPTY;
	bool any = false;

	find_masters(&masters);
	for (size_t i = 0; i < masters.count; i++)
		any = any || is_of_this_host(&masters.items[i]);
	masters_free(&masters);
	return any;
}

/*
 * Does this host have a main.cf?  One that is there and cannot be read counts,
 * and so does one that was: what still runs can be shown and stopped.
 */
bool request_is_configured(void)
{
	return access(POSTFIX_CONFIG_DIRECTORY "/main.cf", F_OK) == 0 || errno != ENOENT ||
	       anything_runs();
}

/*
 * With a primary that cannot be read nobody knows the others.  Those that run
 * can at least be shown and stopped: their masters tell.
 */
static void add_running(struct request *request)
{
	struct masters masters = MASTERS_EMPTY;

	find_masters(&masters);
	for (size_t i = 0; i < masters.count; i++) {
		const struct master *master = &masters.items[i];

		if (is_of_this_host(master) &&
		    strcmp(master->config_directory, POSTFIX_CONFIG_DIRECTORY) != 0)
			discover_secondary(master->config_directory, &request->defaults,
					   &request->instances, &request->warnings);
	}
	masters_free(&masters);
}

/*
 * Find the instances of this host.
 */
bool request_discover(struct request *request, enum exit_status *status)
{
	if (!request_is_installed()) {
		message_error("Postfix is not installed: no %s/postfix; \"apt-get install postfix\" "
			      "installs it", POSTFIX_COMMAND_DIRECTORY);
		*status = EXIT_NOT_INSTALLED;
		return false;
	}
	if (!request_is_configured()) {
		message_error("Postfix is not configured: no %s/main.cf; \"dpkg-reconfigure postfix\" "
			      "makes one", POSTFIX_CONFIG_DIRECTORY);
		*status = EXIT_NOT_CONFIGURED;
		return false;
	}
	if (request->defaults.count == 0 && !request_read_defaults(request, status))
		return false;
	discover(POSTFIX_CONFIG_DIRECTORY, &request->defaults, &request->instances,
		 &request->warnings);
	if (request->instances.count == 1 && request->instances.items[0].damage != NULL)
		add_running(request);
	clash_find(&request->instances);
	return true;
}

/* Find a configuration directory, most likely where it was before. */
static struct instance *find_again(const struct instances *instances, const char *directory,
				   size_t before)
{
	for (size_t i = 0; i < instances->count; i++) {
		struct instance *instance = &instances->items[(before + i) % instances->count];

		if (strcmp(instance->directory, directory) == 0)
			return instance;
	}
	return NULL;
}

/*
 * Read the configuration of all instances again, in place, for who has waited
 * while somebody else worked on some of them.
 */
void request_discover_again(struct request *request)
{
	struct instances now = INSTANCES_EMPTY;

	discover(POSTFIX_CONFIG_DIRECTORY, &request->defaults, &now, NULL);
	clash_find(&now);
	for (size_t i = 0; i < request->instances.count; i++) {
		struct instance *known = &request->instances.items[i];
		struct instance *found = find_again(&now, known->directory, i);

		if (found != NULL) {
			struct instance old = *known;

			*known = *found;
			*found = old;
		} else {
			instance_set_damage(known, now.items[0].damage != NULL
					    ? now.items[0].damage
					    : "it is in multi_instance_directories no more");
		}
	}
	instances_free(&now);
}

/*
 * Select instances by what the command line says; without a word, all.
 */
bool request_select(struct request *request, enum exit_status *status)
{
	struct text why = TEXT_EMPTY;
	bool ok;

	request->selected = memory_allocate(request->instances.count, sizeof *request->selected);
	ok = select_instances(&request->instances, &request->options.words,
			      &request->options.groups, request->selected, &why);
	if (!ok && request->instances.items[0].damage != NULL) {
		/* Without it nobody knows what there is. */
		message_error("%s; what there is cannot be found out: %s", text_string(&why),
			      request->instances.items[0].damage);
		*status = EXIT_FAILED;
	} else if (!ok) {
		message_error("%s", text_string(&why));
		*status = EXIT_BAD_ARGUMENTS;
	}
	text_free(&why);
	return ok;
}

void request_free(struct request *request)
{
	options_free(&request->options);
	defaults_free(&request->defaults);
	instances_free(&request->instances);
	free(request->selected);
	text_free(&request->warnings);
}
