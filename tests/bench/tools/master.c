/*
 * master: stands in for the masters of very many instances.
 *
 * Reads from standard input, a line each, queue directories.  For each it
 * leaves a process behind that works there and has locked pid/master.pid, as
 * Postfix's master does; the program must be called "master".  Says "ready"
 * when all have, and ends them when it is ended itself.
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

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	if (chdir(queue_directory) < 0) {
		perror(queue_directory);
		return;
	}
	fd = open("pid/master.pid", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	length = snprintf(line, sizeof line, "%32ld\n", (long)getpid());
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || write(fd, line, (size_t)length) < 0 ||
	    write(ready, "", 1) < 0) {
		perror("pid/master.pid");
		return;
	}
	close(ready);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	for (;;)
		pause();
}

int main(void)
{
	char line[4096];
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		return 1;
	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		switch (fork()) {
		case -1:
			perror("fork");
			return 1;
		case 0:
			run(line, ready[1]);
			_exit(1);
		default:
			if (read(ready[0], &byte, 1) != 1)
				return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
