/*
 * Which instances does this host have?  Reads the primary's main.cf and that
 * of each directory in multi_instance_directories, as postmulti(1) does; but
 * where postmulti dies of the first bad instance, it becomes a row that says
 * what is wrong with it.
 */
#include "postfix/discover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/words.h"
#include "postfix/configuration.h"
#include "postfix/lines.h"

static bool get(const struct configuration *configuration, const char *name, char **field,
		struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool ok = configuration_get(configuration, name, &value, why);

	if (ok) {
		free(*field);
		*field = text_take(&value);
	}
	text_free(&value);
	return ok;
}

static bool get_directory(const struct configuration *configuration, const char *name,
			  char **field, struct text *why)
{
	if (!get(configuration, name, field, why))
		return false;
	if (**field == '/')
		return true;
	text_fail(why, "%s/main.cf: %s = %s: not an absolute path", configuration->directory,
		  name, *field);
	**field = '\0';
	return false;
}

static bool get_enabled(const struct configuration *configuration, bool *enabled,
			struct text *why)
{
	struct text value = TEXT_EMPTY;
	bool ok = configuration_get(configuration, "multi_instance_enable", &value, why);

	*enabled = ok && strcasecmp(text_string(&value), "yes") == 0;
	if (ok && !*enabled && strcasecmp(text_string(&value), "no") != 0)
		ok = text_fail(why, "%s/main.cf: multi_instance_enable = %s: must be yes or no",
			       configuration->directory, text_string(&value));
	text_free(&value);
	return ok;
}

/* The queue directory must exist before anything can be done in it. */
static bool check_queue_directory(struct instance *instance, struct text *why)
{
	struct stat status;

	if (stat(instance->queue_directory, &status) < 0) {
		instance->is_unread = lines_may_be_there(errno);
		return text_fail(why, "queue directory %s: %s", instance->queue_directory,
				 strerror(errno));
	}
	if (!S_ISDIR(status.st_mode))
		return text_fail(why, "queue directory %s: %s", instance->queue_directory,
				 strerror(ENOTDIR));
	instance->queue = (struct place){ status.st_dev, status.st_ino };
	return true;
}

/*
 * Fill in what main.cf says of the instance.  What can be read is filled in
 * even when something else cannot; the first reason is the one returned.
 */
static bool describe(struct instance *instance, const struct configuration *configuration,
		     bool single, struct text *why)
{
	bool good = get(configuration, "multi_instance_name", &instance->name, why);

	good &= get(configuration, "multi_instance_group", &instance->group, good ? why : NULL);
	good &= get_directory(configuration, "queue_directory", &instance->queue_directory,
			      good ? why : NULL);
	good &= get_directory(configuration, "data_directory", &instance->data_directory,
			      good ? why : NULL);
	good &= get_directory(configuration, "daemon_directory", &instance->daemon_directory,
			      good ? why : NULL);
	good &= get_directory(configuration, "command_directory",
			      &instance->command_directory, good ? why : NULL);
	good &= get(configuration, "shlib_directory", &instance->shlib_directory,
		    good ? why : NULL);
	good &= get(configuration, "syslog_name", &instance->syslog_name, good ? why : NULL);
	good &= get(configuration, "maillog_file", &instance->maillog_file, good ? why : NULL);
	if (single)
		instance->is_enabled = true;
	else
		good &= get_enabled(configuration, &instance->is_enabled, good ? why : NULL);
	return good && check_queue_directory(instance, why);
}

/*
 * Add the secondary instance that is configured in directory.
 */
void discover_secondary(const char *directory, const struct defaults *defaults,
			struct instances *instances, struct text *warnings)
{
	struct instance *instance = instances_add(instances, directory, false);
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct text why = TEXT_EMPTY;

	if (*directory != '/')
		instance_set_damage(instance, "its configuration directory in "
				    "multi_instance_directories is not an absolute path");
	else if (!configuration_read(&configuration, directory, defaults, warnings, &why) ||
		 !describe(instance, &configuration, false, &why))
		instance_set_damage(instance, text_string(&why));
	instance->is_unread |= configuration.main.is_unread;
	configuration_free(&configuration);
	text_free(&why);
}

/* A directory of the list, and where it stands there. */
struct listed {
	const char *directory;
	size_t position;
};

static int compare_listed(const void *a, const void *b)
{
	const struct listed *first = a;
	const struct listed *second = b;
	int order = strcmp(first->directory, second->directory);

	return order != 0 ? order : (first->position > second->position) -
				    (first->position < second->position);
}

/*
 * Tell which directories stand in the list a second time, or are the
 * primary's.  postmulti(1) would run these instances twice.
 */
static bool *find_repeated(const struct words *list, const char *primary_directory)
{
	bool *repeated = memory_allocate(list->count, sizeof *repeated);
	struct listed *sorted = memory_allocate(list->count, sizeof *sorted);

	for (size_t i = 0; i < list->count; i++) {
		sorted[i] = (struct listed){ list->items[i], i };
		repeated[i] = strcmp(list->items[i], primary_directory) == 0;
	}
	if (list->count > 0)
		qsort(sorted, list->count, sizeof *sorted, compare_listed);
	for (size_t i = 1; i < list->count; i++)
		if (strcmp(sorted[i].directory, sorted[i - 1].directory) == 0)
			repeated[sorted[i].position] = true;
	free(sorted);
	return repeated;
}

/*
 * Find the instances: the primary, then the others.  warnings, which may be
 * NULL, gets what Postfix would warn of.  With a primary that cannot be read
 * nobody knows the others; it is then the only one, and damaged.
 */
void discover(const char *primary_directory, const struct defaults *defaults,
	      struct instances *instances, struct text *warnings)
{
	struct instance *primary = instances_add(instances, primary_directory, true);
	struct configuration configuration = CONFIGURATION_EMPTY;
	struct text directories = TEXT_EMPTY;
	struct text why = TEXT_EMPTY;
	struct words list = WORDS_EMPTY;
	bool *repeated;

	if (!configuration_read(&configuration, primary_directory, defaults, warnings, &why) ||
	    !configuration_get(&configuration, "multi_instance_directories", &directories, &why)) {
		instance_set_damage(primary, text_string(&why));
	} else {
		words_split(&list, text_string(&directories), ", \t\r\n");
		if (!describe(primary, &configuration, list.count == 0, &why))
			instance_set_damage(primary, text_string(&why));
	}
	primary->is_unread |= configuration.main.is_unread;
	configuration_free(&configuration);
	repeated = find_repeated(&list, primary_directory);
	for (size_t i = 0; i < list.count; i++) {
		if (!repeated[i])
			discover_secondary(list.items[i], defaults, instances, warnings);
		else if (warnings != NULL)
			text_printf(warnings, "%s/main.cf: multi_instance_directories lists %s "
				    "again\n", primary_directory, list.items[i]);
	}
	free(repeated);
	words_free(&list);
	text_free(&directories);
	text_free(&why);
}
