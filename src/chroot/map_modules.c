/*
 * Loadable modules for types of lookup tables: dynamicmaps.cf says which
 * shared object is behind "pcre:" or "ldap:".
 *
 * Postfix reads dynamicmaps.cf when a daemon starts (mail_dict_init()), but
 * loads a module when a table of its type is first opened (dict_open()).
 * Nearly all daemons open theirs before they enter a chroot; the openers below
 * do so later, and Debian has never chrooted these.
 */
#include "chroot/planner.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DYNAMICMAPS "dynamicmaps.cf"
#define DYNAMICMAPS_SIZE (1u << 20)

/* Whose tables are opened from inside a chroot, and what names these. */
static const struct {
	const char *command;
	const char *parameters[4];
} openers[] = {
	/* proxy_map_find(), when a client asks for it. */
	{ "proxymap", { "proxy_read_maps", "proxy_write_maps" } },
	/* post_init() */
	{ "virtual", { "virtual_mailbox_maps", "virtual_uid_maps", "virtual_gid_maps" } },
	/* deliver_mailbox(), deliver_unknown() */
	{ "local", { "mailbox_transport_maps", "mailbox_command_maps",
		     "fallback_transport_maps" } },
};

/*
 * Add the words before colons in a value: all types of tables in it, also
 * those within others ("proxy:unionmap:{pcre:/a, hash:/b}"), and a few words
 * more, which name no module.
 */
static void add_types(const char *value, struct words *types)
{
	const char *start = value;

	for (const char *at = value; *at != '\0'; at++) {
		if (*at == ':' && at > start) {
			struct text type = TEXT_EMPTY;

			text_add_n(&type, start, (size_t)(at - start));
			if (!words_contain(types, text_string(&type)))
				words_add(types, text_string(&type));
			text_free(&type);
		}
		if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
			start = at + 1;
	}
}

/*
 * Add the module of a type, and what it needs that the daemon has not loaded.
 */
static void add_module(struct plan_cache *cache, const char *type, const char *path,
		       const struct closure *loaded, struct expansion *expansion)
{
	struct closure closure;

	/* Debian 13 lists the modules of packages that are not installed. */
	if (closure_find(&closure, &cache->host, plan_cache_libraries(cache), path)) {
		size_t first = expansion->count;

		expansion_add_libraries(expansion, cache, &closure, loaded);
		if (expansion->count > first)
			expansion->entries[first].reason =
				expansion_text(expansion, "map type %s of " DYNAMICMAPS, type);
	}
	closure_free(&closure);
}

/*
 * Read one file of modules.  The first line of a type counts.
 */
static void read_modules(struct plan_cache *cache, const char *path, const char *directory,
			 struct words *types, const struct closure *loaded,
			 struct expansion *expansion)
{
	struct text content = TEXT_EMPTY;
	struct words lines = WORDS_EMPTY;

	if (host_read_file(&cache->host, path, DYNAMICMAPS_SIZE, &content))
		words_split(&lines, text_string(&content), "\n");
	for (size_t i = 0; i < lines.count; i++) {
		struct words fields = WORDS_EMPTY;
		struct text module = TEXT_EMPTY;

		if (lines.items[i][0] != '#')
			words_split(&fields, lines.items[i], " \t");
		for (size_t j = 0; j < types->count && fields.count >= 3; j++) {
			if (strcmp(types->items[j], fields.items[0]) != 0)
				continue;
			if (fields.items[1][0] != '/')
				text_printf(&module, "%s/", directory);
			text_add(&module, fields.items[1]);
			add_module(cache, fields.items[0], text_string(&module), loaded,
				   expansion);
			words_remove(types, j);
			break;
		}
		words_free(&fields);
		text_free(&module);
	}
	words_free(&lines);
	text_free(&content);
}

/*
 * Expand an argument of lines: the daemon, meta_directory, shlib_directory
 * and the types of tables.
 */
static void expand_types(struct plan_cache *cache, const char *argument,
			 struct expansion *expansion)
{
	struct words words = WORDS_EMPTY, names = WORDS_EMPTY;
	struct text path = TEXT_EMPTY;
	struct closure loaded;
	char *daemon, *meta, *shlib;

	words_split(&words, argument, "\n");
	daemon = words_take_first(&words);
	meta = words_take_first(&words);
	shlib = words_take_first(&words);
	closure_find(&loaded, &cache->host, plan_cache_libraries(cache), daemon);
	text_printf(&path, "%s/" DYNAMICMAPS, meta);
	read_modules(cache, text_string(&path), shlib, &words, &loaded, expansion);
	text_add(&path, ".d");
	/* Postfix takes these in the order of readdir(3), which nobody knows. */
	host_list(&cache->host, text_string(&path), &names);
	for (size_t i = 0; i < names.count; i++) {
		text_clear(&path);
		text_printf(&path, "%s/" DYNAMICMAPS ".d/%s", meta, names.items[i]);
		read_modules(cache, text_string(&path), shlib, &words, &loaded, expansion);
	}
	closure_free(&loaded);
	free(daemon);
	free(meta);
	free(shlib);
	words_free(&words);
	words_free(&names);
	text_free(&path);
}

/*
 * Put into argument what expand_types() takes, and nothing where Postfix has
 * no loadable modules (shlib_directory = no) or no type is named.
 */
static bool prepare(struct planner *planner, const struct service *service, size_t opener,
		    struct text *argument, struct text *why)
{
	static const char *const directories[] = { "daemon_directory", "meta_directory",
						   "shlib_directory" };
	const struct configuration *configuration = planner->configuration;
	struct words types = WORDS_EMPTY;
	struct text value = TEXT_EMPTY;
	bool done = true, absolute = true;

	for (size_t i = 0; i < 4 && openers[opener].parameters[i] != NULL && done; i++) {
		text_clear(&value);
		done = configuration_get_for(configuration, service,
					     openers[opener].parameters[i], &value, why);
		add_types(text_string(&value), &types);
	}
	for (size_t i = 0; i < sizeof directories / sizeof directories[0] && done; i++) {
		text_clear(&value);
		done = configuration_get_for(configuration, service, directories[i], &value,
					     why);
		absolute = absolute && text_string(&value)[0] == '/';
		text_add(argument, text_string(&value));
		if (i == 0)
			text_printf(argument, "/%s", openers[opener].command);
		text_add_char(argument, '\n');
	}
	for (size_t i = 0; i < types.count; i++)
		text_printf(argument, "%s\n", types.items[i]);
	if (!absolute || types.count == 0)
		text_clear(argument);
	words_free(&types);
	text_free(&value);
	return done;
}

static bool add_opener(struct planner *planner, const struct service *service, size_t opener,
		       struct text *why)
{
	struct text argument = TEXT_EMPTY, key = TEXT_EMPTY;
	bool done = prepare(planner, service, opener, &argument, why);

	if (done && argument.length > 0) {
		text_printf(&key, "maps %s", text_string(&argument));
		planner_add_all(planner,
				plan_cache_expand(planner->cache, text_string(&key),
						  text_string(&argument), expand_types),
				NULL);
	}
	text_free(&argument);
	text_free(&key);
	return done;
}

/*
 * Plan the modules of the types of tables that are opened in the chroot.
 * Return false with a reason if a parameter cannot be read.
 */
bool planner_map_modules(struct planner *planner, struct text *why)
{
	for (size_t i = 0; i < planner->services.chrooted_count; i++) {
		const struct service *service = planner->services.chrooted[i];

		for (size_t j = 0; j < sizeof openers / sizeof openers[0]; j++)
			if (strcmp(service->column[SERVICE_COMMAND], openers[j].command) == 0 &&
			    !add_opener(planner, service, j, why))
				return false;
	}
	return true;
}
