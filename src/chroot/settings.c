/*
 * /etc/default/postfix: Debian's names and meanings, read but never run.
 */
#include "chroot/settings.h"

#include <string.h>
#include <sys/stat.h>

#include "base/descriptor.h"
#include "chroot/shell_variables.h"

#define SETTINGS_SIZE (1u << 20)

void settings_free(struct settings *settings)
{
	words_free(&settings->extra_files);
	words_free(&settings->extra_ca_directories);
}

static bool value_of(const struct shell_variables *variables, const char *name,
		     const char *path, const char **value, struct text *why)
{
	const struct shell_variable *variable = shell_variables_find(variables, name,
								     strlen(name));

	if (variable->value == NULL)
		return text_fail(why, "cannot take %s from %s: line %zu: %s; write the value "
				 "itself", name, path, variable->line, variable->problem);
	*value = variable->value;
	return true;
}

/*
 * Read the settings in content, the file path's, over Debian's defaults.
 * Return false with a reason that names file and line.  settings_free() frees
 * them either way.
 */
bool settings_parse(struct settings *settings, const char *content, const char *path,
		    struct text *why)
{
	struct shell_variables variables = SHELL_VARIABLES_EMPTY;
	const char *sync = "", *files = "", *directories = "";
	bool done;

	*settings = (struct settings){ .sync_chroot = true };
	shell_variables_set(&variables, "SYNC_CHROOT", "y");
	shell_variables_set(&variables, "chroot_extra_files", "");
	shell_variables_set(&variables, "chroot_extra_CAdir", "");
	done = shell_variables_read(&variables, content, path, why) &&
	       value_of(&variables, "SYNC_CHROOT", path, &sync, why) &&
	       value_of(&variables, "chroot_extra_files", path, &files, why) &&
	       value_of(&variables, "chroot_extra_CAdir", path, &directories, why);
	if (done) {
		/* Anything but nothing is yes: also "no". */
		settings->sync_chroot = sync[0] != '\0';
		words_split(&settings->extra_files, files, " \t\n");
		words_split(&settings->extra_ca_directories, directories, " \t\n");
	}
	shell_variables_free(&variables);
	return done;
}

/*
 * Read the settings of the file path; where it is missing, Debian's defaults
 * hold.  Return false with a reason.  settings_free() frees them either way.
 */
bool settings_read(struct settings *settings, const char *path, struct text *why)
{
	struct text content = TEXT_EMPTY;
	struct stat status;
	bool done;

	*settings = (struct settings){ .sync_chroot = true };
	done = descriptor_read_text(path, SETTINGS_SIZE, &content, &status, why) &&
	       (status.st_mode == 0 ||
		settings_parse(settings, text_string(&content), path, why));
	text_free(&content);
	return done;
}
