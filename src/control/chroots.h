#ifndef POSTCTL_CONTROL_CHROOTS_H
#define POSTCTL_CONTROL_CHROOTS_H

#include <stdbool.h>

#include "base/text.h"
#include "chroot/plan.h"
#include "chroot/settings.h"
#include "chroot/sync.h"
#include "control/job.h"
#include "postfix/configuration.h"

/*
 * What the chroots of all instances have in common, read when the first of
 * them is planned, and whether a sync adopts what is in them.
 */
struct chroots {
	bool is_open;
	bool adopt;
	struct settings settings;
	struct plan_cache cache;
};

#define CHROOTS_EMPTY ((struct chroots){ .is_open = false })

/*
 * How far a sync goes.
 */
enum chroots_extent {
	CHROOTS_ADD,	/* what runs may need what is not planned any more */
	CHROOTS_MATCH,	/* what is not planned any more is removed, too */
};

void chroots_close(struct chroots *chroots);
bool chroots_plan(struct chroots *chroots, const struct configuration *configuration,
		  struct plan *plan, struct text *why);
bool chroots_plan_is_short(const struct plan *plan, struct text *why);
bool chroots_compare(struct chroots *chroots, const struct instance *instance,
		     const struct configuration *configuration, size_t *entries,
		     struct sync_result *result, struct text *problem, struct text *why);
void chroots_find_foreign(const struct chroots *chroots, const struct instance *instance,
			  const struct plan *plan, struct words *foreign, struct text *problem);
bool chroots_is_current(struct job *job, struct text *changes);
bool chroots_sync(struct job *job, enum chroots_extent extent);

#endif
