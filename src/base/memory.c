/*
 * Allocation that cannot fail.  postctl needs a few megabytes at most; when
 * even these are not to be had, nothing useful can be done or reported, so
 * the process ends here and callers stay readable.
 */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failure = 1;

/*
 * Let the process end with that status when there is no memory.
 */
void memory_set_failure(int status)
{
	failure = status;
}

static _Noreturn void out_of_memory(void)
{
	static const char message[] = "postctl: out of memory\n";

	(void)!write(STDERR_FILENO, message, sizeof message - 1);
	_exit(failure);
}

/*
 * Return zeroed memory for count objects of size bytes.  The caller frees it.
 */
void *memory_allocate(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

/*
 * Resize old, which may be NULL, to count objects of size bytes.  New bytes
 * are not cleared.  The caller frees the result.
 */
void *memory_resize(void *old, size_t count, size_t size)
{
	void *memory;

	if (size > 0 && count > SIZE_MAX / size)
		out_of_memory();
	memory = realloc(old, count * size > 0 ? count * size : 1);
	if (memory == NULL)
		out_of_memory();
	return memory;
}

/*
 * Make room for one more object in an array that holds used objects of size
 * bytes and has room for *capacity.  Return the array, perhaps moved.
 */
void *memory_grow(void *old, size_t used, size_t *capacity, size_t size)
{
	if (used < *capacity)
		return old;
	if (*capacity > SIZE_MAX / 2)
		out_of_memory();
	*capacity = *capacity > 0 ? *capacity * 2 : 8;
	return memory_resize(old, *capacity, size);
}

/*
 * Return a copy of a string.  The caller frees it.
 */
char *memory_copy(const char *string)
{
	return memory_copy_n(string, strlen(string));
}

/*
 * Return length bytes as a string of their own.  The caller frees it.
 */
char *memory_copy_n(const char *bytes, size_t length)
{
	char *copy = memory_resize(NULL, length + 1, 1);

	if (length > 0)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}
