/*
 * nsswitch.conf: who asks which module.
 */
#include "chroot/nsswitch.h"

#include "base/text.h"
#include "tap.h"

static const struct {
	const char *name, *content, *want;
} rows[] = {
	{ "nothing", "", "" },
	{ "one", "hosts: files dns\n", "hosts=files hosts=dns " },
	{ "no final newline", "hosts: files", "hosts=files " },
	{ "actions", "hosts: files mdns4_minimal [NOTFOUND=return] dns\n",
	  "hosts=files hosts=mdns4_minimal hosts=dns " },
	{ "action without blanks", "hosts:files[!UNAVAIL=return TRYAGAIN=continue]dns\n",
	  "hosts=files hosts=dns " },
	{ "action that does not end", "hosts: files [NOTFOUND=return dns\n", "hosts=files " },
	{ "merge", "group: files [SUCCESS=merge] sss\n", "group=files group=sss " },
	{ "comments", "# hosts: x\nhosts: files # dns\n  # y\n", "hosts=files " },
	{ "blanks", " \thosts \t:\tfiles \v dns \r\n", "hosts=files hosts=dns " },
	{ "several", "passwd: files\nhosts: dns\n", "passwd=files hosts=dns " },
	{ "the last line counts", "hosts: wins\npasswd: a\nhosts: dns\n", "passwd=a hosts=dns " },
	{ "no colon", "hosts files dns\n", "" },
	{ "no name", ": files\n", "" },
	{ "nothing named", "hosts:\n", "" },
	{ "a path is no module", "hosts: ../../evil /x files\n", "hosts=files " },
	{ "garbage", "\1\2:[]]][\nhosts: \377\n", "\1\2=]] hosts=\377 " },
};

int main(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct text have = TEXT_EMPTY;
		struct nsswitch nsswitch;

		nsswitch_parse(&nsswitch, rows[i].content);
		for (size_t j = 0; j < nsswitch.count; j++)
			text_printf(&have, "%s=%s ", nsswitch.uses[j].database,
				    nsswitch.uses[j].module);
		is(text_string(&have), rows[i].want, rows[i].name);
		nsswitch_free(&nsswitch);
		text_free(&have);
	}
	return tap_done();
}
