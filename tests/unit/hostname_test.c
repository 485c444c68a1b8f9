/*
 * What Postfix takes for the name of a host.
 */
#include "postfix/hostname.h"

#include "tap.h"

static const struct {
	const char *name, *problem;
	bool local;
} rows[] = {
	{ "mail.example.org", NULL, false }, { "a", NULL, true }, { "A-1.B_2", NULL, false },
	{ "1.example", NULL, false }, { "1-1", NULL, true }, { "_", NULL, true },
	{ "localhost", NULL, true }, { "LocalHost.LocalDomain", NULL, true },
	{ "mail.localdomain", NULL, true }, { "mail.notlocaldomain", NULL, false },
	{ "mail.localdomain.org", NULL, false }, { "a.localhost", NULL, true },
	{ "", "empty", false }, { ".", "misplaced dot", false }, { "a.", "misplaced dot", false },
	{ ".a", "misplaced dot", false }, { "a..b", "misplaced dot", false },
	{ "-a", "misplaced hyphen", false }, { "a-", "misplaced hyphen", false },
	{ "a-.b", "misplaced hyphen", false }, { "a.-b", "misplaced hyphen", false },
	{ "-", "misplaced hyphen", false },
	{ "/etc/mailname", "invalid character", false }, { "a b", "invalid character", false },
	{ "m\303\274nchen.example", "invalid character", false }, { "a,b", "invalid character", false },
	{ "[127.0.0.1]", "invalid character", false }, { "::1", "invalid character", false },
	{ "127.0.0.1", "a number", false }, { "25", "a number", false },
};

static void limits(void)
{
	char name[300];

	memset(name, 'a', sizeof name);
	name[63] = '\0';
	is(hostname_problem(name), NULL, "63 characters between dots");
	name[63] = 'a';
	name[64] = '\0';
	is(hostname_problem(name), "a part of it is too long", "64");
	name[64] = 'a';
	for (size_t i = 50; i < sizeof name; i += 50)
		name[i] = '.';
	name[255] = '\0';
	is(hostname_problem(name), NULL, "255 characters");
	name[255] = 'a';
	name[256] = '\0';
	is(hostname_problem(name), "too long", "256");
}

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		is(hostname_problem(rows[i].name), rows[i].problem, rows[i].name);
		if (rows[i].problem == NULL)
			ok(hostname_is_local(rows[i].name) == rows[i].local, "  known to others");
	}
	limits();
	return tap_done();
}
