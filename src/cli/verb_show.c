/*
 * show: parameters and services as Postfix sees them, of an instance or of
 * any directory that holds a main.cf.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/message.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "postfix/configuration.h"
#include "postfix/known_parameters.h"

/* What "postfix -x" prints has each run of blanks as one, none at the ends. */
static void squeeze(const char *value, struct text *out)
{
	struct words words = WORDS_EMPTY;

	words_split(&words, value, " \t\r\n");
	for (size_t i = 0; i < words.count; i++)
		text_printf(out, "%s%s", i > 0 ? " " : "", words.items[i]);
	words_free(&words);
}

static bool show_parameter(const struct request *request,
			   const struct configuration *configuration, const char *name,
			   struct text *out, struct json *json)
{
	struct text value = TEXT_EMPTY;
	struct text line = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	bool ok = configuration_get(configuration, name, &value, &why);

	if (!ok) {
		message_error("%s", text_string(&why));
	} else if (options_has(&request->options, OPTION_JSON)) {
		json_string(json, name, text_string(&value));
	} else {
		squeeze(text_string(&value), &line);
		if (!options_has(&request->options, OPTION_VALUE))
			text_printf(out, "%s =%s", name, line.length > 0 ? " " : "");
		text_printf(out, "%s\n", text_string(&line));
	}
	text_free(&value);
	text_free(&line);
	text_free(&why);
	return ok;
}

/*
 * Print the parameters that were asked for, or all.  As with postconf(1), one
 * whose value is in error means that none is printed, and an unknown one is
 * only warned of.
 */
static bool show_parameters(const struct request *request,
			    const struct configuration *configuration, struct text *out,
			    struct json *json)
{
	bool all = request->options.properties.count == 0;
	struct words names = WORDS_EMPTY;
	bool ok = true;

	if (all)
		known_parameter_names(configuration, options_has(&request->options, OPTION_SET),
				      &names);
	else
		for (size_t i = 0; i < request->options.properties.count; i++)
			words_add(&names, request->options.properties.items[i]);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];

		if (!known_parameter(configuration, name))
			message_error("%s/main.cf: %s: unknown parameter",
				      configuration->directory, name);
		else if (!show_parameter(request, configuration, name, out, json))
			ok = false;
	}
	words_free(&names);
	return ok;
}

static void show_services(const struct request *request,
			  const struct configuration *configuration, struct text *out,
			  struct json *json)
{
	static const char *const titles[SERVICE_COLUMNS] = {
		"name", "type", "private", "unprivileged",
		"chroot", "wakeup", "process_limit", "command",
	};

	for (size_t i = 0; i < configuration->master.count; i++) {
		const struct service *service = &configuration->master.services[i];

		if (!options_has(&request->options, OPTION_JSON)) {
			service_print(service, out);
			continue;
		}
		json_begin_object(json, NULL);
		for (size_t column = 0; column < SERVICE_COLUMNS; column++)
			json_string(json, titles[column], service->column[column]);
		json_begin_array(json, "arguments");
		for (size_t a = 0; a < service->arguments.count; a++)
			json_string(json, NULL, service->arguments.items[a]);
		json_end_array(json);
		json_end_object(json);
	}
}

static bool has_master_cf(const char *directory)
{
	struct text path = TEXT_EMPTY;
	bool has;

	text_printf(&path, "%s/master.cf", directory);
	has = access(path.data, R_OK) == 0;
	text_free(&path);
	return has;
}

static bool show(const struct request *request, const char *directory, struct text *out,
		 struct json *json)
{
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct text why = TEXT_EMPTY;
	bool services = options_has(&request->options, OPTION_SERVICES);
	bool ok = configuration_read(&configuration, directory, &request->defaults, NULL, &why);

	/* To postconf(1), too, one that cannot be opened has no services; a bad one is an error. */
	if (ok && !services && !has_master_cf(directory))
		configuration.has_services = true;
	else if (ok)
		ok = configuration_read_services(&configuration, &why);
	if (!ok)
		message_error("%s", text_string(&why));
	text_free(&why);
	if (ok && services) {
		json_begin_array(json, directory);
		show_services(request, &configuration, out, json);
		json_end_array(json);
	} else if (ok) {
		json_begin_object(json, directory);
		ok = show_parameters(request, &configuration, out, json);
		json_end_object(json);
	}
	configuration_free(&configuration);
	return ok;
}

enum exit_status verb_show(struct request *request)
{
	struct words directories = WORDS_EMPTY;
	struct words *words = &request->options.words;
	struct text out = TEXT_EMPTY;
	struct text json_text = TEXT_EMPTY;
	struct json json = { &json_text, false };
	enum exit_status status = EXIT_DONE;
	bool by_path = words->count > 0 && request->options.groups.count == 0;
	bool as_json = options_has(&request->options, OPTION_JSON);
	bool ok = true;

	for (size_t i = 0; i < words->count; i++)
		by_path = by_path && *words->items[i] == '/';
	if (!request_read_defaults(request, &status))
		return status;
	/* A directory need not belong to an instance of this host. */
	if (by_path) {
		for (size_t i = 0; i < words->count; i++)
			words_add(&directories, words->items[i]);
	} else {
		if (!request_discover(request, &status) || !request_select(request, &status))
			return status;
		for (size_t i = 0; i < request->instances.count; i++)
			if (request->selected[i] != SELECTED_NOT)
				words_add(&directories, request->instances.items[i].directory);
	}
	json_begin_object(&json, NULL);
	for (size_t i = 0; i < directories.count; i++) {
		size_t start = out.length;

		if (directories.count > 1)
			text_printf(&out, "%s# %s\n", i > 0 ? "\n" : "", directories.items[i]);
		if (!show(request, directories.items[i], &out, &json)) {
			text_truncate(&out, start);
			ok = false;
		}
		/* All of very many would be much to keep. */
		if (as_json)
			fputs(text_string(&json_text), stdout);
		else
			terminal_print(text_string(&out));
		text_clear(&json_text);
		text_clear(&out);
	}
	json_end_object(&json);
	if (as_json)
		puts(text_string(&json_text));
	words_free(&directories);
	text_free(&out);
	text_free(&json_text);
	return ok ? EXIT_DONE : EXIT_FAILED;
}
