/*
 * One service of master.cf: its arguments, which postconf(1) and the daemon
 * read each in its own way, and what master(8) refuses in it.
 */
#include "postfix/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postfix/lines.h"

static const char blanks[] = " \t\r\n";

/*
 * Replace a word that begins with a brace by what the braces hold.
 */
static const char *unwrap(char **word)
{
	char *content = *word;
	const char *wrong = lines_strip_braces(&content);

	content = memory_copy(content);
	free(*word);
	*word = content;
	return wrong;
}

/*
 * Collect the settings of a service's -o options, as master(8) and getopt(3)
 * in the daemon read them: any word may stand in braces, and the letters
 * below take a value.
 */
static void read_settings(struct service *service)
{
	const struct words *arguments = &service->arguments;
	struct words words = WORDS_EMPTY;

	for (size_t i = 0; i < arguments->count; i++) {
		const char *wrong = NULL;

		words_add(&words, arguments->items[i]);
		if (*words.items[i] == '{')
			wrong = unwrap(&words.items[i]);
		if (wrong != NULL)
			service->malformed = wrong;
	}
	for (size_t i = 0; i < words.count; i++) {
		char *letter = words.items[i];
		char *name;
		char *value;

		if (*letter++ != '-' || *letter == '\0' || strcmp(letter, "-") == 0)
			break;
		letter += strcspn(letter, "imnorst");
		if (*letter == '\0')
			continue;
		value = letter[1] != '\0' ? letter + 1 : NULL;
		if (value == NULL && i + 1 < words.count)
			value = words.items[++i];
		if (*letter == 'o' && value != NULL && lines_split(value, &name, &value) == NULL)
			words_printf(&service->settings, "%s=%s", name, value);
	}
	words_free(&words);
}

/*
 * Does the word, an option, take the next one for its value?  postconf(1)
 * takes a single "-" for one that does.
 */
static bool takes_value(const char *word)
{
	return word[1] == 'o' || word[1] == '\0';
}

static bool is_option(const char *word)
{
	return *word == '-' && strcmp(word, "--") != 0;
}

/*
 * Bring arguments into the form in which postconf(1) shows them: "-vo n=v" is
 * "-v" "-o" "n=v", and "-o {n = v}" is "-o" "n=v".  Since it looks for an o
 * everywhere in a word, it takes "-ofoo=v" for "-o" "f" "-o" "-o=v"
 * (pcf_normalize_daemon_args()).
 */
static void normalise(struct words *arguments)
{
	size_t i;

	for (i = 0; i < arguments->count && is_option(arguments->items[i]); i++) {
		char *word = arguments->items[i];
		char *other = word[1] != '\0' ? strchr(word + 2, 'o') : NULL;
		char *name;
		char *value;

		if (other != NULL) {
			*other = '\0';
			words_insert(arguments, i + 1, "-o%s", other + 1);
		}
		if (!takes_value(word))
			continue;
		if (word[1] != '\0' && word[2] != '\0') {
			words_insert(arguments, i + 1, "%s", word + 2);
			word[2] = '\0';
		}
		if (++i == arguments->count)
			break;
		if (*arguments->items[i] != '{')
			continue;
		unwrap(&arguments->items[i]);
		if (word[1] == 'o' && lines_split(arguments->items[i], &name, &value) == NULL) {
			words_insert(arguments, i + 1, "%s=%s", name, value);
			words_remove(arguments, i);
		}
	}
	for (; i < arguments->count; i++)
		if (*arguments->items[i] == '{')
			unwrap(&arguments->items[i]);
}

/*
 * Make of the arguments, which are words as they stand in the file, what the
 * daemon and postconf(1) make of them.
 */
void service_split_arguments(struct service *service)
{
	read_settings(service);
	normalise(&service->arguments);
}

void service_free(struct service *service)
{
	words_free(&service->arguments);
	words_free(&service->settings);
	free(service->storage);
}

/*
 * Walk the settings of a service's -o options: start with *position 0.
 * Return false at the end.  The name is length bytes long.
 */
bool service_next_option(const struct service *service, size_t *position,
			 const char **name, size_t *length, const char **value)
{
	const char *equals;

	if (*position == service->settings.count)
		return false;
	*name = service->settings.items[(*position)++];
	equals = strchr(*name, '=');
	*length = (size_t)(equals - *name);
	*value = equals + 1;
	return true;
}

/* Split a setting as lines_split() does, and leave it whole. */
static bool split_shown(const char *setting, const char **name, size_t *length,
			const char **value)
{
	const char *next = setting;

	while (lines_is_space(*next))
		next++;
	*name = next;
	while (*next != '\0' && *next != '=' && !lines_is_space(*next))
		next++;
	*length = (size_t)(next - *name);
	while (lines_is_space(*next))
		next++;
	*value = next + 1;
	return *next == '=' && *length > 0;
}

/*
 * The same for the settings that postconf(1) sees.
 */
bool service_next_shown_option(const struct service *service, size_t *position,
			       const char **name, size_t *length, const char **value)
{
	const struct words *arguments = &service->arguments;

	while (*position + 1 < arguments->count && is_option(arguments->items[*position])) {
		const char *word = arguments->items[(*position)++];

		if (takes_value(word) &&
		    split_shown(arguments->items[(*position)++], name, length, value) &&
		    word[1] == 'o')
			return true;
	}
	return false;
}

/*
 * Return the value that a service's own options give to the parameter whose
 * name has length bytes, or NULL.  The last one wins.
 */
const char *service_option(const struct service *service, const char *name, size_t length)
{
	const char *found = NULL;
	const char *candidate;
	const char *value;
	size_t candidate_length;
	size_t position = 0;

	while (service_next_option(service, &position, &candidate, &candidate_length, &value))
		if (candidate_length == length && strncmp(candidate, name, length) == 0)
			found = value;
	return found;
}

/*
 * Would master(8) take this entry, which postconf(1) takes?  (Its
 * get_master_ent().)  Return false with file, line and reason.
 */
bool service_check(const struct service *service, const char *path, struct text *why)
{
	const char *const *column = service->column;

	for (int i = 0; i < SERVICE_COLUMNS; i++)
		if (strpbrk(column[i], blanks) != NULL)
			return text_fail(why, "%s, line %zu: service %s: blanks in a column",
					 path, service->line, column[SERVICE_NAME]);
	if (strcmp(column[SERVICE_COMMAND], "-") == 0)
		return text_fail(why, "%s, line %zu: service %s: no command", path,
				 service->line, column[SERVICE_NAME]);
	if (strcmp(column[SERVICE_TYPE], "inet") == 0 &&
	    strcmp(column[SERVICE_PRIVATE], "n") != 0)
		return text_fail(why, "%s, line %zu: service %s: inet service cannot be private",
				 path, service->line, column[SERVICE_NAME]);
	if (strcmp(column[SERVICE_WAKEUP], "?") == 0 || strcmp(column[SERVICE_WAKEUP], "-?") == 0)
		return text_fail(why, "%s, line %zu: service %s: invalid wakeup field \"%s\"",
				 path, service->line, column[SERVICE_NAME],
				 column[SERVICE_WAKEUP]);
	if (service->malformed != NULL)
		return text_fail(why, "%s, line %zu: service %s: %s in an argument",
				 path, service->line, column[SERVICE_NAME],
				 service->malformed);
	return true;
}

static void add_word(struct text *out, const char *word, bool may_be_braced)
{
	bool braced = may_be_braced && word[strcspn(word, blanks)] != '\0';

	text_printf(out, braced ? " {%s}" : " %s", word);
}

/*
 * Append the entry as "postconf -M" prints it, with a newline.
 */
void service_print(const struct service *service, struct text *out)
{
	static const size_t column_goal[SERVICE_COLUMNS] = { 0, 11, 17, 25, 33, 41, 49, 57 };
	const struct words *arguments = &service->arguments;
	size_t start = out->length;
	size_t i;

	for (i = 0; i < SERVICE_COLUMNS; i++) {
		if (i > 0)
			text_add_char(out, ' ');
		while (out->length - start < column_goal[i])
			text_add_char(out, ' ');
		text_add(out, service->column[i]);
	}
	for (i = 0; i < arguments->count && is_option(arguments->items[i]); i++) {
		add_word(out, arguments->items[i], false);
		if (takes_value(arguments->items[i]) && i + 1 < arguments->count)
			add_word(out, arguments->items[++i], true);
	}
	/* Of the words that are no options, postconf(1) never braces the first. */
	for (size_t first = i; i < arguments->count; i++)
		add_word(out, arguments->items[i], i > first);
	text_add_char(out, '\n');
}
