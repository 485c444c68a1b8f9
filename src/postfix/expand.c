/*
 * $name in all its forms, with the meaning of Postfix's mac_parse(3) and
 * mac_expand(3) under MAC_EXP_FLAG_RECURSE:
 *
 *	$name  $(name)  ${name}		the value, itself expanded
 *	${name?text}  ${name:text}	text if the value is (not) empty
 *	${name?{text}:{text}}		one text or the other
 *	${{text} == {text} ? ...}	relations: == != < <= >= >, and with the
 *					suffix "level" between Postfix levels
 *	${name{text}}			a function of a domain name (Postfix 3.11)
 *	$$				a dollar sign
 *
 * Tests look at the value before expansion.
 */
#include "postfix/expand.h"

#include <string.h>
#include <strings.h>

#include "postfix/lines.h"
#include "postfix/relation.h"

/*
 * Postfix gives up at NESTING_LIMIT, but begins to count anew in the operands
 * of a relation, and dies of an endless recursion through one.  The other
 * limits are ours; no configuration that is meant to work comes near them.
 */
enum {
	NESTING_LIMIT = 100,
	TOTAL_NESTING_LIMIT = 1000,
	STEP_LIMIT = 1000 * 1000,
	SIZE_LIMIT = 16 * 1024 * 1024,
};

static const char blanks[] = " \t\r\n";

struct expansion {
	const struct expand_names *names;
	struct text *out;
	struct text *why;
	int steps;
	int total_nesting;
	/* How many operands, which Postfix expands by themselves, we are in. */
	int apart;
	/* Look every name up, expand none. */
	bool scan_only;
};

/* A part of the text under expansion; Postfix's strings are copies of these. */
struct part {
	const char *start;
	const char *end;
};

static bool expand_text(struct expansion *expansion, struct part text, int nesting);

static bool is_name_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

static struct part skip_blanks(struct part text)
{
	while (text.start < text.end && *text.start != '\0' &&
	       strchr(blanks, *text.start) != NULL)
		text.start++;
	return text;
}

static size_t length_of(struct part text)
{
	return (size_t)(text.end - text.start);
}

/* The character at a position, or NUL behind the end. */
static char first_of(struct part text)
{
	return text.start < text.end ? *text.start : '\0';
}

static bool fail_at(struct expansion *expansion, const char *wrong, struct part at)
{
	return text_fail(expansion->why, "%s at \"%.*s\"", wrong,
			 length_of(at) > 60 ? 60 : (int)length_of(at), at.start);
}

/*
 * Enter one more macro or piece of text.  Postfix counts both.
 */
static bool step(struct expansion *expansion, int nesting, struct part text)
{
	if (nesting > NESTING_LIMIT || expansion->total_nesting > TOTAL_NESTING_LIMIT)
		return fail_at(expansion, "unreasonable macro call nesting", text);
	if (++expansion->steps > STEP_LIMIT || expansion->out->length > SIZE_LIMIT)
		return fail_at(expansion, "unreasonably large expansion", text);
	return true;
}

/*
 * Take "{payload}" off the start of rest, and the blanks after it.
 */
static bool take_braced(struct expansion *expansion, struct part *rest, struct part *payload)
{
	int level = 0;

	for (const char *p = rest->start; p < rest->end; p++) {
		if (*p == '{')
			level++;
		else if (*p == '}' && --level == 0) {
			*payload = (struct part){ rest->start + 1, p };
			*rest = skip_blanks((struct part){ p + 1, rest->end });
			return true;
		}
	}
	return fail_at(expansion, "unbalanced {} in attribute expression", *rest);
}

/*
 * Take the operand that follows ? or : off the start of rest: braced, or all
 * that is left, blanks included.
 */
static bool take_operand(struct expansion *expansion, struct part *rest, struct part *operand)
{
	struct part after = skip_blanks(*rest);

	if (first_of(after) == '{') {
		*rest = after;
		return take_braced(expansion, rest, operand);
	}
	*operand = *rest;
	rest->start = rest->end;
	return true;
}

/* Expand one operand of a relation, where Postfix counts from zero again. */
static bool expand_apart(struct expansion *expansion, struct part operand, struct text *out)
{
	struct text *saved = expansion->out;
	bool ok;

	expansion->out = out;
	expansion->apart++;
	ok = expand_text(expansion, operand, 0);
	expansion->apart--;
	expansion->out = saved;
	return ok;
}

/*
 * Take "{left} operator {right}" off the start of rest and evaluate it.
 */
static bool take_relation(struct expansion *expansion, struct part *rest, bool *result)
{
	struct part left = *rest;
	struct part right = *rest;
	struct part operator_part;
	struct part suffix;
	struct text left_value = TEXT_EMPTY;
	struct text right_value = TEXT_EMPTY;
	enum relation relation;
	bool levels;
	bool ok;

	if (!take_braced(expansion, rest, &left))
		return false;
	operator_part = (struct part){ rest->start, rest->start };
	while (operator_part.end < rest->end && strchr("<>!=?+-*/~&|%", *operator_part.end))
		operator_part.end++;
	if (!relation_parse(&relation, operator_part.start, length_of(operator_part)))
		return fail_at(expansion, "one of == != < <= >= > expected", *rest);
	suffix = (struct part){ operator_part.end, operator_part.end };
	while (suffix.end < rest->end && is_name_character(*suffix.end) && *suffix.end != '_')
		suffix.end++;
	levels = length_of(suffix) > 0;
	if (levels && (length_of(suffix) != 5 || strncmp(suffix.start, "level", 5) != 0))
		return fail_at(expansion, "bad operator suffix", *rest);
	*rest = skip_blanks((struct part){ suffix.end, rest->end });
	if (first_of(*rest) != '{')
		return fail_at(expansion, "\"{expression}\" expected", *rest);
	if (!take_braced(expansion, rest, &right))
		return false;
	/* To Postfix, an error in one operand does not hide the names in the other. */
	ok = expand_apart(expansion, left, &left_value);
	if (ok || expansion->scan_only)
		ok = expand_apart(expansion, right, &right_value) && ok;
	*result = false;
	if (ok && !expansion->scan_only)
		ok = (levels ? relation_of_levels : relation_of_values)(
			relation, text_string(&left_value), text_string(&right_value), result,
			expansion->why);
	text_free(&left_value);
	text_free(&right_value);
	return ok;
}

/*
 * Take a name off the start of rest, with the blanks around it.
 */
static bool take_name(struct expansion *expansion, struct part *rest, struct part *name)
{
	*rest = skip_blanks(*rest);
	*name = (struct part){ rest->start, rest->start };
	while (name->end < rest->end && is_name_character(*name->end))
		name->end++;
	*rest = skip_blanks((struct part){ name->end, rest->end });
	switch (first_of(*rest)) {
	case '{':
		if (expansion->names->with_functions)
			return true;
		break;
	case '?':
	case ':':
	case '\0':
		return true;
	}
	return fail_at(expansion, "attribute name syntax error", *rest);
}

static struct part trim_blanks(struct part text)
{
	text = skip_blanks(text);
	while (text.end > text.start && lines_is_space(text.end[-1]))
		text.end--;
	return text;
}

static bool part_is(struct part text, const char *string)
{
	return length_of(text) == strlen(string) &&
	       strncmp(text.start, string, length_of(text)) == 0;
}

/*
 * Call a function with the operand that rest is.  Both that there are leave a
 * domain name alone that looks the same in ASCII and in UTF-8; converting any
 * other takes tables that libc does not have.
 */
static bool call_function(struct expansion *expansion, struct part name, struct part rest)
{
	struct text domain = TEXT_EMPTY;
	struct part operand = rest;
	bool ok;

	if (!take_braced(expansion, &rest, &operand))
		return false;
	if (first_of(rest) != '\0')
		return fail_at(expansion, "unexpected input", rest);
	if (!part_is(name, "domain_to_ascii") && !part_is(name, "domain_to_utf8"))
		return fail_at(expansion, "unknown function", name);
	ok = expand_apart(expansion, trim_blanks(operand), &domain);
	for (const char *p = text_string(&domain); ok && *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80 || strncasecmp(p, "xn--", 4) == 0)
			ok = text_fail(expansion->why, "cannot convert the international domain "
				       "name \"%.60s\"", domain.data);
	if (ok)
		text_add(expansion->out, text_string(&domain));
	text_free(&domain);
	return ok;
}

/*
 * Expand what stands behind a dollar sign, without the brackets.
 */
static bool expand_macro(struct expansion *expansion, struct part macro, int nesting)
{
	struct expand_value found = { NULL, false };
	struct part rest = skip_blanks(macro);
	struct part operand = macro;
	bool is_set;
	char operator;

	if (!step(expansion, nesting, macro))
		return false;
	if (first_of(rest) == '{') {
		bool result = false;

		if (!take_relation(expansion, &rest, &result))
			return false;
		found.value = result ? "true" : "";
	} else {
		struct part name;

		if (!take_name(expansion, &rest, &name))
			return false;
		if (first_of(rest) == '{')
			return call_function(expansion, name, rest);
		if (!expansion->names->lookup(expansion->names->context, name.start,
					      length_of(name), &found, expansion->why))
			return false;
	}
	is_set = found.value != NULL && *found.value != '\0';
	operator = first_of(rest);
	if (operator == '\0') {
		if (!is_set || expansion->scan_only)
			return true;
		if (found.verbatim && expansion->apart == 0) {
			text_add(expansion->out, found.value);
			return true;
		}
		return expand_text(expansion,
				   (struct part){ found.value, strchr(found.value, '\0') },
				   nesting + 1);
	}
	if (operator != '?' && operator != ':')
		return fail_at(expansion, "\"?\" or \":\" expected", rest);
	rest.start++;
	if (operator == '?') {
		if (!take_operand(expansion, &rest, &operand) ||
		    ((is_set || expansion->scan_only) &&
		     !expand_text(expansion, operand, nesting + 1)))
			return false;
		if (first_of(rest) == '\0')
			return true;
		if (first_of(rest) != ':')
			return fail_at(expansion, "\":\" expected", rest);
		rest.start++;
	}
	if (!take_operand(expansion, &rest, &operand) ||
	    ((!is_set || expansion->scan_only) &&
	     !expand_text(expansion, operand, nesting + 1)))
		return false;
	if (first_of(rest) != '\0')
		return fail_at(expansion, "unexpected input", rest);
	return true;
}

/*
 * Take the macro that begins at the dollar sign at the start of rest.
 */
static bool take_macro(struct expansion *expansion, struct part *rest, struct part *macro)
{
	const char *p = rest->start + 1;
	char open = p < rest->end ? *p : '\0';

	if (open == '(' || open == '{') {
		char close = open == '(' ? ')' : '}';
		int level = 1;

		for (macro->start = ++p; p < rest->end && level > 0; p++)
			level += (*p == open) - (*p == close);
		if (level > 0)
			return fail_at(expansion, "truncated macro reference", *rest);
		macro->end = p - 1;
	} else {
		for (macro->start = p; p < rest->end && is_name_character(*p);)
			p++;
		macro->end = p;
	}
	if (macro->start == macro->end)
		return fail_at(expansion, "empty macro name", *rest);
	rest->start = p;
	return true;
}

static bool expand_text(struct expansion *expansion, struct part text, int nesting)
{
	bool ok = true;

	expansion->total_nesting++;
	while (ok && text.start < text.end) {
		struct part macro = text;

		if (*text.start == '$' && text.start + 1 < text.end && text.start[1] == '$') {
			ok = step(expansion, nesting, text);
			text_add_char(expansion->out, '$');
			text.start += 2;
		} else if (*text.start == '$') {
			ok = take_macro(expansion, &text, &macro) &&
			     expand_macro(expansion, macro, nesting);
		} else {
			const char *dollar = memchr(text.start, '$', length_of(text));
			const char *end = dollar != NULL ? dollar : text.end;

			ok = step(expansion, nesting, text);
			text_add_n(expansion->out, text.start, (size_t)(end - text.start));
			text.start = end;
		}
	}
	expansion->total_nesting--;
	return ok;
}

/*
 * Append to out what value expands to.  Return false with the reason; out
 * then holds what came before the error.
 */
bool expand(const char *value, const struct expand_names *names, struct text *out,
	    struct text *why)
{
	struct expansion expansion = { .names = names, .out = out, .why = why };

	return expand_text(&expansion, (struct part){ value, strchr(value, '\0') }, 0);
}

/*
 * Look up each name in value, also in what a test leaves out, until the first
 * error; what is found is of no account.
 */
void expand_scan(const char *value, const struct expand_names *names)
{
	struct text unused = TEXT_EMPTY;
	struct expansion expansion = { .names = names, .out = &unused, .scan_only = true };

	expand_text(&expansion, (struct part){ value, strchr(value, '\0') }, 0);
	text_free(&unused);
}
