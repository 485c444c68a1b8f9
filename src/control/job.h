#ifndef POSTCTL_CONTROL_JOB_H
#define POSTCTL_CONTROL_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"
#include "base/text.h"
#include "control/script.h"
#include "postfix/defaults.h"
#include "postfix/instance.h"
#include "process/pool.h"
#include "process/probe.h"
#include "process/session.h"
#include "state/mail_log.h"

struct chroots;
struct job;

/*
 * What the jobs of one operation share.
 */
struct operation {
	const char *verb;	/* as it was typed */
	const struct defaults *defaults;
	struct chroots *chroots;
	struct session_table processes;
	deadline_ms deadline;
};

/*
 * What came of a job.
 */
enum job_result {
	JOB_PENDING,		/* nothing yet, or never begun */
	JOB_BUSY,		/* another postctl works on the instance, or just did; for later */
	JOB_DONE,		/* it was done */
	JOB_UNCHANGED,		/* it was so already */
	JOB_NOT_RUNNING,	/* only possible while it runs */
	JOB_FAILED
};

/*
 * The work on one instance.
 */
struct job {
	struct task task;
	struct operation *operation;
	const struct instance *instance;
	bool named;		/* selected by its own name */
	int lock;
	deadline_ms began;

	struct probe_answer probe;
	bool runs;		/* as of the last probe */
	bool was_running;	/* before a restart */
	bool checked;		/* by "postfix check" */
	bool read_again;	/* its configuration, since the lock was taken */
	bool confirmed;		/* Postfix reads its configuration as we do */
	bool remembered;	/* what came of it */
	bool told;		/* ... to who waits for it */

	enum job_result result;
	struct text said;	/* the outcome, or why it failed */
	struct text output;	/* what Postfix printed, and what was done to the chroot */
	struct text warnings;	/* what to know all the same, a line each */
	size_t synced;		/* entries of the chroot that were made, updated or removed */
	struct text manifest_problem;	/* of any sync of the chroot */
	bool has_surplus;	/* something is in the chroot that is not needed any more */

	task_step *next;	/* after stopping or starting */
	struct session session;
	deadline_ms kill_at;
	deadline_ms scan_at;
	int looks;
	int tries;
	bool killed;
	bool has_orphans;	/* processes of a master that has gone */
	bool quick;		/* start without Postfix's own check */
	struct mail_log log;	/* since the start began */
	const char *edit;	/* enable or disable */
	bool was_edited;	/* multi_instance_enable is as it should be already */
	bool is_only;		/* there is no other instance */
	struct script script;	/* its init script, when it is enabled or disabled */
};

/*
 * A run of postfix(1).
 */
struct job_command {
	const char *verb;
	deadline_ms deadline;
	bool must_finish;	/* the operation's deadline does not count */
	bool interruptible;
	/* It has nothing more to do so long after this process has ended. */
	const struct identity *until;
	int64_t linger_ms;
};

void job_init(struct job *job, struct operation *operation, const struct instance *instance);
void job_free(struct job *job);
bool job_may_begin(struct job *job);
void job_unlock(struct job *job);
void job_probe(struct job *job, struct probe *probe);
bool job_pid_file_is_true(const struct job *job);
void job_done(struct job *job, enum job_result result, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool job_postfix(struct job *job, struct pool *pool, const struct job_command *command,
		 task_step *next, struct text *why);
bool job_succeeded(struct job *job);
void job_failed_command(struct job *job, const char *command);

#endif
