/*
 * What must hold of an instance's configuration before master(8) is started
 * with it or told to read it again.  master dies of an error in master.cf, on
 * reload too, and postfix(1) check does not look there.
 */
#include "control/prepare.h"

#include <string.h>
#include <sys/stat.h>

#include "postfix/active_services.h"
#include "postfix/listen_check.h"

/*
 * What is in these files runs as root.  Postfix only warns of those that others
 * can write; an owner or a group may have been chosen for that, everybody was
 * not.  In a directory with the sticky bit nobody can replace them.
 */
static bool check_writers(const char *directory, struct text *why)
{
	static const char *const names[] = { "", "/main.cf", "/master.cf" };
	struct text path = TEXT_EMPTY;
	struct stat status;
	bool ok = true;

	for (size_t i = 0; ok && i < sizeof names / sizeof names[0]; i++) {
		text_clear(&path);
		text_printf(&path, "%s%s", directory, names[i]);
		/* What is not there is for others to tell. */
		if (stat(text_string(&path), &status) < 0 || (status.st_mode & S_IWOTH) == 0 ||
		    (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0))
			continue;
		ok = text_fail(why, "everybody can write %s, and so have anything run as root; "
			       "type: chmod o-w %s", text_string(&path), text_string(&path));
	}
	text_free(&path);
	return ok;
}

static bool check_services(const struct configuration *configuration, struct text *why)
{
	struct active_services active;
	struct text path = TEXT_EMPTY;
	bool ok = active_services_find(configuration, &active, why);

	text_printf(&path, "%s/master.cf", configuration->directory);
	if (ok && active.count == 0)
		ok = text_fail(why, "%s: it has no service", text_string(&path));
	for (size_t i = 0; ok && i < active.count; i++)
		ok = service_check(active.all[i], text_string(&path), why);
	active_services_free(&active);
	text_free(&path);
	return ok;
}

/*
 * The one parameter with a limit that only master(8) reads (master_vars.c): a
 * whole number, at least 1, and perhaps a unit.
 */
static bool check_throttle_time(const struct configuration *configuration, struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool ok = configuration_get(configuration, "service_throttle_time", &value, why);

	if (ok) {
		const char *number = text_string(&value);
		size_t digits = strspn(number, "0123456789");
		const char *unit = number + digits;

		if (strspn(number, "0") == digits ||
		    (*unit != '\0' && (strchr("smhdw", *unit) == NULL || unit[1] != '\0')))
			ok = text_fail(why, "%s/main.cf: service_throttle_time = %s: no time of "
				       "at least 1s", configuration->directory, number);
	}
	text_free(&value);
	return ok;
}

static bool check_listeners(const struct configuration *configuration, struct text *why)
{
	struct active_services active;
	bool ok = active_services_find(configuration, &active, why) &&
		  listen_check(configuration, &active, why);

	active_services_free(&active);
	return ok;
}

/*
 * Read the configuration of an instance and check it as master(8) would.
 * Return false with the reason.  The caller calls configuration_free() in
 * either case.
 */
bool prepare_read(const struct instance *instance, const struct defaults *defaults,
		  struct configuration *configuration, struct text *why)
{
	return configuration_read(configuration, instance->directory, defaults, NULL, why) &&
	       configuration_read_services(configuration, why) &&
	       check_throttle_time(configuration, why) && check_services(configuration, why);
}

/*
 * Check who can write the configuration of a job's instance, the configuration
 * itself, and whether its master(8) will be able to listen, for which names may
 * be looked up.  Return false when it is not good; the job has failed then.
 */
bool prepare_check(struct job *job)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct text why = TEXT_EMPTY;
	bool ok = check_writers(job->instance->directory, &why) &&
		  prepare_read(job->instance, job->operation->defaults, &configuration, &why) &&
		  check_listeners(&configuration, &why);

	if (!ok)
		job_done(job, JOB_FAILED, "%s", text_string(&why));
	configuration_free(&configuration);
	text_free(&why);
	return ok;
}
