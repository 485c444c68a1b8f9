/*
 * The processes of an instance: all of them, and nobody else's.
 */
#include "process/session.h"

#include "fixtures/process/fake.h"
#include "tap.h"

static struct text root;

static size_t find(const struct session *session, struct session_list *found)
{
	struct session_table table = SESSION_TABLE_EMPTY;

	session_list_free(found);
	session_table_read(&table, 0, NULL);
	session_find(session, &table, found);
	session_table_free(&table);
	return found->count;
}

/* Collect what has become ours, because its master died. */
static void collect(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		continue;
}

static bool shows(const struct session_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].pid == pid)
			return true;
	return false;
}

/* Somebody who stands in the queue directory, in a session of his own or not. */
static pid_t stand(const char *directory, const char *program, bool session)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (session)
			setsid();
		if (chdir(directory) == 0)
			execl(program, "smtpd", "1000", (char *)NULL);
		_exit(127);
	}
	fake_sleep(50);
	return pid;
}

/* Wait until all daemons of a master execute their program. */
static void await_daemons(const struct session *session, int count)
{
	struct session_list found = SESSION_LIST_EMPTY;
	int ready = 0;

	for (int i = 0; i < 500 && ready < count; i++) {
		fake_sleep(10);
		find(session, &found);
		ready = 0;
		for (size_t j = 0; j < found.count; j++)
			ready += strcmp(found.items[j].name, "smtpd") == 0;
	}
	session_list_free(&found);
}

struct instance {
	struct text queue;
	struct text sbin;
	struct session session;
	struct session unseen;	/* as if nobody had seen its master alive */
	pid_t master;
};

static bool begin(struct instance *instance, int number, const char *daemons, bool deaf)
{
	struct identity identity;
	struct place place;
	struct text pid = TEXT_EMPTY;

	*instance = (struct instance){ .queue = TEXT_EMPTY };
	text_printf(&instance->queue, "%s/queue%d", text_string(&root), number);
	text_printf(&instance->sbin, "%s/queue/../sbin", text_string(&root));
	text_printf(&pid, "%s/pid", text_string(&instance->queue));
	mkdir(text_string(&instance->queue), 0755);
	mkdir(text_string(&pid), 0755);
	text_free(&pid);
	instance->master = fake_start(&root, &(struct fake_options){
		.queue = text_string(&instance->queue), .daemons = daemons, .deaf = deaf });
	if (instance->master < 0 || !identity_read(instance->master, &identity) ||
	    !place_of(text_string(&instance->queue), &place))
		return false;
	session_init(&instance->session, &identity, &place, text_string(&instance->sbin));
	session_init(&instance->unseen, NULL, &place, text_string(&instance->sbin));
	await_daemons(&instance->session, atoi(daemons));
	return true;
}

static void end(struct instance *instance)
{
	session_free(&instance->session);
	session_free(&instance->unseen);
	text_free(&instance->queue);
	text_free(&instance->sbin);
}

static void test_one(void)
{
	struct session_list found = SESSION_LIST_EMPTY;
	struct instance instance;
	struct instance other;
	pid_t shell;
	pid_t command;

	ok(begin(&instance, 1, "3", false) && begin(&other, 2, "2", false), "two masters");
	shell = stand(text_string(&instance.queue), "/bin/sleep", false);
	command = stand(text_string(&instance.queue), "/bin/sleep", true);
	ok(find(&instance.session, &found) == 4 && shows(&found, instance.master),
	   "a master and its three daemons");
	ok(!shows(&found, shell), "not the admin's shell");
	ok(!shows(&found, command), "not a command that delivers mail");
	ok(!shows(&found, other.master), "not another instance");
	ok(find(&instance.unseen, &found) == 4, "the same without having seen the master");
	ok(!session_empty(&instance.session), "it is not empty");

	fake_kill(instance.master);
	ok(find(&instance.session, &found) == 3, "its daemons outlive the master");
	ok(find(&instance.unseen, &found) == 3, "the same without having seen the master");
	ok(session_signal(&found, 0) == 3, "all live");
	for (size_t i = 0; i < found.count; i++)
		found.items[i].start++;
	ok(session_signal(&found, SIGKILL) == 0, "others with their pids are not signalled");
	find(&instance.session, &found);
	ok(session_signal(&found, SIGTERM) == 3, "all are signalled");
	fake_sleep(100);
	ok(session_signal(&found, 0) == 0, "none lives");
	ok(!session_empty(&instance.session), "three zombies count,");
	ok(find(&instance.session, &found) == 0, "but are not found");
	fake_kill(shell);
	fake_kill(command);
	ok(find(&other.session, &found) == 3, "the other instance is whole");
	session_signal(&found, SIGKILL);
	collect();
	ok(session_empty(&instance.session) && session_empty(&other.session), "both are empty");
	ok(session_signal(&found, 0) == 0, "none lives");
	session_list_free(&found);
	end(&instance);
	end(&other);
}

static void test_deaf(void)
{
	struct session_list found = SESSION_LIST_EMPTY;
	struct instance instance;
	struct text program = TEXT_EMPTY;

	ok(begin(&instance, 3, "2", true), "a master with deaf daemons");
	fake_kill(instance.master);
	/* An upgrade replaced the program since. */
	text_printf(&program, "%s/sbin/smtpd", text_string(&root));
	unlink(text_string(&program));
	find(&instance.unseen, &found);
	ok(session_signal(&found, SIGTERM) == 2, "SIGTERM for two, whose program is gone");
	fake_sleep(100);
	ok(find(&instance.session, &found) == 2, "which has no effect");
	ok(session_signal(&found, SIGKILL) == 2, "SIGKILL");
	collect();
	ok(find(&instance.session, &found) == 0 && session_empty(&instance.session),
	   "which has");
	session_list_free(&found);
	text_free(&program);
	end(&instance);
}

static void test_many(void)
{
	enum { COUNT = 20 };
	struct instance instances[COUNT];
	struct session_table table = SESSION_TABLE_EMPTY;
	struct session_list found = SESSION_LIST_EMPTY;
	deadline_ms read_at;
	bool right = true;

	for (int i = 0; i < COUNT; i++)
		right = begin(&instances[i], 10 + i, "0", false) && right;
	ok(right, "20 instances");
	read_at = deadline_now();
	ok(session_table_read(&table, read_at, NULL) && table.read_at >= read_at, "one scan");
	read_at = table.read_at;
	fake_sleep(5);
	session_table_read(&table, read_at, NULL);
	ok(table.read_at == read_at, "is not repeated for who asks for no later one");
	for (int i = 0; i < COUNT; i++) {
		session_find(&instances[i].session, &table, &found);
		right = right && found.count == 1 && found.items[0].pid == instances[i].master;
		session_list_free(&found);
		session_find(&instances[i].unseen, &table, &found);
		right = right && found.count == 1 && found.items[0].pid == instances[i].master;
		session_list_free(&found);
	}
	ok(right, "serves all");
	session_table_read(&table, deadline_now(), NULL);
	ok(table.read_at > read_at, "and is repeated for who does");
	ok(session_table_next(&table) >= table.read_at + 20, "scans are kept apart");
	for (int i = 0; i < COUNT; i++) {
		fake_kill(instances[i].master);
		end(&instances[i]);
	}
	session_table_free(&table);
}

/* A session that came to have the number of our dead master. */
static void test_reused(void)
{
	struct session_list found = SESSION_LIST_EMPTY;
	struct session session;
	struct identity identity;
	struct place place = { 0, 0 };
	pid_t pid = stand("/", "/bin/sleep", true);

	identity_read(pid, &identity);
	session_init(&session, &identity, &place, NULL);
	ok(find(&session, &found) == 1, "a session");
	session.master.start--;
	ok(find(&session, &found) == 0, "another one with the same number");
	fake_kill(pid);
	session_free(&session);
	session_list_free(&found);
}

/* "master -d" stays in the session and the group of who started it. */
static void test_without_session(void)
{
	struct session_list found = SESSION_LIST_EMPTY;
	struct session session;
	struct identity identity;
	struct place place = { 0, 0 };
	pid_t pid = stand("/", "/bin/sleep", false);
	pid_t other = stand("/", "/bin/sleep", false);

	identity_read(pid, &identity);
	session_init(&session, &identity, &place, NULL);
	ok(!session_empty(&session), "a master that leads no session is there,");
	ok(find(&session, &found) == 1 && shows(&found, pid) && !shows(&found, other),
	   "is found, and who shares its session is not");
	fake_kill(pid);
	ok(find(&session, &found) == 0, "until it has ended");
	fake_kill(other);
	session_free(&session);
	session_list_free(&found);
}

int main(int argc, char **argv)
{
	int played = fake_main(argc, argv);
	int before;

	if (played >= 0)
		return played;
	before = fake_descriptors();
	/* Who loses his master becomes our child, for us to collect. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ok(fake_world(&root, "/tmp"), "a world to test in");
	test_one();
	test_many();
	test_reused();
	test_without_session();
	test_deaf();
	fake_world_end(&root);
	ok(fake_descriptors() == before, "all descriptors are closed");
	return tap_done();
}
