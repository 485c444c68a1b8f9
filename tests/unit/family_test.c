/*
 * A process and those below it.
 */
#include "process/family.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* A process that says it is there, has so many children in one line, and sleeps. */
static pid_t begin(int generations, int ready)
{
	pid_t pid = fork();

	if (pid == 0) {
		char *memory = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		memset(memory, 1, 4 << 20);
		if (generations > 1)
			begin(generations - 1, ready);
		if (write(ready, "", 1) == 1)
			pause();
		_exit(1);
	}
	return pid;
}

int main(void)
{
	struct family family;
	int ready[2];
	char byte;
	pid_t first, second;

	if (access("/proc/thread-self/children", R_OK) < 0) {
		puts("1..0 # SKIP this kernel keeps no lists of children");
		return 0;
	}
	if (pipe(ready) < 0)
		return 1;
	first = begin(3, ready[1]);
	second = begin(1, ready[1]);
	for (int i = 0; i < 4; i++)
		if (read(ready[0], &byte, 1) != 1)
			return 1;

	ok(family_read(first, &family) && family.count == 3, "three generations");
	ok(family.items[0].pid == first && family.items[0].depth == 0 &&
	   family.items[1].depth == 1 && family.items[2].depth == 2, "each below its parent");
	/* Each has four MiB more than its parent, whose memory it got. */
	ok(family_memory(&family) >= 6 * (4 << 20) && family_memory(&family) < 9 * (4 << 20),
	   "the memory of all: %llu", (unsigned long long)family_memory(&family));
	family_free(&family);

	ok(family_read(getpid(), &family) && family.count == 5, "two children, and two below one");
	ok(family.items[1].pid == first && family.items[4].pid == second, "in their order");
	family_free(&family);

	kill(second, SIGKILL);
	waitpid(second, NULL, 0);
	ok(family_read(second, &family) && family.count == 0 && family_memory(&family) == 0,
	   "nothing of one that has gone");
	family_free(&family);

	kill(first, SIGKILL);
	waitpid(first, NULL, 0);
	return tap_done();
}
