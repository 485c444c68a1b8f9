/*
 * Where memory ends the process ends, with a word and a status that was chosen.
 */
#include "base/memory.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static void resize_too_far(void)
{
	free(memory_resize(NULL, SIZE_MAX / 2, 3));
}

static void grow_too_far(void)
{
	size_t capacity = SIZE_MAX / 2 + 1;

	free(memory_grow(NULL, capacity, &capacity, 1));
}

/* In a child, which must not come back from it. */
static void ends(const char *name, void (*ask)(void))
{
	static const char wanted[] = "postctl: out of memory\n";
	char said[sizeof wanted + 1] = "";
	int ends[2], status = 0;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	fflush(stdout);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		memory_set_failure(4);
		ask();
		_exit(0);
	}
	close(ends[1]);
	ok(read(ends[0], said, sizeof said - 1) == (ssize_t)sizeof wanted - 1, "%s: says so", name);
	is(said, wanted, "  in these words");
	close(ends[0]);
	ok(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 4,
	   "  and ends with that status");
}

int main(void)
{
	size_t capacity = 0;
	char *bytes;

	ends("more than can be counted", resize_too_far);
	ends("an array of all there is", grow_too_far);
	bytes = memory_allocate(0, 0);
	ok(*bytes == 0, "nothing is something to be freed");
	bytes = memory_grow(bytes, 0, &capacity, 1);
	ok(capacity == 8, "an array begins with eight");
	ok(memory_grow(bytes, 7, &capacity, 1) == bytes && capacity == 8, "and stays where it is");
	bytes = memory_grow(bytes, 8, &capacity, 1);
	ok(capacity == 16, "until it is full");
	free(bytes);
	return tap_done();
}
