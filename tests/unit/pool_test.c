/*
 * Many tasks at once: order, limit, outcomes, deadlines, interrupts.
 */
#include "process/pool.h"

#include <sys/resource.h>

#include "fixtures/process/fake.h"
#include "tap.h"

static char *self;
static char *const environment[] = { "PATH=/bin", NULL };

/* What the tasks of one test share. */
struct crowd {
	int working;
	int most;
	int begun;
	int descriptors;	/* the most that were open */
};

struct job {
	struct task task;
	char *part;
	char *argument;
	struct pool_command command;
	struct identity process;
	deadline_ms until;
	struct crowd *crowd;
	int again;		/* how many more children to run */
	int begun_as;
	int steps;
	bool failed;
	struct text why;
	deadline_ms ended_at;
};

static void ended(struct task *task, struct pool *pool);

static void run(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	char *arguments[] = { "play", "--play", job->part, job->argument, NULL };

	job->steps++;
	if (job->crowd != NULL && job->begun_as == 0) {
		job->begun_as = ++job->crowd->begun;
		if (++job->crowd->working > job->crowd->most)
			job->crowd->most = job->crowd->working;
	}
	if (job->command.child.path == NULL)
		job->command.child.path = self;
	job->command.child.arguments = arguments;
	job->command.child.environment = environment;
	job->failed = !pool_spawn(pool, task, &job->command, ended, &job->why);
	if (job->crowd != NULL && fake_descriptors() > job->crowd->descriptors)
		job->crowd->descriptors = fake_descriptors();
}

static void ended(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	job->ended_at = deadline_now();
	if (job->again-- > 0)
		run(task, pool);
	else if (job->crowd != NULL)
		job->crowd->working--;
}

static void add(struct pool *pool, struct job *job)
{
	job->task.step = run;
	job->task.owner = job;
	pool_add(pool, &job->task);
}

static void forget(struct job *job)
{
	task_free(&job->task);
	text_free(&job->why);
}

/* The usual schedule. */
static void limit(struct pool_command *command, deadline_ms when)
{
	command->schedule[0] = (struct pool_signal){ when, SIGTERM };
	command->schedule[1] = (struct pool_signal){ when + 2000, SIGKILL };
	command->schedule[2] = (struct pool_signal){ when + 7000, 0 };
}

/* Run one job in a pool of its own; return how long it took. */
static deadline_ms alone(struct job *job)
{
	deadline_ms start = deadline_now();
	struct pool pool;

	pool_init(&pool, 1, NULL);
	add(&pool, job);
	pool_run(&pool);
	pool_free(&pool);
	return deadline_now() - start;
}

static bool gone(pid_t pid)
{
	struct identity identity;

	/* What a test leaves behind becomes init's, who need not hurry. */
	for (int i = 0; i < 200; i++) {
		if (!identity_read(pid, &identity) || identity.state == 'Z')
			return true;
		fake_sleep(10);
	}
	return false;
}

static void test_outcomes(void)
{
	struct job job = { .part = "exit", .argument = "7" };

	alone(&job);
	ok(job.task.begun && job.task.done && WEXITSTATUS(job.task.status) == 7 &&
	   !job.task.timed_out && job.task.signal_sent == 0,
	   "an exit status");
	forget(&job);

	job = (struct job){ .part = "say", .argument = "me",
			    .command.child.separate_data = true };
	alone(&job);
	is(text_string(&job.task.data), "data of me\n", "data");
	is(text_string(&job.task.messages.text), "words of me\n", "messages");
	forget(&job);

	job = (struct job){ .part = "exit", .command.child.path = "/nonexistent" };
	alone(&job);
	ok(job.failed && job.task.done && job.steps == 1 && job.task.status == -1,
	   "a program that is missing");
	is(text_string(&job.why), "cannot run /nonexistent: No such file or directory",
	   "with the reason");
	forget(&job);

	job = (struct job){ .part = "hush", .argument = "200" };
	ok(alone(&job) >= 190 && WEXITSTATUS(job.task.status) == 3,
	   "a child that closes its output goes on");
	forget(&job);
}

/* What is said is a string, whatever it is made of. */
static void test_binary(void)
{
	struct capture capture;

	capture_init(&capture, 16);
	capture_add(&capture, "lost\n\0\0", 7);
	capture_add(&capture, "a\nthe\0\377\033end\n", 12);
	capture_end(&capture);
	is(text_string(&capture.text), "??a\nthe?\377\033end\n", "a NUL hides nothing that follows");
	capture_free(&capture);
}

static void test_flood(void)
{
	struct rusage before;
	struct rusage after;
	struct job job = { .part = "flood", .argument = "100000000" };
	const struct capture *messages = &job.task.messages;
	deadline_ms took;

	getrusage(RUSAGE_SELF, &before);
	took = alone(&job);
	getrusage(RUSAGE_SELF, &after);
	ok(job.task.status == 0, "100 MB of output, in %d ms", (int)took);
	ok(messages->text.length <= 65536 && messages->text.length > 65000 &&
	   messages->dropped + messages->text.length == 100000008,
	   "the end is kept and the rest is counted");
	ok(messages->text.length > 8 &&
	   strcmp(messages->text.data + messages->text.length - 8, "the end\n") == 0 &&
	   strspn(messages->text.data, "x") == 99,
	   "it begins with a whole line and has the last one");
	ok(after.ru_maxrss - before.ru_maxrss < 2048, "memory does not grow (%ld KB)",
	   after.ru_maxrss - before.ru_maxrss);
	forget(&job);

	job = (struct job){ .part = "data", .argument = "20000000",
			    .command.child.separate_data = true };
	alone(&job);
	ok(job.task.data.length == 16 * 1024 * 1024 &&
	   job.task.data_dropped == 20000000 - 16 * 1024 * 1024,
	   "data is limited too, from its beginning");
	forget(&job);
}

static void test_deadlines(void)
{
	struct job job = { .part = "sleep", .argument = "60000" };
	struct identity identity;
	deadline_ms took;
	pid_t pid;

	limit(&job.command, deadline_in(100));
	took = alone(&job);
	ok(job.task.timed_out && WTERMSIG(job.task.status) == SIGTERM &&
	   took >= 99 && took < 30000, "SIGTERM at the deadline");
	forget(&job);

	job = (struct job){ .part = "deaf" };
	job.command.schedule[0] = (struct pool_signal){ deadline_in(1000), SIGTERM };
	job.command.schedule[1] = (struct pool_signal){ deadline_in(1200), SIGKILL };
	took = alone(&job);
	ok(job.task.timed_out && WTERMSIG(job.task.status) == SIGKILL &&
	   job.task.signal_sent == SIGKILL && took >= 1199,
	   "SIGKILL for who does not listen");
	is(text_string(&job.task.messages.text), "deaf\n", "and its words are kept");
	forget(&job);

	job = (struct job){ .part = "stop" };
	job.command.schedule[0] = (struct pool_signal){ deadline_in(1000), SIGTERM };
	job.command.schedule[1] = (struct pool_signal){ deadline_in(1200), SIGKILL };
	took = alone(&job);
	ok(WTERMSIG(job.task.status) == SIGKILL && took >= 1199,
	   "SIGKILL for who is stopped");
	forget(&job);

	job = (struct job){ .part = "deaf-child", .command.child.separate_data = true };
	limit(&job.command, deadline_in(1000));
	took = alone(&job);
	pid = atoi(text_string(&job.task.data));
	ok(WTERMSIG(job.task.status) == SIGTERM && took < 2900 && pid > 0 && gone(pid),
	   "nobody of the process group is left");
	forget(&job);

	job = (struct job){ .part = "sleep", .argument = "2000" };
	job.command.schedule[0] = (struct pool_signal){ deadline_in(100), 0 };
	took = alone(&job);
	ok(job.task.timed_out && job.task.status == -1 && took < 1900,
	   "a child can be given up");
	pid = waitpid(-1, NULL, 0);
	ok(pid > 0 && !identity_read(pid, &identity), "and is not killed then");
	forget(&job);
}

/* Somebody in another session keeps the terminal, as postsuper & does. */
static void leaves(char *part, const char *name)
{
	struct job job = { .part = part, .command.child.separate_data = true };
	deadline_ms took = alone(&job);
	pid_t pid = atoi(text_string(&job.task.data));

	ok(job.task.status == 0 && took < 5000 &&
	   strstr(text_string(&job.task.messages.text),
		  strcmp(part, "leave") == 0 ? "left\n" : "still here\n") != NULL,
	   "%s (%d ms)", name, (int)took);
	ok(pid > 0 && kill(pid, SIGKILL) == 0 && gone(pid), "and it is left alone");
	forget(&job);
}

static void test_crowd(void)
{
	enum { JOBS = 300, LIMIT = 4 };
	struct job *jobs = calloc(JOBS, sizeof *jobs);
	struct crowd crowd = { .working = 0 };
	bool in_order = true;
	bool right = true;
	char text[JOBS][8];
	struct pool pool;
	int before = fake_descriptors();

	pool_init(&pool, LIMIT, NULL);
	for (int i = 0; i < JOBS; i++) {
		snprintf(text[i], sizeof text[i], "%d", i % 50);
		jobs[i] = (struct job){ .part = "exit", .argument = text[i], .crowd = &crowd,
					.again = i % 3 == 0 };
		add(&pool, &jobs[i]);
	}
	pool_run(&pool);
	pool_free(&pool);
	for (int i = 0; i < JOBS; i++) {
		in_order = in_order && jobs[i].begun_as == i + 1;
		right = right && jobs[i].task.done &&
			WEXITSTATUS(jobs[i].task.status) == i % 50 &&
			jobs[i].steps == 1 + (i % 3 == 0);
		forget(&jobs[i]);
	}
	ok(right, "300 tasks, each with its own outcome");
	ok(in_order, "begun in order");
	ok(crowd.most == LIMIT, "four at a time (%d)", crowd.most);
	ok(crowd.descriptors <= before + 1 + LIMIT, "few descriptors (%d more)",
	   crowd.descriptors - before);
	ok(fake_descriptors() == before, "and none of them left");
	free(jobs);
}

static void sleep_until(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	job->steps++;
	if (job->steps <= job->again)
		pool_wait_until(pool, task, deadline_in(10), sleep_until);
}

static void await_end(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;

	if (job->steps++ == 0)
		pool_wait_end(pool, task, &job->process, job->until, await_end);
}

static void test_other_waits(bool without_pidfd)
{
	const char *how = without_pidfd ? "by looking" : "by pidfd";
	struct job idle = { .again = 5 };
	struct job job = { .until = deadline_in(5000) };
	deadline_ms start = deadline_now();
	struct pool pool;
	pid_t pid = fork();

	if (pid == 0) {
		fake_sleep(150);
		_exit(0);
	}
	pool_init(&pool, 2, NULL);
	pool.without_pidfd = without_pidfd;
	identity_read(pid, &job.process);
	job.task = (struct task){ .step = await_end, .owner = &job };
	idle.task = (struct task){ .step = sleep_until, .owner = &idle };
	pool_add(&pool, &job.task);
	pool_add(&pool, &idle.task);
	pool_run(&pool);
	ok(job.task.done && !job.task.timed_out && deadline_now() - start >= 149 &&
	   deadline_now() - start < 4900, "the end of a process, %s", how);
	ok(idle.steps == 6, "moments come meanwhile");
	waitpid(pid, NULL, 0);

	job = (struct job){ .process = job.process, .until = deadline_in(5000) };
	job.task = (struct task){ .step = await_end, .owner = &job };
	start = deadline_now();
	pool_add(&pool, &job.task);
	pool_run(&pool);
	ok(job.task.done && !job.task.timed_out && deadline_now() - start < 4900,
	   "a process that has ended before, %s", how);

	job = (struct job){ .until = deadline_in(100) };
	identity_read(getpid(), &job.process);
	job.task = (struct task){ .step = await_end, .owner = &job };
	start = deadline_now();
	pool_add(&pool, &job.task);
	pool_run(&pool);
	ok(job.task.done && job.task.timed_out && deadline_now() - start >= 99,
	   "a process that does not end, %s", how);
	job.process.start++;
	job = (struct job){ .process = job.process, .until = deadline_in(1000) };
	job.task = (struct task){ .step = await_end, .owner = &job };
	pool_add(&pool, &job.task);
	pool_run(&pool);
	ok(job.task.done && !job.task.timed_out,
	   "another process with the same pid, %s", how);
	pool_free(&pool);
}

/* A command that waits for somebody's end in its own leisurely way. */
static void test_until(bool without_pidfd)
{
	const char *how = without_pidfd ? "by looking" : "by pidfd";
	struct job job = { .part = "sleep", .argument = "60000" };
	deadline_ms start;
	struct pool pool;
	pid_t pid = fork();

	if (pid == 0) {
		fake_sleep(150);
		_exit(0);
	}
	identity_read(pid, &job.process);
	job.command.until = &job.process;
	job.command.linger_ms = 100;
	limit(&job.command, deadline_in(60000));
	pool_init(&pool, 1, NULL);
	pool.without_pidfd = without_pidfd;
	add(&pool, &job);
	start = deadline_now();
	pool_run(&pool);
	ok(job.task.signal_sent == SIGTERM && !job.task.timed_out &&
	   job.ended_at - start >= 249 && job.ended_at - start < 30000,
	   "a command with nothing more to do, %s", how);
	forget(&job);
	waitpid(pid, NULL, 0);

	job = (struct job){ .part = "sleep", .argument = "60000", .process = job.process };
	job.command.until = &job.process;
	limit(&job.command, deadline_in(60000));
	add(&pool, &job);
	pool_run(&pool);
	ok(job.task.signal_sent == SIGTERM, "with nothing to do from the beginning, %s", how);
	forget(&job);

	job = (struct job){ .part = "exit", .argument = "4" };
	identity_read(getpid(), &job.process);
	job.command.until = &job.process;
	limit(&job.command, deadline_in(60000));
	add(&pool, &job);
	pool_run(&pool);
	ok(WEXITSTATUS(job.task.status) == 4, "with more to do at its end, %s", how);
	forget(&job);
	pool_free(&pool);
}

/* Signal ourselves after a while, from a process of its own. */
static pid_t signal_in(int milliseconds, int signal)
{
	pid_t test = getpid();
	pid_t pid = fork();

	if (pid == 0) {
		fake_sleep(milliseconds);
		kill(test, signal);
		_exit(0);
	}
	return pid;
}

static void test_interrupt(int signal)
{
	struct job jobs[5];
	struct pool pool;
	pid_t pid;
	deadline_ms start;
	sigset_t mask;

	for (int i = 0; i < 5; i++)
		jobs[i] = (struct job){ .part = "sleep", .argument = "600" };
	jobs[1].argument = "60000";
	jobs[1].command.interruptible = true;
	limit(&jobs[1].command, deadline_in(60000));
	jobs[0].again = 1;
	pool_init(&pool, 2, NULL);
	for (int i = 0; i < 5; i++)
		add(&pool, &jobs[i]);
	start = deadline_now();
	pid = signal_in(200, signal);
	pool_run(&pool);
	ok(pool_interrupted(&pool) == signal, "signal %d is noticed", signal);
	ok(jobs[0].task.done && jobs[0].task.status == 0 && jobs[0].steps == 2 &&
	   deadline_now() - start >= 1190, "what has begun goes on, with its next child");
	ok(jobs[1].task.done && WTERMSIG(jobs[1].task.status) == SIGTERM &&
	   !jobs[1].task.timed_out && jobs[1].ended_at - start < 30000,
	   "what may be interrupted is");
	ok(!jobs[2].task.begun && !jobs[3].task.begun && !jobs[4].task.begun,
	   "nothing new begins");
	raise(signal);
	pool_free(&pool);
	ok(sigprocmask(SIG_BLOCK, NULL, &mask) == 0 && sigismember(&mask, signal) == 0,
	   "one that comes late does no harm");
	waitpid(pid, NULL, 0);
	for (int i = 0; i < 5; i++)
		forget(&jobs[i]);
}

static void test_ignored(void)
{
	struct job job = { .part = "sleep", .argument = "300" };
	struct sigaction action;
	pid_t pid;

	/* As nohup(1) and a shell's "&" leave them, and a careless parent. */
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	pid = signal_in(50, SIGHUP);
	alone(&job);
	ok(job.task.status == 0, "an ignored interrupt stays ignored");
	ok(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN,
	   "SIGCHLD is as it was");
	signal(SIGHUP, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	waitpid(pid, NULL, 0);
	forget(&job);
}

static void nothing(struct task *task, struct pool *pool)
{
	(void)pool;
	++*(int *)task->owner;
}

static void test_nothing(void)
{
	struct task tasks[100];
	struct pool pool;
	int count = 0;
	struct rusage before;
	struct rusage after;

	getrusage(RUSAGE_SELF, &before);
	pool_init(&pool, 4, NULL);
	pool_run(&pool);
	ok(true, "a pool without tasks returns");
	for (int i = 0; i < 100; i++) {
		tasks[i] = (struct task){ .step = nothing, .owner = &count };
		pool_add(&pool, &tasks[i]);
	}
	pool_run(&pool);
	pool_free(&pool);
	getrusage(RUSAGE_SELF, &after);
	ok(count == 100, "tasks without children need no wait");
	ok(after.ru_nvcsw - before.ru_nvcsw < 3, "nobody slept");
}

int main(int argc, char **argv)
{
	int played = fake_main(argc, argv);
	int before;

	if (played >= 0)
		return played;
	self = fake_self();
	before = fake_descriptors();
	test_nothing();
	test_outcomes();
	test_binary();
	test_flood();
	test_deadlines();
	leaves("leave", "a terminal that somebody keeps");
	leaves("leave-talking", "a terminal that somebody writes to for ever");
	test_crowd();
	test_other_waits(false);
	test_other_waits(true);
	test_until(false);
	test_until(true);
	test_interrupt(SIGINT);
	test_interrupt(SIGTERM);
	test_ignored();
	ok(fake_descriptors() == before, "all descriptors are closed");
	ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "all children are collected");
	free(self);
	return tap_done();
}
