/*
 * postfix, postconf: stand in for Postfix's programs of these names where real
 * ones would take minutes for very many instances.
 *
 * As postfix, for the instance in $MAIL_CONFIG: `start` leaves the master of
 * /tools behind, `stop` and `abort` end the one that pid/master.pid names and
 * wait for it, `reload` sends it SIGHUP; `check` and `flush` do nothing.  As
 * postconf, prints what main.cf says for the words after -xh, unexpanded; the
 * rest is for the real one, in /tmp/stand-ins.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE_DIRECTORY "/var/spool/postfix"

static char *settings;

/* Read main.cf, with a newline before each line. */
static bool read_settings(void)
{
	static char buffer[64 * 1024] = "\n";
	const char *directory = getenv("MAIL_CONFIG");
	char path[4096];
	int fd;

	snprintf(path, sizeof path, "%s/main.cf", directory != NULL ? directory : "/etc/postfix");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	settings = buffer;
	return fd >= 0 && read(fd, buffer + 1, sizeof buffer - 2) > 0 && close(fd) == 0;
}

static void setting(const char *name, const char *standard, char *value, size_t size)
{
	char wanted[128];
	const char *found;

	snprintf(wanted, sizeof wanted, "\n%s = ", name);
	found = strstr(settings, wanted);
	if (found == NULL)
		snprintf(value, size, "%s", standard);
	else
		snprintf(value, size, "%.*s", (int)strcspn(found + strlen(wanted), "\n"),
			 found + strlen(wanted));
}

/* Or become the real postconf. */
static int print_settings(int argc, char **argv)
{
	char value[4096];
	bool names = false;

	for (int i = 1; i < argc; i++) {
		if (names) {
			setting(argv[i], strcmp(argv[i], "queue_directory") == 0 ?
				QUEUE_DIRECTORY : strcmp(argv[i], "data_directory") == 0 ?
				"/var/lib/postfix" : "", value, sizeof value);
			puts(value);
		}
		names = names || strcmp(argv[i], "-xh") == 0;
	}
	if (!names)
		execv("/tmp/stand-ins/postconf", argv);
	return names ? 0 : 1;
}

static int start(const char *queue)
{
	char answer[6] = "";
	int ready[2];
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0 || (pid = fork()) < 0)
		return 1;
	if (pid == 0) {
		dup2(ready[1], STDOUT_FILENO);
		execl("/tools/master", "master", queue, (char *)NULL);
		_exit(127);
	}
	close(ready[1]);
	return read(ready[0], answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 1;
}

static pid_t master(void)
{
	FILE *file = fopen("pid/master.pid", "re");
	long pid = 0;

	return file != NULL && fscanf(file, "%ld", &pid) == 1 ? (pid_t)pid : 0;
}

static int stop(void)
{
	pid_t pid = master();
	int fd = pid > 1 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	struct pollfd polled = { fd, POLLIN, 0 };

	return fd >= 0 && kill(pid, SIGTERM) == 0 && poll(&polled, 1, 10000) == 1 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash != NULL ? slash + 1 : argv[0];
	const char *verb = argc > 1 ? argv[1] : "";
	char queue[4096];

	if (!read_settings())
		return 1;
	if (strcmp(name, "postconf") == 0)
		return print_settings(argc, argv);
	setting("queue_directory", QUEUE_DIRECTORY, queue, sizeof queue);
	if (chdir(queue) < 0)
		return 1;
	if (strcmp(verb, "start") == 0)
		return start(queue);
	if (strcmp(verb, "stop") == 0 || strcmp(verb, "abort") == 0)
		return stop();
	if (strcmp(verb, "reload") == 0)
		return master() > 1 && kill(master(), SIGHUP) == 0 ? 0 : 1;
	return strcmp(verb, "check") == 0 || strcmp(verb, "flush") == 0 ? 0 : 1;
}
