/*
 * What standard output is, if it is a terminal.
 */
#include "cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

/*
 * May words be coloured?  Whoever sets NO_COLOR, or has a terminal that can do
 * nothing, does not want it.
 */
bool terminal_has_colour(void)
{
	const char *kind = getenv("TERM");
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && kind != NULL && *kind != '\0' &&
	       strcmp(kind, "dumb") != 0 && (no == NULL || *no == '\0');
}

/*
 * Return how many characters fit into a line, 0 if any number does.
 */
size_t terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/*
 * Print on standard output what may hold anything.  To a program it goes as it
 * is, to a terminal without control characters.
 */
void terminal_print(const char *string)
{
	struct text shown = TEXT_EMPTY;

	if (isatty(STDOUT_FILENO)) {
		text_add_printable(&shown, string);
		string = text_string(&shown);
	}
	fputs(string, stdout);
	text_free(&shown);
}
