/*
 * postctl in the place of Debian's /usr/lib/postfix/configure-instance.sh, so
 * that whoever starts Postfix gets the same chroot.
 *
 * Debian 12's init script and systemd unit call it with the name of an
 * instance, "-" or nothing for the primary.  Since Debian 13 "postfix start"
 * does, from "post-install create-missing", with no argument and the instance
 * in the environment; what it exits with decides whether Postfix starts.
 */
#include "cli/configure_instance.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "control/chroots.h"
#include "control/job.h"
#include "control/lock_jobs.h"
#include "postfix/discover.h"
#include "postfix/origin.h"
#include "process/identity.h"

/* Find the instance that is meant.  Return NULL with the status to end with. */
static const struct instance *find(struct request *request, const char *word,
				   enum exit_status *status)
{
	const char *directory = getenv("MAIL_CONFIG");
	struct instances *instances = &request->instances;

	if (word == NULL && directory != NULL && *directory == '/') {
		struct text plain = TEXT_EMPTY;

		/* Locks go by the name of the directory. */
		text_add(&plain, directory);
		while (plain.length > 1 && plain.data[plain.length - 1] == '/')
			text_truncate(&plain, plain.length - 1);
		/* Postfix may be run for a directory that no list has. */
		if (!request_read_defaults(request, status)) {
			text_free(&plain);
			return NULL;
		}
		discover_secondary(plain.data, &request->defaults, instances, &request->warnings);
		text_free(&plain);
		return &instances->items[0];
	}
	words_add(&request->options.words, word != NULL && *word != '\0' ? word : "-");
	if (!request_discover(request, status) || !request_select(request, status))
		return NULL;
	for (size_t i = 0; i < instances->count; i++)
		if (request->selected[i] != SELECTED_NOT)
			return &instances->items[i];
	return NULL;
}

/* Debian's scripts do not start Postfix with such a myorigin. */
static bool is_foreign_origin(const struct instance *instance, const struct defaults *defaults)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct text origin = TEXT_EMPTY;
	bool foreign = configuration_read(&configuration, instance->directory, defaults, NULL,
					  NULL) &&
		       origin_get(&configuration, &origin, NULL) &&
		       origin_is_debians(text_string(&origin));

	if (foreign)
		message_instance(instance_label(instance), "myorigin = %s: Debian's Postfix does "
				 "not start with that", text_string(&origin));
	configuration_free(&configuration);
	text_free(&origin);
	return foreign;
}

static void say_waiting(const struct instance *instance, const char *holder)
{
	message_instance(instance_label(instance), "waiting for postctl %s", holder);
}

/* Mail with a chroot that lacks something is better than no mail: nothing fails. */
static void sync_chroot(struct request *request, const struct instance *instance)
{
	struct chroots chroots = CHROOTS_EMPTY;
	struct operation operation = {
		.defaults = &request->defaults,
		.chroots = &chroots,
		.processes = SESSION_TABLE_EMPTY,
		.deadline = DEADLINE_NEVER,
	};
	const char *label = instance_label(instance);
	struct text why = TEXT_EMPTY;
	struct job job;

	job_init(&job, &operation, instance);
	if (!lock_jobs(&job, 1, CONFIGURE_INSTANCE, say_waiting, &why))
		message_instance(label, "its chroot was not synced: %s", text_string(&why));
	else if (job.result == JOB_FAILED)
		message_lines(label, text_string(&job.said));
	/* "postfix check" calls us, too: what runs may need what is not planned any more. */
	else if (!chroots_sync(&job, CHROOTS_ADD))
		message_instance(label, "its chroot is not complete; \"postctl sync %s\" mends it "
				 "when that is mended:", label);
	message_lines(label, text_string(&job.warnings));
	job_free(&job);
	chroots_close(&chroots);
	text_free(&why);
}

/*
 * Sync the chroot of the instance that the words or the environment name, as
 * Debian's script does.  Unlike that, fail only where no instance is meant, or
 * one whose myorigin is Debian's own.
 */
enum exit_status configure_instance(struct request *request, int count, char **words)
{
	const struct instance *instance;
	enum exit_status status = EXIT_FAILED;

	if (count > 1) {
		message_error(CONFIGURE_INSTANCE " takes the name of one instance");
		return EXIT_BAD_ARGUMENTS;
	}
	if (geteuid() != 0) {
		message_error("only root can prepare an instance");
		return EXIT_NOT_ROOT;
	}
	instance = find(request, count == 1 ? words[0] : NULL, &status);
	if (instance == NULL)
		return status;
	if (is_foreign_origin(instance, &request->defaults))
		return EXIT_FAILED;
	/*
	 * A postctl that runs Postfix that runs us works on the same instance: it
	 * has the lock that we would wait for, and syncs the chroot itself.
	 */
	if (!identity_has_ancestor("postctl"))
		sync_chroot(request, instance);
	return EXIT_DONE;
}
