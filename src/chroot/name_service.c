/*
 * The modules of the name service switch, which the C library loads from the
 * chroot when a daemon first asks for a name.
 */
#include "chroot/planner.h"

#include <string.h>

#define NSSWITCH "/etc/nsswitch.conf"
#define NSSWITCH_SIZE (1u << 20)

static void read_once(struct plan_cache *cache)
{
	struct text content = TEXT_EMPTY;

	if (cache->has_name_service)
		return;
	/* Without the file the C library's defaults hold: all built in. */
	if (!host_read_file(&cache->host, NSSWITCH, NSSWITCH_SIZE, &content))
		text_clear(&content);
	nsswitch_parse(&cache->nsswitch, text_string(&content));
	text_free(&content);
	cache->has_name_service = true;
}

/*
 * Expand a module to its file and the libraries that come with it.
 */
static void expand_module(struct plan_cache *cache, const char *module,
			  struct expansion *expansion)
{
	const char *name = expansion_text(expansion, "libnss_%s.so.2", module);
	struct closure closure;

	/* A module that is not installed is passed over by the C library too. */
	if (!closure_find(&closure, &cache->host, plan_cache_libraries(cache), name) ||
	    closure_builtin(&cache->host, closure.libraries[0], module)) {
		closure_free(&closure);
		return;
	}
	expansion_add_libraries(expansion, cache, &closure, NULL);
	closure_free(&closure);
}

static bool listed(const char *const *names, const char *name)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/*
 * Plan the modules that nsswitch.conf names for what a chrooted daemon asks:
 * hosts and ports always; accounts only where it opens unix:passwd.byname or
 * unix:group.byname itself, since Postfix looks up its own before it enters.
 */
bool planner_name_service(struct planner *planner, struct text *why)
{
	static const char *const always[] = { "hosts", "services", "protocols", NULL };
	static const char *const accounts[] = { "passwd", "group", "initgroups",
						"passwd_compat", "group_compat", NULL };
	struct text by = TEXT_EMPTY;
	bool wants_accounts;

	if (!accounts_used(planner, "unix:passwd.byname", &by, why) ||
	    (by.length == 0 && !accounts_used(planner, "unix:group.byname", &by, why))) {
		text_free(&by);
		return false;
	}
	wants_accounts = by.length > 0;
	text_free(&by);
	read_once(planner->cache);
	for (size_t i = 0; i < planner->cache->nsswitch.count; i++) {
		const struct nsswitch_use *use = &planner->cache->nsswitch.uses[i];
		const struct expansion *expansion;
		struct text key = TEXT_EMPTY;

		if (!listed(always, use->database) &&
		    !(wants_accounts && listed(accounts, use->database)))
			continue;
		text_printf(&key, "nss %s", use->module);
		expansion = plan_cache_expand(planner->cache, text_string(&key), use->module,
					      expand_module);
		text_free(&key);
		if (expansion->count == 0)
			continue;
		planner_add_all(planner, expansion,
				planner_text(planner, "NSS module named by %s: in " NSSWITCH,
					     use->database));
		planner_name_service_files(planner, use);
	}
	return true;
}
