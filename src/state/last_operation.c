/*
 * The outcome of the last operation on each instance, so that who comes later
 * learns that it failed, and why.  A file for each below RUN_DIRECTORY: a line
 * for each field, an empty line, and what was said.
 */
#include "state/last_operation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/descriptor.h"
#include "state/epoch.h"
#include "state/run_directory.h"

static const char directory_name[] = "last";

/* More than anybody reads; Postfix's words are cut long before. */
enum { SAID_LIMIT = 8 * 1024 };

/*
 * Get ready to look operations up.  Without a memory there is nothing to be
 * found, which is no error.  The caller calls last_operations_close().
 */
void last_operations_open(struct last_operations *operations)
{
	*operations = (struct last_operations){
		run_directory_open(directory_name, 0, NULL), TEXT_EMPTY,
	};
	if (operations->directory >= 0)
		(void)epoch_add(&operations->epoch);
}

void last_operations_close(struct last_operations *operations)
{
	descriptor_close(operations->directory);
	operations->directory = -1;
	text_free(&operations->epoch);
}

/* Return the value of a field, and set *next to the line after it; NULL if it is not there. */
static const char *take_field(char **next, const char *name)
{
	size_t length = strlen(name);
	char *line = *next;
	char *end = strchr(line, '\n');

	if (end == NULL || strncmp(line, name, length) != 0 || line[length] != ' ')
		return NULL;
	*end = '\0';
	*next = end + 1;
	return line + length + 1;
}

/* The fields come in one order; a file that is not so is from another version. */
static bool parse(char *content, const char *epoch, struct last_operation *operation)
{
	char *next = content;
	const char *began_in = take_field(&next, "epoch");
	const char *verb = began_in != NULL ? take_field(&next, "verb") : NULL;
	const char *ended = verb != NULL ? take_field(&next, "ended") : NULL;
	const char *took = ended != NULL ? take_field(&next, "took") : NULL;
	const char *result = took != NULL ? take_field(&next, "result") : NULL;
	const char *runs = result != NULL ? take_field(&next, "runs") : NULL;

	if (runs == NULL || *next != '\n' || !epoch_same(began_in, epoch))
		return false;
	text_add(&operation->verb, verb);
	operation->ended = (time_t)strtoll(ended, NULL, 10);
	operation->took_ms = strtoll(took, NULL, 10);
	operation->failed = strcmp(result, "failed") == 0;
	operation->ran_afterwards = strcmp(runs, "yes") == 0;
	text_add(&operation->said, next + 1);
	return true;
}

/*
 * Set *operation to what was done last to the instance since this system came
 * up.  Return false when nothing is known.  The caller frees it in either case.
 */
bool last_operations_find(const struct last_operations *operations,
			  const char *config_directory, struct last_operation *operation)
{
	struct text key = TEXT_EMPTY;
	struct text content = TEXT_EMPTY;
	bool found;

	*operation = LAST_OPERATION_NONE;
	if (operations->directory < 0)
		return false;
	own_directory_key(config_directory, &key);
	found = own_directory_read(operations->directory, text_string(&key), &content) &&
		content.length > 0 &&
		parse(content.data, text_string(&operations->epoch), operation);
	text_free(&key);
	text_free(&content);
	return found;
}

/*
 * Remember what was done to the instance, in the place of what was before.
 * Return false with the reason.
 */
bool last_operation_remember(const char *config_directory,
			     const struct last_operation *operation, struct text *why)
{
	struct text key = TEXT_EMPTY;
	struct text content = TEXT_EMPTY;
	bool ok;

	own_directory_key(config_directory, &key);
	text_add(&content, "epoch ");
	ok = epoch_add(&content) || text_fail(why, "cannot tell this boot from another: %s",
					      strerror(errno));
	text_printf(&content, "\nverb %s\nended %lld\ntook %lld\nresult %s\nruns %s\n\n%.*s",
		    text_string(&operation->verb), (long long)operation->ended,
		    (long long)operation->took_ms, operation->failed ? "failed" : "done",
		    operation->ran_afterwards ? "yes" : "no", SAID_LIMIT,
		    text_string(&operation->said));
	ok = ok && run_directory_write(directory_name, text_string(&key), text_string(&content),
				       why);
	text_free(&key);
	text_free(&content);
	return ok;
}

/*
 * Forget what was done to the instance.
 */
void last_operation_forget(const char *config_directory)
{
	struct text key = TEXT_EMPTY;

	own_directory_key(config_directory, &key);
	run_directory_remove(directory_name, text_string(&key));
	text_free(&key);
}

void last_operation_free(struct last_operation *operation)
{
	text_free(&operation->verb);
	text_free(&operation->said);
	*operation = LAST_OPERATION_NONE;
}
