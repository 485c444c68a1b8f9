#ifndef POSTCTL_BASE_MEMORY_H
#define POSTCTL_BASE_MEMORY_H

#include <stddef.h>

void memory_set_failure(int status);
void *memory_allocate(size_t count, size_t size);
void *memory_resize(void *old, size_t count, size_t size);
void *memory_grow(void *old, size_t used, size_t *capacity, size_t size);
char *memory_copy(const char *string);
char *memory_copy_n(const char *bytes, size_t length);

#endif
