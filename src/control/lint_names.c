/*
 * What an instance is called: by postmulti(1), in the log, by other hosts.
 */
#include "control/lint.h"

#include <string.h>

#include "postfix/hostname.h"
#include "postfix/origin.h"

static const char prefix[] = "postfix";

/* What postmulti(1) allows in a name: its check_safe_name(), without the "/". */
static bool is_safe(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("!@%-_=+:.", c) != NULL;
}

/* The part of a name that makes it bad, or "" where nothing does. */
static const char *unsafe_part(const char *name)
{
	while (*name != '\0' && is_safe(*name))
		name++;
	return name;
}

/* A name that postmulti(1) would take in the place of a bad one. */
static void add_better_name(const char *name, struct text *out)
{
	if (strncmp(name, "postfix-", 8) == 0)
		name += 8;
	text_add(out, "postfix-");
	for (; *name != '\0'; name++)
		text_add_char(out, is_safe(*name) ? *name : '-');
}

/* Return whether the name is one by which log readers find the instance. */
static bool lint_instance_name(const struct instance *instance, struct findings *findings)
{
	const char *name = instance->name;
	struct text advice = TEXT_EMPTY;
	bool good = *name == '\0' ||
		    (strncmp(name, "postfix-", 8) == 0 && *unsafe_part(name) == '\0');

	if (!good) {
		text_printf(&advice, "postmulti -i %s -e assign -I ",
			    instance->is_primary ? "-" : instance->directory);
		add_better_name(name, &advice);
		findings_add(findings, false, text_string(&advice), "multi_instance_name = %s: "
			     "postmulti(1) takes only names that begin with \"postfix-\" and go on "
			     "with letters, digits and !@%%-_=+:. and by such names log readers "
			     "know Postfix", name);
	}
	text_free(&advice);
	return good;
}

/* What follows "postfix" in the name by which it logs. */
static void lint_syslog_name(const struct instance *instance, struct findings *findings)
{
	const char *name = instance->syslog_name;
	const char *rest = name + sizeof prefix - 1;
	struct text advice = TEXT_EMPTY;
	bool good = strncmp(name, prefix, sizeof prefix - 1) == 0 &&
		    (*rest == '\0' || *rest == '-' || *rest == '/');

	for (; good && *rest != '\0'; rest++)
		good = is_safe(*rest) || *rest == '/';
	if (!good && *name != '\0') {
		text_printf(&advice, "postconf -c %s -X syslog_name", instance->directory);
		findings_add(findings, false, text_string(&advice), "syslog_name = %s: log readers "
			     "such as fail2ban and pflogsumm look for \"postfix\" or "
			     "\"postfix-\" and a name", name);
	}
	text_free(&advice);
}

/* Return whether Postfix's programs can live with the value. */
static bool lint_host(const struct instance *instance, const struct configuration *configuration,
		      const char *parameter, struct findings *findings)
{
	struct text value = TEXT_EMPTY, advice = TEXT_EMPTY;
	const char *problem = NULL;

	text_printf(&advice, "postconf -c %s %s=NAME, with the name by which other hosts know it",
		    instance->directory, parameter);
	if (configuration_get(configuration, parameter, &value, NULL)) {
		problem = hostname_problem(text_string(&value));
		if (problem != NULL)
			findings_add(findings, true, text_string(&advice), "%s = %s: %s; without "
				     "a valid one no program of Postfix does anything", parameter,
				     text_string(&value), problem);
		else if (strcmp(parameter, "myhostname") == 0 &&
			 hostname_is_local(text_string(&value)))
			findings_add(findings, false, text_string(&advice), "%s = %s: no other "
				     "host knows it by that name, and many refuse mail from such",
				     parameter, text_string(&value));
	}
	text_free(&value);
	text_free(&advice);
	return problem == NULL;
}

static bool lint_origin(const struct instance *instance, const struct configuration *configuration,
			struct findings *findings)
{
	struct text raw = TEXT_EMPTY, origin = TEXT_EMPTY, advice = TEXT_EMPTY, why = TEXT_EMPTY;
	bool ok = configuration_get(configuration, "myorigin", &raw, NULL);
	bool readable = ok && origin_get(configuration, &origin, &why);

	if (*text_string(&raw) == '/')
		text_printf(&advice, "echo DOMAIN >%s, with your own", text_string(&raw));
	else
		text_printf(&advice, "postconf -c %s 'myorigin = $myhostname'",
			    instance->directory);
	if (ok && !readable)
		findings_add(findings, true, text_string(&advice),
			     "%s; no program of Postfix does anything then", text_string(&why));
	else if (ok && origin_is_debians(text_string(&origin)))
		findings_add(findings, true, text_string(&advice),
			     "myorigin = %s: Debian's scripts do not start Postfix with that, "
			     "since mail from there would not be yours", text_string(&origin));
	text_free(&raw);
	text_free(&origin);
	text_free(&advice);
	text_free(&why);
	return !ok || readable;
}

/*
 * Add what is wrong with the names of an instance.  Return false when no
 * program of Postfix can be run for it, which need not be tried then.
 */
bool lint_names(const struct instance *instance, const struct configuration *configuration,
		struct findings *findings)
{
	bool good;

	if (lint_instance_name(instance, findings))
		lint_syslog_name(instance, findings);
	good = lint_host(instance, configuration, "myhostname", findings);
	good = good && lint_host(instance, configuration, "mydomain", findings);
	good &= lint_origin(instance, configuration, findings);
	return good;
}
