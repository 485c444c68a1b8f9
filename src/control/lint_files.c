/*
 * Who may write an instance's configuration, and what a former stop left.
 */
#include "control/lint.h"

#include <string.h>
#include <sys/stat.h>

#include "control/look.h"

/* master(8) runs as root what these files say. */
static void lint_owner(const char *directory, const char *name, struct findings *findings)
{
	struct text path = TEXT_EMPTY, advice = TEXT_EMPTY;
	struct stat status;

	text_printf(&path, "%s%s", directory, name);
	if (stat(text_string(&path), &status) == 0) {
		if (status.st_uid != 0) {
			text_printf(&advice, "chown root %s", text_string(&path));
			findings_add(findings, true, text_string(&advice), "%s belongs to user %lu: "
				     "who can write it is root when Postfix starts next",
				     text_string(&path), (unsigned long)status.st_uid);
		}
		text_clear(&advice);
		if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
			text_printf(&advice, "chmod go-w %s", text_string(&path));
			findings_add(findings, true, text_string(&advice), "%s can be written by %s: "
				     "who does is root when Postfix starts next", text_string(&path),
				     (status.st_mode & S_IWOTH) != 0 ? "everybody" : "its group");
		}
	}
	text_free(&path);
	text_free(&advice);
}

/*
 * Add which of the files that decide what runs as root others can write.
 */
void lint_files(const struct instance *instance, struct findings *findings)
{
	lint_owner(instance->directory, "", findings);
	lint_owner(instance->directory, "/main.cf", findings);
	lint_owner(instance->directory, "/master.cf", findings);
}

/*
 * Add a request for a quick start that is still there although the instance is
 * stopped: "postfix quick-stop" leaves it.
 */
void lint_quick_start(const struct instance *instance, struct probe *probe,
		      struct findings *findings)
{
	struct text path = TEXT_EMPTY, advice = TEXT_EMPTY;
	struct probe_answer answer;
	struct stat status;

	text_printf(&path, "%s/quick-start", instance->queue_directory);
	/* Of all directories only this one may have blanks in its name. */
	text_printf(&advice, strchr(text_string(&path), ' ') != NULL ? "rm '%s'" : "rm %s",
		    text_string(&path));
	if (*instance->queue_directory == '/' && lstat(text_string(&path), &status) == 0 &&
	    look_at(instance, probe, &answer, NULL) == PROBE_STOPPED)
		findings_add(findings, false, text_string(&advice), "%s is left: the next "
			     "\"postfix start\" looks neither for missing directories nor for "
			     "wrong permissions", text_string(&path));
	text_free(&path);
	text_free(&advice);
}
