#ifndef POSTCTL_CHROOT_OPENAT2_H
#define POSTCTL_CHROOT_OPENAT2_H

#include <stdint.h>

/*
 * What linux/openat2.h calls RESOLVE_*; that header is missing where only
 * the C library's own headers are installed.
 */
#define OPENAT2_NO_XDEV       UINT64_C(0x01)
#define OPENAT2_NO_MAGICLINKS UINT64_C(0x02)
#define OPENAT2_NO_SYMLINKS   UINT64_C(0x04)
#define OPENAT2_BENEATH       UINT64_C(0x08)
#define OPENAT2_IN_ROOT       UINT64_C(0x10)

int openat2_open(int directory, const char *path, int flags, uint64_t resolve);

#endif
