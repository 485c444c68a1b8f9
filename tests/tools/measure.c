/*
 * measure [-n RUNS] [-w PAUSE] [-p|-c FILE] COMMAND [ARGUMENT...]: how long a
 * command takes.
 *
 * Runs it RUNS times (once) without a shell in between, PAUSE milliseconds
 * (none) after each other, its standard output thrown away, and prints the
 * median in microseconds; with -p prints the peak memory of one run in
 * kilobytes instead.  Fails when the command does.  With -c writes that, the
 * microseconds that it had a processor, and its exit status into FILE, and its
 * output is not thrown away.
 *
 * Both are of the process itself, from /proc when it is about to exit: wait4(2)
 * would count the programs that it ran as well.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void check(int status, char **command)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	fprintf(stderr, "measure: wait status %#x of:", (unsigned int)status);
	for (; *command != NULL; command++)
		fprintf(stderr, " %s", *command);
	fputc('\n', stderr);
	exit(1);
}

static int compare(const void *a, const void *b)
{
	const double *first = a;
	const double *second = b;

	return (*first > *second) - (*first < *second);
}

static double median_time(char **command, size_t runs, long pause_ms)
{
	double *times = calloc(runs, sizeof *times);
	posix_spawn_file_actions_t actions;
	double median;

	if (times == NULL)
		fail("memory");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	for (size_t i = 0; i < runs; i++) {
		struct timespec pause = { pause_ms / 1000, pause_ms % 1000 * 1000000 };
		double begin;
		int status;
		pid_t pid;

		nanosleep(&pause, NULL);
		begin = now();
		errno = posix_spawnp(&pid, *command, &actions, NULL, command, environ);
		if (errno != 0)
			fail(*command);
		while (wait4(pid, &status, 0, NULL) < 0)
			if (errno != EINTR)
				fail("wait4");
		times[i] = now() - begin;
		check(status, command);
	}
	posix_spawn_file_actions_destroy(&actions);
	qsort(times, runs, sizeof *times, compare);
	median = runs % 2 != 0 ? times[runs / 2] : (times[runs / 2 - 1] + times[runs / 2]) / 2;
	free(times);
	return median;
}

static long peak_of(pid_t pid)
{
	char path[64];
	char line[256];
	long peak = -1;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			peak = strtol(line + 6, NULL, 10);
	if (file != NULL)
		fclose(file);
	return peak;
}

static double processor_time_of(pid_t pid)
{
	char path[64];
	double nanoseconds = 0;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%ld/schedstat", (long)pid);
	file = fopen(path, "re");
	if (file == NULL || fscanf(file, "%lf", &nanoseconds) != 1)
		fail(path);
	fclose(file);
	return nanoseconds / 1e3;
}

static void __attribute__((noreturn)) become(char **command, bool quiet)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    (quiet && dup2(null, STDOUT_FILENO) < 0) ||
	    ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		fail("cannot trace");
	execvp(*command, command);
	fail(*command);
}

/*
 * Return the peak memory of a command.  With a file write there what -c says.
 */
static long peak_memory(char **command, const char *file)
{
	bool began = false;
	double processor_time = 0;
	long peak = -1;
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid == 0)
		become(command, file == NULL);
	for (;;) {
		int signal;

		if (waitpid(pid, &status, 0) < 0)
			fail("waitpid");
		if (!WIFSTOPPED(status))
			break;
		signal = WSTOPSIG(status);
		if (!began && signal == SIGTRAP) {
			began = true;
			signal = 0;
			if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXIT) < 0)
				fail("cannot trace");
		} else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
			peak = peak_of(pid);
			processor_time = processor_time_of(pid);
			signal = 0;
		}
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)signal);
	}
	if (file == NULL || !WIFEXITED(status)) {
		check(status, command);
	} else {
		FILE *out = fopen(file, "we");

		if (out == NULL)
			fail(file);
		fprintf(out, "%ld %.0f %d\n", peak, processor_time, WEXITSTATUS(status));
		fclose(out);
	}
	return peak;
}

int main(int argc, char **argv)
{
	size_t runs = 1;
	long pause_ms = 0;
	bool peak = false;
	const char *file = NULL;
	int option;

	while ((option = getopt(argc, argv, "+n:w:pc:")) != -1) {
		if (option == 'n')
			runs = strtoul(optarg, NULL, 10);
		if (option == 'w')
			pause_ms = strtol(optarg, NULL, 10);
		peak |= option == 'p';
		if (option == 'c')
			file = optarg;
	}
	if (optind == argc || runs == 0) {
		fputs("usage: measure [-n RUNS] [-w PAUSE] [-p|-c FILE] COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	if (file != NULL)
		peak_memory(argv + optind, file);
	else if (peak)
		printf("%ld\n", peak_memory(argv + optind, NULL));
	else
		printf("%.1f\n", median_time(argv + optind, runs, pause_ms));
	return 0;
}
