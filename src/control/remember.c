/*
 * What came of a job, for those who ask later.
 */
#include "control/remember.h"

#include <string.h>
#include <time.h>

#include "state/last_operation.h"

/* Verbs that say nothing of whether an instance can run. */
static bool is_minor(const char *verb)
{
	static const char *const minor[] = { "sync", "flush", "enable", "disable" };

	for (size_t i = 0; i < sizeof minor / sizeof *minor; i++)
		if (strcmp(verb, minor[i]) == 0)
			return true;
	return false;
}

/* That a start failed stays true whatever comes of a sync after it. */
static bool hides_failure(const struct job *job, const char *verb)
{
	struct last_operations operations;
	struct last_operation before;
	bool hides;

	if (!is_minor(verb))
		return false;
	last_operations_open(&operations);
	hides = last_operations_find(&operations, job->instance->directory, &before) &&
		before.failed && strcmp(text_string(&before.verb), verb) != 0;
	last_operation_free(&before);
	last_operations_close(&operations);
	return hides;
}

/*
 * Remember what came of a job, once; that nothing was to be done is nothing to
 * remember.  That it cannot be remembered becomes one of the job's warnings.
 */
void remember_job(struct job *job)
{
	const char *verb = job->operation->verb;
	struct last_operation operation = LAST_OPERATION_NONE;
	struct text why = TEXT_EMPTY;

	if (job->remembered || (job->result != JOB_DONE && job->result != JOB_FAILED) ||
	    hides_failure(job, verb))
		return;
	job->remembered = true;
	text_add(&operation.verb, verb);
	operation.ended = time(NULL);
	operation.took_ms = deadline_now() - job->began;
	operation.failed = job->result == JOB_FAILED;
	operation.ran_afterwards = job->runs;
	text_add(&operation.said, text_string(&job->said));
	if (!last_operation_remember(job->instance->directory, &operation, &why))
		text_printf(&job->warnings, "status will not show what came of it: %s\n",
			    text_string(&why));
	last_operation_free(&operation);
	text_free(&why);
}
