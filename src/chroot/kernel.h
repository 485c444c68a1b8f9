#ifndef POSTCTL_CHROOT_KERNEL_H
#define POSTCTL_CHROOT_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/*
 * What linux/openat2.h calls RESOLVE_*; that header is missing where only
 * the C library's own headers are installed.
 */
#define KERNEL_NO_XDEV       UINT64_C(0x01)
#define KERNEL_NO_MAGICLINKS UINT64_C(0x02)
#define KERNEL_NO_SYMLINKS   UINT64_C(0x04)
#define KERNEL_BENEATH       UINT64_C(0x08)
#define KERNEL_IN_ROOT       UINT64_C(0x10)

int kernel_open(int directory, const char *path, int flags, uint64_t resolve);
bool kernel_is_mount(int directory, const char *name);
void kernel_birth(int directory, const char *name, struct timespec *birth);

#endif
