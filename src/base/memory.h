#ifndef POSTCTL_BASE_MEMORY_H
#define POSTCTL_BASE_MEMORY_H

#include <stddef.h>

void memory_set_failure(int status);
void *memory_allocate(size_t count, size_t size) __attribute__((returns_nonnull));
void *memory_resize(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
void *memory_grow(void *old, size_t used, size_t *capacity, size_t size)
	__attribute__((returns_nonnull));
char *memory_copy(const char *string) __attribute__((returns_nonnull));
char *memory_copy_n(const char *bytes, size_t length) __attribute__((returns_nonnull));

#endif
