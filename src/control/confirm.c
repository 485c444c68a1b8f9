/*
 * Does Postfix see what we see?  Asked before anything is changed, so that no
 * misreading of a configuration can send root to a wrong directory, and no
 * conflict that postmulti(1) knows of is missed.
 *
 * postmulti(1) answers for all instances at once, unless one is damaged: then
 * it says nothing at all, and each is asked about by itself; as where there
 * are many, since that takes less time.
 */
#include "control/confirm.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "base/processors.h"
#include "base/words.h"
#include "control/environment.h"
#include "postfix/paths.h"
#include "process/query.h"

/*
 * What is compared, in the order in which it is asked for.
 */
enum { QUEUE_DIRECTORY, DATA_DIRECTORY, NAME, ENABLED, VALUES };

static const char *const names[VALUES] = {
	"queue_directory", "data_directory", "multi_instance_name", "multi_instance_enable",
};

enum {
	LIMIT_MS = 60 * 1000,
	MANY_INSTANCES = 16,
};

struct question {
	struct task task;
	struct words arguments;
	struct words environment;
	struct job *job;
	struct text why;
	bool was_asked;
};

static void answered(struct task *task, struct pool *pool)
{
	struct question *question = task->owner;

	(void)pool;
	question->was_asked = true;
}

/* Questions take no longer than the operation may. */
static deadline_ms question_deadline(const struct job *job)
{
	return deadline_earlier(deadline_in(LIMIT_MS), job->operation->deadline);
}

static void ask(struct task *task, struct pool *pool)
{
	struct question *question = task->owner;

	pool_spawn(pool, task, &(struct pool_command){
		.child = {
			.path = POSTFIX_COMMAND_DIRECTORY "/postconf",
			.arguments = question->arguments.items,
			.environment = question->environment.items,
			.separate_data = true,
		},
		.schedule = { { question_deadline(question->job), SIGKILL } },
		.interruptible = true,
	}, answered, &question->why);
}

static bool succeeded(const struct question *question)
{
	return question->was_asked && question->task.status != -1 &&
	       WIFEXITED(question->task.status) && WEXITSTATUS(question->task.status) == 0;
}

static void question_free(struct question *question)
{
	task_free(&question->task);
	words_free(&question->arguments);
	words_free(&question->environment);
	text_free(&question->why);
}

/* Each run of blanks is one in what postconf(1) prints. */
static bool same_value(const char *ours, const char *theirs)
{
	struct words a = WORDS_EMPTY;
	struct words b = WORDS_EMPTY;
	bool same;

	words_split(&a, ours, " \t\r\n");
	words_split(&b, theirs, " \t\r\n");
	same = a.count == b.count;
	for (size_t i = 0; same && i < a.count; i++)
		same = strcmp(a.items[i], b.items[i]) == 0;
	words_free(&a);
	words_free(&b);
	return same;
}

/* Compare Postfix's answer for an instance with what we read. */
static void compare(struct job *job, const char *const *answer)
{
	const struct instance *instance = job->instance;
	const char *ours[VALUES] = {
		instance->queue_directory, instance->data_directory, instance->name,
		instance->is_enabled ? "yes" : "no",
	};

	for (int i = 0; i < VALUES; i++) {
		/* yes and no have no case; and one instance alone is always enabled. */
		if (i == ENABLED ? strcasecmp(ours[i], answer[i]) == 0 ||
				   instance->is_primary
				 : same_value(ours[i], answer[i]))
			continue;
		/* An earlier answer said something else: neither is to be believed. */
		job->confirmed = false;
		/* What was read before the instance was locked may be old. */
		job_done(job, job->read_again ? JOB_FAILED : JOB_BUSY,
			 "Postfix reads %s = %s in %s/main.cf, postctl reads %s; nothing was done",
			 names[i], answer[i], instance->directory, ours[i]);
		return;
	}
	job->confirmed = true;
}

static int compare_directories(const void *a, const void *b)
{
	const struct job *const *first = a;
	const struct job *const *second = b;

	return strcmp((*first)->instance->directory, (*second)->instance->directory);
}

static int find_directory(const void *key, const void *element)
{
	const struct job *const *job = element;

	return strcmp(key, (*job)->instance->directory);
}

/*
 * Read what printenv(1) wrote: for each instance its configuration directory
 * and the values, each ended by a NUL.
 */
static void read_answers(struct job *jobs, size_t count, const struct text *data)
{
	struct job **sorted = memory_allocate(count, sizeof *sorted);
	const char *next = text_string(data);
	const char *end = next + data->length;

	for (size_t i = 0; i < count; i++)
		sorted[i] = &jobs[i];
	qsort(sorted, count, sizeof *sorted, compare_directories);
	while (next < end) {
		const char *field[1 + VALUES];
		struct job **found;
		size_t have;

		for (have = 0; have < 1 + VALUES && next < end; have++) {
			field[have] = next;
			next += strlen(next) + 1;
		}
		if (have < 1 + VALUES)
			break;
		found = bsearch(field[0], sorted, count, sizeof *sorted, find_directory);
		if (found != NULL && (*found)->result == JOB_PENDING)
			compare(*found, field + 1);
	}
	free(sorted);
}

static void ask_postmulti(struct job *jobs, size_t count)
{
	struct words arguments = WORDS_EMPTY;
	struct words environment = WORDS_EMPTY;
	struct text data = TEXT_EMPTY;

	words_split(&arguments, "postmulti -x printenv -0 MAIL_CONFIG", " ");
	for (int i = 0; i < VALUES; i++)
		words_add(&arguments, names[i]);
	environment_plain(&environment);
	if (query_run(POSTFIX_COMMAND_DIRECTORY "/postmulti", arguments.items,
		      environment.items, question_deadline(jobs) - deadline_now(), &data,
		      NULL, NULL))
		read_answers(jobs, count, &data);
	words_free(&arguments);
	words_free(&environment);
	text_free(&data);
}

/* Read what "postconf -xh" wrote: a line for each value. */
static void read_lines(struct question *question)
{
	const char *answer[VALUES];
	char *next = question->task.data.data;
	int have;

	for (have = 0; have < VALUES && next != NULL; have++) {
		char *newline = strchr(next, '\n');

		if (newline == NULL)
			break;
		*newline = '\0';
		answer[have] = next;
		next = newline + 1;
	}
	if (have == VALUES)
		compare(question->job, answer);
}

static bool ask_each(struct job *jobs, size_t count, int *interrupted, struct text *why)
{
	struct question *questions = memory_allocate(count, sizeof *questions);
	struct pool pool;
	bool ok = pool_init(&pool, processors_count(), why);

	for (size_t i = 0; ok && i < count; i++) {
		struct question *question = &questions[i];

		if (jobs[i].confirmed || jobs[i].result != JOB_PENDING ||
		    jobs[i].instance->damage != NULL)
			continue;
		question->job = &jobs[i];
		/*
		 * An address in inet_interfaces that went away must not keep us from
		 * what was asked for.
		 */
		words_split(&question->arguments, "postconf -o inet_interfaces= -xh", " ");
		for (int n = 0; n < VALUES; n++)
			words_add(&question->arguments, names[n]);
		environment_for_instance(jobs[i].instance->directory, &question->environment);
		question->task.step = ask;
		question->task.owner = question;
		pool_add(&pool, &question->task);
	}
	if (ok) {
		pool_run(&pool);
		*interrupted = pool_interrupted(&pool);
		pool_free(&pool);
	}
	for (size_t i = 0; i < count; i++) {
		struct question *question = &questions[i];

		if (question->job != NULL && succeeded(question))
			read_lines(question);
		else if (question->job != NULL)
			text_add(&jobs[i].output, text_string(&question->task.messages.text));
		question_free(question);
	}
	free(questions);
	return ok;
}

/*
 * Is it worth asking postmulti?  It dies of a damaged instance, after sleeping
 * for two seconds over it; and it runs postconf(1) for all instances of the
 * host, one after the other, where we run several at a time.
 */
static bool ask_all(const struct instances *instances)
{
	for (size_t i = 0; i < instances->count; i++)
		if (instances->items[i].damage != NULL)
			return false;
	return instances->count <= MANY_INSTANCES;
}

/*
 * Confirm the instances of PENDING jobs that are not damaged; instances are all that
 * the host has.  A job whose instance Postfix reads differently has failed
 * afterwards, or is BUSY where it may have changed since; one for which it has no answer is not confirmed, and what it
 * said is in the job's output.  *interrupted is the signal that came in
 * between, or 0.  Return false with the reason when nothing could be asked.
 */
bool confirm_jobs(struct job *jobs, size_t count, const struct instances *instances,
		  int *interrupted, struct text *why)
{
	*interrupted = 0;
	if (count == 0)
		return true;
	if (ask_all(instances))
		ask_postmulti(jobs, count);
	return ask_each(jobs, count, interrupted, why);
}
