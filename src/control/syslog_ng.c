/*
 * More sockets for syslog-ng: a source of them, and for each path that a
 * message from /dev/log takes a path like it from there.
 */
#include "control/syslog_ng.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static const char *skip_space(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

/* Return what follows the string in quotes that begins at p. */
static const char *skip_string(const char *p)
{
	char quote = *p++;

	while (*p != '\0' && *p != quote)
		p += *p == '\\' && quote == '"' && p[1] != '\0' ? 2 : 1;
	return *p != '\0' ? p + 1 : p;
}

/* Append the configuration without its comments. */
static void strip_comments(const char *p, struct text *out)
{
	while (*p != '\0') {
		const char *next = *p == '"' || *p == '\'' ? skip_string(p)
				 : *p == '#' ? p + strcspn(p, "\n") : p + 1;

		if (*p != '#')
			text_add_n(out, p, (size_t)(next - p));
		p = next;
	}
}

/* Return what follows the bracket that closes the one at p, or NULL where brackets do not match. */
static const char *skip_brackets(const char *p)
{
	struct text open = TEXT_EMPTY;
	bool good = true;

	do {
		if (*p == '"' || *p == '\'') {
			p = skip_string(p);
			continue;
		}
		if (*p == '{' || *p == '(')
			text_add_char(&open, *p);
		if (*p == '}' || *p == ')') {
			good = open.data[open.length - 1] == (*p == '}' ? '{' : '(');
			text_truncate(&open, open.length - 1);
		}
		p++;
	} while (good && *p != '\0' && open.length > 0);
	good = good && open.length == 0;
	text_free(&open);
	return good ? p : NULL;
}

/*
 * A statement "KIND NAME { BODY };" or "KIND { BODY };".
 */
struct statement {
	char *kind;
	char *name;
	char *body;
};

/* Words that belong to no statement, as "@version: 4.4", come before the kind. */
static void read_head(const char *start, const char *end, struct statement *statement)
{
	struct words words = WORDS_EMPTY;
	struct text head = TEXT_EMPTY;
	size_t count;

	text_add_n(&head, start, (size_t)(end - start));
	words_split(&words, text_string(&head), " \t\r\n;\"'");
	count = words.count;
	if (count >= 2 && strcmp(words.items[count - 2], "source") == 0) {
		statement->kind = words.items[count - 2];
		statement->name = words.items[count - 1];
		words.items[count - 2] = words.items[count - 1] = NULL;
	} else if (count >= 1) {
		statement->kind = words.items[count - 1];
		words.items[count - 1] = NULL;
	}
	words_free(&words);
	text_free(&head);
}

/* Take the next statement off the configuration.  The caller frees it. */
static bool next_statement(const char **rest, struct statement *statement)
{
	const char *start = *rest;
	const char *p = start;
	struct text body = TEXT_EMPTY;

	*statement = (struct statement){ NULL, NULL, NULL };
	while (*p != '\0' && *p != '{')
		p = *p == '"' || *p == '\'' ? skip_string(p) : p + 1;
	if (*p == '\0')
		return false;
	*rest = skip_brackets(p);
	/* One that does not end ends the configuration. */
	if (*rest == NULL)
		return false;
	read_head(start, p, statement);
	text_add_n(&body, p + 1, (size_t)(*rest - p - 2));
	text_add(&body, "");
	statement->body = text_take(&body);
	return true;
}

static void statement_free(struct statement *statement)
{
	free(statement->kind);
	free(statement->name);
	free(statement->body);
}

static bool is_kind(const struct statement *statement, const char *kind)
{
	return statement->kind != NULL && strcmp(statement->kind, kind) == 0;
}

/* The sources that have the messages from /dev/log. */
static void find_sources(const char *configuration, struct words *names)
{
	struct statement statement;

	while (next_statement(&configuration, &statement)) {
		if (is_kind(&statement, "source") && statement.name != NULL &&
		    (strstr(statement.body, "system()") != NULL ||
		     strstr(statement.body, "/dev/log\"") != NULL))
			words_add(names, statement.name);
		statement_free(&statement);
	}
}

/*
 * If p is at "source(NAME);" return what follows it, and add the name.
 */
static const char *read_source(const char *start, const char *p, struct words *names)
{
	const char *end;

	if (strncmp(p, "source", 6) != 0 || (p > start && is_word(p[-1])))
		return NULL;
	p = skip_space(p + 6);
	if (*p != '(')
		return NULL;
	end = skip_brackets(p);
	if (end == NULL)
		return NULL;
	p = skip_space(p + 1);
	words_add_n(names, p, strcspn(p, " \t\r\n)"));
	end = skip_space(end);
	return *end == ';' ? end + 1 : end;
}

/* Write a log path with our source in the place of its own, if it has one of these. */
static bool copy_path(const char *body, const struct words *names, struct text *out)
{
	struct words sources = WORDS_EMPTY;
	struct text rest = TEXT_EMPTY;
	bool ours = false;

	for (const char *p = body; *p != '\0';) {
		bool is_string = *p == '"' || *p == '\'';
		const char *after = is_string ? skip_string(p) : read_source(body, p, &sources);

		if (is_string)
			text_add_n(&rest, p, (size_t)(after - p));
		if (after != NULL) {
			p = after;
			continue;
		}
		/* Blanks of all kinds are one. */
		if (!isspace((unsigned char)*p))
			text_add_char(&rest, *p);
		else if (rest.length > 0 && rest.data[rest.length - 1] != ' ')
			text_add_char(&rest, ' ');
		p++;
	}
	for (size_t i = 0; i < sources.count; i++)
		ours = ours || words_contain(names, sources.items[i]);
	if (ours)
		text_printf(out, "log { source(s_postctl); %s};\n", text_string(&rest));
	words_free(&sources);
	text_free(&rest);
	return ours;
}

/*
 * Append the source and its log paths, made from those in configuration, or,
 * where it has none that are understood, one to /var/log/mail.log.
 */
void syslog_ng_write(const struct words *sockets, const char *configuration, struct text *out)
{
	struct text plain = TEXT_EMPTY;
	struct words names = WORDS_EMPTY;
	struct statement statement;
	const char *rest;
	bool any = false;

	text_add(out, "source s_postctl {\n");
	/* Without "optional" a directory that is missing would keep syslog-ng from starting. */
	for (size_t i = 0; i < sockets->count; i++)
		text_printf(out, "\tunix-dgram(\"%s\" optional(yes));\n", sockets->items[i]);
	text_add(out, "};\n");
	strip_comments(configuration, &plain);
	find_sources(text_string(&plain), &names);
	rest = text_string(&plain);
	while (next_statement(&rest, &statement)) {
		if (is_kind(&statement, "log"))
			any |= copy_path(statement.body, &names, out);
		statement_free(&statement);
	}
	if (!any)
		text_add(out, "destination d_postctl { file(\"/var/log/mail.log\"); };\n"
			 "log { source(s_postctl); destination(d_postctl); };\n");
	words_free(&names);
	text_free(&plain);
}
