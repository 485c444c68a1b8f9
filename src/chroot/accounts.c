/*
 * passwd and group for a chroot: what goes in, and which parameters want it.
 */
#include "chroot/accounts.h"

#include <ctype.h>
#include <string.h>

/*
 * Append accounts, the content of passwd(5) or group(5), with "x" for the
 * password of each line, so that a hash that still stands there stays on the
 * host.  Lines of one field go as they are.
 */
void accounts_without_passwords(const struct text *accounts, struct text *result)
{
	const char *line = text_string(accounts), *end = line + accounts->length;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *next = newline != NULL ? newline + 1 : end;
		const char *first = memchr(line, ':', (size_t)(next - line));

		if (first != NULL) {
			const char *second = first + 1;

			while (second < next && *second != ':' && *second != '\n')
				second++;
			text_add_n(result, line, (size_t)(first + 1 - line));
			text_add_char(result, 'x');
			text_add_n(result, second, (size_t)(next - second));
		} else {
			text_add_n(result, line, (size_t)(next - line));
		}
		line = next;
	}
}

static bool is_type_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/*
 * Say whether the text before at, back to start, ends with the map type
 * "proxy:", further types between allowed ("proxy:unionmap:").
 */
static bool is_proxied(const char *start, const char *at)
{
	while (at > start && at[-1] == ':') {
		const char *end = --at;

		while (at > start && is_type_char(at[-1]))
			at--;
		if (end - at == 5 && memcmp(at, "proxy", 5) == 0)
			return true;
		if (end == at)
			break;
	}
	return false;
}

/*
 * Say whether a parameter's value has the daemon itself open the map, such as
 * "unix:passwd.byname": not where proxymap(8) opens it ("proxy:..."), also
 * within "proxy:unionmap:{...}".
 */
bool accounts_map_used(const char *value, const char *map)
{
	size_t length = strlen(map), depth = 0, proxied_from = 0;

	for (const char *at = value; *at != '\0'; at++) {
		if (*at == '{') {
			depth++;
			if (proxied_from == 0 && is_proxied(value, at))
				proxied_from = depth;
		} else if (*at == '}') {
			if (proxied_from == depth)
				proxied_from = 0;
			if (depth > 0)
				depth--;
		} else if (proxied_from == 0 && strncmp(at, map, length) == 0 &&
			   !is_type_char(at[length]) && at[length] != '.' &&
			   (at == value || !is_type_char(at[-1])) && !is_proxied(value, at)) {
			return true;
		}
	}
	return false;
}
