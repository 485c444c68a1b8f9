/*
 * $name in all its forms.
 */
#include "postfix/expand.h"

#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "base/words.h"
#include "tap.h"

/* What the names of the tests stand for. */
static const struct {
	const char *name;
	struct expand_value found;
} known[] = {
	{ "a", { "A", false } },
	{ "b", { "<$a>", false } },
	{ "empty", { "", false } },
	{ "indirect", { "$empty", false } },
	{ "blank", { " ", false } },
	{ "dollars", { "$$a", false } },
	{ "nine", { "9", false } },
	{ "ten", { "10", false } },
	{ "level", { "3.6", false } },
	{ "1abc", { "digit", false } },
	{ "_", { "underscore", false } },
	{ "self", { "$self", false } },
	{ "mutual", { "${lautum}", false } },
	{ "lautum", { "x$(mutual)", false } },
	{ "test_self", { "${test_self?/set}", false } },
	{ "relation_self", { "${{$relation_self} == {x} ? {1} : {2}}", false } },
	{ "deep_relation_self", { "${{${{$deep_relation_self} == {}}} == {}}", false } },
	{ "raw", { "$a $$ ${", true } },
	{ "raw_empty", { "", true } },
	{ "bad", { "x$", false } },
	{ "cafe", { "caf\303\251.example", false } },
	{ "twice0", { "x", false } },
};

struct context {
	struct words looked_up;
	const char *unanswerable;
};

static bool look_up(void *data, const char *name, size_t length, struct expand_value *found,
		    struct text *why)
{
	struct context *context = data;
	char *copy = memory_copy_n(name, length);
	int number;

	words_add(&context->looked_up, copy);
	*found = (struct expand_value){ NULL, false };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].name, copy) == 0)
			*found = known[i].found;
	/* chainN is $chain(N-1) and so on, twiceN is twice twice(N-1). */
	if (found->value == NULL && sscanf(copy, "chain%d", &number) == 1) {
		words_printf(&context->looked_up, number > 1 ? "$chain%d" : "end%d", number - 1);
		found->value = context->looked_up.items[context->looked_up.count - 1];
	} else if (found->value == NULL && sscanf(copy, "twice%d", &number) == 1) {
		words_printf(&context->looked_up, "$twice%d$twice%d", number - 1, number - 1);
		found->value = context->looked_up.items[context->looked_up.count - 1];
	}
	if (strcmp(copy, "unanswerable") == 0) {
		free(copy);
		return text_fail(why, "the question cannot be answered");
	}
	free(copy);
	return true;
}

static const struct {
	const char *value, *want, *wrong;
} rows[] = {
	/* Literal text. */
	{ "", "", NULL },
	{ "text", "text", NULL },
	{ "a  b\t\r\n c", "a  b\t\r\n c", NULL },
	{ "\\$a \"'", "\\A \"'", NULL },
	{ "} ) { ( ?:", "} ) { ( ?:", NULL },
	/* Dollars. */
	{ "$$", "$", NULL },
	{ "$$$$", "$$", NULL },
	{ "$$a", "$a", NULL },
	{ "$$$a", "$A", NULL },
	{ "$$${a}", "$A", NULL },
	{ "x$$y", "x$y", NULL },
	{ "$dollars", "$a", NULL },
	{ "${dollars}", "$a", NULL },
	{ "${a?$$}", "$", NULL },
	/* Names. */
	{ "$a", "A", NULL },
	{ "x${a}y", "xAy", NULL },
	{ "x$(a)y", "xAy", NULL },
	{ "$a$a", "AA", NULL },
	{ "$b", "<A>", NULL },
	{ "$a-b", "A-b", NULL },
	{ "$a.b", "A.b", NULL },
	{ "$a\303\251", "A\303\251", NULL },
	{ "$1abc", "digit", NULL },
	{ "$_", "underscore", NULL },
	{ "$nosuch", "", NULL },
	{ "${nosuch}", "", NULL },
	{ "$empty", "", NULL },
	{ "${ a}", "A", NULL },
	{ "${a }", "A", NULL },
	{ "$( \t\r\na \t\r\n)", "A", NULL },
	{ "${ }", "", NULL },
	{ "$( )", "", NULL },
	/* What is no name. */
	{ "$", NULL, "empty macro name at \"$\"" },
	{ "x$", NULL, "empty macro name at \"$\"" },
	{ "$$$", NULL, "empty macro name at \"$\"" },
	{ "$/", NULL, "empty macro name at \"$/\"" },
	{ "$-a", NULL, "empty macro name at \"$-a\"" },
	{ "$ a", NULL, "empty macro name at \"$ a\"" },
	{ "$ {a}", NULL, "empty macro name at \"$ {a}\"" },
	{ "${}", NULL, "empty macro name at \"${}\"" },
	{ "$()", NULL, "empty macro name at \"$()\"" },
	{ "$bad", NULL, "empty macro name at \"$\"" },
	{ "${", NULL, "truncated macro reference at \"${\"" },
	{ "$(", NULL, "truncated macro reference at \"$(\"" },
	{ "${a", NULL, "truncated macro reference at \"${a\"" },
	{ "${a?{b}", NULL, "truncated macro reference at \"${a?{b}\"" },
	{ "$(a}", NULL, "truncated macro reference at \"$(a}\"" },
	{ "${a)", NULL, "truncated macro reference at \"${a)\"" },
	{ "${a-b}", NULL, "attribute name syntax error at \"-b\"" },
	{ "${a.b}", NULL, "attribute name syntax error at \".b\"" },
	{ "${a b}", NULL, "attribute name syntax error at \"b\"" },
	{ "${$a}", NULL, "attribute name syntax error at \"$a\"" },
	{ "${a\v}", NULL, "attribute name syntax error at \"\v\"" },
	{ "$(a(b)c)", NULL, "attribute name syntax error at \"(b)c\"" },
	/* Tests, unbraced. */
	{ "${a?x}", "x", NULL },
	{ "${a:x}", "", NULL },
	{ "${nosuch?x}", "", NULL },
	{ "${nosuch:x}", "x", NULL },
	{ "${empty?x}", "", NULL },
	{ "${empty:x}", "x", NULL },
	{ "${indirect?x}", "x", NULL },
	{ "${indirect:x}", "", NULL },
	{ "${blank?x}", "x", NULL },
	{ "$(a?x)", "x", NULL },
	{ "${a?}", "", NULL },
	{ "${a:}", "", NULL },
	{ "${ a ? x }", " x ", NULL },
	{ "${ nosuch : x }", " x ", NULL },
	{ "${a?x:y}", "x:y", NULL },
	{ "${nosuch:x?y}", "x?y", NULL },
	{ "${a?x:{y}}", "x:{y}", NULL },
	{ "${a?x {y}}", "x {y}", NULL },
	{ "${a?$a$b}", "A<A>", NULL },
	{ "${a?${b?${a}}}", "A", NULL },
	{ "${?x}", "", NULL },
	{ "${:x}", "x", NULL },
	{ "${ : x}", " x", NULL },
	{ "${test_self}", "/set", NULL },
	{ "$(a?{x)", NULL, "unbalanced {} in attribute expression at \"{x\"" },
	/* Tests, braced. */
	{ "${a?{x}}", "x", NULL },
	{ "${a?{ x }}", " x ", NULL },
	{ "${a? {x} }", "x", NULL },
	{ "${a:{x}}", "", NULL },
	{ "${nosuch: \t\r\n{x} \t\r\n}", "x", NULL },
	{ "${a?{x}:{y}}", "x", NULL },
	{ "${nosuch?{x}:{y}}", "y", NULL },
	{ "${ a ? {x} : {y} }", "x", NULL },
	{ "${nosuch?{x} : {y} }", "y", NULL },
	{ "${nosuch?{x}:y}", "y", NULL },
	{ "${nosuch?{x}: y }", " y ", NULL },
	{ "${a?{x}:y {z}}", "x", NULL },
	{ "${a?{}:{y}}", "", NULL },
	{ "${a?{{x}}}", "{x}", NULL },
	{ "${a?{x$(}}", NULL, "truncated macro reference at \"$(\"" },
	{ "${nosuch?{$}:{y}}", "y", NULL },
	{ "${a?{x}:{$}}", "x", NULL },
	{ "${a?{x}:$}", "x", NULL },
	{ "${a?{x}y}", NULL, "\":\" expected at \"y\"" },
	{ "${nosuch?{x}y}", NULL, "\":\" expected at \"y\"" },
	{ "${a?{x}?{y}}", NULL, "\":\" expected at \"?{y}\"" },
	{ "${a?{x}:{y}z}", NULL, "unexpected input at \"z\"" },
	{ "${a:{x}:{y}}", NULL, "unexpected input at \":{y}\"" },
	{ "$(a?{x}:{y)", NULL, "unbalanced {} in attribute expression at \"{y\"" },
	/* Relations. */
	{ "${{a} == {a}}", "true", NULL },
	{ "${{a} == {b}}", "", NULL },
	{ "${{$a} == {A}}", "true", NULL },
	{ "$({$a} == {A})", "true", NULL },
	{ "${{a}=={a}?{1}:{2}}", "1", NULL },
	{ "${{a} != {a} ? {1} : {2}}", "2", NULL },
	{ "${ {a} == {a} ? 1}", " 1", NULL },
	{ "${{a} == {b} : 1}", " 1", NULL },
	{ "${{a} == {b} ? 1}", "", NULL },
	{ "${{ a} == {a}}", "", NULL },
	{ "${{} == {}}", "true", NULL },
	{ "${{$nosuch} == {}}", "true", NULL },
	{ "${{{x}} == {{x}}}", "true", NULL },
	{ "${{a} < {b}}${{b} < {a}}${{a} < {a}}", "true", NULL },
	{ "${{a} <= {b}}${{b} <= {a}}${{a} <= {a}}", "truetrue", NULL },
	{ "${{a} > {b}}${{b} > {a}}${{a} > {a}}", "true", NULL },
	{ "${{a} >= {b}}${{b} >= {a}}${{a} >= {a}}", "truetrue", NULL },
	{ "${{a} != {b}}${{b} != {a}}${{a} != {a}}", "truetrue", NULL },
	{ "${{10} > {9}}", "true", NULL },
	{ "${{$ten} > {$nine}}", "true", NULL },
	{ "${{10} > {9x}}", "", NULL },
	{ "${{10} > {}}", "true", NULL },
	{ "${{+1} == {1}}", "", NULL },
	{ "${{-1} < {-2}}", "true", NULL },
	{ "${{010} == {10}}", "true", NULL },
	{ "${{ 1} == {1}}", "", NULL },
#if LONG_MAX > INT_MAX /* Postfix counts in long, too */
	{ "${{9223372036854775807} > {1}}", "true", NULL },
#endif
	{ "${{a\303\251} > {az}}", "true", NULL },
	{ "${{9223372036854775808} > {1}}", NULL,
	  "number too large to compare: 9223372036854775808" },
	{ "${{1} > {99999999999999999999}}", NULL,
	  "number too large to compare: 99999999999999999999" },
	{ "${{99999999999999999999} > {x}}", "", NULL },
	{ "${{a}}", NULL, "one of == != < <= >= > expected at \"\"" },
	{ "${{a} ? {b}}", NULL, "one of == != < <= >= > expected at \"? {b}\"" },
	{ "${{a} = {b}}", NULL, "one of == != < <= >= > expected at \"= {b}\"" },
	{ "${{a} === {b}}", NULL, "one of == != < <= >= > expected at \"=== {b}\"" },
	{ "${{a} <> {b}}", NULL, "one of == != < <= >= > expected at \"<> {b}\"" },
	{ "${{a} x {b}}", NULL, "one of == != < <= >= > expected at \"x {b}\"" },
	{ "${{a} == b}", NULL, "\"{expression}\" expected at \"b\"" },
	{ "${{a} ==}", NULL, "\"{expression}\" expected at \"\"" },
	{ "${{a} == {b} c}", NULL, "\"?\" or \":\" expected at \"c\"" },
	{ "${{a} == {b}?{c}d}", NULL, "\":\" expected at \"d\"" },
	{ "$({a == {b})", NULL, "unbalanced {} in attribute expression at \"{a == {b}\"" },
	{ "$({a} == {b)", NULL, "unbalanced {} in attribute expression at \"{b\"" },
	{ "${{$} == {b}}", NULL, "empty macro name at \"$\"" },
	{ "${{a} == {$}}", NULL, "empty macro name at \"$\"" },
	/* Relations between levels. */
	{ "${{3.6} <level {3.10}}", "true", NULL },
	{ "${{3.10} <level {3.6}}", "", NULL },
	{ "${{3.6} < {3.10}}", "", NULL },
	{ "${{3.6} ==level {3.06.0}}", "true", NULL },
	{ "${{3.6} !=level {3.6.1}}", "true", NULL },
	{ "${{$level} >=level {3.6}}", "true", NULL },
	{ "${{2} >=level {3.6}}", "", NULL },
	{ "${{2} <=level {3.6}}", "true", NULL },
	{ "${{10} >level {9}}", "true", NULL },
	{ "${{ 1} ==level {+1}}", "true", NULL },
	{ "${{1}<level{2}?{x}:{y}}", "x", NULL },
	{ "${{} <level {1}}", NULL, "malformed compatibility level syntax: \"\"" },
	{ "${{1} <level {x}}", NULL, "malformed compatibility level syntax: \"x\"" },
	{ "${{1} <level {1.1024}}", NULL, "malformed compatibility level syntax: \"1.1024\"" },
	{ "${{1} < level {1}}", NULL, "\"{expression}\" expected at \"level {1}\"" },
	{ "${{1} <levels {1}}", NULL, "bad operator suffix at \"<levels {1}\"" },
	{ "${{1} <leve {1}}", NULL, "bad operator suffix at \"<leve {1}\"" },
	{ "${{1} <level_ {1}}", NULL, "\"{expression}\" expected at \"_ {1}\"" },
	{ "${{1} <7 {1}}", NULL, "bad operator suffix at \"<7 {1}\"" },
	/* Values that are not expanded. */
	{ "$raw", "$a $$ ${", NULL },
	{ "${raw?x}", "x", NULL },
	{ "x${raw_empty}x", "xx", NULL },
	{ "${{$raw_empty} == {}}", "true", NULL },
	{ "${{$raw} == {x}}", NULL, "truncated macro reference at \"${\"" },
	/* Functions. */
	{ "${domain_to_ascii{x.example}}", "x.example", NULL },
	{ "${ domain_to_utf8 { \t$a }}", "A", NULL },
	{ "${domain_to_ascii{}}", "", NULL },
	{ "${domain_to_ascii{$cafe}}", NULL,
	  "cannot convert the international domain name \"caf\303\251.example\"" },
	{ "${domain_to_utf8{XN--caf-dma}}", NULL,
	  "cannot convert the international domain name \"XN--caf-dma\"" },
	{ "${domain_to_ascii{x}y}", NULL, "unexpected input at \"y\"" },
	{ "${domain_to_ascii{x}?{y}}", NULL, "unexpected input at \"?{y}\"" },
	{ "${nosuch{x}}", NULL, "unknown function at \"nosuch\"" },
	{ "${domain_to_asci{x}}", NULL, "unknown function at \"domain_to_asci\"" },
	{ "${domain_to_ascii{$}}", NULL, "empty macro name at \"$\"" },
	{ "$(domain_to_ascii{x)", NULL, "unbalanced {} in attribute expression at \"{x\"" },
	/* Endless and large. */
	{ "$self", NULL, "unreasonable macro call nesting at \"self\"" },
	{ "$mutual", NULL, "unreasonable macro call nesting at \"lautum\"" },
	{ "$relation_self", NULL,
	  "unreasonable macro call nesting at \"relation_self\"" },
	{ "$chain100", "end0", NULL },
	{ "$chain101", NULL, "unreasonable macro call nesting at \"end0\"" },
	{ "$chain102", NULL, "unreasonable macro call nesting at \"chain1\"" },
	{ "${a?$chain99}", "end0", NULL },
	{ "${a?$chain100}", NULL, "unreasonable macro call nesting at \"end0\"" },
	{ "${{$chain100} == {end0}}", "true", NULL },
	{ "$twice4", "xxxxxxxxxxxxxxxx", NULL },
	{ "$unanswerable", NULL, "the question cannot be answered" },
	{ "${unanswerable?x}", NULL, "the question cannot be answered" },
};

static void row(size_t i)
{
	struct context context = { WORDS_EMPTY, NULL };
	struct expand_names names = { look_up, &context, true };
	struct text out = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	bool done;

	text_add(&out, "before ");
	done = expand(rows[i].value, &names, &out, &why);
	ok(done == (rows[i].wrong == NULL), "%s", rows[i].value);
	if (done) {
		ok(strncmp(out.data, "before ", 7) == 0, "  is added");
		is(out.data + 7, rows[i].want, "  its value");
	}
	is(text_string(&why), rows[i].wrong != NULL ? rows[i].wrong : "", "  what is wrong");
	words_free(&context.looked_up);
	text_free(&out);
	text_free(&why);
}

static void refuse_quickly(const char *value, const char *wrong)
{
	struct context context = { WORDS_EMPTY, NULL };
	struct expand_names names = { look_up, &context, true };
	struct text out = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	clock_t start = clock();

	ok(!expand(value, &names, &out, &why), "%s is refused", value);
	ok(clock() - start < 10 * CLOCKS_PER_SEC, "  quickly");
	ok(out.length < 64 * 1024 * 1024, "  before it takes much memory");
	ok(strncmp(text_string(&why), wrong, strlen(wrong)) == 0, "  because: %s",
	   text_string(&why));
	words_free(&context.looked_up);
	text_free(&out);
	text_free(&why);
}

static const struct {
	const char *value, *want;
} scans[] = {
	{ "", "" },
	{ "no $$names", "" },
	{ "$a ${b} $(c)", "a b c " },
	{ "$a $a", "a a " },
	{ "${a?$b}", "a b " },
	{ "${a:$b}", "a b " },
	{ "${a?{$b}:{$c}}", "a b c " },
	{ "${empty?{$b}:$c}", "empty b c " },
	{ "${{$a} == {$b} ? {$c} : {$d}}", "a b c d " },
	{ "${{x} <level {$b}}", "b " },
	{ "${{99999999999999999999} < {1}}$a", "a " },
	{ "${domain_to_ascii{$a}}", "a " },
	{ "$b", "b " },
	{ "$self", "self " },
	{ "$a ${ $b", "a " },
	{ "${a b} $c", "" },
	{ "${a?$b}$ $c", "a b " },
	{ "${{$a$} == {$b}} $c", "a b " },
	{ "${a?{$b} x} $c", "a b " },
};

static void scan(size_t i)
{
	struct context context = { WORDS_EMPTY, NULL };
	struct expand_names names = { look_up, &context, true };
	struct text have = TEXT_EMPTY;

	expand_scan(scans[i].value, &names);
	for (size_t j = 0; j < context.looked_up.count; j++)
		text_printf(&have, "%s ", context.looked_up.items[j]);
	is(text_string(&have), scans[i].want, scans[i].value);
	words_free(&context.looked_up);
	text_free(&have);
}

int main(void)
{
	struct context context = { WORDS_EMPTY, NULL };
	struct expand_names without_functions = { look_up, &context, false };
	struct text why = TEXT_EMPTY;
	struct text out = TEXT_EMPTY;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i);
	refuse_quickly("$twice40", "unreasonably large expansion");
	refuse_quickly("$deep_relation_self", "unreasonable macro call nesting");
	for (size_t i = 0; i < sizeof scans / sizeof scans[0]; i++)
		scan(i);
	ok(!expand("${domain_to_ascii{x}}", &without_functions, &out, &why),
	   "no functions before Postfix 3.11");
	is(text_string(&why), "attribute name syntax error at \"{x}\"", "  what is wrong");
	ok(context.looked_up.count == 0, "  and their names are not looked up");
	ok(!expand("$", &without_functions, &out, NULL), "the reason may be unwanted");
	text_free(&out);
	text_free(&why);
	return tap_done();
}
