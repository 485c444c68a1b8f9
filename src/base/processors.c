/*
 * How much can run at a time.
 */
#include "base/processors.h"

#include <sched.h>

/*
 * Return the number of processors that this process may use, at least 1.
 */
size_t processors_count(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) < 0 || CPU_COUNT(&set) < 1)
		return 1;
	return (size_t)CPU_COUNT(&set);
}
