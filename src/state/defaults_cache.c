#include "state/defaults_cache.h"
bool defaults_cache_get(struct defaults *defaults, struct text *why)
{
	(void)defaults;
	return text_fail(why, "not yet");
}
