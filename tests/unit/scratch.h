#ifndef POSTCTL_TESTS_SCRATCH_H
#define POSTCTL_TESTS_SCRATCH_H

/*
 * A directory for a test's files, removed when the test ends.
 */
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[] = "/tmp/postctl-test.XXXXXX";

static inline int scratch_remove_one(const char *path, const struct stat *status, int type,
				     struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void scratch_remove(void)
{
	nftw(scratch, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void scratch_begin(void)
{
	if (mkdtemp(scratch) == NULL || chmod(scratch, 0755) < 0) {
		perror(scratch);
		exit(1);
	}
	atexit(scratch_remove);
}

/*
 * Return a path below the directory; one of the last eight stays valid.
 */
static inline const char *__attribute__((format(printf, 1, 2)))
scratch_path(const char *format, ...)
{
	static char paths[8][512];
	static int next;
	char *path = paths[next++ % 8];
	int length = snprintf(path, sizeof paths[0], "%s/", scratch);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path + length, sizeof paths[0] - (size_t)length, format, arguments);
	va_end(arguments);
	return path;
}

static inline void scratch_write(const char *path, const char *bytes, size_t length)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/*
 * Write a configuration directory; NULL for a file that it is to be without.
 */
static inline const char *scratch_configuration(const char *name, const char *main_cf,
						const char *master_cf)
{
	const char *directory = scratch_path("%s", name);
	const char *file;

	mkdir(directory, 0755);
	file = scratch_path("%s/main.cf", name);
	unlink(file);
	if (main_cf != NULL)
		scratch_write(file, main_cf, strlen(main_cf));
	file = scratch_path("%s/master.cf", name);
	unlink(file);
	if (master_cf != NULL)
		scratch_write(file, master_cf, strlen(master_cf));
	return directory;
}

/*
 * Return a copy of string, which the caller frees, with the scratch directory
 * in the place of each "@".
 */
static inline char *scratch_fill(const char *string)
{
	char *filled = calloc(1, strlen(string) * sizeof scratch + 1);
	char *to = filled;

	for (; filled != NULL && *string != '\0'; string++) {
		if (*string == '@')
			to = stpcpy(to, scratch);
		else
			*to++ = *string;
	}
	return filled;
}

#endif
