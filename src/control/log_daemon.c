/*
 * The log daemons of Debian, and how each is told of more sockets.
 */
#include "control/log_daemon.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "chroot/shell_variables.h"
#include "control/log_snippet.h"
#include "control/syslog_ng.h"

enum { FILE_LIMIT = 1024 * 1024 };

static void rsyslog_write(const struct words *sockets, const char *configuration,
			  struct text *out)
{
	(void)configuration;
	for (size_t i = 0; i < sockets->count; i++)
		text_printf(out, "input(type=\"imuxsock\" Socket=\"%s\")\n", sockets->items[i]);
}

/* sysklogd and inetutils-syslogd (19 sockets, its manual says) have options for it alone. */
const struct log_daemon log_daemons[] = {
	{ "rsyslog", "/usr/sbin/rsyslogd", "/etc/rsyslog.conf", "/etc/rsyslog.d",
	  rsyslog_write, NULL, 0 },
	{ "syslog-ng", "/usr/sbin/syslog-ng", "/etc/syslog-ng/syslog-ng.conf",
	  "/etc/syslog-ng/conf.d", syslog_ng_write, NULL, 0 },
	{ "inetutils-syslogd", "/usr/sbin/syslogd", "/etc/default/inetutils-syslogd", NULL, NULL,
	  "SYSLOGD_OPTS", 19 },
	{ "sysklogd", "/usr/sbin/syslogd", "/etc/default/syslogd", NULL, NULL, "SYSLOGD", 19 },
};

const size_t log_daemon_count = sizeof log_daemons / sizeof *log_daemons;

/*
 * Is it there?  Two share the name of a program; their files tell them apart.
 */
bool log_daemon_is_installed(const struct log_daemon *daemon)
{
	return access(daemon->program, X_OK) == 0 &&
	       access(daemon->directory != NULL ? daemon->directory : daemon->file, F_OK) == 0;
}

static void read_one(struct log_files *files, const char *path)
{
	struct text content = TEXT_EMPTY;

	if (descriptor_read_path(path, FILE_LIMIT, &content)) {
		words_add(&files->paths, path);
		words_add(&files->contents, text_string(&content));
	}
	text_free(&content);
}

static int is_configuration(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0 &&
	       *entry->d_name != '.' && strcmp(entry->d_name, LOG_SNIPPET) != 0;
}

/*
 * Read the files that configure it; what cannot be read is left out.  The
 * caller calls log_files_free().
 */
void log_daemon_read(const struct log_daemon *daemon, struct log_files *files)
{
	struct dirent **entries = NULL;
	int count = 0;

	*files = (struct log_files){ WORDS_EMPTY, WORDS_EMPTY };
	read_one(files, daemon->file);
	if (daemon->directory != NULL)
		count = scandir(daemon->directory, &entries, is_configuration, alphasort);
	for (int i = 0; i < count; i++) {
		struct text path = TEXT_EMPTY;

		text_printf(&path, "%s/%s", daemon->directory, entries[i]->d_name);
		read_one(files, text_string(&path));
		text_free(&path);
		free(entries[i]);
	}
	free(entries);
}

void log_files_free(struct log_files *files)
{
	words_free(&files->paths);
	words_free(&files->contents);
}

/*
 * Add the words of a configuration, without its comments, that could be paths.
 */
void log_paths(const char *content, struct words *paths)
{
	static const char separators[] = " \t\r\n\"'()=;,";

	while (*content != '\0') {
		struct words words = WORDS_EMPTY;
		struct text line = TEXT_EMPTY;

		text_add_n(&line, content, strcspn(content, "#\n"));
		words_split(&words, text_string(&line), separators);
		for (size_t i = 0; i < words.count; i++)
			if (*words.items[i] == '/')
				words_add(paths, words.items[i]);
		words_free(&words);
		text_free(&line);
		content += strcspn(content, "\n");
		content += *content == '\n';
	}
}

/*
 * Return which of the files names this path, or NULL.
 */
const char *log_files_find(const struct log_files *files, const char *path)
{
	const char *found = NULL;

	for (size_t i = 0; i < files->paths.count && found == NULL; i++) {
		struct words paths = WORDS_EMPTY;

		log_paths(files->contents.items[i], &paths);
		if (words_contain(&paths, path))
			found = files->paths.items[i];
		words_free(&paths);
	}
	return found;
}

/*
 * Append what our snippet must hold; nothing where no socket is needed.
 */
void log_daemon_snippet(const struct log_daemon *daemon, const struct log_files *files,
			const struct words *sockets, struct text *out)
{
	struct text all = TEXT_EMPTY;

	if (sockets->count == 0)
		return;
	for (size_t i = 0; i < files->contents.count; i++)
		text_printf(&all, "%s\n", files->contents.items[i]);
	text_add(out, LOG_SNIPPET_MARK "# Sockets in the chroots of Postfix, whose daemons look for "
		 "the log daemon there\n# after it was restarted.\n");
	daemon->write(sockets, text_string(&all), out);
	text_free(&all);
}

/*
 * Append the line that must stand in its file: what stands there now, and an
 * option for each socket.
 */
void log_daemon_line(const struct log_daemon *daemon, const struct log_files *files,
		     const struct words *sockets, struct text *out)
{
	struct shell_variables variables = SHELL_VARIABLES_EMPTY;
	const struct shell_variable *found = NULL;
	bool any;

	if (files->contents.count > 0 &&
	    shell_variables_read(&variables, files->contents.items[0], daemon->file, NULL))
		found = shell_variables_find(&variables, daemon->variable,
					     strlen(daemon->variable));
	any = found != NULL && found->value != NULL && *found->value != '\0';
	text_printf(out, "%s=\"%s", daemon->variable, any ? found->value : "");
	for (size_t i = 0; i < sockets->count; i++)
		text_printf(out, "%s-a %s", any || i > 0 ? " " : "", sockets->items[i]);
	text_add(out, "\"");
	shell_variables_free(&variables);
}
