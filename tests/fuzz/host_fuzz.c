/*
 * libFuzzer: any bytes as files of the host that are other programs' or an
 * administrator's: mail logs, configurations of log daemons, init scripts and
 * insserv's order of them.
 */
#include "control/log_daemon.h"
#include "postfix/instance.h"
#include "state/boot_targets.h"
#include "state/init_script.h"
#include "state/mail_log.h"
#include "state/mail_log_tail.h"
#include "fuzz_tree.h"

static void read_log(const char *path)
{
	struct mail_log log = MAIL_LOG_NONE;
	struct words lines = WORDS_EMPTY;

	mail_log_tail(path, "postfix-out", 5, &lines);
	fuzz_check(lines.count <= 5);
	for (size_t i = 0; i < lines.count; i++)
		fuzz_check(strstr(lines.items[i], " postfix-out/") != NULL &&
			   strchr(lines.items[i], '\n') == NULL);
	words_free(&lines);
	mail_log_mark(&log, path);
	log.from = 0;
	mail_log_complaints(&log, "postfix-out", "master", &lines);
	for (size_t i = 0; i < lines.count; i++)
		fuzz_check(*lines.items[i] != '\0');
	words_free(&lines);
	mail_log_free(&log);
}

/* Brackets outside of strings. */
static void check_balance(const char *snippet)
{
	int depth = 0;

	for (const char *p = snippet; *p != '\0'; p++) {
		if (*p == '#') {
			p += strcspn(p, "\n");
		} else if (*p == '"' || *p == '\'') {
			const char quote = *p;

			for (p++; *p != '\0' && *p != quote; p++)
				if (*p == '\\' && quote == '"' && p[1] != '\0')
					p++;
			fuzz_check(*p == quote);
		}
		depth += *p == '{';
		depth -= *p == '}';
		fuzz_check(depth >= 0);
	}
	fuzz_check(depth == 0);
}

static void read_log_daemons(const char *content)
{
	struct words sockets = WORDS_EMPTY, paths = WORDS_EMPTY;
	struct log_files files = { WORDS_EMPTY, WORDS_EMPTY };

	words_add(&sockets, "/var/spool/postfix/dev/log");
	words_add(&sockets, "/var/spool/postfix-out/dev/log");
	words_add(&files.paths, "/etc/log.conf");
	words_add(&files.contents, content);
	log_paths(content, &paths);
	for (size_t i = 0; i < paths.count; i++)
		fuzz_check(*paths.items[i] == '/' &&
			   log_files_find(&files, paths.items[i]) != NULL);
	for (size_t i = 0; i < log_daemon_count; i++) {
		const struct log_daemon *daemon = &log_daemons[i];
		struct text out = TEXT_EMPTY;

		if (daemon->directory != NULL) {
			log_daemon_snippet(daemon, &files, &sockets, &out);
			check_balance(out.data);
		} else {
			log_daemon_line(daemon, &files, &sockets, &out);
		}
		fuzz_check(strstr(out.data, sockets.items[1]) != NULL);
		text_free(&out);
	}
	words_free(&sockets);
	words_free(&paths);
	log_files_free(&files);
}

/* A script that is written anew, with a header of somebody else's, is ours. */
static void read_init_script(const char *content)
{
	struct text script = TEXT_EMPTY, again = TEXT_EMPTY;
	enum init_script_owner owner = init_script_owner("postfix@out", content);

	init_script_write("postfix@out", "out", owner == INIT_SCRIPT_OURS ? content : NULL, &script);
	fuzz_check(init_script_owner("postfix@out", script.data) == INIT_SCRIPT_OURS);
	fuzz_check(init_script_owner("postfix@other", script.data) != INIT_SCRIPT_OURS);
	init_script_write("postfix@out", "out", script.data, &again);
	fuzz_check(strcmp(script.data, again.data) == 0);
	text_free(&script);
	text_free(&again);
}

static void read_name(const char *content)
{
	struct text name = TEXT_EMPTY, why = TEXT_EMPTY;
	struct instances instances = INSTANCES_EMPTY;
	struct instance *instance = instances_add(&instances, "/etc/postfix-out", false);

	free(instance->name);
	instance->name = strdup(content);
	fuzz_check(init_script_name(instance, &name, &why) == (why.length == 0));
	if (why.length == 0)
		fuzz_check(strncmp(name.data, INIT_SCRIPT_PREFIX, strlen(INIT_SCRIPT_PREFIX)) == 0 &&
			   strpbrk(name.data, "/ \n:,*?[") == NULL);
	instances_free(&instances);
	text_free(&name);
	text_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int order = -1;
	struct text content = fuzz_text(bytes, size);
	struct words lost = WORDS_EMPTY;

	if (order < 0)
		order = fuzz_tree_file("init.d/.depend.start");
	fuzz_write(order, bytes, size);
	boot_targets_lost(fuzz_tree(), &lost);
	words_free(&lost);
	read_log(fuzz_file(bytes, size));
	read_log_daemons(content.data);
	read_init_script(content.data);
	read_name(content.data);
	text_free(&content);
	return 0;
}
