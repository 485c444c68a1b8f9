/*
 * The words on the command line, turned into instances.
 */
#include "postfix/select.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

static const struct {
	const char *directory, *name, *group;
} hosts[][9] = {
	{ { "/etc/postfix", "", "" }, { "/etc/postfix-out", "postfix-out", "mta" },
	  { "/etc/postfix-in", "postfix-in", "mta" }, { "/etc/postfix-nameless", "", "" },
	  { "/etc/postfix-damaged", "", "" }, { "/srv/mail", "postfix-other", "x y" },
	  { "/etc/postfix-disabled", "out-2", "" } },
	{ { "/etc/postfix", "postfix-main", "g" }, { "/etc/postfix-a", "a*b", "" },
	  { "/etc/postfix-b", "axb", "" }, { "/etc/postfix-c", "postfix-[c]", "" },
	  { "/etc/postfix-d", "postfix-c", "" }, { "/etc/postfix-e", "postfix-axb", "" },
	  { "/etc/postfix-f/", "", "" }, { "/x/postfix-n", "", "" }, { "/y/postfix-n", "", "" } },
	{ { "/etc/postfix", "", "" } },
	{ { "/etc/postfix", "postfix-", "" }, { "/etc/postfix-1", "postfix-", "*" },
	  { "/etc/p\303\251", "postfix@x", "G" }, { "/etc/x.service", "x.service", "" },
	  { "/", "", "" }, { "/etc/postfix-2", ".service", "" } },
};

/*
 * Words, groups behind "-g ", and what they select: numbers of instances, "!"
 * behind those selected by name.  NULL where a word means nothing; what then.
 */
static const struct {
	int host;
	const char *words, *want, *wrong;
} rows[] = {
	/* Without words, all. */
	{ 0, "", "0 1 2 3 4 5 6 ", NULL },
	{ 2, "", "0 ", NULL },
	/* The primary. */
	{ 0, "-", "0! ", NULL },
	{ 0, "/etc/postfix", "0! ", NULL },
	{ 0, "/etc/postfix/", "0! ", NULL },
	{ 0, "postfix@-", "0! ", NULL },
	{ 0, "postfix@-.service", "0! ", NULL },
	{ 0, "postfix", NULL, "postfix" },
	{ 1, "-", "0! ", NULL },
	{ 1, "main", "0! ", NULL },
	{ 1, "postfix-main", "0! ", NULL },
	/* One secondary. */
	{ 0, "postfix-out", "1! ", NULL },
	{ 0, "out", "1! ", NULL },
	{ 0, "/etc/postfix-out", "1! ", NULL },
	{ 0, "/etc/postfix-out//", "1! ", NULL },
	{ 0, "postfix@out", "1! ", NULL },
	{ 0, "postfix@out.service", "1! ", NULL },
	{ 0, "postfix@postfix-out", "1! ", NULL },
	{ 0, "postfix@/etc/postfix-out", "1! ", NULL },
	{ 0, "out-2", "6! ", NULL },
	{ 0, "postfix@out-2.service", "6! ", NULL },
	{ 0, "/srv/mail", "5! ", NULL },
	{ 0, "other", "5! ", NULL },
	{ 0, "Out", NULL, "Out" },
	{ 0, "ou", NULL, "ou" },
	{ 0, "outt", NULL, "outt" },
	{ 0, "/etc/postfix-ou", NULL, "/etc/postfix-ou" },
	{ 0, "/etc//postfix-out", NULL, "/etc//postfix-out" },
	{ 0, "mail", NULL, "mail" },
	{ 0, "postfix-out.service", NULL, "postfix-out.service" },
	{ 0, "postfix@nosuch.service", NULL, "postfix@nosuch.service" },
	{ 0, "postfix-postfix-out", NULL, "postfix-postfix-out" },
	/* Those without a name, by their directory's. */
	{ 0, "/etc/postfix-nameless", "3! ", NULL },
	{ 0, "postfix-nameless", "3! ", NULL },
	{ 0, "nameless", "3! ", NULL },
	{ 0, "postfix@damaged", "4! ", NULL },
	{ 0, "postfix-disabled", NULL, "postfix-disabled" },
	{ 1, "/etc/postfix-f", "6! ", NULL },
	{ 1, "n", "7! 8! ", NULL },
	{ 1, "/x/postfix-n", "7! ", NULL },
	{ 3, "/", "4! ", NULL },
	{ 3, "//", "4! ", NULL },
	/* No name is empty. */
	{ 0, "''", NULL, "" },
	{ 0, "postfix@", NULL, "postfix@" },
	{ 0, "postfix@.service", NULL, "postfix@.service" },
	{ 2, "''", NULL, "" },
	{ 3, "''", NULL, "" },
	/* Globs. */
	{ 0, "*", "0 1 2 3 4 5 6 ", NULL },
	{ 0, "out*", "1 6 ", NULL },
	{ 0, "postfix-*", "1 2 3 4 5 ", NULL },
	{ 0, "postfix-o*", "1 5 ", NULL },
	{ 0, "?n", "2 ", NULL },
	{ 0, "[io]*", "1 2 5 6 ", NULL },
	{ 0, "[!io]*", "0 1 2 3 4 5 ", NULL },
	{ 0, "postfix@o*", "1 5 6 ", NULL },
	{ 0, "postfix@o*.service", "1 5 6 ", NULL },
	{ 0, "d*d", "4 ", NULL },
	{ 0, "/etc/*", "3 4 ", NULL },
	{ 0, "x*", NULL, "x*" },
	{ 0, "\\*", NULL, "\\*" },
	{ 0, "[", NULL, "[" },
	{ 2, "*", "0 ", NULL },
	{ 2, "?", "0 ", NULL },
	/* Names that look like globs are names first. */
	{ 1, "a*b", "1! ", NULL },
	{ 1, "a?b", "1 2 5 ", NULL },
	{ 1, "[c]", "3! ", NULL },
	{ 1, "postfix-[c]", "3! ", NULL },
	{ 1, "[cd]", "4 ", NULL },
	/* The most exact way to name one. */
	{ 1, "axb", "2! ", NULL },
	{ 1, "postfix-axb", "5! ", NULL },
	{ 1, "c", "4! ", NULL },
	/* Names of odd forms. */
	{ 3, "postfix-", "0! 1! ", NULL },
	{ 3, "postfix@x", NULL, "postfix@x" },
	{ 3, "postfix@postfix@x", "2! ", NULL },
	{ 3, "x.service", "3! ", NULL },
	{ 3, "postfix@x.service.service", "3! ", NULL },
	{ 3, "postfix@.service.service", "5! ", NULL },
	{ 3, ".service", "5! ", NULL },
	/* Several. */
	{ 0, "in out", "1! 2! ", NULL },
	{ 0, "out out", "1! ", NULL },
	{ 0, "out o*", "1! 5 6 ", NULL },
	{ 0, "o* out", "1! 5 6 ", NULL },
	{ 0, "out nosuch", NULL, "nosuch" },
	{ 0, "- /etc/postfix-in out*", "0! 1 2! 6 ", NULL },
	/* Groups. */
	{ 0, "-g mta", "1 2 ", NULL },
	{ 0, "-g mta -g x_y", "1 2 5 ", NULL },
	{ 0, "-g mta out", "1! 2 ", NULL },
	{ 0, "-g mta other", "1 2 5! ", NULL },
	{ 0, "-g m", NULL, "m" },
	{ 0, "-g MTA", NULL, "MTA" },
	{ 0, "-g *", NULL, "*" },
	{ 0, "-g ''", NULL, "" },
	{ 0, "-g mta nosuch", NULL, "nosuch" },
	{ 0, "out -g nosuch", NULL, "nosuch" },
	{ 1, "-g g", "0 ", NULL },
	{ 3, "-g *", "1 ", NULL },
};

static void row(size_t i)
{
	struct instances instances = INSTANCES_EMPTY;
	struct words all = WORDS_EMPTY;
	struct words words = WORDS_EMPTY;
	struct words groups = WORDS_EMPTY;
	struct text have = TEXT_EMPTY;
	struct text want = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	enum selected selected[9];
	bool is_group = false;
	bool done;

	for (size_t j = 0; j < 9 && hosts[rows[i].host][j].directory != NULL; j++) {
		struct instance *instance = instances_add(&instances, hosts[rows[i].host][j].directory, j == 0);

		free(instance->name);
		instance->name = memory_copy(hosts[rows[i].host][j].name);
		free(instance->group);
		instance->group = memory_copy(hosts[rows[i].host][j].group);
	}
	/* '' is an empty word, and _ a blank in a group. */
	words_split(&all, rows[i].words, " ");
	for (size_t j = 0; j < all.count; j++) {
		char *word = all.items[j];

		if (strcmp(word, "-g") == 0) {
			is_group = true;
			continue;
		}
		if (strcmp(word, "''") == 0)
			*word = '\0';
		for (char *p = word; is_group && *p != '\0'; p++)
			if (*p == '_')
				*p = ' ';
		words_add(is_group ? &groups : &words, word);
		is_group = false;
	}
	done = select_instances(&instances, &words, &groups, selected, &why);
	for (size_t j = 0; done && j < instances.count; j++)
		if (selected[j] != SELECTED_NOT)
			text_printf(&have, "%zu%s ", j, selected[j] == SELECTED_BY_NAME ? "!" : "");
	ok(done == (rows[i].want != NULL), "host %d: %s", rows[i].host, rows[i].words);
	is(text_string(&have), rows[i].want != NULL ? rows[i].want : "", "  what is selected");
	if (rows[i].wrong != NULL && words_contain(&groups, rows[i].wrong))
		text_printf(&want, "no instance is in the group \"%s\"; \"postctl list\" shows them",
			    rows[i].wrong);
	else if (rows[i].wrong != NULL)
		text_printf(&want, "no instance matches \"%s\"; \"postctl list\" shows them",
			    rows[i].wrong);
	is(text_string(&why), text_string(&want), "  what is wrong");
	instances_free(&instances);
	words_free(&all);
	words_free(&words);
	words_free(&groups);
	text_free(&have);
	text_free(&want);
	text_free(&why);
}

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i);
	return tap_done();
}
