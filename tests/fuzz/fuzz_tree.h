#ifndef POSTCTL_TESTS_FUZZ_TREE_H
#define POSTCTL_TESTS_FUZZ_TREE_H

/*
 * Files for readers that look for them below a directory.
 */
#include "fuzz.h"

/*
 * Return a directory of this process, which the runner of the targets removes:
 * it gives each a TMPDIR of its own.
 */
FUZZ const char *fuzz_tree(void)
{
	static char path[256];

	if (*path == '\0') {
		const char *above = getenv("TMPDIR");

		snprintf(path, sizeof path, "%s/postctl-fuzz.XXXXXX",
			 above != NULL ? above : "/tmp");
		if (mkdtemp(path) == NULL) {
			perror(path);
			exit(1);
		}
	}
	return path;
}

/*
 * Return a descriptor of a file below that directory, and of the directories
 * that lead to it, for fuzz_write().
 */
FUZZ int fuzz_tree_file(const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof path, "%s/%s", fuzz_tree(), name);
	for (char *slash = path + strlen(fuzz_tree()) + 1; (slash = strchr(slash, '/')) != NULL;) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash++ = '/';
	}
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

#endif
