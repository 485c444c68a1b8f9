#ifndef POSTCTL_CHROOT_PLANNER_H
#define POSTCTL_CHROOT_PLANNER_H

/*
 * Between the parts that make a plan; nobody else needs this.
 */
#include "chroot/closure.h"
#include "chroot/plan.h"
#include "postfix/active_services.h"

/*
 * The entries that come from one place, in the order in which they go into a
 * plan, and why some are missing.  An entry without a reason gets that of the
 * plan.  Those that were found anywhere may lie in a chroot themselves.
 */
struct expansion {
	char *key;
	struct plan_entry *entries;
	size_t count;
	size_t capacity;
	bool anywhere;
	struct words texts;
	struct words notes;
};

/*
 * A plan in the making.
 */
struct planner {
	struct plan *plan;
	struct plan_cache *cache;
	const struct configuration *configuration;
	const struct settings *settings;
	struct active_services services;
	struct text queue_directory;
	struct path_index paths;
	struct path_index directories;
};

typedef void expansion_fill(struct plan_cache *cache, const char *argument,
			    struct expansion *expansion);

enum source_found plan_look(struct source *source, struct host *host, const char *path,
			    enum plan_kind kind, struct text *why);
void plan_attributes(const struct source *source, enum plan_kind kind, mode_t *mode,
		     uid_t *owner, gid_t *group);

const struct source *plan_cache_source(struct plan_cache *cache, const char *path,
				       enum plan_kind kind, enum source_found *found);
const struct expansion *plan_cache_expand(struct plan_cache *cache, const char *key,
					  const char *argument, expansion_fill *fill);
const struct library_path *plan_cache_libraries(struct plan_cache *cache);
void expansion_add(struct expansion *expansion, const char *path,
		   const struct source *source, enum plan_kind kind, const char *reason);
void expansion_add_libraries(struct expansion *expansion, struct plan_cache *cache,
			     const struct closure *closure, const struct closure *loaded);
const char *expansion_text(struct expansion *expansion, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void planner_add(struct planner *planner, const char *path, const struct source *source,
		 enum plan_kind kind, const char *reason);
enum source_found planner_add_file(struct planner *planner, const char *path,
				   enum plan_kind kind, const char *reason);
void planner_add_all(struct planner *planner, const struct expansion *expansion,
		     const char *reason);
const char *planner_text(struct planner *planner, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void planner_note(struct planner *planner, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool planner_is_inside(const struct planner *planner, const char *path);
bool planner_normalize(const char *path, struct text *normal);

void wanted_expand(struct plan_cache *cache, const char *word, const char *list,
		   struct expansion *expansion);

/* The sources, each in a file of its own. */
bool planner_libc_files(struct planner *planner, struct text *why);
bool planner_name_service(struct planner *planner, struct text *why);
void planner_name_service_files(struct planner *planner, const struct nsswitch_use *use);
bool planner_map_modules(struct planner *planner, struct text *why);
bool planner_sasl(struct planner *planner, struct text *why);
bool planner_time_zone(struct planner *planner, struct text *why);
bool planner_log_socket(struct planner *planner, struct text *why);
bool planner_certificates(struct planner *planner, struct text *why);
bool planner_accounts(struct planner *planner, struct text *why);
bool planner_extra_files(struct planner *planner, struct text *why);
bool planner_chroot_files(struct planner *planner, struct text *why);
bool accounts_used(struct planner *planner, const char *map, struct text *by, struct text *why);

#endif
