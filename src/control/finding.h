#ifndef POSTCTL_CONTROL_FINDING_H
#define POSTCTL_CONTROL_FINDING_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Something that is wrong with an instance; advice is what to type, or empty.
 */
struct finding {
	bool is_error;
	char *what;
	char *advice;
};

struct findings {
	struct finding *items;
	size_t count;
	size_t capacity;
};

#define FINDINGS_EMPTY ((struct findings){ NULL, 0, 0 })

void findings_add(struct findings *findings, bool is_error, const char *advice,
		  const char *format, ...) __attribute__((format(printf, 4, 5)));
bool findings_have_error(const struct findings *findings);
void findings_free(struct findings *findings);

#endif
