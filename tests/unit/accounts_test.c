/*
 * Accounts for a chroot: no password leaves the host, and they go only where
 * a daemon reads them itself.
 */
#include "chroot/accounts.h"

#include "tap.h"

static const struct {
	const char *name, *content, *want;
} files[] = {
	{ "nothing", "", "" },
	{ "x stays", "root:x:0:0:root:/root:/bin/sh\n", "root:x:0:0:root:/root:/bin/sh\n" },
	{ "a hash goes", "a:$6$abc:1:1::/:\nb::2:2::/:\n", "a:x:1:1::/:\nb:x:2:2::/:\n" },
	{ "group", "adm:*:4:a,b\n", "adm:x:4:a,b\n" },
	{ "NIS", "+::::::\n+\n", "+:x:::::\n+\n" },
	{ "one field", "justaname\n\n", "justaname\n\n" },
	{ "two fields", "a:secret\n", "a:x\n" },
	{ "no final newline", "a:b:c", "a:x:c" },
	{ "comment", "# a:b:c\n", "# a:x:c\n" },
};

static const struct {
	const char *value;
	bool used;
} values[] = {
	{ "unix:passwd.byname", true },
	{ "hash:/etc/aliases, unix:passwd.byname $alias_maps", true },
	{ "proxy:unix:passwd.byname $alias_maps", false },
	{ "proxy:unix:passwd.byname unix:passwd.byname", true },
	{ "check_recipient_access unix:passwd.byname", true },
	{ "unionmap:{unix:passwd.byname,hash:/x}", true },
	{ "unionmap:{ unix:passwd.byname, hash:/x }", true },
	{ "proxy:unionmap:{unix:passwd.byname,hash:/x}", false },
	{ "proxy:unionmap:{hash:/x, pipemap:{hash:/y,unix:passwd.byname}}", false },
	{ "proxy:unionmap:{hash:/x} unix:passwd.byname", true },
	{ "unionmap:{proxy:unix:passwd.byname, hash:/x}", false },
	{ "unix:passwd.bynameX", false },
	{ "unix:passwd.byname.old", false },
	{ "xunix:passwd.byname", false },
	{ "unix:group.byname", false },
	{ "", false },
	{ "}}}{{{unix:passwd.byname", true },
	{ ":unix:passwd.byname", true },
};

int main(void)
{
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct text content = TEXT_EMPTY, result = TEXT_EMPTY;

		text_add(&content, files[i].content);
		accounts_without_passwords(&content, &result);
		is(text_string(&result), files[i].want, files[i].name);
		text_free(&content);
		text_free(&result);
	}
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		ok(accounts_map_used(values[i].value, "unix:passwd.byname") == values[i].used,
		   "%s by itself: \"%s\"", values[i].used ? "read" : "not read",
		   values[i].value);
	return tap_done();
}
