/*
 * This run of the system, as against any other.  What was remembered in an
 * earlier one says nothing of what runs now.
 */
#include "state/epoch.h"

#include <string.h>

#include "base/descriptor.h"

/*
 * Was then, what epoch_add() once gave, this run of the system, of which it
 * gives now?  Who must not see process 1 (hidepid) goes by the boot alone.
 */
bool epoch_same(const char *then, const char *now)
{
	size_t length = strlen(now);

	return strncmp(then, now, length) == 0 &&
	       (then[length] == '\0' || (then[length] == ' ' && strchr(now, ' ') == NULL));
}

/*
 * Append what tells this run of the system from any other: the kernel's boot,
 * and when process 1 began, for containers that keep their /run.  It is one
 * line without its end.  Return false with errno set when the boot cannot be
 * told.
 */
bool epoch_add(struct text *epoch)
{
	struct text stat = TEXT_EMPTY;
	size_t start = epoch->length;
	const char *field;

	if (!descriptor_read_path("/proc/sys/kernel/random/boot_id", 4096, epoch))
		return false;
	text_truncate(epoch, start + strcspn(text_string(epoch) + start, "\n"));
	if (descriptor_read_path("/proc/1/stat", 4096, &stat) && stat.length > 0) {
		/* The start time is field 22; names in field 2 may hold blanks. */
		field = strrchr(stat.data, ')');
		for (int i = 2; field != NULL && i < 22; i++)
			field = strchr(field + 1, ' ');
		if (field != NULL)
			text_printf(epoch, " %.*s", (int)strcspn(field + 1, " "), field + 1);
	}
	text_free(&stat);
	return true;
}
