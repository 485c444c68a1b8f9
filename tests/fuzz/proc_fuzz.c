/*
 * libFuzzer: any bytes as what the kernel and the pid file say of processes:
 * /proc/PID/stat with a program's name that its owner chose, an environment,
 * /proc/locks, master.pid.
 */
#include "process/locks.h"
#include "process/pid_file.h"
#include "fuzz.h"

/* Readers that are their module's own. */
#include "process/identity.c"

static void read_stat(const uint8_t *bytes, size_t size)
{
	struct identity identity = { .pid = 1 };
	struct text line = fuzz_text(bytes, size);

	if (parse(line.data, &identity))
		fuzz_check(memchr(identity.name, '\0', sizeof identity.name) != NULL);
	text_free(&line);
}

static void read_environment(const struct text *environment)
{
	struct text value = TEXT_EMPTY;

	if (find_variable(environment, "MAIL_CONFIG", &value))
		fuzz_check(value.length < environment->length);
	else
		fuzz_check(value.length == 0);
	text_free(&value);
}

/* Each lock is found by its inode. */
static void read_locks(const char *content)
{
	struct locks locks = LOCKS_EMPTY;

	locks_parse(&locks, content);
	for (size_t i = 0; i < locks.count; i++) {
		size_t count;
		const struct lock *found = locks_find(&locks, locks.items[i].inode, &count);

		fuzz_check(found != NULL && found <= &locks.items[i] &&
			   &locks.items[i] < found + count);
		fuzz_check(i == 0 || locks.items[i - 1].inode <= locks.items[i].inode);
	}
	locks_free(&locks);
}

static void read_pid_file(const char *path)
{
	struct pid_file file = PID_FILE_EMPTY;
	pid_t pid;

	file.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (pid_file_claim(&file, &pid))
		fuzz_check(pid > 0);
	pid_file_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct text content = fuzz_text(bytes, size);

	read_stat(bytes, size);
	read_environment(&content);
	read_locks(content.data);
	read_pid_file(fuzz_file(bytes, size));
	text_free(&content);
	return 0;
}
