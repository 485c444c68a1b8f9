/*
 * master.cf: the services of an instance.  Two programs read the file, and
 * each refuses what the other lets pass.  master_cf_parse() follows
 * postconf(1), on which postmulti(1) depends; service_check() adds the rules
 * of master(8), get_master_ent().
 */
#include "postfix/master_cf.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postfix/lines.h"

static const char blanks[] = " \t\r\n";

/*
 * Return the next word of *rest, terminated in place, or NULL at the end.
 * Blanks inside {} do not end a word (Postfix's mystrtokq()).
 */
static char *next_word(char **rest)
{
	char *start = *rest + strspn(*rest, blanks);
	char *p;
	int level = 0;

	if (*start == '\0') {
		*rest = start;
		return NULL;
	}
	for (p = start; *p != '\0'; p++) {
		if (*p == '{')
			level++;
		else if (level > 0 && *p == '}')
			level--;
		else if (level == 0 && strchr(blanks, *p) != NULL) {
			*p++ = '\0';
			break;
		}
	}
	*rest = p;
	return start;
}

/*
 * Strip the braces off a word that begins with one, and the blanks within
 * them (Postfix's extpar()).
 */
static char *strip_braces(struct service *service, char *word)
{
	char *p = word;
	char *end;
	int level = 0;

	for (end = p; *end != '\0'; end++) {
		level += (*end == '{') - (*end == '}');
		if (level == 0)
			break;
	}
	if (*end == '\0')
		service->malformed = "missing '}'";
	else if (end[1] != '\0')
		service->malformed = "syntax error after '}'";
	*end = '\0';
	p++;
	while (lines_is_space(*p))
		p++;
	while (end > p && lines_is_space(end[-1]))
		*--end = '\0';
	return p;
}

/* Add the value of an option: "name=value" or "{ name = value }". */
static void add_value(struct service *service, char *value)
{
	char *name;
	char *right;

	if (*value != '{') {
		words_add(&service->arguments, value);
		return;
	}
	value = strip_braces(service, value);
	if (lines_split(value, &name, &right) == NULL)
		words_printf(&service->arguments, "%s=%s", name, right);
	else
		words_add(&service->arguments, value);
}

/*
 * Bring the words after the command into one form, as postconf(1) does:
 * "-vo n=v", "-on=v" and "-o {n = v}" all become "-o" "n=v".
 */
static void add_arguments(struct service *service, char *rest)
{
	char *word;
	char *value;

	while ((word = next_word(&rest)) != NULL) {
		if (*word != '-' || strcmp(word, "--") == 0)
			break;
		value = strchr(word + 1, 'o');
		if (value == NULL) {
			words_add(&service->arguments, word);
			continue;
		}
		if (value > word + 1)
			words_add_n(&service->arguments, word, (size_t)(value - word));
		words_add(&service->arguments, "-o");
		value = value[1] != '\0' ? value + 1 : next_word(&rest);
		if (value != NULL)
			add_value(service, value);
	}
	service->option_words = service->arguments.count;
	for (; word != NULL; word = next_word(&rest)) {
		words_add(&service->arguments,
			  *word == '{' ? strip_braces(service, word) : word);
	}
}

static bool is_one_of(const char *word, const char *const *choices)
{
	for (; *choices != NULL; choices++)
		if (strcmp(word, *choices) == 0)
			return true;
	return false;
}

/* Return the name of the first column that postconf(1) refuses, or NULL. */
static const char *bad_column(const struct service *service, const char **content)
{
	static const char *const types[] = { "unix", "fifo", "inet", "pass", "unix-dgram", NULL };
	static const char *const flags[] = { "y", "n", "-", NULL };
	static const char *const names[] = { "name", "type", "private", "unprivileged",
					     "chroot", "wakeup", "process_limit" };

	for (int i = SERVICE_TYPE; i <= SERVICE_PROCESS_LIMIT; i++) {
		const char *column = *content = service->column[i];
		size_t length = strlen(column);
		bool good;

		if (i == SERVICE_TYPE) {
			good = is_one_of(column, types);
		} else if (i <= SERVICE_CHROOT) {
			good = is_one_of(column, flags);
		} else {
			if (i == SERVICE_WAKEUP && column[length - 1] == '?')
				length--;
			good = strspn(column, "0123456789") >= length ||
			       (length == 1 && *column == '-');
		}
		if (!good)
			return names[i];
	}
	return NULL;
}

/*
 * Parse the content of a master.cf, which is used up.  Return false with
 * file, line and reason.  The caller calls master_cf_free() in either case.
 */
bool master_cf_parse(struct master_cf *master, struct text *content, const char *path,
		     struct text *why)
{
	struct lines lines;
	size_t number = 0;
	char *line;

	*master = MASTER_CF_EMPTY;
	text_reserve(content, 0);
	lines_begin(&lines, content->data, content->length, path, NULL);
	while ((line = lines_next(&lines, &number)) != NULL) {
		struct service *service;
		const char *wrong;
		const char *found;
		char *rest;

		master->services = memory_grow(master->services, master->count,
					       &master->capacity, sizeof *master->services);
		service = &master->services[master->count++];
		*service = (struct service){ .line = number, .storage = memory_copy(line) };
		rest = service->storage;
		for (int i = 0; i < SERVICE_COLUMNS; i++) {
			service->column[i] = next_word(&rest);
			if (service->column[i] == NULL)
				return text_fail(why, "%s, line %zu: bad field count: \"%.60s\"",
						 path, number, line);
		}
		wrong = bad_column(service, &found);
		if (wrong != NULL)
			return text_fail(why, "%s, line %zu: invalid %s field \"%.60s\" in service %s",
					 path, number, wrong, found, service->column[SERVICE_NAME]);
		add_arguments(service, rest);
	}
	return true;
}

/*
 * Read the master.cf of a configuration directory.  Return false with the
 * reason; the caller calls master_cf_free() in either case.
 */
bool master_cf_read(struct master_cf *master, const char *directory, struct text *why)
{
	struct text content = TEXT_EMPTY;
	struct text path = TEXT_EMPTY;
	bool ok;

	*master = MASTER_CF_EMPTY;
	text_printf(&path, "%s/master.cf", directory);
	ok = lines_read_file(text_string(&path), &content, why) &&
	     master_cf_parse(master, &content, text_string(&path), why);
	text_free(&content);
	text_free(&path);
	return ok;
}

void master_cf_free(struct master_cf *master)
{
	for (size_t i = 0; i < master->count; i++) {
		words_free(&master->services[i].arguments);
		free(master->services[i].storage);
	}
	free(master->services);
	*master = MASTER_CF_EMPTY;
}

/*
 * Walk the "-o name=value" settings of a service: start with *position 0.
 * Return false at the end.  The name is length bytes long.
 */
bool service_next_option(const struct service *service, size_t *position,
			 const char **name, size_t *length, const char **value)
{
	while (*position + 1 < service->option_words) {
		const char *word = service->arguments.items[(*position)++];
		const char *setting;
		const char *equals;

		if (strcmp(word, "-o") != 0)
			continue;
		setting = service->arguments.items[(*position)++];
		equals = strchr(setting, '=');
		/* postconf(1) ignores what is no setting. */
		if (equals == NULL || equals == setting)
			continue;
		*name = setting;
		*length = (size_t)(equals - setting);
		*value = equals + 1;
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
 * Would master(8) take this entry, which postconf(1) takes?  Return false
 * with file, line and reason.
 */
bool service_check(const struct service *service, const char *path, struct text *why)
{
	const char *const *column = service->column;

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

static void add_word(struct text *out, const char *word)
{
	if (word[strcspn(word, blanks)] != '\0')
		text_printf(out, "{%s}", word);
	else
		text_add(out, word);
}

/*
 * Append the entry as "postconf -M" prints it, with a newline.
 */
void service_print(const struct service *service, struct text *out)
{
	static const size_t column_goal[SERVICE_COLUMNS] = { 0, 11, 17, 25, 33, 41, 49, 57 };
	size_t start = out->length;

	for (int i = 0; i < SERVICE_COLUMNS; i++) {
		if (i > 0)
			text_add_char(out, ' ');
		while (out->length - start < column_goal[i])
			text_add_char(out, ' ');
		text_add(out, service->column[i]);
	}
	for (size_t i = 0; i < service->arguments.count; i++) {
		const char *word = service->arguments.items[i];
		bool is_option = i < service->option_words && *word == '-' &&
				 (i == 0 || strcmp(service->arguments.items[i - 1], "-o") != 0);

		text_add_char(out, ' ');
		if (is_option)
			text_add(out, word);
		else
			add_word(out, word);
	}
	text_add_char(out, '\n');
}
