/*
 * looks FILE: only looks at files, which is what a sync that finds nothing to
 * do cannot do without.
 *
 * FILE holds paths, a line each, those of one directory after each other.
 * Calls lstat(2) for each, relative to its directory, as any program would that
 * has many to look at.  Says how many there were.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char paths[4 << 20];

int main(int argc, char **argv)
{
	const char *directory = "";
	size_t have = 0, length = 0;
	int list = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	int looks = 0, fd = -1;
	struct stat status;
	ssize_t got;

	while ((got = read(list, paths + have, sizeof paths - 1 - have)) > 0)
		have += (size_t)got;
	for (char *line = paths, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char *slash = memrchr(line, '/', (size_t)(end - line));

		*end = '\0';
		if (slash == NULL)
			return 1;
		if (fd < 0 || length != (size_t)(slash - line) || memcmp(directory, line, length) != 0) {
			char saved = slash[1];

			slash[1] = '\0';
			close(fd);
			fd = open(line, O_PATH | O_DIRECTORY | O_CLOEXEC);
			slash[1] = saved;
			directory = line;
			length = (size_t)(slash - line);
		}
		looks += fstatat(fd, slash + 1, &status, AT_SYMLINK_NOFOLLOW) == 0;
	}
	printf("%d\n", looks);
	return looks == 0;
}
