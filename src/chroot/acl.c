/*
 * Access control lists, by which an administrator lets one more user read a
 * private key.  Without its list a copy would shut that user out and, as the
 * group bits of the mode show the list's mask, perhaps let the group in.
 */
#include "chroot/acl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "base/memory.h"

#define NAME "system.posix_acl_access"
#define SIZE_MAX_READ 65536

/*
 * Read the list of an open file as the kernel keeps it; empty where there is
 * none.  Return false with errno set.
 */
bool acl_read(int fd, struct text *acl)
{
	ssize_t size = fgetxattr(fd, NAME, NULL, 0);
	char *list;

	text_clear(acl);
	if (size == 0 || (size < 0 && (errno == ENODATA || errno == ENOTSUP)))
		return true;
	if (size < 0)
		return false;
	list = memory_allocate(SIZE_MAX_READ, 1);
	size = fgetxattr(fd, NAME, list, SIZE_MAX_READ);
	if (size > 0)
		text_add_n(acl, list, (size_t)size);
	free(list);
	return size >= 0 || errno == ENODATA;
}

/*
 * Give an open file the list, if there is one.  Return false with errno set.
 */
bool acl_write(int fd, const struct text *acl)
{
	return acl->length == 0 || fsetxattr(fd, NAME, acl->data, acl->length, 0) == 0;
}
