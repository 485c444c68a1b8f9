/*
 * The environment of what postctl runs.  Nothing of the caller's gets in:
 * MAIL_DEBUG, TZ or a locale would reach the daemons.
 */
#include "control/environment.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/*
 * Add the environment for a program that acts on all instances, postmulti(1).
 */
void environment_plain(struct words *environment)
{
	unsigned char bytes[16];
	char id[2 * sizeof bytes + 1];

	words_add(environment, "PATH=/usr/sbin:/usr/bin:/sbin:/bin");
	words_add(environment, "LC_ALL=C");
	words_add(environment, "SHELL=/bin/sh");
	/*
	 * Postfix 3.9 and later on Debian hand "postfix start" over to systemctl
	 * where /run/systemd/system exists, as it does in a container that sees
	 * its host's /run, unless this is set as systemd sets it.
	 */
	memset(bytes, 1, sizeof bytes);
	(void)!getrandom(bytes, sizeof bytes, GRND_NONBLOCK);
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(id + 2 * i, 3, "%02x", bytes[i]);
	words_printf(environment, "INVOCATION_ID=%s", id);
}

/*
 * Add the environment for a program that acts on one instance: MAIL_CONFIG
 * names it, and keeps postfix(1) from going on to all others.
 */
void environment_for_instance(const char *config_directory, struct words *environment)
{
	environment_plain(environment);
	words_printf(environment, "MAIL_CONFIG=%s", config_directory);
}
