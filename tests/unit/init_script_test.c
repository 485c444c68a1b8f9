/*
 * The init script of one instance: what it is called, what is in it, and whose
 * it is after somebody has edited it.
 */
#include "state/init_script.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tap.h"

/* Return a copy of script, which the caller frees, with a piece replaced. */
static char *edited(const char *script, const char *old, const char *new)
{
	const char *at = strstr(script, old);
	struct text text = TEXT_EMPTY;

	if (at == NULL) {
		ok(false, "what is to be edited is in the script");
		return memory_copy(script);
	}
	text_add_n(&text, script, (size_t)(at - script));
	text_add(&text, new);
	text_add(&text, at + strlen(old));
	return text_take(&text);
}

static char *written(const char *name, const char *instance, const char *old)
{
	struct text script = TEXT_EMPTY;

	init_script_write(name, instance, old, &script);
	return text_take(&script);
}

/* How the edit of a script of ours is judged. */
static const struct {
	const char *old, *new;
	enum init_script_owner owner;
} edits[] = {
	/* The header is the administrator's. */
	{ "saslauthd", "saslauthd my-filter", INIT_SCRIPT_OURS },
	{ "# Required-Start:    ", "# Required-Start:    $x ", INIT_SCRIPT_OURS },
	{ "# Default-Start:     2 3 4 5", "# Default-Start:     3", INIT_SCRIPT_OURS },
	{ "### END", "# X-Stop-After: y\n### END", INIT_SCRIPT_OURS },
	/* The rest is ours. */
	{ "exec ", "exec nice ", INIT_SCRIPT_CHANGED },
	{ "#!/bin/sh", "#!/bin/bash", INIT_SCRIPT_CHANGED },
	{ "\nverb=", "\n\nverb=", INIT_SCRIPT_CHANGED },
	{ "'postfix-out'", "'postfix-in'", INIT_SCRIPT_CHANGED },
	{ "### END INIT INFO\n", "", INIT_SCRIPT_CHANGED },
	{ "### BEGIN INIT INFO\n", "", INIT_SCRIPT_CHANGED },
	{ "# postctl: ", "# postctl: f", INIT_SCRIPT_CHANGED },
	{ "# postctl: ", "# postctl: \n", INIT_SCRIPT_CHANGED },
	{ "# postctl: ", "# mine: ", INIT_SCRIPT_FOREIGN },
	{ "\n# postctl: ", "\n # postctl: ", INIT_SCRIPT_FOREIGN },
};

static void test_owner(void)
{
	char *script = written("postfix@out", "postfix-out", NULL);

	ok(init_script_owner("postfix@out", script) == INIT_SCRIPT_OURS, "a new one is ours");
	ok(init_script_owner("postfix@in", script) == INIT_SCRIPT_CHANGED,
	   "its copy under another name is not");
	for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
		char *other = edited(script, edits[i].old, edits[i].new);

		ok(init_script_owner("postfix@out", other) == edits[i].owner,
		   "whose it is after edit %zu", i);
		free(other);
	}
	ok(init_script_owner("postfix@x", "") == INIT_SCRIPT_FOREIGN, "an empty file is foreign");
	ok(init_script_owner("postfix@x", "# postctl: ") == INIT_SCRIPT_CHANGED, "a mark alone");
	free(script);
}

static void test_content(void)
{
	char *script = written("postfix@out", "postfix-out", NULL);

	ok(strncmp(script, "#!/bin/sh\n", 10) == 0, "it is a script");
	ok(strstr(script, "\n# Provides:          postfix@out\n") != NULL, "it provides itself");
	ok(strstr(script, "\"$verb\" 'postfix-out' \"$@\"\n") != NULL, "it names its instance");
	ok(strchr(strstr(script, "INIT INFO"), '@') != NULL && strstr(script, "@S") == NULL &&
	   strstr(script, "@I") == NULL, "no word of the template is left");
	free(script);
}

static void test_again(void)
{
	char *script = written("postfix@out", "postfix-out", NULL);
	char *local = edited(script, "saslauthd", "saslauthd my-filter");
	char *again = written("postfix@out", "postfix-out", script);
	char *local_again = written("postfix@out", "postfix-out", local);
	char *renamed = written("postfix@out", "out", local);
	char *renamed_again = written("postfix@out", "out", renamed);
	char *plain = written("postfix@out", "out", script);
	char *undone = edited(renamed, "saslauthd my-filter", "saslauthd");
	char *undone_again = written("postfix@out", "out", undone);

	is(again, script, "written again it is the same");
	is(local_again, local, "with a changed header, too");
	ok(strstr(renamed, "saslauthd my-filter") != NULL, "a changed header outlives the rest");
	ok(strstr(renamed, "\"$verb\" 'out' ") != NULL, "while the rest is new");
	ok(init_script_owner("postfix@out", renamed) == INIT_SCRIPT_OURS, "and it is ours");
	is(renamed_again, renamed, "and it stays as it is");
	ok(strstr(plain, "instance out\n") != NULL, "a header that nobody changed is new as well");
	ok(init_script_owner("postfix@out", undone_again) == INIT_SCRIPT_OURS &&
	   strstr(undone_again, "instance postfix-out\n") != NULL,
	   "a header of which a part was changed is kept as a whole");
	free(script);
	free(local);
	free(again);
	free(local_again);
	free(renamed);
	free(renamed_again);
	free(plain);
	free(undone);
	free(undone_again);
}

/* What the script of an instance is called; NULL where it can have none. */
static const struct {
	const char *directory, *name, *damage, *script;
} names[] = {
	{ "/etc/postfix", "", NULL, "postfix@-" },
	{ "/etc/postfix", "postfix-main", NULL, "postfix@-" },
	{ "/etc/postfix-x", "postfix-out", NULL, "postfix@out" },
	{ "/etc/postfix-x", "out", NULL, "postfix@out" },
	{ "/etc/postfix-x", "postfix-mx.example.com", NULL, "postfix@mx.example.com" },
	{ "/etc/postfix-x", "postfix-A_1+b-c", NULL, "postfix@A_1+b-c" },
	{ "/etc/postfix-x", "", NULL, NULL },
	{ "/etc/postfix-x", "", "broken", "postfix@x" },
	{ "/srv/mail", "", "broken", "postfix@mail" },
	{ "/srv/mail/", "", "broken", NULL },
	{ "/etc/postfix-x", "postfix-", NULL, NULL },
	{ "/etc/postfix-x", "postfix--", NULL, NULL },
	{ "/etc/postfix-x", "postfix-.x", NULL, NULL },
	{ "/etc/postfix-x", "postfix-a b", NULL, NULL },
	{ "/etc/postfix-x", "postfix-a,b", NULL, NULL },
	{ "/etc/postfix-x", "postfix-a:b", NULL, NULL },
	{ "/etc/postfix-x", "postfix-a/b", NULL, NULL },
	{ "/etc/postfix-x", "postfix-a*", NULL, NULL },
	{ "/etc/postfix-x", "postfix-a'b", NULL, NULL },
	{ "/etc/postfix-x", "postfix-a\tb", NULL, NULL },
	{ "/etc/postfix-x", "postfix-\303\251", NULL, NULL },
};

static void test_names(void)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		bool is_primary = strcmp(names[i].directory, "/etc/postfix") == 0;
		struct instances instances = INSTANCES_EMPTY;
		struct instance *instance = instances_add(&instances, names[i].directory,
							  is_primary);
		struct text name = TEXT_EMPTY, why = TEXT_EMPTY;
		bool possible;

		free(instance->name);
		instance->name = memory_copy(names[i].name);
		if (names[i].damage != NULL)
			instance_set_damage(instance, names[i].damage);
		possible = init_script_name(instance, &name, &why);
		is(possible ? text_string(&name) : NULL, names[i].script, names[i].name);
		if (!possible)
			ok(why.length > 0, "and it says why not");
		is(init_script_instance(instance), is_primary ? "-" : names[i].name,
		   "what it calls its instance");
		text_free(&name);
		text_free(&why);
		instances_free(&instances);
	}
}

int main(void)
{
	test_content();
	test_owner();
	test_again();
	test_names();
	return tap_done();
}
