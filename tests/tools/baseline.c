/*
 * baseline DIRECTORY...: reads each DIRECTORY/main.cf and /proc/locks, and does
 * nothing with it: what status cannot do without.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char buffer[64 * 1024];

static int read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0) {
		perror(path);
		return 1;
	}
	while ((got = read(fd, buffer, sizeof buffer)) > 0)
		continue;
	close(fd);
	return got < 0;
}

int main(int argc, char **argv)
{
	int failed = read_file("/proc/locks");
	char path[4096];

	for (int i = 1; i < argc; i++) {
		snprintf(path, sizeof path, "%s/main.cf", argv[i]);
		failed |= read_file(path);
	}
	return failed;
}
