/*
 * Two instances in one directory, or under one name in the log.  That of equal
 * spelling is found when instances are discovered (postfix/clash.c); here it
 * is what a path leads to that counts.
 */
#include "control/lint_shared.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/place.h"
#include "base/text.h"

static const char log_name[] = "syslog_name";

static void claim(struct shared *shared, size_t owner, const char *parameter, const char *value,
		  const char *key)
{
	shared->items = memory_grow(shared->items, shared->count, &shared->capacity,
				    sizeof *shared->items);
	shared->items[shared->count++] = (struct shared_claim){
		memory_copy(key), parameter, value, owner, NULL,
	};
}

static void claim_directory(struct shared *shared, size_t owner, const char *parameter,
			    const char *path)
{
	struct text key = TEXT_EMPTY;
	struct place place;

	if (*path == '/' && place_of(path, &place)) {
		text_printf(&key, "directory %llu %llu", (unsigned long long)place.device,
			    (unsigned long long)place.inode);
		claim(shared, owner, parameter, path, text_string(&key));
	}
	text_free(&key);
}

/*
 * Add what an instance claims; it must outlive the claims.
 */
void shared_add(struct shared *shared, const struct instance *instance, size_t owner)
{
	struct text key = TEXT_EMPTY;

	claim_directory(shared, owner, "config_directory", instance->directory);
	claim_directory(shared, owner, "queue_directory", instance->queue_directory);
	claim_directory(shared, owner, "data_directory", instance->data_directory);
	/* In a file of its own nobody is mistaken for another. */
	text_printf(&key, "log %s\n%s", instance->syslog_name, instance->maillog_file);
	claim(shared, owner, log_name, instance->syslog_name, text_string(&key));
	text_free(&key);
}

static int compare(const void *a, const void *b)
{
	const struct shared_claim *first = *(struct shared_claim *const *)a;
	const struct shared_claim *second = *(struct shared_claim *const *)b;
	int order = strcmp(first->key, second->key);

	/* Those of an instance stand in the order of the instances. */
	return order != 0 ? order : (first > second) - (first < second);
}

/*
 * Find each claim's rival, after all were added.
 */
void shared_match(struct shared *shared)
{
	struct shared_claim **sorted = memory_allocate(shared->count, sizeof *sorted);

	for (size_t i = 0; i < shared->count; i++)
		sorted[i] = &shared->items[i];
	if (shared->count > 0)
		qsort(sorted, shared->count, sizeof *sorted, compare);
	for (size_t i = 1; i < shared->count; i++) {
		struct shared_claim *before = sorted[i - 1];

		if (strcmp(before->key, sorted[i]->key) != 0)
			continue;
		sorted[i]->rival = before;
		if (before->rival == NULL)
			before->rival = sorted[i];
	}
	free(sorted);
}

/* The name by which an instance logs unless main.cf says otherwise. */
static const char *usual_log_name(const struct instance *instance)
{
	return *instance->name != '\0' ? instance->name : "postfix";
}

/* Of two that log under one name, which should not? */
static const struct instance *impostor(const struct instance *own, const struct instance *other,
				       const char *name)
{
	bool own_usual = strcmp(usual_log_name(own), name) == 0;
	bool other_usual = strcmp(usual_log_name(other), name) == 0;

	if (own_usual != other_usual)
		return own_usual ? other : own;
	return own->is_primary ? other : own;
}

static void report_log_name(const struct shared_claim *claim, const struct instances *instances,
			    struct findings *findings)
{
	const struct instance *other = &instances->items[claim->rival->owner];
	const struct instance *change = impostor(&instances->items[claim->owner], other,
						 claim->value);
	const char *base = strrchr(change->directory, '/') + 1;
	struct text advice = TEXT_EMPTY;

	text_printf(&advice, "postconf -c %s syslog_name=", change->directory);
	if (strcmp(usual_log_name(change), claim->value) != 0)
		text_add(&advice, usual_log_name(change));
	else
		text_printf(&advice, "%s%s", strncmp(base, "postfix-", 8) == 0 ? "" : "postfix-", base);
	findings_add(findings, false, text_string(&advice), "%s = %s is %s's, too: in the log the "
		     "two cannot be told apart", log_name, claim->value, instance_label(other));
	text_free(&advice);
}

static void report_directory(const struct shared_claim *claim, const struct instances *instances,
			     struct findings *findings)
{
	const struct shared_claim *rival = claim->rival;
	struct text advice = TEXT_EMPTY;

	text_printf(&advice, "postconf -c %s %s=DIRECTORY, with one of its own",
		    instances->items[claim->owner].directory, claim->parameter);
	findings_add(findings, true,
		     strcmp(claim->parameter, "config_directory") == 0 ? "" : text_string(&advice),
		     "%s = %s is the same directory as %s = %s of instance %s: only one of them "
		     "can run, and each does as it likes with the files of both",
		     claim->parameter, claim->value, rival->parameter, rival->value,
		     instance_label(&instances->items[rival->owner]));
	text_free(&advice);
}

/*
 * Add what an instance has in common with others.
 */
void shared_report(const struct shared *shared, const struct instances *instances, size_t owner,
		   struct findings *findings)
{
	for (size_t i = 0; i < shared->count; i++) {
		const struct shared_claim *claim = &shared->items[i];

		if (claim->owner != owner || claim->rival == NULL)
			continue;
		if (claim->parameter == log_name)
			report_log_name(claim, instances, findings);
		else
			report_directory(claim, instances, findings);
	}
}

void shared_free(struct shared *shared)
{
	for (size_t i = 0; i < shared->count; i++)
		free(shared->items[i].key);
	free(shared->items);
	*shared = SHARED_EMPTY;
}
