/*
 * The lookup tables that a value names: TYPE:NAME among the words of a list,
 * also behind "proxy:" and in braces, as in "pipemap:{hash:/a, hash:/b}".
 */
#include "postfix/table_names.h"

#include <string.h>

#include "postfix/lines.h"

/*
 * Look for TYPE:NAME among the words of value.  Postfix sets no limit to how
 * deep braces may be nested; nobody nests tables deeper than this.
 */
static void visit_words(char *value, int nesting, table_name_visit *visit, void *context)
{
	enum { NESTING_LIMIT = 20 };
	char *word;

	if (nesting > NESTING_LIMIT)
		return;
	while ((word = lines_next_word(&value, ", \t\r\n")) != NULL) {
		char *name = word;
		const char *type = "";

		/* What administrators take for a comment ends the list. */
		if (*word == '#')
			return;
		if (*word != '{') {
			/* The server of "proxy:TYPE:NAME" opens TYPE:NAME. */
			do {
				char *colon = strchr(name, ':');

				if (colon == NULL)
					break;
				*colon = '\0';
				type = name;
				name = colon + 1;
			} while (strcmp(type, "proxy") == 0);
			if (*type == '\0' || strcmp(type, "proxy") == 0)
				continue;
		}
		if (*name == '{') {
			bool patterns = strcmp(type, "regexp") == 0 || strcmp(type, "pcre") == 0;

			lines_strip_braces(&name);
			if (!patterns)
				visit_words(name, nesting + 1, visit, context);
		} else if (*type != '\0') {
			visit(context, type, name);
		}
	}
}

/*
 * Visit all tables in value, which is expanded and is used up.
 */
void table_names_visit(char *value, table_name_visit *visit, void *context)
{
	visit_words(value, 0, visit, context);
}
