/*
 * Everything that can be seen to be wrong with an instance, without changing
 * anything.
 */
#include "control/inspect.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/words.h"
#include "chroot/trial.h"
#include "control/environment.h"
#include "control/prepare.h"
#include "postfix/active_services.h"
#include "postfix/listen_check.h"
#include "postfix/paths.h"
#include "process/query.h"

enum { POSTCONF_LIMIT_MS = 60 * 1000 };

static void __attribute__((format(printf, 4, 5)))
add(struct findings *findings, bool is_error, const char *advice, const char *format, ...)
{
	struct text what = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&what, format, arguments);
	va_end(arguments);
	findings->items = memory_grow(findings->items, findings->count, &findings->capacity,
				      sizeof *findings->items);
	findings->items[findings->count++] = (struct finding){
		is_error, text_take(&what), memory_copy(advice),
	};
}

/* What Postfix itself says of the configuration. */
static void ask_postfix(const struct instance *instance, struct findings *findings)
{
	struct words arguments = WORDS_EMPTY;
	struct words environment = WORDS_EMPTY;
	struct words lines = WORDS_EMPTY;
	struct text data = TEXT_EMPTY;
	struct text messages = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	bool ok;

	words_split(&arguments, "postconf -x", " ");
	environment_for_instance(instance->directory, &environment);
	ok = query_run(POSTFIX_COMMAND_DIRECTORY "/postconf", arguments.items,
		       environment.items, POSTCONF_LIMIT_MS, &data, &messages, &why);
	words_split(&lines, text_string(&messages), "\r\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		bool warning = strncmp(line, "postconf: warning: ", 19) == 0;

		add(findings, !ok && !warning, "", "Postfix says: %s",
		    strncmp(line, "postconf: ", 10) == 0 ? line + 10 : line);
	}
	if (!ok && lines.count == 0)
		add(findings, true, "", "%s", text_string(&why));
	words_free(&arguments);
	words_free(&environment);
	words_free(&lines);
	text_free(&data);
	text_free(&messages);
	text_free(&why);
}

/* Each service needs its program. */
static void check_programs(const struct instance *instance,
			   const struct active_services *active, struct findings *findings)
{
	for (size_t i = 0; i < active->count; i++) {
		const struct service *service = active->all[i];
		struct text path = TEXT_EMPTY;

		text_printf(&path, "%s/%s", instance->daemon_directory,
			    service->column[SERVICE_COMMAND]);
		if (access(text_string(&path), X_OK) < 0)
			add(findings, true, "", "%s/master.cf, line %zu: service %s: program %s: %s",
			    instance->directory, service->line, service->column[SERVICE_NAME],
			    text_string(&path), strerror(errno));
		text_free(&path);
	}
}

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
		add(findings, false, "let the log daemon listen there, too",
		    "no log socket %s: after a restart of the log daemon the chrooted services "
		    "log nothing", text_string(&path));
	text_free(&maillog);
	text_free(&path);
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
		add(findings, true, "", "chroot: %s", text_string(&why));
	if (problem.length > 0)
		add(findings, false, "", "chroot: %s", text_string(&problem));
	if (result.removed > 0)
		add(findings, false, text_string(&advice),
		    "chroot: %zu entries are not needed any more", result.removed);
	for (size_t i = 0; i < result.count; i++)
		if (result.changes[i].problem != NULL)
			add(findings, true, "", "chroot: %s: %s", result.changes[i].path,
			    result.changes[i].problem);
	if (result.made + result.updated > 0)
		add(findings, true, text_string(&advice),
		    "chroot: %zu of %zu entries are not current, %s for one",
		    result.made + result.updated, entries, result.changes[0].path);
	sync_result_free(&result);
	text_free(&advice);
	text_free(&problem);
	text_free(&why);
}

static void add_failure(void *context, const char *what, const char *advice)
{
	add(context, true, advice, "in its chroot, %s", what);
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
		add(findings, false, "sudo postctl check", "its chroot was not tried from "
		    "inside, which only root can");
	else if (!chroots_plan(chroots, configuration, &plan, &why) ||
		 !trial_plan(&trial, configuration, active, &plan, &why) ||
		 !run_trial(instance, &trial, findings, &why))
		add(findings, true, "", "its chroot cannot be tried: %s", text_string(&why));
	trial_free(&trial);
	plan_free(&plan);
	text_free(&why);
}

/*
 * Add what is wrong with the instance.
 */
void inspect(const struct instance *instance, const struct defaults *defaults,
	     struct chroots *chroots, struct findings *findings)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct active_services active = ACTIVE_SERVICES_EMPTY;
	struct text why = TEXT_EMPTY;

	if (instance->damage != NULL)
		add(findings, true, "", "%s", instance->damage);
	if (!prepare_read(instance, defaults, &configuration, &why)) {
		if (instance->damage == NULL || strcmp(instance->damage, text_string(&why)) != 0)
			add(findings, true, "", "%s", text_string(&why));
	} else if (active_services_find(&configuration, &active, &why)) {
		check_programs(instance, &active, findings);
		if (!listen_check(&configuration, &active, &why))
			add(findings, true, "", "%s", text_string(&why));
		if (active.chrooted_count > 0)
			check_log_socket(instance, &configuration, findings);
		if (*instance->queue_directory == '/' && instance->damage == NULL)
			check_chroot(instance, &configuration, chroots, findings);
		if (active.chrooted_count > 0 && instance->damage == NULL)
			try_chroot(instance, &configuration, &active, chroots, findings);
	}
	if (instance->damage == NULL)
		ask_postfix(instance, findings);
	active_services_free(&active);
	configuration_free(&configuration);
	text_free(&why);
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->items[i].what);
		free(findings->items[i].advice);
	}
	free(findings->items);
	*findings = FINDINGS_EMPTY;
}
