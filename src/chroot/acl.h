#ifndef POSTCTL_CHROOT_ACL_H
#define POSTCTL_CHROOT_ACL_H

#include <stdbool.h>

#include "base/text.h"

bool acl_read(int fd, struct text *acl);
bool acl_write(int fd, const struct text *acl);

#endif
