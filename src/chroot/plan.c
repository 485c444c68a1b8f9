/*
 * What the chroot of an instance must hold: a function of its configuration,
 * of /etc/default/postfix and of the host's files.  Nothing is written here,
 * so a plan can be made and printed by anyone who may read these.
 */
#include "chroot/plan.h"

#include <stdlib.h>
#include <string.h>

#include "chroot/planner.h"

void plan_free(struct plan *plan)
{
	free(plan->entries);
	words_free(&plan->notes);
	words_free(&plan->kept);
	words_free(&plan->texts);
	*plan = PLAN_EMPTY;
}

/*
 * Return the word for a kind of entry.
 */
const char *plan_kind_name(enum plan_kind kind)
{
	static const char *const names[] = {
		[PLAN_DIRECTORY] = "directory",
		[PLAN_PUBLIC] = "copy",
		[PLAN_COPY] = "copy",
		[PLAN_GUARDED] = "copy",
		[PLAN_ACCOUNTS] = "accounts",
	};

	return names[kind];
}

static bool find_queue_directory(struct planner *planner, struct text *why)
{
	struct words parts = WORDS_EMPTY;
	struct text value = TEXT_EMPTY;
	bool done = configuration_get(planner->configuration, "queue_directory", &value, why);

	if (done && value.length > 0 && value.data[0] == '/') {
		words_split(&parts, value.data, "/");
		for (size_t i = 0; i < parts.count; i++)
			if (strcmp(parts.items[i], ".") != 0)
				text_printf(&planner->queue_directory, "/%s", parts.items[i]);
	}
	if (done && planner->queue_directory.length == 0)
		done = text_fail(why, "cannot plan a chroot in queue_directory \"%s\": it is "
				 "not the absolute path of a directory below /",
				 text_string(&value));
	words_free(&parts);
	text_free(&value);
	return done;
}

static bool add_sources(struct planner *planner, struct text *why)
{
	/* Who comes first says what a path holds: accounts before extra files. */
	static bool (*const sources[])(struct planner *, struct text *) = {
		planner_libc_files,
		planner_time_zone,
		planner_accounts,
		planner_name_service,
		planner_map_modules,
		planner_certificates,
		planner_sasl,
		planner_extra_files,
		planner_chroot_files,
		planner_log_socket,
	};

	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
		if (!sources[i](planner, why))
			return false;
	return true;
}

/*
 * Plan the chroot of the instance, whose services must have been read.  The
 * plan is empty where no service is chrooted or SYNC_CHROOT is off.  Return
 * false with a reason if the configuration does not say what is needed.
 * plan_free() frees the plan either way, before the cache is closed.
 */
bool plan_build(struct plan *plan, struct plan_cache *cache,
		const struct configuration *configuration,
		const struct settings *settings, struct text *why)
{
	struct planner planner = {
		.plan = plan,
		.cache = cache,
		.configuration = configuration,
		.settings = settings,
	};
	bool done;

	*plan = PLAN_EMPTY;
	plan->cache = cache;
	if (!settings->sync_chroot)
		return true;
	done = active_services_find(configuration, &planner.services, why);
	if (done && planner.services.chrooted_count > 0)
		done = find_queue_directory(&planner, why) && add_sources(&planner, why);
	active_services_free(&planner.services);
	text_free(&planner.queue_directory);
	path_index_free(&planner.paths);
	path_index_free(&planner.directories);
	if (!done)
		plan_free(plan);
	return done;
}
