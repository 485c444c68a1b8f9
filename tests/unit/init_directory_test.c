/*
 * The directory of init scripts and the links of runlevels, in a directory in
 * the place of /etc.
 */
#include "state/init_directory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/words.h"
#include "scratch.h"
#include "tap.h"

static void link_in(const char *level, const char *name)
{
	mkdir(scratch_path("rc%s.d", level), 0755);
	if (symlink("../init.d/x", scratch_path("rc%s.d/%s", level, name)) < 0)
		perror(name);
}

static bool has(int directory, const char *name, const char *content)
{
	struct text found = TEXT_EMPTY;
	bool same = init_directory_read(directory, name, &found) == INIT_FILE_PLAIN &&
		    strcmp(text_string(&found), content) == 0;

	text_free(&found);
	return same;
}

static mode_t mode_of(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 ? status.st_mode : 0;
}

static void test_files(int directory)
{
	struct text why = TEXT_EMPTY;
	struct text content = TEXT_EMPTY;
	const char *path = scratch_path("init.d/postfix@a");
	char target[sizeof scratch + 32];

	umask(077);
	ok(init_directory_read(directory, "postfix@a", &content) == INIT_FILE_MISSING, "missing");
	ok(!init_directory_has(directory, "postfix@a"), "there is nothing");
	ok(init_directory_write(directory, "postfix@a", "one\n", &why), "written");
	ok(has(directory, "postfix@a", "one\n"), "it is there");
	ok(init_directory_has(directory, "postfix@a"), "and seen");
	ok(mode_of(path) == (S_IFREG | 0755), "with its mode, whatever the umask is");
	ok(init_directory_write(directory, "postfix@a", "two\n", &why), "replaced");
	ok(has(directory, "postfix@a", "two\n"), "by the other");

	chmod(path, 0775);
	ok(init_directory_read(directory, "postfix@a", &content) == INIT_FILE_OTHER,
	   "what a group may write is no plain file");

	/* What is at the temporary name is never written through. */
	snprintf(target, sizeof target, "%s/target", scratch);
	scratch_write(target, "mine\n", 5);
	if (symlink(target, scratch_path("init.d/.postfix@a.new")) < 0)
		perror("symlink");
	ok(init_directory_write(directory, "postfix@a", "three\n", &why), "over a planted link");
	ok(has(directory, "postfix@a", "three\n"), "it is there");
	ok(S_ISREG(mode_of(path)), "as a file");
	ok(mode_of(scratch_path("init.d/.postfix@a.new")) == 0, "nothing is left");
	ok(has(AT_FDCWD, target, "mine\n"), "the target of the link is as it was");

	unlink(path);
	if (symlink(target, path) < 0)
		perror("symlink");
	ok(init_directory_read(directory, "postfix@a", &content) == INIT_FILE_OTHER,
	   "a link is no plain file");
	unlink(path);
	mkdir(path, 0755);
	ok(init_directory_read(directory, "postfix@a", &content) == INIT_FILE_OTHER,
	   "nor is a directory");
	ok(!init_directory_write(directory, "postfix@a", "four\n", &why) && why.length > 0,
	   "which is not replaced");
	ok(mode_of(scratch_path("init.d/.postfix@a.new")) == 0, "nothing is left of that");
	ok(!init_directory_remove(directory, "postfix@a", &why), "nor removed");
	rmdir(path);
	ok(init_directory_remove(directory, "postfix@a", &why), "to remove what is missing is fine");
	text_free(&why);
	text_free(&content);
}

static void test_list(int directory)
{
	static const char *const files[] = {
		"postfix", "postfix@-", "postfix@a", "postfix@a~", "xpostfix@b", ".postfix@c.new",
		".postfix@d", ".other.new",
	};
	struct words names = WORDS_EMPTY;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		scratch_write(scratch_path("init.d/%s", files[i]), "", 0);
	init_directory_list(directory, &names);
	ok(names.count == 2 && words_contain(&names, "postfix@-") &&
	   words_contain(&names, "postfix@a"), "scripts of instances are found");
	init_directory_clear(directory);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		ok((mode_of(scratch_path("init.d/%s", files[i])) == 0) ==
		   (strcmp(files[i], ".postfix@c.new") == 0), "after clearing: %s", files[i]);
	words_free(&names);
}

static void test_links(void)
{
	struct words names = WORDS_EMPTY;

	ok(init_directory_links(scratch, "postfix@a") == INIT_LINKS_NONE, "no links");
	link_in("0", "K01postfix@a");
	link_in("2", "K01postfix@a");
	link_in("2", "S01postfix@ab");
	link_in("3", "S99xpostfix@a");
	link_in("3", "postfix@a");
	link_in("3", "S1postfix@a");
	link_in("3", "X01postfix@a");
	ok(init_directory_links(scratch, "postfix@a") == INIT_LINKS_OFF, "it is never started");
	ok(init_directory_links(scratch, "postfix@ab") == INIT_LINKS_ON, "another is");
	link_in("5", "S20postfix@a");
	link_in("6", "K01postfix@a");
	ok(init_directory_links(scratch, "postfix@a") == INIT_LINKS_ON, "started in one runlevel");
	init_directory_list_links(scratch, &names);
	ok(names.count == 2 && words_contain(&names, "postfix@a") &&
	   words_contain(&names, "postfix@ab"), "each is named once");
	words_free(&names);
}

static void test_governs(void)
{
	const char *path = scratch_path("init.d/postfix@a");

	chmod(path, 0755);
	ok(init_directory_governs(scratch, "postfix@a"), "a script with links governs");
	chmod(path, 0644);
	ok(!init_directory_governs(scratch, "postfix@a"), "not one that cannot be executed");
	chmod(scratch_path("init.d/postfix@-"), 0755);
	ok(!init_directory_governs(scratch, "postfix@-"), "nor one without links");
	ok(!init_directory_governs(scratch, "postfix@ab"), "nor links without a script");
	unlink(path);
	if (symlink("postfix@-", path) < 0)
		perror("symlink");
	ok(!init_directory_governs(scratch, "postfix@a"), "nor a link to another");
}

int main(void)
{
	struct text why = TEXT_EMPTY;
	int directory;

	scratch_begin();
	ok(init_directory_open(scratch, &why) < 0 && strstr(why.data, "there is no ") != NULL,
	   "without a directory");
	mkdir(scratch_path("init.d"), 0755);
	directory = init_directory_open(scratch, &why);
	test_files(directory);
	test_list(directory);
	test_links();
	test_governs();
	close(directory);
	text_free(&why);
	return tap_done();
}
