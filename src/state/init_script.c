/*
 * The text of an init script for one instance.
 *
 * Its header, by which insserv(8) orders the boot, is the administrator's to
 * change; the rest is ours.  The mark is a line with a sum of each as we wrote
 * it: the header's tells whether it is still the template's, the other whether
 * the file may be written anew, or removed.  The name of the script goes into
 * the sums, so that a copy under another name is not ours.
 */
#include "state/init_script.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char template[] =
#include "state/init_script_template.h"
	;

static const char header_begin[] = "### BEGIN INIT INFO\n";
static const char header_end[] = "### END INIT INFO\n";
static const char mark[] = "# postctl: ";

/* Longer names make paths that insserv(8) and startpar(8) have no room for. */
enum { NAME_LIMIT = 100 };

struct part {
	const char *start;
	size_t length;
};

/*
 * A script, taken apart: what comes before its header, the header, what comes
 * before the mark, the sums in the mark, and the rest.
 */
struct parts {
	struct part before;
	struct part header;
	struct part middle;
	struct part sums;
	struct part rest;
};

static struct part part(const char *start, const char *end)
{
	return (struct part){ start, (size_t)(end - start) };
}

/* Find a line that begins so.  Return its first byte, or NULL. */
static const char *find_line(const char *text, const char *beginning)
{
	const char *line = text;

	while (line != NULL && strncmp(line, beginning, strlen(beginning)) != 0) {
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	return line;
}

static bool take_apart(const char *script, struct parts *parts)
{
	const char *begin = find_line(script, header_begin);
	const char *end = begin != NULL ? find_line(begin, header_end) : NULL;
	const char *line = end != NULL ? find_line(end, mark) : NULL;
	const char *newline = line != NULL ? strchr(line, '\n') : NULL;

	if (newline == NULL)
		return false;
	begin += strlen(header_begin);
	*parts = (struct parts){
		part(script, begin), part(begin, end), part(end, line),
		part(line + strlen(mark), newline),
		part(newline, newline + strlen(newline)),
	};
	return true;
}

/* FNV-1a.  Nobody is kept out by it: who changes a file may do so. */
static uint64_t sum(uint64_t start, struct part bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		start = (start ^ (unsigned char)bytes.start[i]) * 1099511628211U;
	return start;
}

static uint64_t sum_of_name(const char *name)
{
	return sum(14695981039346656037U, part(name, name + strlen(name)));
}

static uint64_t sum_of_header(const char *name, const struct parts *parts)
{
	return sum(sum_of_name(name), parts->header);
}

static uint64_t sum_of_rest(const char *name, const struct parts *parts)
{
	return sum(sum(sum(sum_of_name(name), parts->before), parts->middle), parts->rest);
}

/* Read the sums of the mark, exactly as they were written. */
static bool read_sums(struct part sums, uint64_t *header, uint64_t *rest)
{
	unsigned long long first, second;
	char again[2 * 16 + 2];
	int end = 0;

	if (sums.length != sizeof again - 1 ||
	    /* Sixteen digits fit, and are compared below.  NOLINTNEXTLINE(cert-err34-c) */
	    sscanf(sums.start, "%16llx %16llx%n", &first, &second, &end) != 2)
		return false;
	snprintf(again, sizeof again, "%016llx %016llx", first, second);
	*header = first;
	*rest = second;
	return strncmp(again, sums.start, sums.length) == 0;
}

/*
 * Whose is the init script of that name with this content?
 */
enum init_script_owner init_script_owner(const char *name, const char *content)
{
	struct parts parts;
	uint64_t header, rest;

	if (find_line(content, mark) == NULL)
		return INIT_SCRIPT_FOREIGN;
	if (!take_apart(content, &parts) || !read_sums(parts.sums, &header, &rest) ||
	    sum_of_rest(name, &parts) != rest)
		return INIT_SCRIPT_CHANGED;
	return INIT_SCRIPT_OURS;
}

/* Did somebody change the header since we wrote it? */
static bool has_local_header(const char *name, const struct parts *parts)
{
	uint64_t header, rest;

	return read_sums(parts->sums, &header, &rest) && sum_of_header(name, parts) != header;
}

static void add(struct text *text, struct part bytes)
{
	text_add_n(text, bytes.start, bytes.length);
}

/* Append the template with its two words filled in. */
static void fill(const char *name, const char *instance, struct text *filled)
{
	static const char script_word[] = "@SCRIPT@", instance_word[] = "@INSTANCE@";

	for (const char *next = template; *next != '\0';) {
		if (strncmp(next, script_word, strlen(script_word)) == 0) {
			text_add(filled, name);
			next += strlen(script_word);
		} else if (strncmp(next, instance_word, strlen(instance_word)) == 0) {
			text_add(filled, instance);
			next += strlen(instance_word);
		} else {
			text_add_char(filled, *next++);
		}
	}
}

/*
 * Append the init script of that name, which acts on instance.  A header that
 * was changed in old, the script that is there and ours, or NULL, is kept.
 */
void init_script_write(const char *name, const char *instance, const char *old,
		       struct text *script)
{
	struct text filled = TEXT_EMPTY;
	struct parts parts, old_parts;

	fill(name, instance, &filled);
	if (take_apart(text_string(&filled), &parts)) {
		bool keep = old != NULL && take_apart(old, &old_parts) &&
			    has_local_header(name, &old_parts);

		add(script, parts.before);
		add(script, keep ? old_parts.header : parts.header);
		add(script, parts.middle);
		text_printf(script, "%s%016llx %016llx", mark,
			    (unsigned long long)sum_of_header(name, &parts),
			    (unsigned long long)sum_of_rest(name, &parts));
		add(script, parts.rest);
	}
	text_free(&filled);
}

/*
 * Return the word by which an init script calls its instance.
 */
const char *init_script_instance(const struct instance *instance)
{
	return instance->is_primary ? "-" : instance->name;
}

/*
 * Can there be a script for that word?  insserv(8) has uses of its own for
 * commas and colons, update-rc.d(8) expands patterns; anything else that is odd
 * is not worth the doubt.
 */
static bool is_possible(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+.-";
	size_t length = strspn(word, plain);

	return length > 0 && length <= NAME_LIMIT && word[length] == '\0' &&
	       strchr("_+.-", *word) == NULL;
}

/*
 * Append the name that the init script of an instance has, or would have.  It
 * is the one by which systemd's unit goes: postfix@out for postfix-out,
 * postfix@- for the primary.  A damaged instance is known by its directory.
 * Return false with the reason if it cannot have one.
 */
bool init_script_name(const struct instance *instance, struct text *name, struct text *why)
{
	const char *directory = instance_directory_name(instance);
	const char *word = instance_short_name(instance->name);

	if (instance->is_primary)
		word = "-";
	else if (directory != NULL && instance->damage != NULL)
		word = instance_short_name(directory);
	else if (directory != NULL)
		return text_fail(why, "the instance has no name; \"postmulti -i %s -I postfix-NAME "
				 "-e assign\" gives it one", instance->directory);
	if (!instance->is_primary && !is_possible(word))
		return text_fail(why, "insserv cannot have one that is called %s%s", INIT_SCRIPT_PREFIX,
				 word);
	text_printf(name, "%s%s", INIT_SCRIPT_PREFIX, word);
	return true;
}
