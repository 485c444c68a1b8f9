/*
 * postctl: runs every Postfix instance of a host without systemd.
 *
 * The modules, each only using those above it; data flows from top to bottom:
 *
 *   base/     text, words, memory, deadlines, descriptors; knows no Postfix
 *   postfix/  main.cf and its $names, master.cf, instances and their selection
 *   process/  children and a pool of them; masters, locks, sessions in /proc
 *   chroot/   what a chroot must hold, making it so, and what postctl put there
 *   state/    /run/postctl: defaults, locks, what was started; init scripts
 *   control/  what is done to instances: confirm, start, stop, restart, reload
 *   cli/      options, verbs, tables, JSON, exit statuses
 *
 * A run of a verb: discover the instances, select some, probe their masters,
 * confirm with Postfix what was read, act on several at a time, probe again,
 * report.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/memory.h"
#include "cli/configure_instance.h"
#include "cli/message.h"
#include "cli/verbs.h"

/* Has systemd this host?  Its /run in a container says nothing; process 1 does. */
static bool systemd_runs_here(void)
{
	char name[32] = "";
	FILE *file = fopen("/proc/1/comm", "re");

	if (file != NULL) {
		if (fgets(name, sizeof name, file) == NULL)
			*name = '\0';
		fclose(file);
	}
	return strcmp(name, "systemd\n") == 0;
}

/* Is the verb one that may run here and now? */
static bool may_run(const struct request *request, enum exit_status *status)
{
	const struct verb *verb = request->verb;

	if (!verb->changes || options_has(&request->options, OPTION_DRY_RUN))
		return true;
	if (geteuid() != 0) {
		message_error("only root can run \"postctl %s\"; try \"sudo postctl %s\"",
			      verb->name, verb->name);
		*status = EXIT_NOT_ROOT;
		return false;
	}
	if (systemd_runs_here()) {
		message_error("\"postctl %s\" does nothing where systemd is process 1; "
			      "\"systemctl list-units 'postfix*'\" shows what runs Postfix here",
			      verb->name);
		*status = EXIT_FAILED;
		return false;
	}
	return true;
}

static enum exit_status run(struct request *request, int argc, char **argv)
{
	struct options *options = &request->options;
	struct text why = TEXT_EMPTY;
	enum exit_status status = EXIT_DONE;
	bool ok = options_parse(options, argc, argv, &why);

	if (ok && options_has(options, OPTION_VERSION)) {
		puts("postctl " POSTCTL_VERSION);
		return EXIT_DONE;
	}
	if (ok && options->words.count > 0) {
		char *word = words_take_first(&options->words);

		request->verb = verb_find(word);
		if (request->verb == NULL && !options_has(options, OPTION_HELP)) {
			message_error("unknown verb \"%s\"; \"postctl --help\" lists them", word);
			status = EXIT_UNKNOWN_VERB;
		}
		free(word);
		memory_set_failure((int)verb_failure(request->verb));
		if (status != EXIT_DONE)
			return status;
	}
	if (ok && options_has(options, OPTION_HELP)) {
		verbs_print_help(request->verb);
		return EXIT_DONE;
	}
	if (ok && request->verb != NULL)
		ok = options_check(options, request->verb->options, &why);
	else if (ok)
		text_fail(&why, "no verb; \"postctl --help\" lists them");
	if (!ok || request->verb == NULL) {
		message_error("%s", text_string(&why));
		text_free(&why);
		return EXIT_BAD_ARGUMENTS;
	}
	if (!may_run(request, &status))
		return status;
	/* Who only looks, and what it runs, needs no set-user-ID program.  Daemons do. */
	if (!request->verb->changes)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return request->verb->run(request);
}

int main(int argc, char **argv)
{
	struct request request = { .verb = NULL };
	enum exit_status status;

	if (!descriptor_open_standard()) {
		message_error("cannot open /dev/null: %s", strerror(errno));
		return EXIT_FAILED;
	}
	umask(022);
	/* A reader that goes away is an error of write(2), nothing worse. */
	signal(SIGPIPE, SIG_IGN);
	/* The probe's leases may be broken by a master that starts. */
	signal(SIGIO, SIG_IGN);
	if (argc > 1 && strcmp(argv[1], CONFIGURE_INSTANCE) == 0)
		status = configure_instance(&request, argc - 2, argv + 2);
	else
		status = run(&request, argc, argv);
	request_free(&request);
	/* An answer that could not be written whole is no answer. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		message_error("cannot write to standard output");
		return (int)verb_failure(request.verb);
	}
	return (int)status;
}
