/*
 * What syslog-ng is told of more sockets.
 */
#include "control/syslog_ng.h"

#include "tap.h"

#define SOURCE "source s_postctl {\n\tunix-dgram(\"/q/dev/log\" optional(yes));\n};\n"
#define ALONE "destination d_postctl { file(\"/var/log/mail.log\"); };\n" \
	      "log { source(s_postctl); destination(d_postctl); };\n"

static const struct {
	const char *name, *configuration, *want;
} rows[] = {
	{ "an empty configuration", "", ALONE },
	{ "a log path",
	  "@version: 4.4\n@include \"scl.conf\"\noptions { flush_lines(0); };\n"
	  "source s_src {\n       system();\n       internal();\n};\n"
	  "log { source(s_src); filter(f_mail); destination(d_mail); };\n",
	  "log { source(s_postctl); filter(f_mail); destination(d_mail); };\n" },
	{ "several, over several lines, with blanks of all kinds",
	  "source s_src { system(); };\nlog { source(s_src); destination(a); };\n"
	  "log\n{\n\tsource ( s_src ) ;\n\tfilter(f);\n\tdestination(b);\n};\n",
	  "log { source(s_postctl); destination(a); };\n"
	  "log { source(s_postctl); filter(f); destination(b); };\n" },
	{ "of other sources none",
	  "source s_net { tcp(); }; source s_all { system(); };\n"
	  "log { source(s_net); destination(a); };\n"
	  "log { source(s_net); source(s_all); destination(b); };\n",
	  "log { source(s_postctl); destination(b); };\n" },
	{ "the socket by its name", "source mine { unix-dgram(\"/dev/log\"); };\nlog { source(mine); destination(a); };\n",
	  "log { source(s_postctl); destination(a); };\n" },
	{ "comments, and what looks like them",
	  "# source s_src { system(); };\nsource s { system(); }; # log { source(s); };\n"
	  "#log { source(s); destination(off); };\n"
	  "log { source(s); destination { file(\"/var/log/#1\"); }; };\n",
	  "log { source(s_postctl); destination { file(\"/var/log/#1\"); }; };\n" },
	{ "brackets in strings",
	  "destination a { program(\"x } '\\\" {\"); };\nsource s { system(); };\n"
	  "log { source(s); filter { message('}'); }; destination(a); };\n",
	  "log { source(s_postctl); filter { message('}'); }; destination(a); };\n" },
	{ "blanks and sources in strings stay",
	  "source s { system(); };\n"
	  "log { source(s); destination { file(\"/x\" template(\"a  b\tsource(s); (\")); };  flags(final); };\n",
	  "log { source(s_postctl); destination { file(\"/x\" template(\"a  b\tsource(s); (\")); }; flags(final); };\n" },
	{ "brackets that do not match",
	  "source s { system(); };\nlog { source(s}); destination(a); };\n", ALONE },
	{ "what only begins like it", "source s { system(); };\nlog { source(s); rewrite(resource(s)); };\n",
	  "log { source(s_postctl); rewrite(resource(s)); };\n" },
	{ "one that does not end", "source s { system(); };\nlog { source(s); destination(a", ALONE },
	{ "a string that does not end", "source s { system(); };\nlog { \"", ALONE },
	{ "no source of this host's", "source s { tcp(); };\nlog { source(s); destination(a); };\n", ALONE },
};

int main(void)
{
	struct words sockets = WORDS_EMPTY;

	words_add(&sockets, "/q/dev/log");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct text have = TEXT_EMPTY, want = TEXT_EMPTY;

		syslog_ng_write(&sockets, rows[i].configuration, &have);
		text_printf(&want, SOURCE "%s", rows[i].want);
		is(text_string(&have), text_string(&want), rows[i].name);
		text_free(&have);
		text_free(&want);
	}
	words_free(&sockets);
	return tap_done();
}
