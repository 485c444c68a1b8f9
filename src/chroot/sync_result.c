/*
 * What became of the entries of a plan, in numbers and in words.
 */
#include "chroot/sync_result.h"

#include <stdlib.h>

#include "base/memory.h"

void sync_result_free(struct sync_result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		free(result->changes[i].path);
		free(result->changes[i].reason);
		free(result->changes[i].problem);
	}
	free(result->changes);
	*result = SYNC_RESULT_EMPTY;
}

/*
 * Return the words that go before the path of a change.
 */
const char *sync_outcome_name(enum sync_outcome outcome, enum sync_flags flags)
{
	static const char *const names[][2] = {
		[SYNC_MADE] = { "made", "would make" },
		[SYNC_UPDATED] = { "updated", "would update" },
		[SYNC_ADOPTED] = { "adopted", "would adopt" },
		[SYNC_REMOVED] = { "removed", "would remove" },
		[SYNC_LEFT_ALONE] = { "left alone", "would leave alone" },
		[SYNC_FAILED] = { "failed", "would fail" },
	};

	return names[outcome][(flags & SYNC_DRY_RUN) != 0];
}

/*
 * Note what became of the first length bytes of path.  problem may be NULL;
 * counting is another matter.
 */
void sync_report(struct sync_result *result, enum sync_outcome outcome, const char *path,
		 size_t length, const char *reason, const struct text *problem)
{
	struct sync_change *change;

	result->changes = memory_grow(result->changes, result->count, &result->capacity,
				      sizeof *result->changes);
	change = &result->changes[result->count++];
	change->outcome = outcome;
	change->path = memory_copy_n(path, length);
	change->reason = memory_copy(reason);
	change->problem = problem != NULL ? memory_copy(text_string(problem)) : NULL;
}

/*
 * Count a plan entry.
 */
void sync_count(struct sync_result *result, enum sync_outcome outcome)
{
	size_t *const counts[] = {
		[SYNC_MADE] = &result->made,
		[SYNC_UPDATED] = &result->updated,
		[SYNC_ADOPTED] = &result->adopted,
		[SYNC_REMOVED] = &result->removed,
		[SYNC_LEFT_ALONE] = &result->left_alone,
		[SYNC_FAILED] = &result->failed,
	};

	++*counts[outcome];
}
