/*
 * What modules of the name service switch read by themselves, beside the
 * files of libc: none of it is in their list of libraries.  Modules that ask a
 * daemon (sss, ldap, resolve, winbind, mdns for the most part) need its socket
 * and no file.
 */
#include "chroot/planner.h"

#include <string.h>

static const struct {
	const char *module;
	const char *database;
	const char *path;
	enum plan_kind kind;
} files[] = {
	{ "db", "services", "/var/lib/misc/services.db", PLAN_PUBLIC },
	{ "db", "protocols", "/var/lib/misc/protocols.db", PLAN_PUBLIC },
	/* Here passwords could not be taken out. */
	{ "db", "passwd", "/var/lib/misc/passwd.db", PLAN_GUARDED },
	{ "db", "group", "/var/lib/misc/group.db", PLAN_GUARDED },
	{ "extrausers", "passwd", "/var/lib/extrausers/passwd", PLAN_ACCOUNTS },
	{ "extrausers", "group", "/var/lib/extrausers/group", PLAN_ACCOUNTS },
	/* Which domains may be asked for; mdns4_minimal and its like ask none. */
	{ "mdns", "hosts", "/etc/mdns.allow", PLAN_PUBLIC },
	{ "mdns4", "hosts", "/etc/mdns.allow", PLAN_PUBLIC },
	{ "mdns6", "hosts", "/etc/mdns.allow", PLAN_PUBLIC },
};

/*
 * Plan the files that a module reads for a database, if the host has them.
 */
void planner_name_service_files(struct planner *planner, const struct nsswitch_use *use)
{
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		if (strcmp(files[i].module, use->module) == 0 &&
		    strcmp(files[i].database, use->database) == 0)
			planner_add_file(planner, files[i].path, files[i].kind,
					 planner_text(planner, "read by libnss_%s.so.2",
						      use->module));
}
