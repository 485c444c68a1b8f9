/*
 * What goes into a chroot for the sake of few: the instance's own list.
 */
#include "fixtures/chroot/plans.h"

static void list(const char *content, mode_t mode)
{
	put(in("postfix/chroot.files"), content);
	chmod(in("postfix/chroot.files"), mode);
}

static void test_chroot_files(void)
{
	put(in("host/srv/a file"), "a");
	put(in("host/srv/b"), "b");
	put(in("host/srv/#c"), "c");
	put(in("host/srv/sub/d"), "d");
	mkfifo(in("host/srv/pipe"), 0644);

	list("# mine\n\n /srv/a file\t\r\n\t# /srv/b\n/srv/#c\n", 0644);
	plans("a path a line, with blanks in it", "", SMTP, "srv",
	      "srv/ <chroot.files, line 3>\n"
	      "srv/a file <chroot.files, line 3>\n"
	      "srv/#c <chroot.files, line 5>\n", "");
	list("srv/sub\n/srv/[ab]*", 0600);
	plans("directories, patterns, no newline at the end", "", SMTP, "srv",
	      "srv/ <chroot.files, line 1>\n"
	      "srv/sub/ <chroot.files, line 1>\n"
	      "srv/sub/d <chroot.files, line 1>\n"
	      "srv/a file <chroot.files, line 2>\n"
	      "srv/b <chroot.files, line 2>\n", "");
	list("/srv/none\n/srv/pipe\n/srv/../x\n", 0644);
	plans("what cannot be had is noted", "", SMTP, "srv", "",
	      "/srv/none does not exist; it is named by chroot.files\n"
	      "/srv/pipe is a device, socket or FIFO and cannot be copied; it is named by "
	      "chroot.files\n"
	      "/srv/../x, named by chroot.files, is not copied: give its real path\n");
	list("/srv/b\n", 0644);
	words_split(&settings.extra_files, "/srv/b", " ");
	plans("chroot_extra_files may name the same", "", SMTP, "srv/",
	      "srv/b <chroot_extra_files in /etc/default/postfix>\n", "");
	words_free(&settings.extra_files);
	plans("nothing is chrooted: nothing", "", UNCHROOTED, "", "", "");
}

static void refuses(const char *test, const char *because)
{
	struct text why = TEXT_EMPTY;
	struct plan_cache cache;
	struct plan plan;
	bool done = plan_for(&plan, &cache, "", SMTP, &why);

	ok(!done && plan.count == 0 && strstr(text_string(&why), "/postfix/chroot.files") != NULL &&
	   strstr(text_string(&why), because) != NULL, "%s: %s", test, text_string(&why));
	plan_free(&plan);
	plan_cache_close(&cache);
	text_free(&why);
}

static void test_untrusted_list(void)
{
	list("/srv/b\n", 0664);
	refuses("a list that the group can write", "others than root can write it");
	list("/srv/b\n", 0646);
	refuses("a list that others can write", "others than root can write it");
	if (geteuid() == 0) {
		list("/srv/b\n", 0644);
		if (chown(in("postfix/chroot.files"), 65534, 0) == 0)
			refuses("somebody else's list", "others than root can write it");
	}
	unlink(in("postfix/chroot.files"));
	put_bytes(in("postfix/chroot.files"), "/srv\0/b\n", 8);
	refuses("NUL bytes", "holds NUL bytes");
	unlink(in("postfix/chroot.files"));
	mkfifo(in("postfix/chroot.files"), 0644);
	refuses("a FIFO", "not a regular file");
	unlink(in("postfix/chroot.files"));
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	read_defaults("3.7.11");
	settings.sync_chroot = true;
	test_chroot_files();
	test_untrusted_list();
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	settings_free(&settings);
	defaults_free(&defaults);
	world_end();
	return tap_done();
}
