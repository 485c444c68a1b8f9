/*
 * The words of a shell program: as much of sh(1)'s grammar as tells where one
 * ends and what it means without running anything.
 */
#include "chroot/shell_words.h"

#include <ctype.h>
#include <string.h>

#define OPERATORS ";&|()<>"
#define DEPTH_MAX 100

static const char *skip_quotes(const char *at, size_t *lines, int depth);

static const char *count(const char *at, size_t *lines)
{
	*lines += *at == '\n';
	return at + 1;
}

/*
 * Return the place behind what begins at at and ends with close, or NULL if
 * it does not end.
 */
static const char *skip_to(const char *at, char close, size_t *lines, int depth)
{
	if (depth > DEPTH_MAX)
		return NULL;
	while (*at != '\0') {
		const char *quoted;

		if (*at == close)
			return at + 1;
		if (close == ')' && *at == '(') {
			at = skip_to(at + 1, ')', lines, depth + 1);
			if (at == NULL)
				return NULL;
			continue;
		}
		if (close == '"' && *at == '\'') {
			at++;
			continue;
		}
		quoted = close == '`' && *at != '\\' ? count(at, lines)
						     : skip_quotes(at, lines, depth + 1);
		if (quoted == NULL)
			return NULL;
		at = quoted;
	}
	return NULL;
}

/*
 * Return the place behind the character, or the quoted part, at at; NULL if
 * a quotation does not end.
 */
static const char *skip_quotes(const char *at, size_t *lines, int depth)
{
	switch (*at) {
	case '\\':
		return at[1] != '\0' ? count(at + 1, lines) : at + 1;
	case '\'':
		for (at++; *at != '\'';) {
			if (*at == '\0')
				return NULL;
			at = count(at, lines);
		}
		return at + 1;
	case '"':
	case '`':
		return skip_to(at + 1, *at, lines, depth);
	case '$':
		if (at[1] == '(' || at[1] == '{')
			return skip_to(at + 2, at[1] == '(' ? ')' : '}', lines,
				       depth);
		return at + 1;
	default:
		return count(at, lines);
	}
}

static size_t operator_length(const char *at)
{
	static const char *const longer[] = {
		"<<-", "&&", "||", ";;", "<<", ">>", "<&", ">&", "<>", ">|",
	};

	for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++)
		if (strncmp(at, longer[i], strlen(longer[i])) == 0)
			return strlen(longer[i]);
	return 1;
}

/*
 * Return the next token.  Blanks, comments and continued lines are passed
 * over.  SHELL_BROKEN is a quotation that does not end; nothing follows it.
 */
struct shell_token shell_next(struct shell_reader *reader)
{
	struct shell_token token = { .type = SHELL_END };

	while (*reader->at != '\0') {
		if (reader->at[0] == '\\' && reader->at[1] == '\n') {
			reader->at += 2;
			reader->line++;
		} else if (strchr(" \t\r", *reader->at) != NULL) {
			reader->at++;
		} else if (*reader->at == '#') {
			reader->at += strcspn(reader->at, "\n");
		} else {
			break;
		}
	}
	token.start = reader->at;
	token.line = reader->line;
	if (*reader->at == '\n') {
		token.type = SHELL_NEWLINE;
		token.length = 1;
		reader->line++;
	} else if (*reader->at != '\0' && strchr(OPERATORS, *reader->at) != NULL) {
		token.type = SHELL_OPERATOR;
		token.length = operator_length(reader->at);
	} else if (*reader->at != '\0') {
		const char *at = reader->at;

		token.type = SHELL_WORD;
		while (*at != '\0' && strchr(" \t\n" OPERATORS, *at) == NULL) {
			at = skip_quotes(at, &reader->line, 0);
			if (at == NULL) {
				token.type = SHELL_BROKEN;
				return token;
			}
		}
		token.length = (size_t)(at - token.start);
	}
	reader->at = token.start + token.length;
	return token;
}

bool shell_is(const struct shell_token *token, const char *string)
{
	return token->length == strlen(string) &&
	       memcmp(token->start, string, token->length) == 0;
}

/*
 * Return the length of the variable name with which a word begins.
 */
size_t shell_name_length(const char *word, size_t length)
{
	size_t name = 0;

	while (name < length && (isalpha((unsigned char)word[name]) || word[name] == '_' ||
				 (name > 0 && isdigit((unsigned char)word[name]))))
		name++;
	return name;
}

/*
 * Append what the "$" at *at stands for and move *at behind it.
 */
static bool expand_variable(const char **at, const char *end, shell_lookup *lookup,
			    const void *context, struct text *value, const char **problem)
{
	const char *name = *at + 1, *result;
	bool braces = name < end && *name == '{';
	size_t length;

	if (name < end && *name == '(') {
		*problem = "it runs a command";
		return false;
	}
	name += braces;
	length = shell_name_length(name, (size_t)(end - name));
	if (braces && (length == 0 || name + length >= end || name[length] != '}')) {
		*problem = "it holds ${...} with more than a name";
		return false;
	}
	if (length == 0) {
		if (name < end && strchr(" \t\n/.,:\"", *name) == NULL) {
			*problem = "it holds a $ that only a shell understands";
			return false;
		}
		text_add_char(value, '$');
		*at = name;
		return true;
	}
	result = lookup(context, name, length, problem);
	if (result == NULL)
		return false;
	text_add(value, result);
	*at = name + length + braces;
	return true;
}

/*
 * Append what a word that is given to a variable means: quotes removed and
 * variables replaced, neither split nor matched against files.  Return false
 * with a phrase in problem where only a shell can tell.
 */
bool shell_expand(const char *word, size_t length, shell_lookup *lookup,
		  const void *context, struct text *value, const char **problem)
{
	const char *at = word, *end = word + length;
	bool quoted = false;

	if (length > 0 && *at == '~') {
		*problem = "it begins with ~";
		return false;
	}
	while (at < end) {
		if (*at == '"') {
			quoted = !quoted;
			at++;
		} else if (*at == '\'' && !quoted) {
			const char *close = memchr(at + 1, '\'', (size_t)(end - at) - 1);

			if (close == NULL)
				close = end - 1;
			text_add_n(value, at + 1, (size_t)(close - at) - 1);
			at = close + 1;
		} else if (*at == '\\' && at + 1 < end) {
			if (quoted && strchr("$`\"\\\n", at[1]) == NULL)
				text_add_char(value, '\\');
			if (at[1] != '\n')
				text_add_char(value, at[1]);
			at += 2;
		} else if (*at == '`') {
			*problem = "it runs a command";
			return false;
		} else if (*at == '$') {
			if (!expand_variable(&at, end, lookup, context, value, problem))
				return false;
		} else {
			text_add_char(value, *at++);
		}
	}
	return true;
}
