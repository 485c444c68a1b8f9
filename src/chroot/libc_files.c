/*
 * The files that the C library reads in a chroot.
 */
#include "chroot/planner.h"

#include <fcntl.h>

#include "base/descriptor.h"

/*
 * Is there a link of this name, which may lead to a file again?
 */
static bool dangles(const struct plan_cache *cache, const char *path)
{
	int fd = host_open_file(&cache->host, path, O_PATH | O_NOFOLLOW);

	descriptor_close(fd);
	return fd >= 0;
}

/*
 * Plan the small files of /etc.  One that the host has not is not planned; a
 * copy of it that is in the chroot stays where a link into /run dangles, as
 * early at boot.  Always true.
 */
bool planner_libc_files(struct planner *planner, struct text *why)
{
	static const struct {
		const char *path;
		const char *reason;
	} files[] = {
		{ "/etc/localtime", "time zone" },
		{ "/etc/services", "names of ports" },
		{ "/etc/resolv.conf", "resolver configuration" },
		{ "/etc/hosts", "names of hosts" },
		{ "/etc/host.conf", "resolver configuration" },
		{ "/etc/nsswitch.conf", "name service configuration" },
		{ "/etc/gai.conf", "order of addresses" },
		{ "/etc/nss_mdns.config", "configuration of libnss_mdns" },
	};

	(void)why;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		enum source_found found = planner_add_file(planner, files[i].path, PLAN_PUBLIC,
							   files[i].reason);

		if (found == SOURCE_MISSING && dangles(planner->cache, files[i].path))
			words_add(&planner->plan->kept, files[i].path + 1);
		else if (found != SOURCE_FILE && found != SOURCE_MISSING)
			planner_note(planner, "%s is not a file that can be copied",
				     files[i].path);
	}
	return true;
}
