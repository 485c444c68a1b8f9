/*
 * The parameters that exist because a service does: for a delivery transport
 * "relay", relay_destination_concurrency_limit and its like, each with a
 * general parameter for its default.  The table is that of postconf(1).
 */
#include "postfix/service_parameters.h"

#include <string.h>

static const struct {
	const char *suffix;
	const char *value;
} table[] = {
	{ "_time_limit", "$command_time_limit" },
	{ "_recipient_limit", "$default_recipient_limit" },
	{ "_extra_recipient_limit", "$default_extra_recipient_limit" },
	{ "_recipient_refill_limit", "$default_recipient_refill_limit" },
	{ "_recipient_refill_delay", "$default_recipient_refill_delay" },
	{ "_delivery_slot_cost", "$default_delivery_slot_cost" },
	{ "_delivery_slot_loan", "$default_delivery_slot_loan" },
	{ "_delivery_slot_discount", "$default_delivery_slot_discount" },
	{ "_minimum_delivery_slots", "$default_minimum_delivery_slots" },
	{ "_initial_destination_concurrency", "$initial_destination_concurrency" },
	{ "_destination_concurrency_limit", "$default_destination_concurrency_limit" },
	{ "_destination_recipient_limit", "$default_destination_recipient_limit" },
	{ "_destination_concurrency_positive_feedback",
	  "$default_destination_concurrency_positive_feedback" },
	{ "_destination_concurrency_negative_feedback",
	  "$default_destination_concurrency_negative_feedback" },
	{ "_destination_concurrency_failed_cohort_limit",
	  "$default_destination_concurrency_failed_cohort_limit" },
	{ "_destination_rate_delay", "$default_destination_rate_delay" },
	{ "_transport_rate_delay", "$default_transport_rate_delay" },
};

enum { TIME_LIMIT = 0, ROWS = sizeof table / sizeof *table };

/* Does a service with this command have the parameter in that row? */
static bool has(const char *command, size_t row)
{
	static const char *const transports[] = {
		"local", "error", "virtual", "smtp", "lmtp", "pipe",
	};

	if (row == TIME_LIMIT)
		return strcmp(command, "pipe") == 0 || strcmp(command, "spawn") == 0;
	for (size_t i = 0; i < sizeof transports / sizeof *transports; i++)
		if (strcmp(command, transports[i]) == 0)
			return true;
	return false;
}

static bool ends_with(const char *name, size_t length, const char *suffix)
{
	size_t suffix_length = strlen(suffix);

	return length > suffix_length &&
	       strncmp(name + length - suffix_length, suffix, suffix_length) == 0;
}

/*
 * Could the name of length bytes be a service's parameter?
 */
bool service_parameter_may_be(const char *name, size_t length)
{
	for (size_t row = 0; row < ROWS; row++)
		if (ends_with(name, length, table[row].suffix))
			return true;
	return false;
}

/*
 * Return the default of the parameter whose name has length bytes, not
 * expanded, or NULL when no service brings it along.
 */
const char *service_parameter_default(const struct master_cf *master, const char *name,
				      size_t length)
{
	for (size_t i = 0; i < master->count; i++) {
		const char *service = master->services[i].column[SERVICE_NAME];
		size_t prefix = strlen(service);

		if (prefix >= length || strncmp(service, name, prefix) != 0)
			continue;
		for (size_t row = 0; row < ROWS; row++)
			if (strlen(table[row].suffix) == length - prefix &&
			    strncmp(table[row].suffix, name + prefix, length - prefix) == 0 &&
			    has(master->services[i].column[SERVICE_COMMAND], row))
				return table[row].value;
	}
	return NULL;
}

/*
 * Add the names of all parameters that the services bring along.
 */
void service_parameter_names(const struct master_cf *master, struct words *names)
{
	for (size_t i = 0; i < master->count; i++)
		for (size_t row = 0; row < ROWS; row++)
			if (has(master->services[i].column[SERVICE_COMMAND], row))
				words_printf(names, "%s%s",
					     master->services[i].column[SERVICE_NAME],
					     table[row].suffix);
}
