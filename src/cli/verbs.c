/*
 * The verbs.  One row of the table is all that a verb is to the command line.
 */
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#include "cli/message.h"

#define CHOICE (OPTION_GROUP | OPTION_QUIET | OPTION_VERBOSE)
#define ACTION (CHOICE | OPTION_JOBS | OPTION_DRY_RUN | OPTION_TIMEOUT)

static const char instances[] = "[INSTANCE...]";

static const struct verb table[] = {
	{ "start", verb_start, ACTION | OPTION_WITHOUT_SCRIPT, true, instances,
	  "sync the chroot and start; running already is fine" },
	{ "stop", verb_stop, ACTION | OPTION_WITHOUT_SCRIPT, true, instances,
	  "stop, so that no process is left; stopped already is fine" },
	{ "restart", verb_restart, ACTION, true, instances,
	  "check first, then stop and start; a bad one goes on running" },
	{ "try-restart", verb_try_restart, ACTION, true, instances,
	  "the same, only what runs" },
	{ "condrestart", verb_try_restart, ACTION, true, instances, "try-restart" },
	{ "reload", verb_reload, ACTION, true, instances,
	  "check first, sync the chroot, read the configuration again" },
	{ "force-reload", verb_reload, ACTION, true, instances, "reload" },
	{ "status", verb_status, CHOICE | OPTION_JSON | OPTION_OPENMETRICS, false, instances,
	  "what runs, and what does not; for a named one in detail" },
	{ "list", verb_list, CHOICE | OPTION_JSON, false, instances,
	  "the instances and their directories" },
	{ "is-active", verb_is_active, CHOICE, false, instances,
	  "exit status 0 if one of them runs" },
	{ "is-enabled", verb_is_enabled, CHOICE, false, instances,
	  "exit status 0 if one of them is enabled" },
	{ "is-failed", verb_is_failed, CHOICE, false, instances,
	  "exit status 0 if one of them failed or died" },
	{ "reset-failed", verb_reset_failed, CHOICE, true, instances,
	  "forget that they failed or died" },
	{ "check", verb_check, CHOICE | OPTION_JSON, false, instances,
	  "everything that can be seen to be wrong; changes nothing" },
	{ "sync", verb_sync, CHOICE | OPTION_DRY_RUN | OPTION_TIMEOUT | OPTION_ADOPT, true,
	  instances,
	  "make the chroots what they must be" },
	{ "chroot", verb_chroot, CHOICE | OPTION_JSON, false, instances,
	  "what a chroot must hold, and why; and what is foreign in it" },
	{ "log-sockets", verb_log_sockets, CHOICE | OPTION_DRY_RUN, true, instances,
	  "let the log daemon listen in all chroots" },
	{ "show", verb_show, CHOICE | OPTION_JSON | OPTION_PROPERTY | OPTION_VALUE | OPTION_SET |
	  OPTION_SERVICES | OPTION_DEFAULTS, false, "[INSTANCE|DIRECTORY...]",
	  "parameters as Postfix sees them, or the services" },
	{ "flush", verb_flush, ACTION, true, instances, "try to deliver what is deferred" },
	{ "abort", verb_abort, ACTION, true, instances, "stop at once" },
	{ "enable", verb_enable, ACTION & ~OPTION_JOBS, true, "INSTANCE...",
	  "let it be started by default and at boot, with an init script" },
	{ "disable", verb_disable, ACTION & ~OPTION_JOBS, true, "INSTANCE...",
	  "the opposite; what runs goes on" },
	{ "scripts", verb_scripts, CHOICE | OPTION_DRY_RUN, true, instances,
	  "update the init scripts of instances, remove those of others" },
	{ "help", verb_help, 0, false, "[VERB]", "what \"postctl VERB --help\" prints" },
};

enum { ROWS = sizeof table / sizeof *table };

/*
 * Return the verb of that name, or NULL.
 */
const struct verb *verb_find(const char *name)
{
	for (size_t row = 0; row < ROWS; row++)
		if (strcmp(table[row].name, name) == 0)
			return &table[row];
	return NULL;
}

/*
 * Return the status that says of a verb, which may be NULL, that it could not
 * do what it is for: of status, 1 would say that an instance is dead.
 */
enum exit_status verb_failure(const struct verb *verb)
{
	return verb != NULL && verb->run == verb_status ? EXIT_STATUS_UNKNOWN : EXIT_FAILED;
}

static void describe_all(struct text *out)
{
	text_add(out, "Usage: postctl VERB [INSTANCE...] [OPTION...]\n\n"
		 "Runs every Postfix instance of a host without systemd.\n\n");
	for (size_t row = 0; row < ROWS; row++)
		text_printf(out, "  %-14s  %s\n", table[row].name, table[row].summary);
	text_add(out, "\nINSTANCE is - (the primary), a name with or without \"postfix-\", a\n"
		 "configuration directory, postfix@NAME, or a glob over names; none means all\n"
		 "enabled instances, for stop all that run.\n\n");
	options_help(CHOICE | ACTION | OPTION_JSON | OPTION_HELP | OPTION_VERSION, out);
	text_add(out, "\nExit status: 0 done, 1 failed, 2 bad arguments, 3 unknown verb, 4 not root,\n"
		 "5 Postfix not installed, 6 not configured or disabled, 7 not running.\n"
		 "For status: 0 all run, 1 one is dead, 3 not all run, 4 unknown.\n"
		 "\"postctl VERB --help\" tells more.\n");
}

static void describe(const struct verb *verb, struct text *out)
{
	text_printf(out, "Usage: postctl %s %s [OPTION...]\n\n%s: %s\n\n", verb->name,
		    verb->arguments, verb->name, verb->summary);
	options_help(verb->options | OPTION_HELP, out);
}

/*
 * Print the help on a verb, on all of them where it is NULL.
 */
void verbs_print_help(const struct verb *verb)
{
	struct text out = TEXT_EMPTY;

	if (verb != NULL)
		describe(verb, &out);
	else
		describe_all(&out);
	fputs(text_string(&out), stdout);
	text_free(&out);
}

enum exit_status verb_help(struct request *request)
{
	const struct words *words = &request->options.words;
	const struct verb *verb = words->count > 0 ? verb_find(words->items[0]) : NULL;

	if (words->count > 0 && verb == NULL) {
		message_error("unknown verb \"%s\"; \"postctl --help\" lists them",
			      words->items[0]);
		return EXIT_UNKNOWN_VERB;
	}
	verbs_print_help(verb);
	return EXIT_DONE;
}
