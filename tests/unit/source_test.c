/*
 * Files of the host: which one a path means, and whether it is still the
 * same.
 */
#include "chroot/source.h"

#include "fixtures/chroot/world.h"
#include "tap.h"

static struct host host;

static const char *kind_of(const char *path)
{
	static const char *const names[] = { "file", "directory", "special", "missing",
					     "unreadable" };
	struct source source;
	enum source_found found = source_find(&source, &host, path, NULL);

	if (found == SOURCE_FILE || found == SOURCE_DIRECTORY)
		source_free(&source);
	return names[found];
}

static void test_kinds(void)
{
	put(in("host/etc/file"), "x");
	mkfifo(in("host/etc/fifo"), 0644);
	put_link(in("host/etc/absolute"), "/etc/file");
	put_link(in("host/etc/relative"), "../etc//./file");
	put_link(in("host/etc/chain"), "absolute");
	put_link(in("host/etc/todir"), "../etc/");
	put_link(in("host/etc/dots"), "..");
	put_link(in("host/etc/up"), "../../../../../../etc/file");
	put_link(in("host/etc/self"), "self");
	put_link(in("host/etc/a"), "b");
	put_link(in("host/etc/b"), "a");
	put_link(in("host/etc/dangling"), "/run/none");
	put_link(in("host/etc/throughfile"), "file/x");
	is(kind_of("/etc/file"), "file", "a file");
	is(kind_of("/etc"), "directory", "a directory");
	is(kind_of("/"), "directory", "the root");
	is(kind_of("/etc/"), "directory", "a directory with a slash");
	is(kind_of("/etc/fifo"), "special", "a FIFO");
	is(kind_of("/etc/none"), "missing", "nothing");
	is(kind_of("/none/none"), "missing", "nothing in nothing");
	is(kind_of("/etc/file/x"), "missing", "something in a file");
	is(kind_of("/etc/absolute"), "file", "an absolute link, below the root");
	is(kind_of("/etc/relative"), "file", "a relative link");
	is(kind_of("/etc/chain"), "file", "a link to a link");
	is(kind_of("/etc/todir"), "directory", "a link to a directory");
	is(kind_of("/etc/dots"), "directory", "a link to ..");
	is(kind_of("/etc/up"), "file", "a link that climbs stays below the root");
	is(kind_of("/etc/self"), "unreadable", "a link to itself");
	is(kind_of("/etc/a"), "unreadable", "links to each other");
	is(kind_of("/etc/dangling"), "missing", "a dangling link");
	is(kind_of("/etc/throughfile"), "missing", "a link through a file");
}

/*
 * Does the stamp of path become later by what is done between the calls?
 */
static struct source before;

static void stamp(const char *path)
{
	host_forget(&host);
	source_find(&before, &host, path, NULL);
	tick();
}

static bool later(void)
{
	struct source after;
	bool is_later;

	host_forget(&host);
	source_find(&after, &host, before.path, NULL);
	is_later = source_later(&after.changed, &before.changed) &&
		   !source_same(&before, &after);
	source_free(&after);
	source_free(&before);
	return is_later;
}

static void test_stamps(void)
{
	put(in("host/zone/A"), "1234");
	put(in("host/zone/B"), "5678");
	set_time(in("host/zone/A"), 1000000000);
	set_time(in("host/zone/B"), 1000000000);
	put_link(in("host/etc/localtime"), "/zone/current");
	put_link(in("host/zone/current"), "A");
	tick();
	stamp("/etc/localtime");
	ok(!later(), "nothing happened");
	stamp("/etc/localtime");
	put_link(in("host/etc/localtime"), "/zone/current");
	ok(later(), "the link was made anew");
	stamp("/etc/localtime");
	put_link(in("host/zone/current"), "B");
	ok(later(), "a link within the chain leads to a twin of equal size and time");
	stamp("/etc/localtime");
	put(in("host/zone/B"), "9999");
	set_time(in("host/zone/B"), 1000000000);
	ok(later(), "the file was written and its time set back");
	stamp("/etc/localtime");
	put(in("host/zone/new"), "0000");
	set_time(in("host/zone/new"), 1000000000);
	rename(in("host/zone/new"), in("host/zone/B"));
	ok(later(), "another file took the name");
	stamp("/etc/localtime");
	chmod(in("host/zone/B"), 0600);
	ok(later(), "the mode changed");
}

static void test_open(void)
{
	struct source source;
	struct text why = TEXT_EMPTY;
	int fd;

	put(in("host/etc/open"), "content");
	source_find(&source, &host, "/etc/open", NULL);
	ok(source_open(&source, &host, &fd, &why) == SOURCE_OPENED && fd >= 0,
	   "a file that was written this moment is opened, after its tick");
	ok(source_unchanged(&source, fd), "it is unchanged");
	put(in("host/etc/open"), "CONTENT");
	ok(!source_unchanged(&source, fd), "a write of equal length is noticed");
	close(fd);
	ok(source_open(&source, &host, &fd, &why) == SOURCE_CHANGED, "it is not opened then");
	unlink(in("host/etc/open"));
	ok(source_open(&source, &host, &fd, &why) == SOURCE_CHANGED, "nor when it is gone");
	mkfifo(in("host/etc/open"), 0644);
	ok(source_open(&source, &host, &fd, &why) == SOURCE_CHANGED, "nor as a FIFO, at once");
	ok(!source_still(&source, &host), "it is not still there");
	source_free(&source);
	text_free(&why);
}

static mode_t reach_of(const char *path)
{
	struct source source;
	mode_t mode;
	uid_t owner;
	gid_t group;

	host_forget(&host);
	if (plan_look(&source, &host, path, PLAN_GUARDED, NULL) != SOURCE_FILE)
		return 07777;
	plan_attributes(&source, PLAN_GUARDED, &mode, &owner, &group);
	source_free(&source);
	return mode;
}

static void test_reach(void)
{
	put_directory(in("host/open"), 0755);
	put_directory(in("host/secret"), 0700);
	put_directory(in("host/secret/deep"), 0755);
	put_directory(in("host/grouped"), 0710);
	put(in("host/open/key"), "k");
	put(in("host/secret/deep/key"), "k");
	put(in("host/grouped/key"), "k");
	put(in("host/open/hard"), "k");
	chmod(in("host/open/hard"), 04777);
	put_link(in("host/open/link"), "/secret/deep/key");
	put_link(in("host/open/dir"), "/secret/deep");
	ok(reach_of("/open/key") == 0644, "in an open directory the mode counts");
	ok(reach_of("/open/hard") == 0755, "set-id bits and the rights of others to write go");
	ok(reach_of("/secret/deep/key") == 0600, "a closed directory above closes the copy");
	ok(reach_of("/open/link") == 0600, "also behind a link to the file");
	ok(reach_of("/open/dir/key") == 0600, "also behind a link to the directory");
	ok(reach_of("/grouped/key") == 0640, "a group's directory leaves it to the group");
}

int main(void)
{
	world_begin();
	host_open(&host, in("host"), NULL);
	test_kinds();
	test_stamps();
	test_open();
	test_reach();
	host_close(&host);
	world_end();
	return tap_done();
}
