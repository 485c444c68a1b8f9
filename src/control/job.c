/*
 * The work on one instance: what all kinds of it have in common.
 */
#include "control/job.h"

#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include "base/descriptor.h"
#include "base/words.h"
#include "control/environment.h"
#include "control/look.h"
#include "postfix/paths.h"
#include "process/pid_file.h"

/*
 * Begin a job with nothing known but its instance.  The caller calls
 * job_free(); neither operation nor instance may go away before.
 */
void job_init(struct job *job, struct operation *operation, const struct instance *instance)
{
	memset(job, 0, sizeof *job);
	job->operation = operation;
	job->instance = instance;
	job->task.owner = job;
	job->session = SESSION_EMPTY;
	job->log = MAIL_LOG_NONE;
	job->lock = job->script.lock = -1;
	job->began = deadline_now();
}

/*
 * Is there still time to begin?  If not, the job has failed.
 */
bool job_may_begin(struct job *job)
{
	job->began = deadline_now();
	if (deadline_passed(job->operation->deadline))
		job_done(job, JOB_FAILED, "no time was left to begin with it");
	return job->result != JOB_FAILED;
}

/*
 * Let others work on the instance.
 */
void job_unlock(struct job *job)
{
	descriptor_close(job->lock);
	job->lock = -1;
}

/*
 * Free what a job holds, its lock included.
 */
void job_free(struct job *job)
{
	job_unlock(job);
	task_free(&job->task);
	script_free(&job->script);
	session_free(&job->session);
	mail_log_free(&job->log);
	text_free(&job->said);
	text_free(&job->output);
	text_free(&job->warnings);
	text_free(&job->manifest_problem);
}

/*
 * Find out whether the instance runs.  An answer that cannot be had fails the
 * job.
 */
void job_probe(struct job *job, struct probe *probe)
{
	struct text why = TEXT_EMPTY;
	enum probe_state state = look_at(job->instance, probe, &job->probe, &why);

	job->runs = state == PROBE_RUNNING || state == PROBE_STRAY;
	if (state == PROBE_UNKNOWN)
		job_done(job, JOB_FAILED, "cannot find out whether it runs: %s",
			 text_string(&why));
	text_free(&why);
}

/*
 * Does the pid file name the master?  postfix(1) signals whom it names,
 * unchecked.  A container's master has another number.
 */
bool job_pid_file_is_true(const struct job *job)
{
	struct pid_file file = PID_FILE_EMPTY;
	pid_t claimed = 0;
	bool is_true = job->probe.state == PROBE_RUNNING &&
		       pid_file_open(&file, job->instance->queue_directory) == 0 &&
		       pid_file_claim(&file, &claimed) && claimed == job->probe.master.pid;

	pid_file_close(&file);
	return is_true;
}

/*
 * Note what came of the job and say it.  A failure stays one.
 */
void job_done(struct job *job, enum job_result result, const char *format, ...)
{
	va_list arguments;

	if (job->result == JOB_FAILED)
		return;
	job->result = result;
	text_clear(&job->said);
	va_start(arguments, format);
	text_vprintf(&job->said, format, arguments);
	va_end(arguments);
}

/*
 * Run postfix(1) for the instance and go on with next.  Return false with the
 * reason when it could not be started; next is not reached then.
 */
bool job_postfix(struct job *job, struct pool *pool, const struct job_command *command,
		 task_step *next, struct text *why)
{
	struct words arguments = WORDS_EMPTY;
	struct words environment = WORDS_EMPTY;
	struct pool_command run = {
		.child.path = POSTFIX_COMMAND_DIRECTORY "/postfix",
		.interruptible = command->interruptible,
		.until = command->until,
		.linger_ms = command->linger_ms,
	};
	bool ok;

	words_add(&arguments, "postfix");
	words_add(&arguments, command->verb);
	environment_for_instance(job->instance->directory, &environment);
	run.child.arguments = arguments.items;
	run.child.environment = environment.items;
	pool_limit(&run, command->must_finish ? command->deadline
			 : deadline_earlier(command->deadline, job->operation->deadline));
	ok = pool_spawn(pool, &job->task, &run, next, why);
	words_free(&arguments);
	words_free(&environment);
	return ok;
}

/*
 * Keep what the last command printed.  Return whether it exited with 0.
 */
bool job_succeeded(struct job *job)
{
	const struct text *text = &job->task.messages.text;

	if (text->length > 0) {
		text_add_n(&job->output, text->data, text->length);
		if (text->data[text->length - 1] != '\n')
			text_add_char(&job->output, '\n');
	}
	return job->task.status != -1 && WIFEXITED(job->task.status) &&
	       WEXITSTATUS(job->task.status) == 0;
}

/* Append the last lines of what Postfix printed. */
static void add_last_lines(struct text *said, const char *output)
{
	enum { LINES = 8 };
	struct words lines = WORDS_EMPTY;

	words_split(&lines, output, "\r\n");
	for (size_t i = lines.count > LINES ? lines.count - LINES : 0; i < lines.count; i++)
		text_printf(said, "\n%s", lines.items[i]);
	words_free(&lines);
}

/*
 * Fail the job because a command did: how it ended, and what it printed.
 */
void job_failed_command(struct job *job, const char *command)
{
	struct text said = TEXT_EMPTY;

	text_printf(&said, "\"%s\": ", command);
	if (job->task.timed_out)
		text_add(&said, "took too long");
	else if (job->task.status == -1)
		text_add(&said, "it does not end");
	else
		child_describe(job->task.status, &said);
	add_last_lines(&said, text_string(&job->task.messages.text));
	job_done(job, JOB_FAILED, "%s", said.data);
	text_free(&said);
}
