/*
 * A manifest says again what it was told, and nothing that is damaged or
 * foreign says anything.
 */
#include "chroot/manifest.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/memory.h"
#include "fixtures/chroot/world.h"
#include "tap.h"

#define FILE_NAME "state/-etc-postfix\\x2dout"

static struct manifest manifest;

static void begin(void)
{
	manifest_open(&manifest, in("state"), "/etc/postfix-out", in("queue"));
}

static void end(void)
{
	manifest_close(&manifest);
}

static void add(const char *path)
{
	struct stat status;

	lstat(in("queue/%s", path), &status);
	manifest_add(&manifest, path, AT_FDCWD, in("queue/%s", path), &status);
}

static bool matches(const char *path)
{
	struct stat status;

	return lstat(in("queue/%s", path), &status) == 0 &&
	       manifest_matches(manifest_find(&manifest, path), AT_FDCWD, in("queue/%s", path),
				&status);
}

static size_t recorded(void)
{
	size_t count = 0;

	manifest_parse(&manifest);
	for (size_t i = 0; i < manifest.count; i++)
		count += !manifest.records[i].is_forgotten;
	return count;
}

/*
 * A plan of these paths, NULL ending them.
 */
static struct plan plan_of(const char *const *paths)
{
	struct plan plan = PLAN_EMPTY;

	for (; *paths != NULL; paths++) {
		plan.entries = memory_grow(plan.entries, plan.count, &plan.capacity,
					   sizeof *plan.entries);
		plan.entries[plan.count++] = (struct plan_entry){ .path = *paths };
	}
	return plan;
}

static bool is_within(const char *const *paths)
{
	struct plan plan = plan_of(paths);
	bool within;

	begin();
	within = manifest_is_within(&manifest, &plan);
	ok(!manifest.is_parsed || !manifest.exists, "nothing was parsed for that");
	end();
	free(plan.entries);
	return within;
}

static void test_life(void)
{
	const char *const all[] = { "etc", "etc/hosts", "etc/services", NULL };
	const char *const more[] = { "dev", "etc", "etc/a", "etc/hosts", "etc/services", "z", NULL };
	const char *const turned[] = { "etc/hosts", "etc", "etc/services", NULL };
	const char *const fewer[] = { "etc", "etc/services", NULL };
	const char *const none[] = { NULL };
	struct plan plan = plan_of(all);
	struct text before = TEXT_EMPTY;
	struct stat status, later;

	put(in("queue/etc/hosts"), "h");
	put(in("queue/etc/services"), "s");
	begin();
	ok(!manifest.exists && manifest.problem.length == 0, "none is there at first");
	ok(manifest_is_within(&manifest, &plan), "and it is within any plan");
	manifest_save(&manifest, &plan);
	end();
	ok(access(in("state"), F_OK) < 0, "nothing to record: nothing is written");

	begin();
	add("etc/services");
	add("etc");
	ok(access(in(FILE_NAME), F_OK) == 0, "what is added is there at once");
	add("etc/hosts");
	end();
	begin();
	ok(recorded() == 3 && matches("etc") && matches("etc/hosts") && matches("etc/services"),
	   "even if it never comes to the end");
	ok(manifest.is_stale && !manifest_is_within(&manifest, &plan), "which is noticed");
	manifest_save(&manifest, &plan);
	ok(manifest.problem.length == 0, "so that it is put in order");
	end();
	stat(in("state"), &status);
	stat(in(FILE_NAME), &later);
	ok((status.st_mode & 0777) == 0755 && (later.st_mode & 0777) == 0644, "for all to read");
	text_add(&before, held(in(FILE_NAME)));
	ok(strncmp(before.data, "postctl chroot manifest 1\n", 26) == 0 &&
	   strstr(before.data, "\netc directory 0755 ") < strstr(before.data, "\netc/hosts file 0644 ") &&
	   strstr(before.data, "\netc/hosts ") < strstr(before.data, "\netc/services ") &&
	   strcmp(before.data + before.length - 5, "\nend\n") == 0, "in the order of the plan");
	ok(is_within(all), "it is within its plan");
	ok(is_within(more), "and within one with more in it");
	ok(!is_within(fewer), "not within one with less");
	ok(!is_within(turned), "not surely within one in another order");
	ok(!is_within(none), "not within an empty one");

	begin();
	manifest_save(&manifest, &plan);
	end();
	stat(in(FILE_NAME), &status);
	ok(status.st_ino == later.st_ino, "unchanged, it is not written again");
	begin();
	add("etc/hosts");
	end();
	begin();
	ok(recorded() == 3, "a path is recorded once");
	manifest_forget(&manifest, manifest_find(&manifest, "etc/hosts"));
	ok(manifest_find(&manifest, "etc/hosts") == NULL && recorded() == 2, "or forgotten");
	add("etc/hosts");
	ok(matches("etc/hosts") && recorded() == 3, "or remembered again");
	manifest_forget(&manifest, manifest_find(&manifest, "etc/hosts"));
	manifest_save(&manifest, NULL);
	end();
	begin();
	ok(recorded() == 2 && manifest_find(&manifest, "etc/hosts") == NULL, "for good");
	for (size_t i = 0; i < manifest.count; i++)
		manifest_forget(&manifest, &manifest.records[i]);
	manifest_save(&manifest, NULL);
	end();
	ok(access(in(FILE_NAME), F_OK) < 0, "without records it goes away");
	free(plan.entries);
	text_free(&before);
}

/*
 * What can be done to a file, and is seen.
 */
static void test_changes(void)
{
	struct stat status;
	int fd;

	put(in("queue/file"), "one");
	set_time(in("queue/file"), 1000000000);
	put_directory(in("queue/directory"), 0755);
	begin();
	add("file");
	add("directory");
	ok(matches("file") && matches("directory"), "untouched");
	held(in("queue/file"));
	put(in("queue/directory/x"), "");
	unlink(in("queue/directory/x"));
	ok(matches("file") && matches("directory"), "reading a file and using a directory is no change");
	tick();
	fd = open(in("queue/file"), O_WRONLY | O_CLOEXEC);
	ok(descriptor_write(fd, "two", 3), "written over");
	close(fd);
	ok(!matches("file"), "  is seen");
	set_time(in("queue/file"), 1000000000);
	ok(!matches("file"), "  even if its time is set back");
	add("file");
	tick();
	chmod(in("queue/file"), 0600);
	chmod(in("queue/file"), 0644);
	ok(!matches("file"), "another mode, and back");
	add("file");
	tick();
	rename(in("queue/file"), in("queue/other"));
	rename(in("queue/other"), in("queue/file"));
	ok(!matches("file"), "another name, and back");
	add("file");
	ok(link(in("queue/file"), in("queue/other")) == 0 && !matches("file"), "a second name");
	unlink(in("queue/file"));
	ok(!matches("file"), "gone");
	put_link(in("queue/file"), "other");
	ok(!matches("file"), "a link");
	unlink(in("queue/file"));
	put_directory(in("queue/file"), 0755);
	ok(!matches("file"), "a directory");
	chmod(in("queue/directory"), 0700);
	ok(!matches("directory"), "a directory of another mode");
	chmod(in("queue/directory"), 0755);
	lstat(in("queue/directory"), &status);
	ok(matches("directory"), "and back");
	rmdir(in("queue/directory"));
	tick();
	put_directory(in("queue/directory"), 0755);
	/* It may even have the inode of the old one. */
	ok(!matches("directory"), "made anew");
	rmdir(in("queue/directory"));
	put(in("queue/directory"), "");
	ok(!matches("directory"), "a file");
	end();
	unlink(in(FILE_NAME));
}

static void test_names(void)
{
	static const char *const names[] = {
		"new\nline", "blank blank", "back\\slash", "\\x41", "#hash", "\xc3\xa4\xff\x01", "end",
		"%s", "-", "...", "a..", ".postctl",
	};
	size_t good = 0;

	begin();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		put(in("queue/%s", names[i]), names[i]);
		add(names[i]);
	}
	set_time(in("queue/end"), -1000);
	add("end");
	manifest_save(&manifest, NULL);
	end();
	begin();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		good += matches(names[i]);
	ok(good == sizeof names / sizeof *names && manifest.problem.length == 0,
	   "names with anything in them");
	end();
	ok(strstr(held(in(FILE_NAME)), "\nnew\\x0aline file ") != NULL, "a line each");
	unlink(in(FILE_NAME));
}

/*
 * A manifest of two good records with something done to it.
 */
static void damaged(const char *what, const char *from, const char *to, const char *words)
{
	struct text content = TEXT_EMPTY;
	const char *good = held(in("good")), *at = strstr(good, from);

	text_add_n(&content, good, (size_t)(at - good));
	text_add(&content, to);
	if (*from != '\0')
		text_add(&content, at + strlen(from));
	unlink(in(FILE_NAME));
	put_bytes(in(FILE_NAME), text_string(&content), content.length);
	begin();
	manifest_parse(&manifest);
	ok(recorded() == 0 && strstr(text_string(&manifest.problem), words) != NULL &&
	   strstr(text_string(&manifest.problem), FILE_NAME) != NULL, "%s: %s", what,
	   text_string(&manifest.problem));
	manifest_save(&manifest, NULL);
	ok(strcmp(held(in(FILE_NAME)), text_string(&content)) == 0, "  and it stays to be seen");
	end();
	text_free(&content);
}

static void test_damage(void)
{
	struct text content = TEXT_EMPTY;
	size_t believed = 0, wrong = 0;

	put(in("queue/etc/hosts"), "h");
	put(in("queue/etc/services"), "s");
	begin();
	add("etc/hosts");
	add("etc/services");
	manifest_save(&manifest, NULL);
	end();
	put(in("good"), held(in(FILE_NAME)));
	damaged("another version", "manifest 1", "manifest 2", "damaged, or not postctl's");
	damaged("another queue directory", "/queue", "/queue2", "of another queue directory");
	damaged("no end", "end\n", "", "damaged");
	damaged("another end", "end\n", "end \n", "damaged");
	damaged("two ends", "end\n", "end\nend\n", "damaged");
	damaged("a path that climbs", "etc/hosts", "../hosts", "damaged");
	damaged("an absolute path", "etc/hosts", "/etc/hosts", "damaged");
	damaged("a path that climbs, hidden", "etc/hosts", "etc/\\x2e\\x2e/etc", "damaged");
	damaged("an empty step", "etc/hosts", "etc//hosts", "damaged");
	damaged("a slash at the end", "etc/hosts", "etc/hosts/", "damaged");
	damaged("a NUL in a path", "etc/hosts", "etc/hosts\\x00", "damaged");
	damaged("half an escape", "etc/hosts", "etc/hosts\\x", "damaged");
	damaged("another escape", "etc/hosts", "etc\\x2fhosts", "damaged");
	damaged("another kind", " file", " link", "damaged");
	damaged("two blanks", " file", "  file", "damaged");
	damaged("a sign", " file 0644 ", " file 0644 +", "damaged");
	damaged("a mode with more in it", " file 0", " file 010", "damaged");
	damaged("an empty line", "etc/hosts", "\netc/hosts", "damaged");
	damaged("a comment", "etc/hosts", "# comment\netc/hosts", "damaged");
	damaged("empty", "postctl", "", "damaged");

	/* Cut anywhere, it says all or nothing, or what was whole. */
	text_add(&content, held(in("good")));
	text_add(&content, "etc/hosts file 0644 1 1 0 1 1.000000000 1.000000000\n");
	for (size_t length = 0; length < content.length; length++) {
		unlink(in(FILE_NAME));
		put_bytes(in(FILE_NAME), content.data, length);
		begin();
		believed += recorded() == 2;
		wrong += recorded() != 2 && (recorded() != 0 || manifest.problem.length == 0);
		end();
	}
	ok(believed == 52 && wrong == 0, "cut short anywhere: believed in %zu of %zu cases, all after "
	   "its end", believed, content.length);
	/* Any byte of it changed: believed or not, it never names anything outside. */
	for (size_t at = 0; at < content.length; at++) {
		char saved = content.data[at];

		content.data[at] = (char)(saved ^ 0x15);
		unlink(in(FILE_NAME));
		put_bytes(in(FILE_NAME), content.data, content.length);
		begin();
		manifest_parse(&manifest);
		for (size_t i = 0; i < manifest.count; i++)
			wrong += manifest.records[i].path[0] == '/' ||
				 strstr(manifest.records[i].path, "..") != NULL;
		end();
		content.data[at] = saved;
	}
	ok(wrong == 0, "any byte changed: no path leads outside");
	text_free(&content);
}

/*
 * Not a file, or not ours.
 */
static void foreign(const char *what, const char *words)
{
	alarm(20);
	begin();
	alarm(0);
	ok(recorded() == 0 && strstr(text_string(&manifest.problem), words) != NULL, "%s: %s", what,
	   text_string(&manifest.problem));
	add("etc/hosts");
	end();
}

static void test_foreign(void)
{
	struct rlimit limit;

	unlink(in(FILE_NAME));
	put(in("elsewhere"), held(in("good")));
	put_link(in(FILE_NAME), in("elsewhere"));
	foreign("a symbolic link", strerror(ELOOP));
	ok(strncmp(held(in("elsewhere")), "postctl", 7) == 0 &&
	   strcmp(held(in("elsewhere")) + strlen(held(in("elsewhere"))) - 4, "end\n") == 0,
	   "  where it leads to is as it was");
	begin();
	ok(recorded() == 1 && manifest.problem.length == 0, "  a file takes its place");
	end();
	unlink(in(FILE_NAME));
	mkfifo(in(FILE_NAME), 0644);
	foreign("a FIFO", "others than root");
	unlink(in(FILE_NAME));
	put(in(FILE_NAME), held(in("good")));
	chmod(in(FILE_NAME), 0664);
	foreign("a file that a group may write", "others than root");
	unlink(in(FILE_NAME));
	put_directory(in(FILE_NAME), 0755);
	foreign("a directory", "others than root");
	begin();
	add("etc/hosts");
	ok(strstr(text_string(&manifest.problem), "cannot be noted") != NULL, "  which stays: %s",
	   text_string(&manifest.problem));
	end();
	rmdir(in(FILE_NAME));
	unlink(in(FILE_NAME ".new"));
	if (geteuid() == 0) {
		put(in(FILE_NAME), held(in("good")));
		if (chown(in(FILE_NAME), 65534, 65534) == 0)
			foreign("somebody's file", "others than root");
		unlink(in(FILE_NAME));
		chmod(in("state"), 0777);
		begin();
		add("etc/hosts");
		manifest_save(&manifest, NULL);
		ok(access(in(FILE_NAME), F_OK) < 0 &&
		   strstr(text_string(&manifest.problem), "is not root's alone") != NULL,
		   "nothing is written into everybody's directory: %s",
		   text_string(&manifest.problem));
		end();
		chmod(in("state"), 0755);
	} else {
		ok(true, "somebody's file # SKIP needs root");
	}
	/* No room: what was known stays known. */
	begin();
	add("etc/hosts");
	manifest_save(&manifest, NULL);
	end();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 100;
	setrlimit(RLIMIT_FSIZE, &limit);
	begin();
	add("etc/services");
	manifest_save(&manifest, NULL);
	/* What this test prints may go to a file, too. */
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
	ok(strstr(text_string(&manifest.problem), "cannot be noted") != NULL, "no room: %s",
	   text_string(&manifest.problem));
	end();
	begin();
	ok(recorded() == 1 && matches("etc/hosts"), "what was recorded before is still known");
	end();
}

/*
 * A file that cannot be read this time is none to write over.
 */
static void test_unreadable(void)
{
	struct rlimit limit, few;

	getrlimit(RLIMIT_NOFILE, &limit);
	few = limit;
	few.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &few);
	begin();
	setrlimit(RLIMIT_NOFILE, &limit);
	ok(recorded() == 0 && strstr(text_string(&manifest.problem), "cannot read") != NULL,
	   "no descriptor left: %s", text_string(&manifest.problem));
	add("etc/services");
	manifest_renounce(&manifest);
	manifest_save(&manifest, NULL);
	end();
	begin();
	ok(recorded() == 1 && matches("etc/hosts"), "it is as it was the next time");
	end();
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	test_life();
	test_changes();
	test_names();
	test_damage();
	test_foreign();
	test_unreadable();
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	world_end();
	return tap_done();
}
