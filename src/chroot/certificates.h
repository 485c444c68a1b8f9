#ifndef POSTCTL_CHROOT_CERTIFICATES_H
#define POSTCTL_CHROOT_CERTIFICATES_H

#include <stdbool.h>

bool certificate_is_hashed(const char *name);

#endif
