/*
 * The chroots of instances: what is planned for them, whether they have it,
 * and giving it to them.
 */
#include "control/chroots.h"

#include <string.h>

#include "chroot/foreign.h"
#include "chroot/leftovers.h"
#include "chroot/removal.h"
#include "control/prepare.h"
#include "postfix/active_services.h"

void chroots_close(struct chroots *chroots)
{
	if (!chroots->is_open)
		return;
	plan_cache_close(&chroots->cache);
	settings_free(&chroots->settings);
	chroots->is_open = false;
}

/*
 * Read the host's settings, once.  What could not be looked at is looked at
 * again: it was another instance's file, or has passed.
 */
static bool open_chroots(struct chroots *chroots, struct text *why)
{
	if (chroots->is_open && chroots->cache.host.trouble->error == 0)
		return true;
	if (chroots->is_open)
		chroots_close(chroots);
	if (!settings_read(&chroots->settings, SETTINGS_PATH, why))
		return false;
	chroots->is_open = plan_cache_open(&chroots->cache, "", why);
	if (!chroots->is_open)
		settings_free(&chroots->settings);
	return chroots->is_open;
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
 * them is chrooted, and none was before, the plan is empty whatever the host's
 * settings are, and has no cache.  Return false with the reason.  The caller
 * calls plan_free() in either case, before the next plan and chroots_close().
 */
bool chroots_plan(struct chroots *chroots, const struct configuration *configuration,
		  struct plan *plan, struct text *why)
{
	bool chrooted;

	*plan = PLAN_EMPTY;
	return is_chrooted(configuration, &chrooted, why) &&
	       ((!chrooted && !chroots->adopt &&
		 !manifest_exists(MANIFEST_DIRECTORY, configuration->directory)) ||
		(open_chroots(chroots, why) &&
		 plan_build(plan, &chroots->cache, configuration, &chroots->settings, why)));
}

/*
 * Say whether a plan may lack something, because a file of the host could not
 * be looked at; why gets the reason.
 */
bool chroots_plan_is_short(const struct plan *plan, struct text *why)
{
	const struct host_trouble *trouble;

	if (plan->cache == NULL || plan->cache->host.trouble->error == 0)
		return false;
	trouble = plan->cache->host.trouble;
	text_printf(why, "%s could not be looked at on the host, and what it leads to may be "
		    "missing: %s", trouble->path, strerror(trouble->error));
	return true;
}

/* A chroot is not complete if its plan may not be. */
static void note_short_plan(const struct plan *plan, struct sync_result *result)
{
	struct text why = TEXT_EMPTY;

	if (chroots_plan_is_short(plan, &why)) {
		result->failed++;
		sync_report(result, SYNC_FAILED, "its plan", strlen("its plan"),
			    "the host's files", &why);
	}
	text_free(&why);
}

/*
 * Bring the chroot and the plan together; with SYNC_DRY_RUN only see what that
 * takes.  Return whether nothing failed.  *surplus says how many things are
 * left to remove, problem what is wrong with the manifest.
 */
static bool match(const struct chroots *chroots, const struct instance *instance,
		  const struct plan *plan, enum sync_flags flags, enum chroots_extent extent,
		  struct sync_result *result, size_t *surplus, struct text *problem)
{
	struct sync_result rest = SYNC_RESULT_EMPTY;
	struct manifest manifest;
	bool ok;

	*result = SYNC_RESULT_EMPTY;
	*surplus = 0;
	/* Nothing to do; or switched off: hands off. */
	if (plan->cache == NULL || !chroots->settings.sync_chroot ||
	    instance->queue_directory[0] != '/')
		return true;
	if (chroots->adopt)
		flags |= SYNC_ADOPT;
	manifest_open(&manifest, MANIFEST_DIRECTORY, instance->directory,
		      instance->queue_directory);
	if (chroots->adopt && (flags & SYNC_DRY_RUN) == 0)
		manifest_renounce(&manifest);
	ok = sync_apply(instance->queue_directory, plan, &manifest, flags, result);
	if (ok && extent == CHROOTS_MATCH)
		removal_apply(instance->queue_directory, plan, &manifest, flags, result);
	if (ok && chroots->adopt)
		leftovers_clear(instance->queue_directory, plan, &manifest, flags, result);
	if ((flags & SYNC_DRY_RUN) == 0)
		manifest_save(&manifest, plan);
	text_add(problem, text_string(&manifest.problem));
	if (ok && extent == CHROOTS_ADD)
		removal_apply(instance->queue_directory, plan, &manifest, SYNC_DRY_RUN, &rest);
	*surplus = rest.removed;
	sync_result_free(&rest);
	manifest_close(&manifest);
	note_short_plan(plan, result);
	return result->failed == 0;
}

/*
 * Compare the chroot of an instance with its plan, which has *entries entries.
 * Return false with the reason when there is no plan.  The caller calls
 * sync_result_free() in either case.
 */
bool chroots_compare(struct chroots *chroots, const struct instance *instance,
		     const struct configuration *configuration, size_t *entries,
		     struct sync_result *result, struct text *problem, struct text *why)
{
	struct plan plan = PLAN_EMPTY;
	bool ok = chroots_plan(chroots, configuration, &plan, why);
	size_t surplus;

	*result = SYNC_RESULT_EMPTY;
	*entries = plan.count;
	if (ok)
		match(chroots, instance, &plan, SYNC_DRY_RUN, CHROOTS_MATCH, result, &surplus,
		      problem);
	plan_free(&plan);
	return ok;
}

/*
 * Add what is in the chroot of an instance, but neither planned nor postctl's.
 * problem says what is wrong with the manifest.
 */
void chroots_find_foreign(const struct chroots *chroots, const struct instance *instance,
			  const struct plan *plan, struct words *foreign, struct text *problem)
{
	struct manifest manifest;

	if (!chroots->settings.sync_chroot || instance->queue_directory[0] != '/')
		return;
	manifest_open(&manifest, MANIFEST_DIRECTORY, instance->directory,
		      instance->queue_directory);
	foreign_find(instance->queue_directory, plan, &manifest, foreign);
	text_add(problem, text_string(&manifest.problem));
	manifest_close(&manifest);
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

static void add_warning(const struct text *problem, struct text *warnings)
{
	if (problem->length > 0)
		text_printf(warnings, "chroot: %s\n", text_string(problem));
}

/*
 * Has the chroot of a job's instance what it must have, and nothing that
 * postctl would remove?  Append what would have to be done to changes, which
 * may be NULL.  A job whose chroot cannot be
 * planned has failed.
 */
bool chroots_is_current(struct job *job, struct text *changes)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct sync_result result = SYNC_RESULT_EMPTY;
	struct text problem = TEXT_EMPTY, why = TEXT_EMPTY;
	size_t entries = 0;
	bool current = false;

	if (!prepare_read(job->instance, job->operation->defaults, &configuration, &why) ||
	    !chroots_compare(job->operation->chroots, job->instance, &configuration, &entries,
			     &result, &problem, &why)) {
		job_done(job, JOB_FAILED, "%s", text_string(&why));
	} else {
		current = result.made + result.updated + result.adopted + result.removed +
			  result.failed == 0 &&
			  /* A manifest that is not believed is given up then. */
			  (problem.length == 0 || !job->operation->chroots->adopt);
		if (changes != NULL)
			add_changes(&result, SYNC_DRY_RUN, changes);
		text_clear(&job->warnings);
		add_warning(&problem, &job->warnings);
	}
	text_free(&problem);
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
 * job has failed is for the operation to say.  job->has_surplus says whether
 * CHROOTS_MATCH would remove more.
 */
bool chroots_sync(struct job *job, enum chroots_extent extent)
{
	struct chroots *chroots = job->operation->chroots;
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct sync_result result = SYNC_RESULT_EMPTY;
	struct plan plan = PLAN_EMPTY;
	struct text problem = TEXT_EMPTY, why = TEXT_EMPTY;
	size_t surplus;
	bool ok = prepare_read(job->instance, job->operation->defaults, &configuration, &why) &&
		  chroots_plan(chroots, &configuration, &plan, &why);

	text_clear(&job->warnings);
	job->has_surplus = false;
	if (!ok) {
		text_printf(&job->warnings, "%s\n", text_string(&why));
	} else {
		ok = match(chroots, job->instance, &plan, SYNC_NOW, extent, &result, &surplus,
			   &problem);
		job->has_surplus = surplus > 0;
		add_problems(job, &plan, &result);
		/* What the first of two syncs could not note the second does not see. */
		if (problem.length > 0) {
			text_clear(&job->manifest_problem);
			text_add(&job->manifest_problem, text_string(&problem));
		}
		add_warning(&job->manifest_problem, &job->warnings);
		add_changes(&result, SYNC_NOW, &job->output);
		job->synced += result.made + result.updated + result.adopted + result.removed;
	}
	sync_result_free(&result);
	plan_free(&plan);
	configuration_free(&configuration);
	text_free(&problem);
	text_free(&why);
	return ok;
}
