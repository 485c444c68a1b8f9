/*
 * The variables that a file of shell assignments sets, as in /etc/default,
 * told without running it: what init scripts source as root is here only
 * read.  What depends on commands, conditions or loops has no value.
 */
#include "chroot/shell_variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "chroot/shell_words.h"

/*
 * An assignment of the command that is being read.
 */
struct assignment {
	struct shell_token word;
	size_t name_length;
	bool appends;
};

struct parser {
	struct shell_variables *variables;
	struct text open;	/* what is open: i(f) l(oop) c(ase) { ( */
	struct assignment *pending;
	size_t pending_count;
	size_t pending_capacity;
	const char *lost;	/* why nothing can be told any more */
	bool conditional;	/* after && || | */
	bool begins;		/* no word of the command yet but assignments */
	bool exports;		/* further assignments may follow the word */
	bool unsets;
	bool skips;		/* the next word belongs to a redirection */
	bool ends;
};

void shell_variables_free(struct shell_variables *variables)
{
	for (size_t i = 0; i < variables->count; i++) {
		free(variables->items[i].name);
		free(variables->items[i].value);
	}
	free(variables->items);
	*variables = SHELL_VARIABLES_EMPTY;
}

/*
 * Return the variable of this name, or NULL.
 */
const struct shell_variable *shell_variables_find(const struct shell_variables *variables,
						  const char *name, size_t length)
{
	for (size_t i = 0; i < variables->count; i++)
		if (strlen(variables->items[i].name) == length &&
		    memcmp(variables->items[i].name, name, length) == 0)
			return &variables->items[i];
	return NULL;
}

static struct shell_variable *variable_for(struct shell_variables *variables,
					   const char *name, size_t length)
{
	const struct shell_variable *known = shell_variables_find(variables, name, length);
	struct shell_variable *variable;

	if (known != NULL)
		return &variables->items[known - variables->items];
	variables->items = memory_grow(variables->items, variables->count,
				       &variables->capacity, sizeof *variables->items);
	variable = &variables->items[variables->count++];
	*variable = (struct shell_variable){ .name = memory_copy_n(name, length) };
	return variable;
}

/*
 * Give a variable the value that it has before the file is read.
 */
void shell_variables_set(struct shell_variables *variables, const char *name,
			 const char *value)
{
	struct shell_variable *variable = variable_for(variables, name, strlen(name));

	free(variable->value);
	variable->value = memory_copy(value);
}

static const char *lookup(const void *context, const char *name, size_t length,
			  const char **problem)
{
	const struct shell_variable *variable = shell_variables_find(context, name, length);

	if (variable == NULL)
		*problem = "it uses a variable that the file does not set";
	else if (variable->value == NULL)
		*problem = "it uses a variable whose value needs a shell";
	return variable != NULL ? variable->value : NULL;
}

/*
 * Carry out the assignments of a command that ends here; problem is why they
 * have no certain effect, or NULL.
 */
static void commit(struct parser *parser, const char *problem)
{
	if (parser->lost != NULL)
		problem = parser->lost;
	else if (parser->open.length > 0)
		problem = "it stands in a condition, loop or function";
	else if (parser->conditional)
		problem = "it depends on another command";
	for (size_t i = 0; i < parser->pending_count; i++) {
		const struct assignment *pending = &parser->pending[i];
		const char *start = pending->word.start, *why = problem;
		size_t skip = pending->name_length + 1 + pending->appends;
		struct shell_variable *variable;
		struct text value = TEXT_EMPTY;

		if (skip > pending->word.length)
			skip = pending->word.length;
		variable = variable_for(parser->variables, start, pending->name_length);
		if (why == NULL && pending->appends && variable->value == NULL)
			why = "it adds to a value that needs a shell";
		if (why == NULL && pending->appends)
			text_add(&value, variable->value);
		if (why == NULL)
			shell_expand(start + skip, pending->word.length - skip, lookup,
				     parser->variables, &value, &why);
		variable->line = pending->word.line;
		variable->problem = why;
		free(variable->value);
		variable->value = why == NULL ? text_take(&value) : NULL;
		text_free(&value);
	}
	parser->pending_count = 0;
}

static void add_pending(struct parser *parser, const struct shell_token *word,
			size_t name_length, bool appends)
{
	parser->pending = memory_grow(parser->pending, parser->pending_count,
				      &parser->pending_capacity, sizeof *parser->pending);
	parser->pending[parser->pending_count++] =
		(struct assignment){ *word, name_length, appends };
}

static bool take_assignment(struct parser *parser, const struct shell_token *word)
{
	size_t name = shell_name_length(word->start, word->length);
	bool appends;

	if (name == 0 || name == word->length)
		return false;
	appends = word->start[name] == '+';
	if (name + appends >= word->length || word->start[name + appends] != '=')
		return false;
	add_pending(parser, word, name, appends);
	return true;
}

static void open_with(struct parser *parser, char what)
{
	text_add_char(&parser->open, what);
}

static void close_with(struct parser *parser, char what)
{
	size_t length = parser->open.length;

	if (length > 0 && parser->open.data[length - 1] == what)
		text_truncate(&parser->open, length - 1);
	else if (what != '(' || length == 0 || parser->open.data[length - 1] != 'c')
		parser->lost = "it stands where the shell's grammar is not understood";
}

/*
 * Take the first word of a command.  Return true if the next one is a first
 * word again.
 */
static bool take_keyword(struct parser *parser, const struct shell_token *word)
{
	static const struct {
		const char *word;
		char opens, closes;
		bool again;
	} keywords[] = {
		{ "if", 'i', 0, true },	     { "while", 'l', 0, true },
		{ "until", 'l', 0, true },   { "for", 'l', 0, false },
		{ "case", 'c', 0, false },   { "{", '{', 0, true },
		{ "fi", 0, 'i', false },     { "done", 0, 'l', false },
		{ "esac", 0, 'c', false },   { "}", 0, '{', false },
		{ "then", 0, 0, true },	     { "else", 0, 0, true },
		{ "elif", 0, 0, true },	     { "do", 0, 0, true },
		{ "!", 0, 0, true },
	};

	for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
		if (!shell_is(word, keywords[i].word))
			continue;
		if (keywords[i].opens != 0)
			open_with(parser, keywords[i].opens);
		if (keywords[i].closes != 0)
			close_with(parser, keywords[i].closes);
		return keywords[i].again;
	}
	parser->exports = shell_is(word, "export") || shell_is(word, "readonly");
	parser->unsets = shell_is(word, "unset");
	parser->ends = (shell_is(word, "return") || shell_is(word, "exit")) &&
		       parser->open.length == 0 && !parser->conditional;
	return false;
}

static void take_word(struct parser *parser, const struct shell_token *word)
{
	if (parser->skips) {
		parser->skips = false;
	} else if (parser->begins) {
		if (take_assignment(parser, word))
			return;
		if (parser->pending_count > 0)
			commit(parser, "it is set for one command only");
		parser->begins = take_keyword(parser, word);
	} else if (parser->exports) {
		take_assignment(parser, word);
	} else if (parser->unsets &&
		   shell_name_length(word->start, word->length) == word->length) {
		/* As good as set to nothing. */
		add_pending(parser, word, word->length, false);
	}
}

static void end_command(struct parser *parser, const struct shell_token *by)
{
	const char *problem = NULL;

	/* A "&" behind the list would take all of it into another process. */
	if (shell_is(by, "&&") || shell_is(by, "||"))
		problem = "it is part of a list of commands";
	else if (by->type == SHELL_OPERATOR && strchr("(|&", *by->start) != NULL)
		problem = "it is set in another process";
	commit(parser, problem);
	parser->begins = true;
	parser->exports = parser->unsets = parser->skips = false;
	if (shell_is(by, "&&") || shell_is(by, "||") || shell_is(by, "|"))
		parser->conditional = true;
	/* A line may end between "&&" and what depends on it. */
	else if (by->type != SHELL_NEWLINE || !parser->conditional)
		parser->conditional = false;
}

static void take_operator(struct parser *parser, const struct shell_token *token)
{
	if (shell_is(token, "<<") || shell_is(token, "<<-"))
		parser->lost = "it stands after a here-document";
	if (*token->start == '<' || *token->start == '>') {
		parser->skips = true;
		return;
	}
	end_command(parser, token);
	if (shell_is(token, "("))
		open_with(parser, '(');
	else if (shell_is(token, ")"))
		close_with(parser, '(');
}

/*
 * Read the assignments in content, a file's.  Return false with a reason only
 * if it is no shell file at all: a quotation does not end.  The variables
 * that were set before stay; shell_variables_free() frees them either way.
 */
bool shell_variables_read(struct shell_variables *variables, const char *content,
			  const char *path, struct text *why)
{
	struct parser parser = { .variables = variables, .begins = true };
	struct shell_reader reader = { content, 1 };
	struct shell_token token;
	bool words = false;

	do {
		token = shell_next(&reader);
		switch (token.type) {
		case SHELL_WORD:
			take_word(&parser, &token);
			words = true;
			break;
		case SHELL_OPERATOR:
			take_operator(&parser, &token);
			words = false;
			break;
		case SHELL_NEWLINE:
		case SHELL_END:
			end_command(&parser, &token);
			if (words)
				parser.conditional = false;
			words = false;
			break;
		case SHELL_BROKEN:
			break;
		}
	} while (token.type != SHELL_END && token.type != SHELL_BROKEN && !parser.ends);
	free(parser.pending);
	text_free(&parser.open);
	if (token.type == SHELL_BROKEN)
		return text_fail(why, "cannot read %s: line %zu: a quotation does not end", path,
				 token.line);
	return true;
}
