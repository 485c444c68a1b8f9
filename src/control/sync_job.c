/*
 * Syncing the chroot of an instance, by itself or on the way to something else.
 */
#include "control/sync_job.h"

#include <sys/stat.h>

/*
 * Sync the chroot, or fail before anything else is done.  What runs in it may
 * need what its next configuration does not: that is removed later.  Return
 * false when the job has failed.
 */
bool sync_must(struct job *job, enum chroots_extent extent)
{
	if (chroots_sync(job, extent))
		return true;
	job_done(job, JOB_FAILED, "cannot sync its chroot%s",
		 job->runs ? "; it goes on running as it is" : "");
	return false;
}

/*
 * Remove what is not needed any more, now that the instance runs with its new
 * configuration.
 */
void sync_clear(struct job *job)
{
	if (job->has_surplus)
		chroots_sync(job, CHROOTS_MATCH);
}

/*
 * Does the instance run by another master.cf than it has now?  Its master reads
 * that when it starts, and notes its process number then.  A reload leaves no
 * trace: then this says so until the next start.
 */
static bool runs_by_other_services(const struct job *job)
{
	struct text path = TEXT_EMPTY;
	struct stat written, started;
	bool known;

	text_printf(&path, "%s/master.cf", job->instance->directory);
	known = stat(text_string(&path), &written) == 0;
	text_clear(&path);
	text_printf(&path, "%s/pid/master.pid", job->instance->queue_directory);
	known = known && stat(text_string(&path), &started) == 0;
	text_free(&path);
	return job->runs &&
	       (!known || written.st_ctim.tv_sec > started.st_mtim.tv_sec ||
		(written.st_ctim.tv_sec == started.st_mtim.tv_sec &&
		 written.st_ctim.tv_nsec >= started.st_mtim.tv_nsec));
}

/*
 * After "postfix chroot off" the daemons that run are in the chroot until they
 * are reloaded, and new ones enter it.  A hook that comes in between, and syncs
 * all instances, leaves them what they live on; who names the instance means
 * it, and is told.  Start, restart and reload remove it when it is not in use.
 */
void sync_begin(struct task *task, struct pool *pool)
{
	struct job *job = task->owner;
	bool in_use;

	(void)pool;
	if (!job_may_begin(job) || !sync_must(job, CHROOTS_ADD))
		return;
	in_use = job->has_surplus && runs_by_other_services(job);
	if (job->has_surplus && (!in_use || job->named) && !sync_must(job, CHROOTS_MATCH))
		return;
	if (in_use)
		text_printf(&job->warnings, "its daemons may still use what %s the chroot; "
			    "\"postctl reload %s\" %s\n", job->named ? "was removed from"
			    : "is not needed any more and stays in", instance_label(job->instance),
			    job->named ? "lets them go by the new master.cf" : "removes it");
	job_done(job, JOB_DONE, "chroot synced (%zu entries)", job->synced);
}
