/*
 * Will a new master(8) have its data_directory?  There it locks the file
 * master.lock for life, as the mail owner, and dies if it cannot; postfix(1)
 * check only warns, and does not see who has locked it.
 */
#include "control/data_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/place.h"
#include "process/inside.h"
#include "process/open_files.h"

enum { LIMIT_MS = 20 * 1000 };

struct attempt {
	const char *user;
	const char *directory;
	const char *lock_file;
	bool try_lock;
};

/* As the mail owner: do what master(8) would, and write why that is in vain. */
static void attempt(const void *context, int output)
{
	const struct attempt *attempt = context;
	int fd = open(attempt->lock_file, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	/* A file that is missing master(8) makes, and a directory postfix(1). */
	if (fd < 0 && errno == ENOENT &&
	    (access(attempt->directory, W_OK | X_OK) == 0 || errno == ENOENT))
		return;
	if (fd < 0)
		dprintf(output, "user %s cannot write %s: %s", attempt->user, attempt->lock_file,
			strerror(errno));
	else if (attempt->try_lock && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		dprintf(output, "another process has locked %s; \"fuser -v %s\" shows it",
			attempt->lock_file, attempt->lock_file);
	descriptor_close(fd);
}

/*
 * Could a master(8) with this configuration use its data_directory?  With
 * try_lock also: has nobody locked it?  Nobody else could then start there in
 * that moment.  Needs root.  Return false with the reason; of a mail owner that
 * does not exist Postfix has its own words.
 */
bool data_directory_usable(const struct configuration *configuration, bool try_lock,
			   struct text *why)
{
	struct text directory = TEXT_EMPTY, path = TEXT_EMPTY, owner = TEXT_EMPTY;
	struct text problem = TEXT_EMPTY;
	bool ok = configuration_get(configuration, "data_directory", &directory, why) &&
		  configuration_get(configuration, "mail_owner", &owner, why);

	text_printf(&path, "%s/master.lock", text_string(&directory));
	if (ok && getpwnam(text_string(&owner)) != NULL) {
		const struct attempt context = {
			text_string(&owner), text_string(&directory), text_string(&path), try_lock,
		};

		ok = inside_run("/", text_string(&owner), attempt, &context, LIMIT_MS, &problem,
				why);
		if (ok && problem.length > 0)
			ok = text_fail(why, "data_directory = %s: %s", text_string(&directory),
				       text_string(&problem));
	}
	text_free(&directory);
	text_free(&path);
	text_free(&owner);
	text_free(&problem);
	return ok;
}

/* Has the master that runs locked that of this data directory, as far as can be seen? */
static bool has_it_already(const struct job *job)
{
	struct text path = TEXT_EMPTY;
	struct place file;
	bool has;

	text_printf(&path, "%s/master.lock", job->instance->data_directory);
	has = place_of(text_string(&path), &file) &&
	      (open_files_have(job->probe.master.pid, &file) || errno == EACCES);
	text_free(&path);
	return has;
}

/*
 * Check whether the instance of a job, which runs, will have its data directory
 * when it is started anew.  Return false if not; the job has failed then.
 */
bool data_directory_check(struct job *job)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct text why = TEXT_EMPTY;
	bool ok = has_it_already(job) ||
		  (configuration_read(&configuration, job->instance->directory,
				      job->operation->defaults, NULL, &why) &&
		   data_directory_usable(&configuration, true, &why));

	if (!ok)
		job_done(job, JOB_FAILED, "%s", text_string(&why));
	configuration_free(&configuration);
	text_free(&why);
	return ok;
}
