/*
 * The words on the command line, turned into instances.
 */
#include "postfix/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool same_path(const char *a, const char *b)
{
	size_t length_a = strlen(a);
	size_t length_b = strlen(b);

	while (length_a > 1 && a[length_a - 1] == '/')
		length_a--;
	while (length_b > 1 && b[length_b - 1] == '/')
		length_b--;
	return length_a == length_b && strncmp(a, b, length_a) == 0;
}

/* The ways to name one instance, the most exact first. */
enum { BY_LABEL, BY_SHORT_NAME, BY_DIRECTORY_NAME, WAYS };

static bool is_named(const struct instance *instance, const char *word, int way)
{
	const char *base = instance_directory_name(instance);

	switch (way) {
	case BY_LABEL:
		if (strcmp(word, "-") == 0)
			return instance->is_primary;
		if (*word == '/')
			return same_path(word, instance->directory);
		return instance_is_named(instance) && strcmp(word, instance->name) == 0;
	case BY_SHORT_NAME:
		return instance_is_named(instance) &&
		       strcmp(word, instance_short_name(instance->name)) == 0;
	default:
		return base != NULL && (strcmp(word, base) == 0 ||
					strcmp(word, instance_short_name(base)) == 0);
	}
}

static bool is_glob(const char *word)
{
	return strpbrk(word, "*?[") != NULL;
}

static bool matches(const struct instance *instance, const char *glob)
{
	const char *label = instance_label(instance);
	const char *base = instance_directory_name(instance);

	return fnmatch(glob, label, 0) == 0 || fnmatch(glob, instance_short_name(label), 0) == 0 ||
	       (base != NULL && (fnmatch(glob, base, 0) == 0 ||
				 fnmatch(glob, instance_short_name(base), 0) == 0));
}

/*
 * Take NAME out of systemd's "postfix@NAME" or "postfix@NAME.service".  The
 * caller frees it.
 */
static char *plain_word(const char *word)
{
	static const char unit[] = "postfix@";
	static const char suffix[] = ".service";
	size_t length;

	if (strncmp(word, unit, strlen(unit)) != 0)
		return memory_copy(word);
	word += strlen(unit);
	length = strlen(word);
	if (length > strlen(suffix) && strcmp(word + length - strlen(suffix), suffix) == 0)
		length -= strlen(suffix);
	return memory_copy_n(word, length);
}

static bool select_word(const struct instances *instances, const char *word,
			enum selected *selected)
{
	bool found = false;

	/* No name is empty; those that have none are not meant by "". */
	if (*word == '\0')
		return false;
	/* A name may look like a glob. */
	for (int way = 0; way < WAYS && !found; way++)
		for (size_t i = 0; i < instances->count; i++)
			if (is_named(&instances->items[i], word, way)) {
				selected[i] = SELECTED_BY_NAME;
				found = true;
			}
	if (found || !is_glob(word))
		return found;
	for (size_t i = 0; i < instances->count; i++) {
		if (!matches(&instances->items[i], word))
			continue;
		found = true;
		if (selected[i] == SELECTED_NOT)
			selected[i] = SELECTED_BY_PATTERN;
	}
	return found;
}

static bool select_group(const struct instances *instances, const char *group,
			 enum selected *selected)
{
	bool found = false;

	for (size_t i = 0; i < instances->count; i++) {
		if (*group == '\0' || strcmp(instances->items[i].group, group) != 0)
			continue;
		found = true;
		if (selected[i] == SELECTED_NOT)
			selected[i] = SELECTED_BY_PATTERN;
	}
	return found;
}

/*
 * Mark the instances that words and groups mean; without any, all of them.
 * selected has room for each instance.  Return false with the reason when one
 * of them means no instance.
 */
bool select_instances(const struct instances *instances, const struct words *words,
		      const struct words *groups, enum selected *selected, struct text *why)
{
	bool all = words->count == 0 && groups->count == 0;

	for (size_t i = 0; i < instances->count; i++)
		selected[i] = all ? SELECTED_BY_PATTERN : SELECTED_NOT;
	for (size_t i = 0; i < words->count; i++) {
		char *word = plain_word(words->items[i]);
		bool found = select_word(instances, word, selected);

		free(word);
		if (!found)
			return text_fail(why, "no instance matches \"%s\"; \"postctl list\" "
					 "shows them", words->items[i]);
	}
	for (size_t i = 0; i < groups->count; i++)
		if (!select_group(instances, groups->items[i], selected))
			return text_fail(why, "no instance is in the group \"%s\"; \"postctl list\" "
					 "shows them", groups->items[i]);
	return true;
}
