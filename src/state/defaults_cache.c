/*
 * Postfix's defaults, asked of "postconf -d" once per installed version and
 * remembered in RUN_DIRECTORY/defaults.
 */
#include "state/defaults_cache.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "postfix/paths.h"
#include "process/query.h"
#include "state/run_directory.h"

enum { LIMIT_MS = 60 * 1000 };

static const char file_name[] = "defaults";
/* The last line of the file: a part of it is worth nothing. */
static const char last_line[] = "end of defaults\n";
static const char postconf[] = POSTFIX_COMMAND_DIRECTORY "/postconf";

/* The first line of the file: which postconf it was that said the rest. */
static bool describe_postconf(struct text *line, struct text *why)
{
	struct stat status;

	if (stat(postconf, &status) < 0)
		return text_fail(why, "%s: %s", postconf, strerror(errno));
	text_printf(line, "postctl defaults 2 %llu %llu %lld.%09ld %lld.%09ld\n",
		    (unsigned long long)status.st_ino, (unsigned long long)status.st_size,
		    (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
		    (long long)status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
	return true;
}

/* Read what was remembered, if it is of this postconf. */
static bool recall(const struct text *line, struct defaults *defaults)
{
	struct text content = TEXT_EMPTY;
	struct text lines = TEXT_EMPTY;
	int directory = run_directory_open(NULL, 0, NULL);
	size_t around = line->length + strlen(last_line);
	bool ok = directory >= 0 && own_directory_read(directory, file_name, &content) &&
		  content.length > around &&
		  strncmp(content.data, text_string(line), line->length) == 0 &&
		  strcmp(content.data + content.length - strlen(last_line), last_line) == 0;

	descriptor_close(directory);
	if (ok) {
		text_add_n(&lines, content.data + line->length, content.length - around);
		ok = defaults_parse(defaults, &lines, NULL);
		if (!ok)
			defaults_free(defaults);
	}
	text_free(&content);
	text_free(&lines);
	return ok;
}

static void remember(const struct text *line, const char *lines)
{
	struct text content = TEXT_EMPTY;

	if (geteuid() != 0)
		return;
	text_printf(&content, "%s%s%s", text_string(line), lines, last_line);
	/* Whoever comes next asks again if this fails. */
	run_directory_write(NULL, file_name, text_string(&content), NULL);
	text_free(&content);
}

static bool ask_postconf(struct text *lines, struct text *why)
{
	/* In a directory without master.cf: the services in it would add their own
	   parameters, and an error in it would leave us without any. */
	static char *const arguments[] = { "postconf", "-c", "/nonexistent", "-d", NULL };
	static char *const environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
					     NULL };
	struct text messages = TEXT_EMPTY;
	bool ok = query_run(postconf, arguments, environment, LIMIT_MS, lines, &messages, why);

	if (!ok)
		text_fail(why, "\"postconf -d\" failed: %s", text_string(
			  messages.length > 0 ? &messages : why));
	text_free(&messages);
	return ok;
}

/*
 * Get the defaults of the installed Postfix.  Return false with the reason.
 * The caller calls defaults_free() in either case.
 */
bool defaults_cache_get(struct defaults *defaults, struct text *why)
{
	struct text line = TEXT_EMPTY;
	struct text lines = TEXT_EMPTY;
	bool ok = describe_postconf(&line, why);

	*defaults = (struct defaults){ NULL, NULL, 0 };
	if (ok && !recall(&line, defaults)) {
		ok = ask_postconf(&lines, why);
		if (ok) {
			remember(&line, text_string(&lines));
			ok = defaults_parse(defaults, &lines, why);
		}
	}
	text_free(&line);
	text_free(&lines);
	return ok;
}
