/*
 * libFuzzer: any bytes as what postmulti(1) and postconf(1) answer, and as what
 * postctl wrote down of earlier answers and operations, of who has a lock, and
 * of chroots.
 */
#include "chroot/manifest.h"
#include "postfix/defaults.h"
#include "state/epoch.h"
#include "fuzz_tree.h"

/* Readers that are their modules' own. */
#include "control/confirm.c"
#include "state/instance_lock.c"
#include "state/last_operation.c"

/* Is what was claimed of an instance what the answer must hold for it? */
static void check_job(const struct job *job, const struct text *content, const char *ended_by)
{
	const struct instance *instance = job->instance;

	fuzz_check(job->result == JOB_PENDING ||
		   job->result == (job->read_again ? JOB_FAILED : JOB_BUSY));
	fuzz_check(!job->confirmed || job->result == JOB_PENDING);
	fuzz_check(job->result == JOB_PENDING || job->said.length > 0);
	if (job->confirmed && *ended_by == '\0')
		fuzz_check(memmem(content->data, content->length, instance->directory,
				  strlen(instance->directory) + 1) != NULL);
	if (job->confirmed)
		fuzz_check(memmem(content->data, content->length, instance->queue_directory,
				  strlen(instance->queue_directory)) != NULL);
}

static void read_confirmation(const uint8_t *bytes, size_t size)
{
	static char empty[] = "", primary[] = "/etc/postfix", out[] = "/etc/postfix-out",
		    queue[] = "/var/spool/postfix", out_queue[] = "/var/spool/postfix-out",
		    data[] = "/var/lib/postfix", out_data[] = "/var/lib/postfix-out",
		    name[] = "postfix-out";
	const struct instance instances[] = {
		{ .directory = primary, .name = empty, .queue_directory = queue,
		  .data_directory = data, .is_primary = true, .is_enabled = true },
		{ .directory = out, .name = name, .queue_directory = out_queue,
		  .data_directory = out_data },
	};
	struct operation operation = { .verb = "start" };
	struct text content = fuzz_text(bytes, size);
	struct job jobs[2];

	for (int each = 0; each < 2; each++) {
		for (size_t i = 0; i < 2; i++) {
			job_init(&jobs[i], &operation, &instances[i]);
			/* The primary's configuration has been read a second time. */
			jobs[i].read_again = i == 0;
		}
		if (each == 0)
			read_answers(jobs, 2, &content);
		for (size_t i = 0; i < 2 && each == 1; i++) {
			struct question question = { .job = &jobs[i] };

			text_add_n(&question.task.data, content.data, content.length);
			read_lines(&question);
			text_free(&question.task.data);
		}
		for (size_t i = 0; i < 2; i++) {
			check_job(&jobs[i], &content, each == 0 ? "" : "\n");
			job_free(&jobs[i]);
		}
	}
	text_free(&content);
}

static void read_defaults(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);
	struct text why = TEXT_EMPTY;
	struct defaults defaults;
	bool done = defaults_parse(&defaults, &content, &why);

	fuzz_check(done == (why.length == 0));
	for (size_t i = 0; done && i < defaults.count; i++) {
		size_t length = strcspn(defaults.lines[i], " ");

		fuzz_check(defaults_find(&defaults, defaults.lines[i], length) != NULL);
	}
	defaults_free(&defaults);
	text_free(&why);
}

static void read_last_operation(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);
	struct last_operation operation = LAST_OPERATION_NONE;

	if (!parse(content.data, "boot 1", &operation))
		fuzz_check(operation.said.length == 0 && operation.verb.length == 0);
	last_operation_free(&operation);
	text_free(&content);
}

/* Something is said of who has a lock, whatever he wrote into it. */
static void read_holder(const uint8_t *bytes, size_t size)
{
	struct text holder = TEXT_EMPTY;
	int fd = open(fuzz_file(bytes, size), O_RDONLY | O_CLOEXEC);

	describe_holder(fd, &holder);
	fuzz_check(holder.length > 0);
	descriptor_close(fd);
	text_free(&holder);
}

/* What is believed leads nowhere else, and is written as it was read. */
static void check_record(const struct manifest_record *record)
{
	const char *path = record->path;

	fuzz_check(*path != '\0' && *path != '/' && strstr(path, "//") == NULL &&
		   strcmp(path, "..") != 0 && strncmp(path, "../", 3) != 0 &&
		   strstr(path, "/../") == NULL);
}

static void read_record(const char *line)
{
	const char *end = strchr(line, '\n');
	struct manifest_record record = { .path = NULL };

	if (end != NULL && manifest_record_read(&record, line, (size_t)(end - line) + 1))
		check_record(&record);
	free(record.path);
}

static void read_manifest(const uint8_t *bytes, size_t size)
{
	static int file = -1;
	struct manifest manifest;

	if (file < 0)
		file = fuzz_tree_file("-etc-postfix");
	fuzz_write(file, bytes, size);
	manifest_open(&manifest, fuzz_tree(), "/etc/postfix", "/var/spool/postfix");
	manifest_parse(&manifest);
	fuzz_check(manifest.exists && manifest.is_parsed);
	fuzz_check(!manifest.is_bad || (manifest.count == 0 && manifest.problem.length > 0));
	for (size_t i = 0; i < manifest.count; i++) {
		const struct manifest_record *record = &manifest.records[i];

		check_record(record);
		fuzz_check(manifest_find(&manifest, record->path) ==
			   (record->is_forgotten ? NULL : record));
	}
	manifest_close(&manifest);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);

	read_confirmation(bytes, size);
	read_defaults(bytes, size);
	read_last_operation(bytes, size);
	read_holder(bytes, size);
	(void)epoch_same(content.data, "boot 1");
	read_record(content.data);
	read_manifest(bytes, size);
	text_free(&content);
	return 0;
}
