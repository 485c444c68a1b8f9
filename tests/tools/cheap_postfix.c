/*
 * A Postfix that costs next to nothing, for tests that start and stop it ten
 * thousand times: postfix(1), postmulti(1), postconf(1) and master(8) by the name
 * it is called by, as far as postctl uses them.  Masters are real processes
 * that hold the locks of real ones, and do nothing else.
 *
 * It reads what stands in main.cf as it is: nothing is expanded or continued.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MASTER "/usr/lib/postfix/sbin/master"
#define PID_FILE "pid/master.pid"
/* What the real "postconf -d" said. */
#define DEFAULTS "/tmp/cheap-postfix/defaults"

enum { SIZE = 4096 };

static int fail(const char *tried)
{
	fprintf(stderr, "cheap postfix: fatal: %s: %s\n", tried, strerror(errno));
	return 1;
}

/* Set value to that of a parameter of the instance in directory. */
static void look_up(const char *directory, const char *name, char *value)
{
	static const char *const defaults[][2] = {
		{ "queue_directory", "/var/spool/postfix" },
		{ "data_directory", "/var/lib/postfix" },
		{ "multi_instance_enable", "no" },
	};
	char path[SIZE];
	char line[SIZE];
	size_t length = strlen(name);
	FILE *file;

	*value = '\0';
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		if (strcmp(defaults[i][0], name) == 0)
			strcpy(value, defaults[i][1]);
	if (strcmp(name, "MAIL_CONFIG") == 0)
		strcpy(value, directory);
	snprintf(path, sizeof path, "%s/main.cf", directory);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, name, length) == 0 && strncmp(line + length, " =", 2) == 0) {
			line[strcspn(line, "\n")] = '\0';
			strcpy(value, line + length + 2 + strspn(line + length + 2, " "));
		}
	if (file != NULL)
		fclose(file);
}

static int open_locked(void)
{
	int fd = open(PID_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Until a signal kills it. */
static int be_master(void)
{
	char ready = '\n';
	int fd = open_locked();

	if (fd < 0 || dprintf(fd, "%32lu\n", (unsigned long)getpid()) < 0)
		return 1;
	signal(SIGHUP, SIG_IGN);
	(void)!write(STDOUT_FILENO, &ready, 1);
	for (int i = 0; i < 3; i++)
		close(i);
	for (;;)
		pause();
}

static int start(void)
{
	char *const arguments[] = { "master", "-w", NULL };
	char ready;
	int ends[2];
	int fd = open_locked();

	if (fd < 0)
		return fail("is it running already?");
	close(fd);
	unlink("quick-start");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return fail("pipe");
	switch (fork()) {
	case -1:
		return fail("fork");
	case 0:
		setsid();
		dup2(ends[1], STDOUT_FILENO);
		execv(MASTER, arguments);
		_exit(1);
	}
	close(ends[1]);
	return read(ends[0], &ready, 1) == 1 ? 0 : fail("master did not start");
}

static pid_t master(void)
{
	char line[64] = "";
	FILE *file = fopen(PID_FILE, "re");

	if (file != NULL) {
		if (fgets(line, sizeof line, file) == NULL)
			*line = '\0';
		fclose(file);
	}
	return (pid_t)strtol(line, NULL, 10);
}

static int stop(void)
{
	const struct timespec moment = { 0, 500 * 1000 };
	pid_t pid = master();

	if (pid <= 1 || kill(pid, SIGTERM) < 0)
		return fail("not running");
	for (int i = 0; i < 10000 && kill(pid, 0) == 0; i++) {
		int fd = open_locked();

		if (fd >= 0)
			return 0;
		nanosleep(&moment, NULL);
	}
	return 0;
}

static int postfix(const char *verb)
{
	char queue[SIZE];

	look_up(getenv("MAIL_CONFIG"), "queue_directory", queue);
	if (chdir(queue) < 0)
		return fail(queue);
	if (strcmp(verb, "start") == 0)
		return start();
	if (strcmp(verb, "stop") == 0)
		return stop();
	if (strcmp(verb, "reload") == 0)
		return master() > 1 && kill(master(), SIGHUP) == 0 ? 0 : fail("not running");
	return 0;
}

static void print_of(const char *directory, char **names, char end)
{
	char value[SIZE];

	for (; *names != NULL; names++) {
		look_up(directory, *names, value);
		printf("%s%c", value, end);
	}
}

/* postmulti -x printenv -0 NAME... */
static int postmulti(char **names)
{
	char directories[SIZE];

	look_up("/etc/postfix", "multi_instance_directories", directories);
	print_of("/etc/postfix", names, '\0');
	for (char *one = strtok(directories, " "); one != NULL; one = strtok(NULL, " "))
		print_of(one, names, '\0');
	return 0;
}

/* postconf -c /nonexistent -d, or postconf -o inet_interfaces= -xh NAME...; otherwise it has nothing to say. */
static int postconf(int count, char **words)
{
	char *const arguments[] = { "cat", DEFAULTS, NULL };

	if (count > 3 && strcmp(words[3], "-d") == 0)
		return execv("/bin/cat", arguments);
	if (count > 4 && strcmp(words[3], "-xh") == 0)
		print_of(getenv("MAIL_CONFIG"), words + 4, '\n');
	return 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash != NULL ? slash + 1 : argv[0];

	if (strcmp(name, "master") == 0)
		return be_master();
	if (strcmp(name, "postfix") == 0 && argc > 1)
		return postfix(argv[1]);
	if (strcmp(name, "postmulti") == 0 && argc > 4)
		return postmulti(argv + 4);
	if (strcmp(name, "postconf") == 0)
		return postconf(argc, argv);
	errno = EINVAL;
	return fail(name);
}
