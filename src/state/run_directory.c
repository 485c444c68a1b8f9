/*
 * /run/postctl: what postctl remembers until the next boot.
 */
#include "state/run_directory.h"

#include <fcntl.h>

#include "base/descriptor.h"

/*
 * Open the directory name below RUN_DIRECTORY, or that one itself when name is
 * NULL.  With a mode other than 0 missing directories are made, and others
 * than root's refused.  Return a descriptor, or -1 with the reason.
 */
int run_directory_open(const char *name, unsigned mode, struct text *why)
{
	struct text shown = TEXT_EMPTY;
	int top = own_directory_open(AT_FDCWD, RUN_DIRECTORY, RUN_DIRECTORY,
				     mode != 0 ? 0755 : 0, why);
	int fd;

	if (top < 0 || name == NULL)
		return top;
	text_printf(&shown, "%s/%s", RUN_DIRECTORY, name);
	fd = own_directory_open(top, name, text_string(&shown), mode, why);
	descriptor_close(top);
	text_free(&shown);
	return fd;
}
