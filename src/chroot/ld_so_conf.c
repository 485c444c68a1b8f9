/*
 * The directories of the dynamic linker.  /etc/ld.so.conf is read rather than
 * the cache that ldconfig(8) makes of it: it is text, says the same, and is
 * there in a tree that was never booted.
 */
#include "chroot/library.h"

#include <string.h>

#define CONFIGURATION_SIZE 65536
#define FILES_MAX 1000
#define DEPTH_MAX 8

/*
 * The triplet after which Debian names the directories of this architecture
 * (https://wiki.debian.org/Multiarch/Tuples).
 */
#if defined(__x86_64__) && defined(__ILP32__)
#define TRIPLET "x86_64-linux-gnux32"
#elif defined(__x86_64__)
#define TRIPLET "x86_64-linux-gnu"
#elif defined(__i386__)
#define TRIPLET "i386-linux-gnu"
#elif defined(__aarch64__)
#define TRIPLET "aarch64-linux-gnu"
#elif defined(__arm__) && defined(__ARM_PCS_VFP)
#define TRIPLET "arm-linux-gnueabihf"
#elif defined(__arm__)
#define TRIPLET "arm-linux-gnueabi"
#elif defined(__riscv)
#define TRIPLET "riscv64-linux-gnu"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define TRIPLET "powerpc64le-linux-gnu"
#elif defined(__powerpc64__)
#define TRIPLET "powerpc64-linux-gnu"
#elif defined(__powerpc__)
#define TRIPLET "powerpc-linux-gnu"
#elif defined(__s390x__)
#define TRIPLET "s390x-linux-gnu"
#elif defined(__loongarch64)
#define TRIPLET "loongarch64-linux-gnu"
#elif defined(__mips64) && defined(__MIPSEL__)
#define TRIPLET "mips64el-linux-gnuabi64"
#elif defined(__mips__) && defined(__MIPSEL__)
#define TRIPLET "mipsel-linux-gnu"
#elif defined(__sparc__) && defined(__arch64__)
#define TRIPLET "sparc64-linux-gnu"
#elif defined(__m68k__)
#define TRIPLET "m68k-linux-gnu"
#elif defined(__hppa__)
#define TRIPLET "hppa-linux-gnu"
#elif defined(__alpha__)
#define TRIPLET "alpha-linux-gnu"
#elif defined(__sh__)
#define TRIPLET "sh4-linux-gnu"
#endif

/*
 * Return the directory of a chroot, without the leading slash, into which
 * libraries go: the one where the dynamic linker of this architecture looks
 * first when there is neither a cache nor a configuration.  What Debian's
 * scripts of any release left in other places can so never come first.
 */
const char *library_destination(void)
{
#ifdef TRIPLET
	return "lib/" TRIPLET;
#else
	return "lib";
#endif
}

static void read_file(struct words *directories, struct words *seen,
		      const struct host *host, const char *path, int depth);

/*
 * Read the files that an include line names, relative to the directory of
 * the file in which it stands.
 */
static void include(struct words *directories, struct words *seen,
		    const struct host *host, const char *from, const char *patterns,
		    int depth)
{
	const char *slash = strrchr(from, '/');
	struct words list = WORDS_EMPTY, found = WORDS_EMPTY;

	words_split(&list, patterns, " \t\r");
	for (size_t i = 0; i < list.count; i++) {
		struct text pattern = TEXT_EMPTY;

		if (list.items[i][0] != '/')
			text_add_n(&pattern, from, (size_t)(slash - from) + 1);
		text_add(&pattern, list.items[i]);
		host_glob(host, text_string(&pattern), &found);
		text_free(&pattern);
	}
	for (size_t i = 0; i < found.count; i++)
		read_file(directories, seen, host, found.items[i], depth + 1);
	words_free(&list);
	words_free(&found);
}

static void read_line(struct words *directories, struct words *seen,
		      const struct host *host, const char *path, char *line, int depth)
{
	size_t length;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t\r");
	length = strlen(line);
	while (length > 0 && strchr(" \t\r", line[length - 1]) != NULL)
		line[--length] = '\0';
	if (strncmp(line, "include", 7) == 0 && (line[7] == ' ' || line[7] == '\t')) {
		include(directories, seen, host, path, line + 8, depth);
		return;
	}
	/* A directory may carry a type ("=libc6"), which means nothing any more. */
	line[strcspn(line, "=")] = '\0';
	length = strlen(line);
	while (length > 1 && line[length - 1] == '/')
		line[--length] = '\0';
	if (line[0] == '/' && !words_contain(directories, line))
		words_add(directories, line);
}

/*
 * Add the directories that a configuration file names.  A file is read once,
 * so files that include each other come to an end.
 */
static void read_file(struct words *directories, struct words *seen,
		      const struct host *host, const char *path, int depth)
{
	struct text content = TEXT_EMPTY;

	if (depth > DEPTH_MAX || seen->count > FILES_MAX || words_contain(seen, path))
		return;
	words_add(seen, path);
	if (host_read_file(host, path, CONFIGURATION_SIZE, &content) && content.length > 0) {
		char *line = content.data;

		while (*line != '\0') {
			char *next = line + strcspn(line, "\n");

			if (*next != '\0')
				*next++ = '\0';
			read_line(directories, seen, host, path, line, depth);
			line = next;
		}
	}
	text_free(&content);
}

/*
 * Take down where this host's dynamic linker looks for libraries.  What
 * cannot be read adds nothing.  library_path_free() frees it.
 */
void library_path_read(struct library_path *path, const struct host *host)
{
	struct words seen = WORDS_EMPTY;

	path->configured = WORDS_EMPTY;
	path->defaults = WORDS_EMPTY;
	read_file(&path->configured, &seen, host, "/etc/ld.so.conf", 0);
	words_free(&seen);
	/* Debian's order: "ld.so --list-diagnostics" calls them system_dirs. */
#ifdef TRIPLET
	words_add(&path->defaults, "/lib/" TRIPLET);
	words_add(&path->defaults, "/usr/lib/" TRIPLET);
#endif
	words_add(&path->defaults, "/lib");
	words_add(&path->defaults, "/usr/lib");
#ifdef __LP64__
	/* Elsewhere than on Debian. */
	words_add(&path->defaults, "/lib64");
	words_add(&path->defaults, "/usr/lib64");
#endif
}

void library_path_free(struct library_path *path)
{
	words_free(&path->configured);
	words_free(&path->defaults);
}
