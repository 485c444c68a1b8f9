/*
 * The zone that TZ names, where import_environment sets it.  Without TZ the C
 * library reads etc/localtime, which every chroot has.
 *
 * Postfix's daemons have read the zone by the time they enter: each calls
 * tzset(3) before, and glibc does not look at the file again while TZ stays
 * what it was.  A program that one of them runs in the chroot (spawn(8); TZ is
 * in export_environment) begins anew, and has the same zone with this file.
 *
 * TZ alone in import_environment, the default, takes it from whoever starts
 * Postfix; postctl and init give none.
 */
#include "chroot/planner.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "postfix/lines.h"

#define DIRECTORY "/usr/share/zoneinfo"
#define SEPARATORS ", \t\r\n"

/*
 * Put into zone what an import_environment sets TZ to; the last one counts.
 */
static void find_zone(const char *environment, struct text *zone)
{
	char *copy = memory_copy(environment), *rest = copy, *word;

	while ((word = lines_next_word(&rest, SEPARATORS)) != NULL) {
		char *name, *value;

		if (*word == '{')
			lines_strip_braces(&word);
		if (strchr(word, '=') == NULL || lines_split(word, &name, &value) != NULL ||
		    strcmp(name, "TZ") != 0)
			continue;
		text_clear(zone);
		text_add(zone, value);
	}
	free(copy);
}

/*
 * Plan the file of the zone, if there is one: TZ may also be a rule, such as
 * "CET-1CEST".  Return false with a reason if a parameter cannot be read.
 */
bool planner_time_zone(struct planner *planner, struct text *why)
{
	struct text environment = TEXT_EMPTY, zone = TEXT_EMPTY, path = TEXT_EMPTY;
	struct text file = TEXT_EMPTY;
	bool done = configuration_get(planner->configuration, "import_environment",
				      &environment, why);
	const char *name;

	if (done)
		find_zone(text_string(&environment), &zone);
	name = text_string(&zone);
	name += *name == ':';
	if (*name != '\0') {
		text_printf(&path, "%s%s", *name == '/' ? "" : DIRECTORY "/", name);
		if (planner_normalize(text_string(&path), &file))
			planner_add_file(planner, text_string(&file), PLAN_COPY,
					 "time zone: TZ in import_environment");
	}
	text_free(&environment);
	text_free(&zone);
	text_free(&path);
	text_free(&file);
	return done;
}
