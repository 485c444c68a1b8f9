/*
 * Starting one program: what it gets, what it does not get, and failures.
 */
#include "process/child.h"

#include <poll.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/descriptor.h"
#include "fixtures/process/fake.h"
#include "tap.h"

static char *self;
static char *const environment[] = { "MAIL_CONFIG=/etc/postfix-a", "PATH=/bin", NULL };

/* Read without blocking what is there now. */
static void drain(int fd, struct text *content)
{
	char buffer[8192];
	ssize_t got;

	while ((got = read(fd, buffer, sizeof buffer)) > 0)
		text_add_n(content, buffer, (size_t)got);
}

/* Read both until the child has ended; return its wait status. */
static int finish(struct child *child, struct text *messages, struct text *data)
{
	int status;

	while (waitpid(child->pid, &status, WNOHANG) == 0) {
		struct pollfd polled[] = { { child->messages, POLLIN, 0 },
					   { child->data, POLLIN, 0 } };

		poll(polled, 2, 5);
		drain(child->messages, messages);
		if (child->data >= 0)
			drain(child->data, data);
	}
	drain(child->messages, messages);
	if (child->data >= 0)
		drain(child->data, data);
	descriptor_close(child->messages);
	descriptor_close(child->data);
	return status;
}

static int play(struct child_command command, char *part, char *argument,
		struct text *messages, struct text *data)
{
	char *const arguments[] = { "play", "--play", part, argument, NULL };
	struct text why = TEXT_EMPTY;
	struct child child;

	text_clear(messages);
	text_clear(data);
	command.path = self;
	command.arguments = arguments;
	command.environment = environment;
	if (!child_spawn(&child, &command, &why)) {
		printf("# %s\n", text_string(&why));
		text_free(&why);
		return -1;
	}
	return finish(&child, messages, data);
}

static void on_signal(int signal)
{
	(void)signal;
}

static void test_surroundings(void)
{
	struct text messages = TEXT_EMPTY;
	struct text data = TEXT_EMPTY;
	sigset_t mask;
	int inherited = dup(STDERR_FILENO);

	/* What the child must not see. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, on_signal);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	umask(077);

	ok(play((struct child_command){ .path = NULL }, "look", "a b", &messages, &data) == 0,
	   "a child runs");
	is(text_string(&messages),
	   "argument a b\n"
	   "variable MAIL_CONFIG=/etc/postfix-a\n"
	   "variable PATH=/bin\n"
	   "terminal 1\n"
	   "input 0\n"
	   "controlling 0\n"
	   "session 1\n"
	   "umask 022\n"
	   "directory /\n"
	   "SigBlk 0\n"
	   "SigIgn 0\n"
	   "descriptors 3\n",
	   "its surroundings are what they should be");
	ok(sigprocmask(SIG_BLOCK, NULL, &mask) == 0 && sigismember(&mask, SIGTERM) == 1 &&
	   sigismember(&mask, SIGINT) == 0, "our own mask is as it was");
	ok(umask(022) == 077, "our own umask is as it was");

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(inherited);
	text_free(&messages);
	text_free(&data);
}

static void test_output(void)
{
	struct child_command plain = { .path = NULL };
	struct child_command separate = { .separate_data = true };
	struct child_command pipe = { .without_terminal = true };
	struct text messages = TEXT_EMPTY;
	struct text data = TEXT_EMPTY;
	char want[256];

	play(plain, "say", "me", &messages, &data);
	ok(strstr(text_string(&messages), "words of me\n") != NULL &&
	   strstr(text_string(&messages), "data of me\n") != NULL && data.length == 0,
	   "both outputs are messages");
	play(separate, "say", "me", &messages, &data);
	is(text_string(&messages), "words of me\n", "messages apart from data");
	is(text_string(&data), "data of me\n", "data apart from messages");
	play(separate, "data", "1000000", &messages, &data);
	ok(data.length == 1000000, "a million bytes of data arrive");
	play(pipe, "look", "x", &messages, &data);
	ok(strstr(text_string(&messages), "terminal 0\n") != NULL, "a pipe on request");
	for (int i = 0; i < 256; i++)
		want[i] = (char)i;
	play(plain, "bytes", NULL, &messages, &data);
	ok(messages.length == 256 && memcmp(messages.data, want, 256) == 0,
	   "the terminal changes no byte");
	text_free(&messages);
	text_free(&data);
}

/*
 * The last words are there as soon as the child has been collected, though a
 * terminal passes them on in a work queue of the kernel.
 */
static void test_last_words(void)
{
	struct child_command command = { .path = NULL };
	struct text messages = TEXT_EMPTY;
	int lost = 0;

	for (int i = 0; i < 300; i++) {
		char *const arguments[] = { "play", "--play", "flood", "3000", NULL };
		struct child child;

		text_clear(&messages);
		command.path = self;
		command.arguments = arguments;
		command.environment = environment;
		if (!child_spawn(&child, &command, NULL) ||
		    waitpid(child.pid, NULL, 0) != child.pid)
			break;
		drain(child.messages, &messages);
		close(child.messages);
		lost += messages.length != 3008;
	}
	ok(lost == 0, "nothing is lost at the end (%d of 300)", lost);
	text_free(&messages);
}

static void fails(const char *path, const char *reason)
{
	char *const arguments[] = { "x", NULL };
	struct child_command command = { .path = path, .arguments = arguments,
					 .environment = environment };
	struct text why = TEXT_EMPTY;
	struct text want = TEXT_EMPTY;
	struct child child;
	int before = fake_descriptors();

	text_printf(&want, "cannot run %s: %s", path, reason);
	ok(!child_spawn(&child, &command, &why), "%s is an error of the spawn", path);
	is(text_string(&why), text_string(&want), "with the reason");
	ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no process is left");
	ok(fake_descriptors() == before, "no descriptor is left");
	text_free(&why);
	text_free(&want);
}

static void test_without_terminals(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct text messages = TEXT_EMPTY;
		struct text data = TEXT_EMPTY;
		bool worked;

		/* /dev/pts missing altogether, and ptmx with it. */
		if (unshare(CLONE_NEWNS) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("/dev/null", "/dev/ptmx", NULL, MS_BIND, NULL) < 0)
			_exit(77);
		worked = play((struct child_command){ .path = NULL }, "look", "x", &messages,
			      &data) == 0 &&
			 strstr(text_string(&messages), "terminal 0\n") != NULL;
		_exit(worked ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		ok(true, "a pipe where there is no terminal # SKIP cannot mount");
	else
		ok(status == 0, "a pipe where there is no terminal");
}

static void test_describe(void)
{
	struct text out = TEXT_EMPTY;

	child_describe(256, &out);
	is(text_string(&out), "exit status 1", "a status in words");
	text_clear(&out);
	child_describe(9, &out);
	is(text_string(&out), "killed by signal 9 (Killed)", "a signal in words");
	text_clear(&out);
	child_describe(-1, &out);
	is(text_string(&out), "does not end", "a child given up in words");
	text_free(&out);
}

int main(int argc, char **argv)
{
	int played = fake_main(argc, argv);
	int before;

	if (played >= 0)
		return played;
	self = fake_self();
	before = fake_descriptors();
	test_surroundings();
	test_output();
	test_last_words();
	fails("/nonexistent/postfix", "No such file or directory");
	fails("/etc/passwd", "Permission denied");
	fails("/", "Permission denied");
	test_without_terminals();
	test_describe();
	ok(fake_descriptors() == before, "all descriptors are closed");
	free(self);
	return tap_done();
}
