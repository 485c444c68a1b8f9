/*
 * log-sockets: let the log daemon listen in the chroots of all instances.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "control/log_daemon.h"
#include "control/log_snippet.h"
#include "control/log_sockets.h"

/*
 * The sockets of all instances; failed is set as soon as anything could not
 * be done for one of them.
 */
struct sockets {
	const struct request *request;
	struct log_socket *items;
	bool quiet;
	bool dry_run;
	bool failed;
};

static const char *label(const struct sockets *sockets, size_t i)
{
	return instance_label(&sockets->request->instances.items[i]);
}

static void find(struct sockets *sockets)
{
	const struct request *request = sockets->request;

	sockets->items = memory_allocate(request->instances.count, sizeof *sockets->items);
	for (size_t i = 0; i < request->instances.count; i++)
		log_socket_find(&sockets->items[i], &request->instances.items[i],
				&request->defaults);
}

/* A socket is made only where its directory is. */
static void warn_of_directory(const struct sockets *sockets, size_t i)
{
	const char *queue = sockets->request->instances.items[i].queue_directory;
	struct text path = TEXT_EMPTY;
	struct stat status;

	text_printf(&path, "%s/dev", queue);
	if (stat(text_string(&path), &status) < 0)
		message_instance(label(sockets, i), "there is no directory %s yet; "
				 "\"postctl sync %s\" makes it", text_string(&path),
				 label(sockets, i));
	text_free(&path);
}

/* Say what is known of an instance's socket, which file may name already. */
static void tell(struct sockets *sockets, size_t i, const char *file)
{
	const struct log_socket *socket = &sockets->items[i];
	const char *path = text_string(&socket->path);
	bool selected = sockets->request->selected[i] != SELECTED_NOT;

	switch (socket->need) {
	case LOG_SOCKET_NEEDED:
		if (selected && !sockets->quiet)
			message_result(label(sockets, i), "%s%s%s", path,
				       file != NULL ? ", which stands in " : "",
				       file != NULL ? file : "");
		warn_of_directory(sockets, i);
		break;
	case LOG_SOCKET_USELESS:
		if (selected && !sockets->quiet)
			message_result(label(sockets, i), "needs no socket: %s",
				       text_string(&socket->why));
		break;
	case LOG_SOCKET_IMPOSSIBLE:
	case LOG_SOCKET_UNKNOWN:
		message_instance(label(sockets, i), "%s", text_string(&socket->why));
		sockets->failed = true;
		break;
	}
}

static bool is_known(const struct sockets *sockets, const char *path)
{
	for (size_t i = 0; i < sockets->request->instances.count; i++)
		if (sockets->items[i].need != LOG_SOCKET_UNKNOWN &&
		    strcmp(text_string(&sockets->items[i].path), path) == 0)
			return true;
	return false;
}

/* What our snippet has for instances that cannot be read stays: they may run. */
static void keep_unknown(const struct sockets *sockets, const char *snippet, struct words *chosen)
{
	struct words paths = WORDS_EMPTY;
	bool unknown = false;

	for (size_t i = 0; i < sockets->request->instances.count; i++)
		unknown |= sockets->items[i].need == LOG_SOCKET_UNKNOWN;
	log_paths(snippet, &paths);
	for (size_t i = 0; i < paths.count && unknown; i++)
		if (!is_known(sockets, paths.items[i]) && !words_contain(chosen, paths.items[i]))
			words_add(chosen, paths.items[i]);
	words_free(&paths);
}

/*
 * Add the sockets that must be asked for: those that stand in no file of
 * somebody else's.
 */
static void choose(struct sockets *sockets, const struct log_files *files, const char *snippet,
		   struct words *chosen)
{
	for (size_t i = 0; i < sockets->request->instances.count; i++) {
		const struct log_socket *socket = &sockets->items[i];
		const char *path = text_string(&socket->path);
		const char *file = log_files_find(files, path);

		tell(sockets, i, file);
		if (socket->need == LOG_SOCKET_NEEDED && file == NULL &&
		    !words_contain(chosen, path))
			words_add(chosen, path);
	}
	keep_unknown(sockets, snippet, chosen);
}

/* Does any instance wait for a socket that is asked for? */
static bool one_is_missing(const struct sockets *sockets)
{
	for (size_t i = 0; i < sockets->request->instances.count; i++)
		if (sockets->items[i].need == LOG_SOCKET_NEEDED &&
		    !log_socket_exists(&sockets->items[i]))
			return true;
	return false;
}

static void write_snippet(struct sockets *sockets, const struct log_daemon *daemon)
{
	static const char *const done[][2] = {
		[LOG_SNIPPET_SAME] = { "is current", "is current" },
		[LOG_SNIPPET_WRITTEN] = { "was written", "would be written" },
		[LOG_SNIPPET_REMOVED] = { "was removed", "would be removed" },
	};
	struct log_snippet snippet;
	struct log_files files;
	struct words chosen = WORDS_EMPTY;
	struct text content = TEXT_EMPTY, why = TEXT_EMPTY;
	enum log_snippet_change change = LOG_SNIPPET_REFUSED;

	log_daemon_read(daemon, &files);
	if (log_snippet_open(&snippet, daemon->directory, LOG_SNIPPET, &why)) {
		choose(sockets, &files, text_string(&snippet.content), &chosen);
		log_daemon_snippet(daemon, &files, &chosen, &content);
		change = log_snippet_update(&snippet, text_string(&content), sockets->dry_run,
					    &why);
	}
	if (change == LOG_SNIPPET_REFUSED) {
		message_error("%s", text_string(&why));
		sockets->failed = true;
	} else if (!sockets->quiet && (content.length > 0 || change != LOG_SNIPPET_SAME)) {
		printf("%s/%s %s\n", daemon->directory, LOG_SNIPPET,
		       done[change][sockets->dry_run]);
		if (sockets->dry_run && change == LOG_SNIPPET_WRITTEN)
			terminal_print(text_string(&content));
	}
	if (change == LOG_SNIPPET_WRITTEN || change == LOG_SNIPPET_REMOVED ||
	    (change == LOG_SNIPPET_SAME && one_is_missing(sockets)))
		printf("\"service %s restart\" makes the log daemon notice\n", daemon->name);
	log_snippet_close(&snippet);
	log_files_free(&files);
	words_free(&chosen);
	text_free(&content);
	text_free(&why);
}

/* The file is one that the administrator edits: say what to put there. */
static void tell_line(struct sockets *sockets, const struct log_daemon *daemon)
{
	struct log_files files;
	struct words chosen = WORDS_EMPTY;
	struct text line = TEXT_EMPTY;

	log_daemon_read(daemon, &files);
	choose(sockets, &files, "", &chosen);
	if (chosen.count > 0) {
		log_daemon_line(daemon, &files, &chosen, &line);
		printf("put this line into %s, and then \"service %s restart\":\n",
		       daemon->file, daemon->name);
		text_add_char(&line, '\n');
		terminal_print(text_string(&line));
		if (chosen.count > daemon->limit)
			message_error("%s listens at %zu such sockets, not at %zu; set "
				      "maillog_file for the other instances", daemon->name,
				      daemon->limit, chosen.count);
		sockets->failed = true;
	} else if (one_is_missing(sockets)) {
		printf("\"service %s restart\" makes the log daemon notice\n", daemon->name);
	}
	log_files_free(&files);
	words_free(&chosen);
	text_free(&line);
}

/* No log daemon that we know. */
static void tell_alone(struct sockets *sockets)
{
	const struct log_files none = { WORDS_EMPTY, WORDS_EMPTY };
	struct words chosen = WORDS_EMPTY;

	choose(sockets, &none, "", &chosen);
	if (chosen.count > 0) {
		message_error("neither rsyslog, syslog-ng, inetutils-syslogd nor sysklogd is "
			      "installed; let your log daemon listen at these sockets, or set "
			      "maillog_file");
		sockets->failed = true;
	}
	words_free(&chosen);
}

enum exit_status verb_log_sockets(struct request *request)
{
	struct sockets sockets = {
		.request = request,
		.quiet = options_has(&request->options, OPTION_QUIET),
		.dry_run = options_has(&request->options, OPTION_DRY_RUN),
	};
	enum exit_status status = EXIT_DONE;
	bool any = false;

	if (!request_discover(request, &status) || !request_select(request, &status))
		return status;
	/* Without the primary nobody knows all the others. */
	if (request->instances.items[0].damage != NULL) {
		message_instance(instance_label(&request->instances.items[0]), "%s",
				 request->instances.items[0].damage);
		return EXIT_FAILED;
	}
	find(&sockets);
	for (size_t i = 0; i < log_daemon_count; i++) {
		const struct log_daemon *daemon = &log_daemons[i];

		if (!log_daemon_is_installed(daemon))
			continue;
		any = true;
		if (daemon->directory != NULL)
			write_snippet(&sockets, daemon);
		else
			tell_line(&sockets, daemon);
	}
	if (!any)
		tell_alone(&sockets);
	for (size_t i = 0; i < request->instances.count; i++)
		log_socket_free(&sockets.items[i]);
	free(sockets.items);
	return sockets.failed ? EXIT_FAILED : EXIT_DONE;
}
