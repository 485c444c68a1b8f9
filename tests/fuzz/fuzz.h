#ifndef POSTCTL_TESTS_FUZZ_H
#define POSTCTL_TESTS_FUZZ_H

/*
 * What the targets have in common.  libFuzzer hands each any bytes, which it
 * reads as every kind of file that it is for: so a real file is a seed as it is.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define FUZZ static inline __attribute__((unused))

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What must be so whatever the bytes are. */
FUZZ void fuzz_check(bool condition)
{
	if (!condition)
		abort();
}

/*
 * Return the bytes as what was read from a file: with a NUL behind them, and
 * nothing behind that.  The caller frees it.
 */
FUZZ struct text fuzz_text(const uint8_t *bytes, size_t size)
{
	struct text text = TEXT_EMPTY;

	text_add_n(&text, (const char *)bytes, size);
	return text;
}

/* Make the bytes all that a file holds. */
FUZZ void fuzz_write(int fd, const uint8_t *bytes, size_t size)
{
	if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, bytes, size, 0) != (ssize_t)size) {
		perror("fuzz_write");
		exit(1);
	}
}

/*
 * Return the path of a file in memory with these bytes, good until the next call.
 */
FUZZ const char *fuzz_file(const uint8_t *bytes, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("fuzz", MFD_CLOEXEC);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	fuzz_write(fd, bytes, size);
	return path;
}

#endif
