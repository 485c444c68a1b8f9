/*
 * Which instances postctl started and did not stop.  Postfix leaves the same
 * traces whether its master was stopped or killed; this memory makes the
 * difference between an instance that is stopped and one that is dead.
 */
#include "state/started.h"

#include <errno.h>
#include <string.h>

#include "base/descriptor.h"
#include "state/epoch.h"
#include "state/run_directory.h"

static const char directory_name[] = "started";

/*
 * Remember that the instance was started.  Return false with the reason.
 */
bool started_remember(const char *config_directory, struct text *why)
{
	struct text key = TEXT_EMPTY;
	struct text epoch = TEXT_EMPTY;
	bool ok = epoch_add(&epoch) || text_fail(why, "cannot tell this boot from another: %s",
						 strerror(errno));

	own_directory_key(config_directory, &key);
	text_add_char(&epoch, '\n');
	ok = ok && run_directory_write(directory_name, text_string(&key), text_string(&epoch), why);
	text_free(&key);
	text_free(&epoch);
	return ok;
}

/*
 * Forget it: the instance was stopped, or is about to be.
 */
void started_forget(const char *config_directory)
{
	struct text key = TEXT_EMPTY;

	own_directory_key(config_directory, &key);
	run_directory_remove(directory_name, text_string(&key));
	text_free(&key);
}

/* Whether what could not be read may be there all the same. */
static bool may_be_there(int error)
{
	return error != ENOENT && error != ENOTDIR && error != ELOOP && error != EPERM;
}

/*
 * Was the instance started since this system came up, and not stopped?
 */
enum started started_recall(const char *config_directory)
{
	struct text key = TEXT_EMPTY;
	struct text then = TEXT_EMPTY;
	struct text now = TEXT_EMPTY;
	int directory = run_directory_open(directory_name, 0, NULL);
	enum started answer = STARTED_NOT;

	own_directory_key(config_directory, &key);
	if (directory < 0 || !own_directory_read(directory, text_string(&key), &then))
		answer = may_be_there(errno) ? STARTED_UNKNOWN : STARTED_NOT;
	else if (!epoch_add(&now))
		answer = STARTED_UNKNOWN;
	text_truncate(&then, strcspn(text_string(&then), "\n"));
	if (then.length > 0 && now.length > 0 &&
	    epoch_same(text_string(&then), text_string(&now)))
		answer = STARTED;
	descriptor_close(directory);
	text_free(&key);
	text_free(&then);
	text_free(&now);
	return answer;
}
