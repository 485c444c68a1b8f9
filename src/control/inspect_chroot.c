/*
 * What is wrong with the chroot of an instance: the log daemon's socket, what
 * a sync would change, and what the services would find in there.
 */
#include "control/inspect_chroot.h"

#include <sys/stat.h>
#include <unistd.h>

#include "chroot/trial.h"
#include "control/chroots.h"

/*
 * Chrooted daemons open the log socket before they enter; when the log daemon
 * is restarted they need one inside.
 */
static void check_log_socket(const struct instance *instance,
			     const struct configuration *configuration,
			     struct findings *findings)
{
	struct text maillog = TEXT_EMPTY;
	struct text path = TEXT_EMPTY;
	struct stat status;

	text_printf(&path, "%s/dev/log", instance->queue_directory);
	if (configuration_get(configuration, "maillog_file", &maillog, NULL) &&
	    maillog.length == 0 &&
	    (stat(text_string(&path), &status) < 0 || !S_ISSOCK(status.st_mode)))
		findings_add(findings, false, "postctl log-sockets",
		    "no log socket %s: after a restart of the log daemon the chrooted services "
		    "log nothing", text_string(&path));
	text_free(&maillog);
	text_free(&path);
}

/* The first of the entries that a sync would make or update, of which there is one. */
static const char *first_stale(const struct sync_result *result)
{
	const struct sync_change *change = result->changes;

	while (change->outcome != SYNC_MADE && change->outcome != SYNC_UPDATED)
		change++;
	return change->path;
}

static void check_chroot(const struct instance *instance,
			 const struct configuration *configuration, struct chroots *chroots,
			 struct findings *findings)
{
	struct sync_result result;
	struct text advice = TEXT_EMPTY;
	struct text problem = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	size_t entries;

	text_printf(&advice, "postctl sync %s", instance_label(instance));
	if (!chroots_compare(chroots, instance, configuration, &entries, &result, &problem, &why))
		findings_add(findings, true, "", "chroot: %s", text_string(&why));
	if (problem.length > 0)
		findings_add(findings, false, "", "chroot: %s", text_string(&problem));
	if (result.removed > 0)
		findings_add(findings, false, text_string(&advice),
		    "chroot: %zu entries are not needed any more", result.removed);
	for (size_t i = 0; i < result.count; i++)
		if (result.changes[i].problem != NULL)
			findings_add(findings, result.changes[i].outcome != SYNC_LEFT_ALONE, "",
			    "chroot: %s: %s", result.changes[i].path,
			    result.changes[i].problem);
	if (result.made + result.updated > 0)
		findings_add(findings, true, text_string(&advice),
		    "chroot: %zu of %zu entries are not current, %s for one",
		    result.made + result.updated, entries, first_stale(&result));
	sync_result_free(&result);
	text_free(&advice);
	text_free(&problem);
	text_free(&why);
}

static void add_failure(void *context, const char *what, const char *advice)
{
	findings_add(context, true, advice, "in its chroot, %s", what);
}

/* A socket that is there must have a log daemon behind it; that it is missing was said. */
static void add_log_socket(const struct instance *instance, struct trial *trial)
{
	struct text path = TEXT_EMPTY;
	struct stat status;

	text_printf(&path, "%s/dev/log", instance->queue_directory);
	if (stat(path.data, &status) == 0 && S_ISSOCK(status.st_mode))
		trial_add(trial, TRIAL_SOCKET, "/dev/log", "the log daemon's");
	text_free(&path);
}

static bool run_trial(const struct instance *instance, struct trial *trial,
		      struct findings *findings, struct text *why)
{
	add_log_socket(instance, trial);
	return trial_run(trial, instance->queue_directory, add_failure, findings, why);
}

/* What the services would find if they tried. */
static void try_chroot(const struct instance *instance,
		       const struct configuration *configuration,
		       const struct active_services *active, struct chroots *chroots,
		       struct findings *findings)
{
	struct trial trial = TRIAL_EMPTY;
	struct plan plan = PLAN_EMPTY;
	struct text why = TEXT_EMPTY;

	if (geteuid() != 0)
		findings_add(findings, false, "sudo postctl check", "its chroot was not tried from "
		    "inside, which only root can");
	else if (!chroots_plan(chroots, configuration, &plan, &why) ||
		 !trial_plan(&trial, configuration, active, &plan, &why) ||
		 !run_trial(instance, &trial, findings, &why))
		findings_add(findings, true, "", "its chroot cannot be tried: %s", text_string(&why));
	trial_free(&trial);
	plan_free(&plan);
	text_free(&why);
}

/*
 * Add what is wrong with the chroot of an instance that is not damaged; one
 * without chrooted services has at most what is not needed any more.
 */
void inspect_chroot(const struct instance *instance, const struct configuration *configuration,
		    const struct active_services *active, struct chroots *chroots,
		    struct findings *findings)
{
	if (active->chrooted_count > 0)
		check_log_socket(instance, configuration, findings);
	if (*instance->queue_directory == '/')
		check_chroot(instance, configuration, chroots, findings);
	if (active->chrooted_count > 0)
		try_chroot(instance, configuration, active, chroots, findings);
}
