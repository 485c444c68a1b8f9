/*
 * Are the ports taken at which an instance is to listen by its new
 * configuration?  master(8) dies of that, on reload too, and postfix(1) check
 * does not look.
 */
#include "control/ports.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/descriptor.h"
#include "postfix/active_services.h"
#include "postfix/listeners.h"
#include "process/listening.h"

/*
 * Can an address be had as master(8) would take it?  Its sockets share their
 * ports with each other (SO_REUSEPORT, inet_listen.c), so that its own and
 * those of other instances are not in the way.  Without listen(2) no
 * connection comes to ours.
 */
static bool is_taken(const struct listener *listener)
{
	const struct address *address = &listener->address;
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	bool is_four = address->family == AF_INET;
	const int on = 1;
	bool taken;
	int fd = socket(address->family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return false;
	four.sin_port = six.sin6_port = htons((uint16_t)listener->port);
	if (is_four)
		memcpy(&four.sin_addr, address->bytes, sizeof four.sin_addr);
	else
		memcpy(&six.sin6_addr, address->bytes, sizeof six.sin6_addr);
	/* Where one of these cannot be had master has its own trouble with it. */
	taken = (is_four || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0) &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
		bind(fd, is_four ? (const struct sockaddr *)&four : (const struct sockaddr *)&six,
		     is_four ? sizeof four : sizeof six) < 0 && errno == EADDRINUSE;
	descriptor_close(fd);
	return taken;
}

static bool check(const struct job *job, const struct configuration *configuration,
		  const struct listeners *listeners, struct text *why)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->items[i];
		struct text address = TEXT_EMPTY;

		/* What the old master has is given back before the new one wants it. */
		if (!is_taken(listener) ||
		    listening_alone(job->probe.master.pid, &listener->address, listener->port))
			continue;
		address_print(&listener->address, &address);
		text_fail(why, "%s/master.cf, line %zu: service %s: another program has %s:%d; "
			  "\"ss -lntp sport = %d\" shows it", configuration->directory,
			  listener->line, listener->service, text_string(&address),
			  listener->port, listener->port);
		text_free(&address);
		return false;
	}
	return true;
}

/*
 * Check whether the instance of a job, which runs, will have all ports that its
 * configuration names now.  Return false if not; the job has failed then.  What
 * keeps it from being found out is for other checks to say.
 */
bool ports_check(struct job *job)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct active_services active = ACTIVE_SERVICES_EMPTY;
	struct listeners listeners = LISTENERS_EMPTY;
	struct text why = TEXT_EMPTY;
	bool ok = true;

	if (configuration_read(&configuration, job->instance->directory,
			       job->operation->defaults, NULL, NULL) &&
	    configuration_read_services(&configuration, NULL) &&
	    active_services_find(&configuration, &active, NULL)) {
		listeners_add(&listeners, &configuration, &active, 0, true);
		ok = check(job, &configuration, &listeners, &why);
	}
	if (!ok)
		job_done(job, JOB_FAILED, "%s", text_string(&why));
	listeners_free(&listeners);
	active_services_free(&active);
	configuration_free(&configuration);
	text_free(&why);
	return ok;
}
