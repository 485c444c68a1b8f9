/*
 * master [QUEUE-DIRECTORY]: stands in for the masters of very many instances.
 *
 * A process works in the queue directory, has a session of its own and has
 * locked pid/master.pid, as Postfix's master does; the program must be called
 * "master".  With an argument it becomes that one, says "ready" and closes its
 * standard output.  Otherwise it reads queue directories from standard input,
 * a line each, leaves a process behind for each, says "ready" when all have
 * their locks, and ends them when it is ended itself.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

static void run(const char *queue_directory, int ready)
{
	char line[64];
	int length;
	int fd;

	setsid();
	if (chdir(queue_directory) < 0) {
		perror(queue_directory);
		return;
	}
	fd = open("pid/master.pid", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	length = snprintf(line, sizeof line, "%32ld\n", (long)getpid());
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || write(fd, line, (size_t)length) < 0 ||
	    write(ready, "ready\n", 6) < 0) {
		perror("pid/master.pid");
		return;
	}
	/* Of a reload. */
	signal(SIGHUP, SIG_IGN);
	close(ready);
	for (int standard = 0; standard < 3; standard++)
		close(standard);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	char line[4096];
	char answer[6];
	int ready[2];

	if (argc > 1) {
		run(argv[1], STDOUT_FILENO);
		return 1;
	}
	if (pipe(ready) < 0)
		return 1;
	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		switch (fork()) {
		case -1:
			perror("fork");
			return 1;
		case 0:
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			run(line, ready[1]);
			_exit(1);
		default:
			if (read(ready[0], answer, sizeof answer) != sizeof answer)
				return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
