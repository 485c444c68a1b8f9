/*
 * An instance in detail: its queues, its chroot, its services.
 */
#include "control/details.h"

#include "control/prepare.h"

const char *chroot_state_name(enum chroot_state state)
{
	static const char *const names[] = {
		[CHROOT_OFF] = "off", [CHROOT_CURRENT] = "current", [CHROOT_STALE] = "stale",
		[CHROOT_UNKNOWN] = "unknown",
	};

	return names[state];
}

/* Say what is not as it should be, by the first thing that is not. */
static void explain(const struct sync_result *result, struct text *reason)
{
	const struct sync_change *change = NULL;
	size_t stale = result->made + result->updated + result->removed + result->failed;

	for (size_t i = 0; change == NULL && i < result->count; i++)
		if (result->changes[i].outcome != SYNC_ADOPTED &&
		    result->changes[i].outcome != SYNC_LEFT_ALONE)
			change = &result->changes[i];
	if (change == NULL)
		return;
	text_printf(reason, "%s: ", change->path);
	switch (change->outcome) {
	case SYNC_MADE:
		text_printf(reason, "missing (%s)", change->reason);
		break;
	case SYNC_UPDATED:
		text_printf(reason, "not as it is outside (%s)", change->reason);
		break;
	case SYNC_REMOVED:
		text_add(reason, "not needed any more");
		break;
	default:
		text_add(reason, change->problem != NULL ? change->problem : "cannot be used");
		break;
	}
	if (stale > 1)
		text_printf(reason, ", and %zu more", stale - 1);
}

static void look_at_chroot(struct details *details, const struct instance *instance,
			   struct chroots *chroots)
{
	struct sync_result result;
	struct text problem = TEXT_EMPTY;
	size_t entries;

	if (!chroots_compare(chroots, instance, &details->configuration, &entries, &result,
			     &problem, &details->chroot_reason))
		details->chroot = CHROOT_UNKNOWN;
	else if (result.made + result.updated + result.removed + result.failed > 0)
		details->chroot = CHROOT_STALE;
	else if (details->services.chrooted_count == 0 ||
		 (chroots->is_open && !chroots->settings.sync_chroot))
		details->chroot = CHROOT_OFF;
	else
		details->chroot = CHROOT_CURRENT;
	if (details->chroot == CHROOT_STALE)
		explain(&result, &details->chroot_reason);
	else if (problem.length > 0 && details->chroot_reason.length == 0)
		text_add(&details->chroot_reason, text_string(&problem));
	sync_result_free(&result);
	text_free(&problem);
}

/*
 * Look at an instance in detail.  What cannot be found out has a reason in its
 * place.  chroots serves several instances; the caller calls details_free()
 * before chroots_close().
 */
void details_read(struct details *details, const struct instance *instance,
		  const struct defaults *defaults, struct chroots *chroots)
{
	*details = (struct details){
		.chroot = CHROOT_UNKNOWN, .configuration = CONFIGURATION_EMPTY,
	};
	if (*instance->queue_directory == '/')
		details->has_queue = queue_counts_read(instance->queue_directory,
						       &details->queue,
						       &details->queue_problem);
	details->has_services =
		prepare_read(instance, defaults, &details->configuration,
			     &details->chroot_reason) &&
		active_services_find(&details->configuration, &details->services,
				     &details->chroot_reason);
	if (details->has_services)
		look_at_chroot(details, instance, chroots);
}

/*
 * Free the services, for who looks at very many instances and wants numbers.
 */
void details_forget_services(struct details *details)
{
	active_services_free(&details->services);
	configuration_free(&details->configuration);
	details->services = (struct active_services){ .count = 0 };
	details->configuration = CONFIGURATION_EMPTY;
	details->has_services = false;
}

void details_free(struct details *details)
{
	active_services_free(&details->services);
	configuration_free(&details->configuration);
	text_free(&details->queue_problem);
	text_free(&details->chroot_reason);
}
