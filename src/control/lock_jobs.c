/*
 * One operation at a time on each instance.
 */
#include "control/lock_jobs.h"

#include <time.h>

#include "base/descriptor.h"
#include "state/instance_lock.h"

enum { PATIENCE_MS = 120 * 1000, INTERVAL_MS = 20 };

static void lock_job(struct job *job, int directory, const char *verb, lock_waiting *waiting,
		     deadline_ms patience)
{
	struct text why = TEXT_EMPTY;
	enum instance_lock_result result;
	bool told = false;

	for (;;) {
		result = instance_lock_try(directory, job->instance->directory, verb,
					   &job->lock, &why);
		if (result != INSTANCE_LOCK_BUSY || waiting == NULL || deadline_passed(patience))
			break;
		if (!told)
			waiting(job->instance, text_string(&why));
		told = true;
		nanosleep(&(struct timespec){ 0, INTERVAL_MS * 1000 * 1000 }, NULL);
	}
	if (result == INSTANCE_LOCK_BUSY && waiting == NULL) {
		job->result = JOB_BUSY;
	} else if (result == INSTANCE_LOCK_BUSY) {
		job_done(job, JOB_FAILED, "postctl %s still works on it; nothing was done",
			 text_string(&why));
		/* What came of the instance is for that one to say. */
		job->remembered = true;
	} else if (result == INSTANCE_LOCK_FAILED) {
		job_done(job, JOB_FAILED, "%s; nothing was done", text_string(&why));
	}
	text_free(&why);
}

/*
 * Lock the instances of all PENDING jobs for a verb; job_unlock() and job_free()
 * unlock them.  They are taken in the order of discovery, which is the same for
 * every postctl, so that no two of them wait for each other.  A job that cannot
 * have its lock has failed afterwards; or, if waiting is NULL, it is not waited
 * for, and the job is BUSY.  Return false with the reason when nothing can be
 * locked at all.
 */
bool lock_jobs(struct job *jobs, size_t count, const char *verb, lock_waiting *waiting,
	       struct text *why)
{
	int directory = instance_lock_open(why);

	if (directory < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		if (jobs[i].result == JOB_PENDING)
			lock_job(&jobs[i], directory, verb, waiting,
				 deadline_earlier(deadline_in(PATIENCE_MS),
						  jobs[i].operation->deadline));
	descriptor_close(directory);
	return true;
}
