/*
 * What is wrong, one thing at a time.
 */
#include "control/finding.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

/*
 * Add what printf(3) would print.
 */
void findings_add(struct findings *findings, bool is_error, const char *advice,
		  const char *format, ...)
{
	struct text what = TEXT_EMPTY;
	va_list arguments;

	va_start(arguments, format);
	text_vprintf(&what, format, arguments);
	va_end(arguments);
	findings->items = memory_grow(findings->items, findings->count, &findings->capacity,
				      sizeof *findings->items);
	findings->items[findings->count++] = (struct finding){
		is_error, text_take(&what), memory_copy(advice),
	};
}

bool findings_have_error(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].is_error)
			return true;
	return false;
}

void findings_free(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->items[i].what);
		free(findings->items[i].advice);
	}
	free(findings->items);
	*findings = FINDINGS_EMPTY;
}
