/*
 * The chroots of instances: what is planned for them, whether they have it,
 * and giving it to them.
 */
#include "control/chroots.h"

#include <string.h>

#include "control/prepare.h"
#include "postfix/active_services.h"

/* Read the host's settings, once. */
static bool open_chroots(struct chroots *chroots, struct text *why)
{
	if (chroots->is_open)
		return true;
	if (!settings_read(&chroots->settings, SETTINGS_PATH, why))
		return false;
	chroots->is_open = plan_cache_open(&chroots->cache, "", why);
	if (!chroots->is_open)
		settings_free(&chroots->settings);
	return chroots->is_open;
}

void chroots_close(struct chroots *chroots)
{
	if (!chroots->is_open)
		return;
	plan_cache_close(&chroots->cache);
	settings_free(&chroots->settings);
	*chroots = CHROOTS_EMPTY;
}

static bool is_chrooted(const struct configuration *configuration, bool *yes,
			struct text *why)
{
	struct active_services active;
	bool ok = active_services_find(configuration, &active, why);

	*yes = active.chrooted_count > 0;
	active_services_free(&active);
	return ok;
}

/*
 * Plan the chroot of an instance, whose services were read.  Where none of
 * them is chrooted the plan is empty, whatever the host's settings are.
 * Return false with the reason.  The caller calls plan_free() in either case,
 * before chroots_close().
 */
bool chroots_plan(struct chroots *chroots, const struct configuration *configuration,
		  struct plan *plan, struct text *why)
{
	bool chrooted;

	*plan = PLAN_EMPTY;
	return is_chrooted(configuration, &chrooted, why) &&
	       (!chrooted ||
		(open_chroots(chroots, why) &&
		 plan_build(plan, &chroots->cache, configuration, &chroots->settings, why)));
}

/*
 * Compare the chroot of an instance with its plan, which has *entries entries.
 * Return false with the reason when there is no plan.  The caller calls
 * sync_result_free() in either case.
 */
bool chroots_compare(struct chroots *chroots, const struct instance *instance,
		     const struct configuration *configuration, size_t *entries,
		     struct sync_result *result, struct text *why)
{
	struct plan plan = PLAN_EMPTY;
	bool ok = chroots_plan(chroots, configuration, &plan, why);

	*result = SYNC_RESULT_EMPTY;
	*entries = plan.count;
	if (ok && plan.count > 0)
		sync_apply(instance->queue_directory, &plan, SYNC_DRY_RUN, result);
	plan_free(&plan);
	return ok;
}

static void add_changes(const struct sync_result *result, enum sync_flags flags,
			struct text *out)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct sync_change *change = &result->changes[i];

		text_printf(out, "%s %s: %s\n", sync_outcome_name(change->outcome, flags),
			    change->path,
			    change->problem != NULL ? change->problem : change->reason);
	}
}

/*
 * Has the chroot of a job's instance all that it must have?  Append what would
 * have to be done to changes, which may be NULL.  A job whose chroot cannot be
 * planned has failed.
 */
bool chroots_is_current(struct job *job, struct text *changes)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct sync_result result = SYNC_RESULT_EMPTY;
	struct text why = TEXT_EMPTY;
	size_t entries = 0;
	bool current = false;

	if (!prepare_read(job->instance, job->operation->defaults, &configuration, &why) ||
	    !chroots_compare(job->operation->chroots, job->instance, &configuration, &entries,
			     &result, &why)) {
		job_done(job, JOB_FAILED, "%s", text_string(&why));
	} else {
		current = result.made + result.updated + result.failed == 0;
		if (changes != NULL)
			add_changes(&result, SYNC_DRY_RUN, changes);
	}
	sync_result_free(&result);
	configuration_free(&configuration);
	text_free(&why);
	return current;
}

/* Say what could not be planned or done. */
static void add_problems(struct job *job, const struct plan *plan,
			 const struct sync_result *result)
{
	for (size_t i = 0; i < plan->notes.count; i++)
		text_printf(&job->warnings, "chroot: %s\n", plan->notes.items[i]);
	for (size_t i = 0; i < result->count; i++) {
		const struct sync_change *change = &result->changes[i];

		if (change->problem != NULL)
			text_printf(&job->warnings, "chroot: %s: %s\n", change->path,
				    change->problem);
	}
}

/*
 * Make the chroot of a job's instance what it must be.  Return false when
 * something is missing afterwards; the job's warnings tell what.  Whether the
 * job has failed is for the operation to say.
 */
bool chroots_sync(struct job *job)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct sync_result result = SYNC_RESULT_EMPTY;
	struct plan plan = PLAN_EMPTY;
	struct text why = TEXT_EMPTY;
	bool ok = prepare_read(job->instance, job->operation->defaults, &configuration, &why) &&
		  chroots_plan(job->operation->chroots, &configuration, &plan, &why);

	text_clear(&job->warnings);
	if (!ok) {
		text_printf(&job->warnings, "%s\n", text_string(&why));
	} else if (plan.count > 0) {
		ok = sync_apply(job->instance->queue_directory, &plan, SYNC_NOW, &result);
		add_problems(job, &plan, &result);
		add_changes(&result, SYNC_NOW, &job->output);
		job->synced += result.made + result.updated;
	}
	sync_result_free(&result);
	plan_free(&plan);
	configuration_free(&configuration);
	text_free(&why);
	return ok;
}
