/*
 * Parameters that Postfix treats unlike the others.  Their names have length
 * bytes.
 */
#include "postfix/parameter_kinds.h"

#include <string.h>

static bool is_one_of(const char *name, size_t length, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == length && strncmp(name, *names, length) == 0)
			return true;
	return false;
}

/*
 * Does Postfix leave $ alone in the value of this parameter?  (The raw
 * parameters of postconf(1); they are expanded later, with other names.)
 */
bool parameter_is_raw(const char *name, size_t length)
{
	static const char *const names[] = {
		"command_execution_directory", "default_rbl_reply", "forward_path",
		"luser_relay", "mailbox_command", "postscreen_expansion_filter",
		"postscreen_reject_footer", "smtpd_expansion_filter", "smtpd_reject_footer",
		NULL
	};

	return is_one_of(name, length, names);
}

/*
 * Is this a name of earlier releases that Postfix still reads?  It is empty
 * by default, and no listing of defaults has it.
 */
bool parameter_is_legacy(const char *name, size_t length)
{
	static const char *const names[] = {
		"authorized_verp_clients", "fallback_relay", "lmtp_per_record_deadline",
		"postscreen_blacklist_action", "postscreen_dnsbl_ttl",
		"postscreen_dnsbl_whitelist_threshold", "postscreen_whitelist_interfaces",
		"smtp_per_record_deadline", "smtpd_client_connection_limit_exceptions",
		"smtpd_per_record_deadline", "tlsproxy_client_level",
		"tlsproxy_client_policy", "virtual_maps", NULL
	};

	return is_one_of(name, length, names);
}
