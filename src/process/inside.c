/*
 * Running a function of ours where a daemon would run: below another root, as
 * another user.
 */
#include "process/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/descriptor.h"

enum { OUTPUT_LIMIT = 1024 * 1024 };

/*
 * Enter as Postfix's chroot_uid() does: the groups are looked up outside.
 * Looking the user up also makes the C library read the host's nsswitch.conf
 * before, as it does in the daemons.
 */
static bool enter(const char *root, const struct passwd *user)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	return setgid(user->pw_gid) == 0 && initgroups(user->pw_name, user->pw_gid) == 0 &&
	       (strcmp(root, "/") == 0 || chroot(root) == 0) && chdir("/") == 0 &&
	       setuid(user->pw_uid) == 0;
}

static void __attribute__((noreturn))
be_child(const char *root, const struct passwd *user, inside_function *function,
	 const void *context, int fd, pid_t parent)
{
	if (!enter(root, user)) {
		int reason = errno;

		_exit(reason > 0 && reason < 126 ? reason : 126);
	}
	/* Becoming somebody else takes this back, so it comes after. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	/* What is loaded from in there, such as a module of NSS, gets no further. */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	signal(SIGPIPE, SIG_DFL);
	function(context, fd);
	_exit(0);
}

/* Read until the child closes its end.  Return false when time is over. */
static bool read_output(int fd, deadline_ms deadline, struct text *output)
{
	char buffer[4096];

	for (;;) {
		struct pollfd polled = { fd, POLLIN, 0 };
		int ready = poll(&polled, 1, deadline_poll_timeout(deadline));
		ssize_t got;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || output->length > OUTPUT_LIMIT)
			return false;
		got = read(fd, buffer, sizeof buffer);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		text_add_n(output, buffer, (size_t)got);
	}
}

/*
 * Run a function in a child that has entered root ("/" for none) and become
 * user, for limit_ms at most, and append what it writes to output.  Return
 * false with the reason, EPERM's for one, when it could not get there; that
 * it did not come to an end is only to be seen by its output.
 */
bool inside_run(const char *root, const char *user, inside_function *function,
		const void *context, int64_t limit_ms, struct text *output, struct text *why)
{
	const struct passwd *account = getpwnam(user);
	const pid_t parent = getpid();
	int ends[2];
	int status = 0;
	pid_t child;

	if (account == NULL)
		return text_fail(why, "there is no user %s", user);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return text_fail(why, "cannot make a pipe: %s", strerror(errno));
	child = fork();
	if (child < 0) {
		text_fail(why, "cannot fork: %s", strerror(errno));
		descriptor_close(ends[0]);
		descriptor_close(ends[1]);
		return false;
	}
	if (child == 0)
		be_child(root, account, function, context, ends[1], parent);
	close(ends[1]);
	if (!read_output(ends[0], deadline_in(limit_ms), output))
		kill(child, SIGKILL);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		return text_fail(why, "cannot enter %s as %s: %s", root, user,
				 strerror(WEXITSTATUS(status)));
	return true;
}
