/*
 * Starting one program, with nothing of ours but what it is to have.  This is
 * the one place that forks; whoever needs more extends it.
 *
 * Messages go to a pseudo-terminal: Postfix 3.7 says why it fails only if
 * standard error is one.  It is nobody's controlling terminal, so it neither
 * hangs up on daemons nor takes signals from a keyboard.
 */
#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/descriptor.h"

/* Nobody hands on a descriptor with a higher number than this. */
#define DESCRIPTORS_MAX 65536

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

/*
 * Both ends of everything a child is connected to: [0] ours, [1] its own.
 */
struct ends {
	int messages[2];
	int data[2];
	int error[2];	/* its errno when it cannot execute */
	int null;
};

#define ENDS_CLOSED ((struct ends){ { -1, -1 }, { -1, -1 }, { -1, -1 }, -1 })

static void close_theirs(struct ends *ends)
{
	descriptor_close(ends->messages[1]);
	descriptor_close(ends->data[1]);
	descriptor_close(ends->error[1]);
	descriptor_close(ends->null);
	ends->messages[1] = ends->data[1] = ends->error[1] = ends->null = -1;
}

static void close_all(struct ends *ends)
{
	close_theirs(ends);
	descriptor_close(ends->messages[0]);
	descriptor_close(ends->data[0]);
	descriptor_close(ends->error[0]);
}

/*
 * Make a pseudo-terminal that changes nothing in what passes through it.
 * TIOCGPTPEER opens the other end without a look at /dev/pts, which may be
 * another one or missing.
 */
static bool make_terminal(int ends[2])
{
	struct termios settings;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int unlock = 0;
	int peer = -1;

	if (master >= 0 && ioctl(master, TIOCSPTLCK, &unlock) == 0)
		peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (peer >= 0 && tcgetattr(peer, &settings) == 0) {
		cfmakeraw(&settings);
		if (tcsetattr(peer, TCSANOW, &settings) == 0) {
			ends[0] = master;
			ends[1] = peer;
			return true;
		}
	}
	descriptor_close(peer);
	descriptor_close(master);
	return false;
}

/* Make a pipe that blocks the writer only. */
static bool make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) < 0) {
		ends[0] = ends[1] = -1;
		return false;
	}
	return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static bool make_ends(struct ends *ends, const struct child_command *command)
{
	if ((command->without_terminal || !make_terminal(ends->messages)) &&
	    !make_pipe(ends->messages))
		return false;
	if (command->separate_data && !make_pipe(ends->data))
		return false;
	if (pipe2(ends->error, O_CLOEXEC) < 0) {
		ends->error[0] = ends->error[1] = -1;
		return false;
	}
	ends->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return ends->null >= 0;
}

/*
 * Ours are close-on-exec already; these are our caller's, whose locks and pipes
 * a daemon would hold for as long as it lives.  One by one where the kernel is
 * older than 5.11.
 */
static void keep_no_other(void)
{
	struct rlimit limit;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
#endif
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > DESCRIPTORS_MAX)
		limit.rlim_cur = DESCRIPTORS_MAX;
	for (int fd = STDERR_FILENO + 1; fd < (int)limit.rlim_cur; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/*
 * Become the program.  Only async-signal-safe calls from here on.
 */
static _Noreturn void become(const struct child_command *command, const struct ends *ends)
{
	const int out = ends->data[1] >= 0 ? ends->data[1] : ends->messages[1];
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;
	int error;

	if (setsid() < 0 || dup2(ends->null, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(ends->messages[1], STDERR_FILENO) < 0 ||
	    chdir("/") < 0)
		goto failed;
	keep_no_other();
	umask(022);
	/* Handlers vanish by execve(2), but what we ignore would stay ignored. */
	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(command->path, command->arguments, command->environment);
failed:
	error = errno;
	(void)!write(ends->error[1], &error, sizeof error);
	_exit(127);
}

/*
 * Wait until the child executes its program, which closes the pipe, or says
 * why it cannot.  Return that errno, 0 for success.
 */
static int wait_for_exec(int fd)
{
	int error;

	return descriptor_read(fd, &error, sizeof error) == (ssize_t)sizeof error ? error : 0;
}

/*
 * Start a program: standard input is empty, working directory "/", umask 022,
 * no other descriptor of ours, all signals as the system has them, a session
 * of its own.  Where there are no pseudo-terminals its messages come through
 * a pipe.  Descriptors 0 to 2 of our own must be open.  Return true when it
 * executes; the caller then reads and closes the descriptors and waits for
 * the pid.  Return false with the reason when it cannot; nothing is left then.
 */
bool child_spawn(struct child *child, const struct child_command *command,
		 struct text *why)
{
	struct ends ends = ENDS_CLOSED;
	sigset_t all;
	sigset_t old;
	pid_t pid;
	int error;

	if (!make_ends(&ends, command)) {
		close_all(&ends);
		return text_fail(why, "cannot run %s: %s", command->path, strerror(errno));
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	error = errno;
	if (pid == 0)
		become(command, &ends);
	sigprocmask(SIG_SETMASK, &old, NULL);

	if (pid > 0) {
		close_theirs(&ends);
		error = wait_for_exec(ends.error[0]);
		if (error != 0)
			while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
				;
	}
	if (error != 0) {
		close_all(&ends);
		return text_fail(why, "cannot run %s: %s", command->path, strerror(error));
	}
	descriptor_close(ends.error[0]);
	*child = (struct child){ pid, ends.messages[0], ends.data[0] };
	return true;
}

/*
 * Append how a child ended, from its wait status: "exit status 1", "killed by
 * signal 9 (Killed)"; -1 stands for one that was given up.
 */
void child_describe(int status, struct text *out)
{
	if (status == -1)
		text_add(out, "does not end");
	else if (WIFEXITED(status))
		text_printf(out, "exit status %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		text_printf(out, "killed by signal %d (%s)", WTERMSIG(status),
			    strsignal(WTERMSIG(status)));
	else
		text_printf(out, "wait status %#x", (unsigned int)status);
}
