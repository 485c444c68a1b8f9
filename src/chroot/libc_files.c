/*
 * The files that the C library reads in a chroot.
 */
#include "chroot/planner.h"

/*
 * Plan the small files of /etc.  One that the host has not is not planned; a
 * copy of it that is in the chroot stays (a link into /run may dangle early
 * at boot).  Always true.
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

		if (found != SOURCE_FILE && found != SOURCE_MISSING)
			planner_note(planner, "%s is not a file that can be copied",
				     files[i].path);
	}
	return true;
}
