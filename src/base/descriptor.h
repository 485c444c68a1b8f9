#ifndef POSTCTL_BASE_DESCRIPTOR_H
#define POSTCTL_BASE_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/text.h"

bool descriptor_open_standard(void);
size_t descriptor_limit(void);
void descriptor_close(int fd);
ssize_t descriptor_read(int fd, void *buffer, size_t size);
bool descriptor_write(int fd, const void *bytes, size_t size);
bool descriptor_read_path(const char *path, size_t limit, struct text *content);
bool descriptor_read_text(const char *path, size_t limit, struct text *content,
			  struct stat *status, struct text *why);
bool descriptor_read_all(int fd, size_t limit, struct text *content);

#endif
