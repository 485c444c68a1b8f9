/*
 * Which instances postctl started and did not stop.  Postfix leaves the same
 * traces whether its master was stopped or killed; this memory makes the
 * difference between an instance that is stopped and one that is dead.
 */
#include "state/started.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "state/epoch.h"
#include "state/run_directory.h"

/*
 * Remember that the instance was started.  Return false with the reason.
 */
bool started_remember(const char *config_directory, struct text *why)
{
	struct text key = TEXT_EMPTY;
	struct text epoch = TEXT_EMPTY;
	int directory = run_directory_open("started", 0755, why);
	bool ok;

	own_directory_key(config_directory, &key);
	epoch_add(&epoch);
	text_add_char(&epoch, '\n');
	ok = directory >= 0 && own_directory_write(directory, text_string(&key), NULL,
						   text_string(&epoch), why);
	descriptor_close(directory);
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
	int directory = run_directory_open("started", 0, NULL);

	own_directory_key(config_directory, &key);
	if (directory >= 0)
		unlinkat(directory, text_string(&key), 0);
	descriptor_close(directory);
	text_free(&key);
}

/*
 * Was the instance started since this system came up, and not stopped?
 */
bool started_is_remembered(const char *config_directory)
{
	struct text key = TEXT_EMPTY;
	struct text then = TEXT_EMPTY;
	struct text now = TEXT_EMPTY;
	int directory = run_directory_open("started", 0, NULL);
	bool remembered;

	own_directory_key(config_directory, &key);
	remembered = directory >= 0 &&
		     own_directory_read(directory, text_string(&key), &then);
	if (remembered) {
		epoch_add(&now);
		text_truncate(&then, strcspn(text_string(&then), "\n"));
		remembered = epoch_same(text_string(&then), text_string(&now));
	}
	descriptor_close(directory);
	text_free(&key);
	text_free(&then);
	text_free(&now);
	return remembered;
}
