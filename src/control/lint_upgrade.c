/*
 * Instances that an upgrade of Postfix has not restarted.  Packages restart by
 * way of invoke-rc.d(8), which does nothing, and succeeds, where a policy
 * forbids it, no runlevel is known or there is no init: in containers.
 */
#include "control/lint.h"

#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "control/environment.h"
#include "control/look.h"
#include "process/query.h"

#define INVOKE_RC_D "/usr/sbin/invoke-rc.d"

enum { LIMIT_MS = 20 * 1000 };

/* What --query answers when the action is to be run, or nothing is known against it. */
static bool is_allowed(const char *answer)
{
	return strcmp(answer, "104") == 0 || strcmp(answer, "105") == 0 ||
	       strcmp(answer, "106") == 0;
}

/*
 * Ask invoke-rc.d(8) whether it would restart Postfix, and append what it says
 * if not.  The answer is an exit status that is never 0.
 */
static void add_denial(struct text *out)
{
	static char shell[] = "sh", option[] = "-c";
	static char ask[] = INVOKE_RC_D " --query postfix restart; echo $?";
	static const char prefix[] = "invoke-rc.d: ";
	char *const arguments[] = { shell, option, ask, NULL };
	struct words environment = WORDS_EMPTY, answer = WORDS_EMPTY, lines = WORDS_EMPTY;
	struct text data = TEXT_EMPTY, messages = TEXT_EMPTY, why = TEXT_EMPTY;

	if (access(INVOKE_RC_D, X_OK) == 0) {
		environment_plain(&environment);
		query_run("/bin/sh", arguments, environment.items, LIMIT_MS, &data, &messages,
			  &why);
	}
	words_split(&answer, text_string(&data), " \n");
	/* The last line is of the last thing that decided. */
	words_split(&lines, text_string(&messages), "\r\n");
	if (answer.count > 0 && !is_allowed(answer.items[answer.count - 1])) {
		const char *line = lines.count > 0 ? lines.items[lines.count - 1]
						   : "no link starts it in this runlevel";

		if (strncmp(line, prefix, sizeof prefix - 1) == 0)
			line += sizeof prefix - 1;
		text_printf(out, "; packages cannot restart it, for invoke-rc.d says \"%s\"", line);
	}
	words_free(&environment);
	words_free(&answer);
	words_free(&lines);
	text_free(&data);
	text_free(&messages);
	text_free(&why);
}

/*
 * Add that the master of an instance is of the version before an upgrade: its
 * daemons, which it starts when they are needed, are of the new one.
 */
void lint_upgrade(const struct instance *instance, struct probe *probe,
		  struct findings *findings)
{
	struct text what = TEXT_EMPTY, advice = TEXT_EMPTY;
	struct probe_answer answer;

	if (look_at(instance, probe, &answer, NULL) == PROBE_RUNNING &&
	    identity_program_gone(answer.master.pid)) {
		text_printf(&what, "process %ld runs a master(8) that has been replaced since it "
			    "started, with daemons of another version", (long)answer.master.pid);
		add_denial(&what);
		text_printf(&advice, "service postfix restart %s", instance_label(instance));
		findings_add(findings, false, text_string(&advice), "%s", text_string(&what));
	}
	text_free(&what);
	text_free(&advice);
}
