/*
 * Directories of certification authorities.  OpenSSL opens a file of such a
 * directory when it meets a certificate, long after the daemon has entered
 * its chroot.
 */
#include "chroot/certificates.h"

#include <string.h>
#include <strings.h>

#include "chroot/planner.h"

/* As Debian builds OpenSSL: X509_get_default_cert_dir(). */
#define OPENSSL_DIRECTORY "/usr/lib/ssl/certs"

/*
 * Say whether a name is the hash of a subject, as "openssl rehash" gives it:
 * 8 hexadecimal digits, a dot, a number; with an "r" before the number it is
 * a revocation list.  OpenSSL opens nothing else.
 */
bool certificate_is_hashed(const char *name)
{
	if (strspn(name, "0123456789abcdef") != 8 || name[8] != '.')
		return false;
	name += name[9] == 'r' ? 10 : 9;
	return *name != '\0' && name[strspn(name, "0123456789")] == '\0';
}

static void expand_directory(struct plan_cache *cache, const char *directory,
			     struct expansion *expansion)
{
	struct words names = WORDS_EMPTY;

	if (!host_list(&cache->host, directory, &names)) {
		words_printf(&expansion->notes, "%s is not a directory that can be read",
			     directory);
		words_free(&names);
		return;
	}
	for (size_t i = 0; i < names.count; i++) {
		struct text path = TEXT_EMPTY;
		enum source_found found;
		const struct source *source;

		if (!certificate_is_hashed(names.items[i]))
			continue;
		text_printf(&path, "%s/%s", directory, names.items[i]);
		source = plan_cache_source(cache, text_string(&path), PLAN_COPY, &found);
		text_free(&path);
		if (found == SOURCE_FILE)
			expansion_add(expansion, source->path + 1, source, PLAN_COPY, NULL);
	}
	if (expansion->count == 0)
		words_printf(&expansion->notes,
			     "%s holds no certificate under a hashed name; "
			     "type: openssl rehash %s", directory, directory);
	words_free(&names);
}

/*
 * Plan one directory.  A relative one is the daemon's working directory's,
 * that is, in the chroot already.
 */
static void add_directory(struct planner *planner, const char *directory,
			  const char *reason)
{
	struct text path = TEXT_EMPTY, key = TEXT_EMPTY;

	if (directory[0] != '/')
		return;
	if (!planner_normalize(directory, &path)) {
		planner_note(planner, "%s (%s) is not copied: give its real path", directory,
			     reason);
	} else if (!planner_is_inside(planner, text_string(&path))) {
		text_printf(&key, "CA %s", text_string(&path));
		planner_add_all(planner,
				plan_cache_expand(planner->cache, text_string(&key),
						  text_string(&path), expand_directory),
				reason);
	}
	text_free(&path);
	text_free(&key);
}

/*
 * Plan what a parameter of a service names: a directory, or several that
 * colons set apart, as OpenSSL takes them.
 */
static bool add_parameter(struct planner *planner, const struct service *service,
			  const char *parameter, struct text *why)
{
	struct text value = TEXT_EMPTY;
	struct words directories = WORDS_EMPTY;
	const char *reason;
	bool done = configuration_get_for(planner->configuration, service, parameter, &value,
					  why);

	if (done && value.length > 0) {
		reason = planner_text(planner, "%s of service %s/%s", parameter,
				      service->column[SERVICE_NAME],
				      service->column[SERVICE_TYPE]);
		words_split(&directories, text_string(&value), ":");
		for (size_t i = 0; i < directories.count; i++)
			add_directory(planner, directories.items[i], reason);
	}
	words_free(&directories);
	text_free(&value);
	return done;
}

/*
 * tls_append_default_CA adds OpenSSL's own directory to those of a service.
 */
static bool add_default(struct planner *planner, const struct service *service,
			struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool done = configuration_get_for(planner->configuration, service,
					  "tls_append_default_CA", &value, why);

	if (done && strcasecmp(text_string(&value), "yes") == 0)
		add_directory(planner, OPENSSL_DIRECTORY,
			      planner_text(planner, "tls_append_default_CA of service %s/%s",
					   service->column[SERVICE_NAME],
					   service->column[SERVICE_TYPE]));
	text_free(&value);
	return done;
}

/*
 * tlsproxy(8) verifies servers for smtp(8) and lmtp(8), chrooted or not, that
 * reuse connections, and does so with their directories.
 */
static bool add_reusing(struct planner *planner, struct text *why)
{
	bool done = true;

	for (size_t i = 0; i < planner->services.count && done; i++) {
		const struct service *service = planner->services.all[i];
		const char *command = service->column[SERVICE_COMMAND];
		struct text reuse = TEXT_EMPTY;
		bool is_lmtp = strcmp(command, "lmtp") == 0;

		if (!is_lmtp && strcmp(command, "smtp") != 0)
			continue;
		done = configuration_get_for(planner->configuration, service,
					     is_lmtp ? "lmtp_tls_connection_reuse"
						     : "smtp_tls_connection_reuse",
					     &reuse, why);
		if (done && strcasecmp(text_string(&reuse), "yes") == 0)
			done = add_parameter(planner, service,
					     is_lmtp ? "lmtp_tls_CApath"
						     : "smtp_tls_CApath", why);
		text_free(&reuse);
	}
	return done;
}

/*
 * Plan the CA directories that chrooted services use, and those that
 * /etc/default/postfix names.  Return false with a reason if a parameter
 * cannot be read.
 */
bool planner_certificates(struct planner *planner, struct text *why)
{
	static const struct {
		const char *command;
		const char *parameter;
	} uses[] = {
		{ "smtp", "smtp_tls_CApath" },
		{ "lmtp", "lmtp_tls_CApath" },
		{ "smtpd", "smtpd_tls_CApath" },
		{ "tlsproxy", "tlsproxy_client_CApath" },
		{ "tlsproxy", "tlsproxy_tls_CApath" },
	};
	bool proxies = false;

	for (size_t i = 0; i < planner->services.chrooted_count; i++) {
		const struct service *service = planner->services.chrooted[i];
		const char *command = service->column[SERVICE_COMMAND];

		for (size_t j = 0; j < sizeof uses / sizeof uses[0]; j++)
			if (strcmp(uses[j].command, command) == 0 &&
			    (!add_parameter(planner, service, uses[j].parameter, why) ||
			     !add_default(planner, service, why)))
				return false;
		if (strcmp(command, "tlsproxy") == 0)
			proxies = true;
	}
	if (proxies && !add_reusing(planner, why))
		return false;
	for (size_t i = 0; i < planner->settings->extra_ca_directories.count; i++) {
		struct text path = TEXT_EMPTY;

		/* Debian takes a relative name as one below /. */
		text_printf(&path, "/%s", planner->settings->extra_ca_directories.items[i]);
		add_directory(planner, text_string(&path),
			      "chroot_extra_CAdir in /etc/default/postfix");
		text_free(&path);
	}
	return true;
}
