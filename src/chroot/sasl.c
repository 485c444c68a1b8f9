/*
 * Cyrus SASL, where a chrooted smtpd(8) authenticates its clients with it.
 *
 * smtpd initialises the library before it enters (pre_jail_init(), by way of
 * smtpd_sasl_initialize() to sasl_server_init()): the configuration is read
 * then, and all plug-ins are loaded with the libraries that they need, so
 * usr/lib/sasl2 is not wanted in a chroot.  What the library opens afterwards,
 * anew for each client that authenticates, is the database of its plug-in
 * "sasldb", saslauthd's socket, and for challenges /dev/urandom.
 *
 * smtp(8) and lmtp(8) do the same in pre_init(), with sasl_client_init(), and
 * a client opens nothing afterwards: its passwords come from
 * smtp_sasl_password_maps, a table, which is open already.
 *
 * saslauthd's socket.  A chroot could have it in three ways:
 *  - a bind mount of its directory: it is lost at each boot and hides from
 *    whoever looks at the files; who removes a queue directory removes the
 *    host's socket; and a container may not mount;
 *  - a second saslauthd, or a link from where others expect the socket to one
 *    in the chroot: both mean to configure another package's daemon, whose
 *    other clients we do not know;
 *  - advice.  That is what there is here, as a note with the line to write:
 *    it is the line of Debian's own documentation of saslauthd.
 * The note goes away once the directory is in the chroot, which saslauthd's
 * init script makes.  Whether somebody listens there changes from moment to
 * moment and is for "postctl check".
 *
 * /dev/urandom.  Without it the library makes its challenges from the time and
 * its process number, and says nothing.  Debian's older scripts put the device
 * into all chroots; here it is advice, too: no chroot has devices but those
 * that somebody wanted there.
 */
#include "chroot/planner.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/descriptor.h"
#include "chroot/sasl_conf.h"

#define SIZE (1u << 20)

/* Before Postfix 3.9 Debian had its own way with the directories of SASL. */
static bool is_patched(const char *version)
{
	char *end;
	long major = strtol(version, &end, 10);

	return major < 3 || (major == 3 && *end == '.' && strtol(end + 1, NULL, 10) < 9);
}

/*
 * Add the directories in which the library looks for configurations.  Debian
 * gave it those of the instance, and did not ask cyrus_sasl_config_path
 * (patch 07_sasl_config); since 3.9 that counts, and without it the library's
 * own.
 */
static bool find_directories(const struct planner *planner, const struct service *service,
			     struct words *directories, struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool done = configuration_get(planner->configuration, "mail_version", &value, why);

	if (done && is_patched(text_string(&value))) {
		words_printf(directories, "%s/sasl", planner->configuration->directory);
		words_add(directories, "/usr/lib/sasl");
	} else if (done) {
		text_clear(&value);
		done = configuration_get_for(planner->configuration, service,
					     "cyrus_sasl_config_path", &value, why);
		words_split(directories, text_string(&value), ":");
		if (directories->count == 0) {
			words_split(directories, "/etc/sasl2:/etc/sasl", ":");
			words_printf(directories, "/usr/%s/sasl2", library_destination());
			words_add(directories, "/usr/lib/sasl2");
		}
	}
	text_free(&value);
	return done;
}

/*
 * Read the configuration of a service.  Without a file the library's defaults
 * hold.  Return false with a reason if a parameter cannot be read.
 */
static bool read_conf(const struct planner *planner, const struct service *service,
		      struct sasl_conf *conf, struct text *why)
{
	struct text name = TEXT_EMPTY, content = TEXT_EMPTY, path = TEXT_EMPTY;
	struct words directories = WORDS_EMPTY;
	bool done = configuration_get_for(planner->configuration, service, "smtpd_sasl_path",
					  &name, why) &&
		    find_directories(planner, service, &directories, why);
	bool found = false;

	for (size_t i = 0; i < directories.count && !found && done; i++) {
		text_clear(&path);
		text_clear(&content);
		text_printf(&path, "%s/%s.conf", directories.items[i], text_string(&name));
		found = host_read_file(&planner->cache->host, text_string(&path), SIZE,
				       &content);
	}
	sasl_conf_parse(conf, found ? text_string(&content) : "");
	words_free(&directories);
	text_free(&name);
	text_free(&content);
	text_free(&path);
	return done;
}

static void add_database(struct planner *planner, const char *database, const char *reason)
{
	struct text path = TEXT_EMPTY;

	/* A relative one is in the chroot already. */
	if (database[0] != '/')
		return;
	/* It holds passwords: read by nobody who cannot read it on the host. */
	if (!planner_normalize(database, &path))
		planner_note(planner, "%s (%s) is not copied: give its real path", database,
			     reason);
	else if (planner_add_file(planner, text_string(&path), PLAN_GUARDED, reason) ==
		 SOURCE_UNREADABLE)
		planner_note(planner, "%s (%s) cannot be read", database, reason);
	text_free(&path);
}

static bool exists_inside(const struct planner *planner, const char *path, int flags)
{
	struct text inside = TEXT_EMPTY;
	int fd;

	text_printf(&inside, "%s%s", text_string(&planner->queue_directory), path);
	fd = host_open_file(&planner->cache->host, text_string(&inside), O_PATH | flags);
	descriptor_close(fd);
	text_free(&inside);
	return fd >= 0;
}

/*
 * Note what to do for saslauthd to be reached at socket.
 */
static void advise_saslauthd(struct planner *planner, const struct service *service,
			     const char *socket)
{
	const char *slash = strrchr(socket, '/');
	struct text directory = TEXT_EMPTY;

	if (socket[0] != '/')
		return;
	text_add_n(&directory, socket, (size_t)(slash - socket));
	if (!exists_inside(planner, text_string(&directory), O_DIRECTORY))
		planner_note(planner, "service %s/%s cannot reach saslauthd from its chroot; "
			     "write OPTIONS=\"-c -m %s%s\" to /etc/default/saslauthd, or to a "
			     "copy of that file for a second saslauthd, and restart saslauthd; "
			     "or run the service without chroot",
			     service->column[SERVICE_NAME], service->column[SERVICE_TYPE],
			     text_string(&planner->queue_directory), text_string(&directory));
	text_free(&directory);
}

static void advise_random(struct planner *planner, const struct service *service)
{
	const char *queue = text_string(&planner->queue_directory);

	if (!exists_inside(planner, "/dev/urandom", 0))
		planner_note(planner, "service %s/%s has no /dev/urandom for the challenges of "
			     "CRAM-MD5 and its like; type: mkdir -p %s/dev; "
			     "mknod -m 666 %s/dev/urandom c 1 9; or offer none in mech_list",
			     service->column[SERVICE_NAME], service->column[SERVICE_TYPE],
			     queue, queue);
}

static bool is_cyrus(const struct planner *planner, const struct service *service,
		     bool *cyrus, struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool done = configuration_get_for(planner->configuration, service,
					  "smtpd_sasl_auth_enable", &value, why);

	*cyrus = done && strcasecmp(text_string(&value), "yes") == 0;
	if (*cyrus) {
		text_clear(&value);
		done = configuration_get_for(planner->configuration, service,
					     "smtpd_sasl_type", &value, why);
		*cyrus = done && strcmp(text_string(&value), "cyrus") == 0;
	}
	text_free(&value);
	return done;
}

static bool add_service(struct planner *planner, const struct service *service,
			struct text *why)
{
	struct sasl_conf conf = SASL_CONF_EMPTY;
	bool cyrus, done = is_cyrus(planner, service, &cyrus, why);

	if (done && cyrus)
		done = read_conf(planner, service, &conf, why);
	if (done && cyrus) {
		if (conf.database.length > 0)
			add_database(planner, text_string(&conf.database),
				     planner_text(planner, "Cyrus SASL passwords for service %s/%s",
						  service->column[SERVICE_NAME],
						  service->column[SERVICE_TYPE]));
		if (conf.saslauthd.length > 0)
			advise_saslauthd(planner, service, text_string(&conf.saslauthd));
		if (conf.challenges)
			advise_random(planner, service);
	}
	sasl_conf_free(&conf);
	return done;
}

/*
 * Plan what Cyrus SASL opens in the chroot.  Return false with a reason if a
 * parameter cannot be read.
 */
bool planner_sasl(struct planner *planner, struct text *why)
{
	for (size_t i = 0; i < planner->services.chrooted_count; i++) {
		const struct service *service = planner->services.chrooted[i];

		if (strcmp(service->column[SERVICE_COMMAND], "smtpd") == 0 &&
		    !add_service(planner, service, why))
			return false;
	}
	return true;
}
