/*
 * Names of hosts, as Postfix demands them of myhostname and mydomain.
 */
#include "postfix/hostname.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { LABEL_LIMIT = 63, NAME_LIMIT = 255 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Return NULL, or what is wrong with the length bytes between two dots. */
static const char *label_problem(const char *label, size_t length)
{
	if (length == 0)
		return "misplaced dot";
	if (label[0] == '-' || label[length - 1] == '-')
		return "misplaced hyphen";
	for (size_t i = 0; i < length; i++)
		if (!is_alphanumeric(label[i]) && label[i] != '-')
			return "invalid character";
	return length > LABEL_LIMIT ? "a part of it is too long" : NULL;
}

/*
 * Return NULL, or what is wrong with the name of a host.  (Postfix's
 * valid_hostname(), without which none of its programs does anything.)
 */
const char *hostname_problem(const char *name)
{
	const char *label = name;

	if (*name == '\0')
		return "empty";
	for (;;) {
		size_t length = strcspn(label, ".");
		const char *problem = label_problem(label, length);

		if (problem != NULL)
			return problem;
		if (label[length] == '\0')
			break;
		label += length + 1;
	}
	if (name[strspn(name, "0123456789.")] == '\0')
		return "a number";
	return strlen(name) > NAME_LIMIT ? "too long" : NULL;
}

static bool is_below(const char *name, const char *domain)
{
	size_t length = strlen(name);
	size_t domain_length = strlen(domain);

	return length >= domain_length &&
	       strcasecmp(name + length - domain_length, domain) == 0 &&
	       (length == domain_length || name[length - domain_length - 1] == '.');
}

/*
 * Is it a name by which no other host can know this one?  "localdomain" is
 * what Postfix appends to a name without a dot.
 */
bool hostname_is_local(const char *name)
{
	return strchr(name, '.') == NULL || is_below(name, "localdomain") ||
	       is_below(name, "localhost");
}
