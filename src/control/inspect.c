/*
 * Everything that can be seen to be wrong with an instance, without changing
 * anything.
 */
#include "control/inspect.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "control/data_directory.h"
#include "control/environment.h"
#include "control/inspect_chroot.h"
#include "control/lint.h"
#include "control/prepare.h"
#include "postfix/active_services.h"
#include "postfix/listen_check.h"
#include "postfix/paths.h"
#include "process/pid_file.h"
#include "process/query.h"

enum { LIMIT_MS = 60 * 1000 };

/* Has the line been added already?  Two programs may complain of one thing. */
static bool was_said(const struct findings *findings, const char *line)
{
	size_t length = strlen(line);

	for (size_t i = 0; i < findings->count; i++) {
		const char *what = findings->items[i].what;
		size_t what_length = strlen(what);

		if (what_length >= length && strcmp(what + what_length - length, line) == 0)
			return true;
	}
	return false;
}

/* Run a program of Postfix's that changes nothing, and add what it complains of. */
static void ask_program(const struct instance *instance, const char *program,
			const char *command, struct findings *findings)
{
	struct words arguments = WORDS_EMPTY;
	struct words environment = WORDS_EMPTY;
	struct words lines = WORDS_EMPTY;
	struct text path = TEXT_EMPTY, prefix = TEXT_EMPTY;
	struct text data = TEXT_EMPTY, messages = TEXT_EMPTY, why = TEXT_EMPTY;
	bool ok;

	text_printf(&path, POSTFIX_COMMAND_DIRECTORY "/%s", program);
	text_printf(&prefix, "%s: ", program);
	words_split(&arguments, command, " ");
	environment_for_instance(instance->directory, &environment);
	ok = query_run(text_string(&path), arguments.items, environment.items, LIMIT_MS, &data,
		       &messages, &why);
	words_split(&lines, text_string(&messages), "\r\n");
	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.items[i];
		bool warning;

		if (strncmp(line, prefix.data, prefix.length) == 0)
			line += prefix.length;
		warning = strncmp(line, "warning: ", 9) == 0;
		if (!was_said(findings, line))
			findings_add(findings, !ok && !warning, "", "Postfix says: %s", line);
	}
	if (!ok && lines.count == 0)
		findings_add(findings, true, "", "%s", text_string(&why));
	words_free(&arguments);
	words_free(&environment);
	words_free(&lines);
	text_free(&path);
	text_free(&prefix);
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
			findings_add(findings, true, "",
				     "%s/master.cf, line %zu: service %s: program %s: %s",
				     instance->directory, service->line,
				     service->column[SERVICE_NAME], text_string(&path),
				     strerror(errno));
		text_free(&path);
	}
}

static bool has_namesake(const struct active_services *active, const struct service *service)
{
	for (size_t i = 0; i < active->count; i++)
		if (strcmp(active->all[i]->column[SERVICE_NAME],
			   service->column[SERVICE_NAME]) == 0 &&
		    strcmp(active->all[i]->column[SERVICE_TYPE],
			   service->column[SERVICE_TYPE]) == 0)
			return true;
	return false;
}

/* Of services at one endpoint master(8) runs the last. */
static void check_overridden(const struct instance *instance,
			     const struct active_services *active, struct findings *findings)
{
	for (size_t i = 0; i < active->overridden_count; i++) {
		const struct service *service = active->overridden[i];
		struct text advice = TEXT_EMPTY;

		/* That would remove both. */
		if (has_namesake(active, service))
			text_add(&advice, "remove that line");
		else
			text_printf(&advice, "postconf -c %s -MX %s/%s", instance->directory,
				    service->column[SERVICE_NAME], service->column[SERVICE_TYPE]);
		findings_add(findings, false, text_string(&advice), "%s/master.cf, line %zu: service "
			     "%s has no effect: a later one is at the same address and port",
			     instance->directory, service->line, service->column[SERVICE_NAME]);
		text_free(&advice);
	}
}

/* What can be told of a configuration that was read. */
static void inspect_configuration(struct inspector *inspector, const struct instance *instance,
				  const struct configuration *configuration,
				  struct findings *findings)
{
	struct active_services active;
	struct text why = TEXT_EMPTY;

	if (!active_services_find(configuration, &active, &why)) {
		findings_add(findings, true, "", "%s", text_string(&why));
	} else {
		check_programs(instance, &active, findings);
		check_overridden(instance, &active, findings);
		if (!listen_check(configuration, &active, &why))
			findings_add(findings, true, "", "%s", text_string(&why));
		/* The lock is not tried: this must not be in the way of a master that starts. */
		if (geteuid() == 0 && !data_directory_usable(configuration, false, &why))
			findings_add(findings, true, "", "%s", text_string(&why));
		lint_tables(instance, configuration, &active, findings);
		if (instance->damage == NULL)
			inspect_chroot(instance, configuration, &active, &inspector->chroots,
				       findings);
	}
	active_services_free(&active);
	text_free(&why);
}

/*
 * Get ready to inspect some of these instances, which must outlive the
 * inspector.
 */
void inspector_open(struct inspector *inspector, const struct instances *instances,
		    const struct defaults *defaults)
{
	*inspector = (struct inspector){
		instances, defaults, CHROOTS_EMPTY, PROBE_EMPTY, LINT_HOST_EMPTY,
	};
	lint_host_open(&inspector->host, instances, defaults, NULL);
}

void inspector_close(struct inspector *inspector)
{
	chroots_close(&inspector->chroots);
	probe_free(&inspector->probe);
	lint_host_close(&inspector->host);
}

/*
 * Add what is wrong with the instance of that number.
 */
void inspect(struct inspector *inspector, size_t index, struct findings *findings)
{
	const struct instance *instance = &inspector->instances->items[index];
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct text why = TEXT_EMPTY;
	bool programs_run = true;

	if (instance->damage != NULL)
		findings_add(findings, true, "", "%s", instance->damage);
	/* What a relative path leads to depends on where we are. */
	if (*instance->directory != '/')
		return;
	if (!prepare_read(instance, inspector->defaults, &configuration, &why)) {
		if (instance->damage == NULL || strcmp(instance->damage, text_string(&why)) != 0)
			findings_add(findings, true, "", "%s", text_string(&why));
	} else {
		programs_run = lint_names(instance, &configuration, findings);
		inspect_configuration(inspector, instance, &configuration, findings);
	}
	if (instance->damage == NULL && !pid_file_usable(instance->queue_directory, &why))
		findings_add(findings, true, "", "%s", text_string(&why));
	lint_files(instance, findings);
	lint_quick_start(instance, &inspector->probe, findings);
	lint_upgrade(instance, &inspector->probe, findings);
	lint_host_report(&inspector->host, index, findings);
	if (instance->damage == NULL) {
		ask_program(instance, "postconf", "postconf -x", findings);
		/* All but postconf read their parameters like the daemons, and die of them. */
		if (programs_run)
			ask_program(instance, "postmap", "postmap -q x static:x", findings);
	}
	configuration_free(&configuration);
	text_free(&why);
}
