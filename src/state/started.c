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
#include "state/run_directory.h"

/*
 * Append what tells this run of the system from any other: the kernel's boot,
 * and when process 1 began, for containers that keep their /run.
 */
static void add_epoch(struct text *epoch)
{
	struct text stat = TEXT_EMPTY;
	const char *field;

	if (descriptor_read_path("/proc/sys/kernel/random/boot_id", 4096, epoch))
		text_truncate(epoch, strcspn(epoch->data, "\n"));
	if (descriptor_read_path("/proc/1/stat", 4096, &stat)) {
		/* The start time is field 22; names in field 2 may hold blanks. */
		field = strrchr(stat.data, ')');
		for (int i = 2; field != NULL && i < 22; i++)
			field = strchr(field + 1, ' ');
		if (field != NULL)
			text_printf(epoch, " %.*s", (int)strcspn(field + 1, " "), field + 1);
	}
	text_add_char(epoch, '\n');
	text_free(&stat);
}

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
	add_epoch(&epoch);
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
		add_epoch(&now);
		remembered = strcmp(text_string(&then), text_string(&now)) == 0;
	}
	descriptor_close(directory);
	text_free(&key);
	text_free(&then);
	text_free(&now);
	return remembered;
}
