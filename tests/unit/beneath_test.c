/*
 * Directories in a chroot: which are entered, which are refused and how the
 * refusal names them.  Everything is tried with openat2(2) and without.
 */
#include "chroot/beneath.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "chroot/kernel.h"
#include "fixtures/chroot/world.h"
#include "tap.h"

static bool without;

static struct beneath open_queue(void)
{
	struct beneath beneath;

	beneath_open(&beneath, in("queue"), NULL);
	beneath.without_openat2 = without;
	return beneath;
}

/*
 * Enter path; the answer must be want and the reason hold each word.
 */
static void enters(const char *name, const char *path, enum beneath_answer want,
		   const char *word)
{
	struct beneath beneath = open_queue();
	struct text why = TEXT_EMPTY;
	enum beneath_answer have;
	bool fresh;
	int fd;

	have = beneath_enter(&beneath, path, strlen(path), &fd, &fresh, &why);
	ok(have == want && (have == BENEATH_OPEN) == (fd >= 0) &&
	   strstr(text_string(&why), word) != NULL, "%s%s: %s", name,
	   without ? " (walked)" : "", text_string(&why));
	beneath_close(&beneath);
	text_free(&why);
}

static void test_contents(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	put_directory(in("queue/etc/ssl"), 0755);
	put_directory(in("outside/ssl"), 0755);
	put_link(in("queue/absolute"), in("outside"));
	put_link(in("queue/relative"), "../outside");
	put_link(in("queue/inside"), "etc");
	put_link(in("queue/chain"), "inside");
	put_link(in("queue/loop"), "loop");
	put_link(in("queue/dangling"), "nowhere");
	put(in("queue/file"), "x");
	mkfifo(in("queue/fifo"), 0644);
	strcpy(address.sun_path, in("queue/socket"));
	bind(listener, (struct sockaddr *)&address, sizeof address);
	close(listener);
	put_directory(in("queue/group"), 0775);
	put_directory(in("queue/world"), 0757);
	put_directory(in("queue/sticky"), 01777);
	put_directory(in("queue/group/deep"), 0755);

	enters("the root", "", BENEATH_OPEN, "");
	enters("a directory", "etc", BENEATH_OPEN, "");
	enters("a directory in it", "etc/ssl", BENEATH_OPEN, "");
	enters("nothing", "var", BENEATH_MISSING, "");
	enters("nothing in a directory", "etc/none/deep", BENEATH_MISSING, "");
	enters("an absolute link", "absolute", BENEATH_REFUSED, "/queue/absolute: it is a symbolic");
	enters("below an absolute link", "absolute/ssl", BENEATH_REFUSED, "/queue/absolute: it is");
	enters("a relative link", "relative/ssl", BENEATH_REFUSED, "symbolic link");
	enters("a link within", "inside/ssl", BENEATH_REFUSED, "symbolic link");
	enters("a chain of links", "chain", BENEATH_REFUSED, "symbolic link");
	enters("a link to itself", "loop", BENEATH_REFUSED, "symbolic link");
	enters("a dangling link", "dangling/x", BENEATH_REFUSED, "symbolic link");
	enters("a file", "file", BENEATH_REFUSED, "no directory");
	enters("below a file", "file/x", BENEATH_REFUSED, "no directory");
	enters("a FIFO", "fifo", BENEATH_REFUSED, "no directory");
	enters("a socket", "socket/x", BENEATH_REFUSED, "no directory");
	enters("a group's directory", "group", BENEATH_REFUSED, "chmod go-w");
	enters("below a group's directory", "group/deep", BENEATH_REFUSED, "/queue/group: others");
	enters("everybody's directory", "world", BENEATH_REFUSED, "others than root");
	enters("a sticky directory", "sticky", BENEATH_REFUSED, "others than root");
	if (geteuid() == 0) {
		put_directory(in("queue/owned/deep"), 0755);
		if (chown(in("queue/owned"), 65534, 0) == 0)
			enters("somebody's directory", "owned/deep", BENEATH_REFUSED,
			       "belongs to user 65534");
	} else {
		ok(true, "somebody's directory # SKIP needs root");
	}
}

static void test_make(void)
{
	struct beneath beneath = open_queue();
	struct text why = TEXT_EMPTY;
	struct stat status;
	bool fresh, made;
	int fd;

	umask(077);
	rmdir(in("queue/new/deep"));
	rmdir(in("queue/new"));
	made = beneath_make(&beneath, "new", 3, &why) && beneath_make(&beneath, "new/deep", 8, &why);
	umask(022);
	ok(made && stat(in("queue/new/deep"), &status) == 0 && (status.st_mode & 07777) == 0755,
	   "made 0755 whatever the umask %s", text_string(&why));
	made = beneath_make(&beneath, "none/deep", 9, &why);
	ok(!made, "not in a missing directory: %s", text_string(&why));
	made = beneath_make(&beneath, "absolute/deep", 13, &why);
	ok(!made && access(in("outside/deep"), F_OK) < 0, "not through a link: %s",
	   text_string(&why));
	made = beneath_make(&beneath, "file", 4, &why);
	ok(!made, "not where a file is: %s", text_string(&why));
	ok(beneath_enter(&beneath, "new/deep", 8, &fd, &fresh, &why) == BENEATH_OPEN && fresh,
	   "entered freshly");
	ok(beneath_enter(&beneath, "new/deep", 8, &fd, &fresh, &why) == BENEATH_OPEN && !fresh,
	   "still open the next time");
	ok(beneath_enter(&beneath, "new", 3, &fd, &fresh, &why) == BENEATH_OPEN && !fresh,
	   "the one above, too");
	ok(beneath_enter(&beneath, "new/deep", 8, &fd, &fresh, &why) == BENEATH_OPEN && fresh,
	   "left ones are opened anew");
	beneath_close(&beneath);
	text_free(&why);
}

static void test_root(void)
{
	struct text why = TEXT_EMPTY;
	struct beneath beneath;
	bool done;

	done = beneath_open(&beneath, in("none"), &why);
	ok(!done, "a missing root: %s", text_string(&why));
	beneath_close(&beneath);
	done = beneath_open(&beneath, in("queue/file"), &why);
	ok(!done, "a file for a root: %s", text_string(&why));
	beneath_close(&beneath);
	chmod(in("queue"), 0777);
	done = beneath_open(&beneath, in("queue"), &why);
	ok(!done, "everybody's root: %s", text_string(&why));
	beneath_close(&beneath);
	chmod(in("queue"), 0755);
	put_link(in("spool"), "queue");
	done = beneath_open(&beneath, in("spool"), &why);
	ok(done, "a link on the host to the root");
	beneath_close(&beneath);
	text_free(&why);
}

/*
 * In a mount namespace of its own: a bind mount of the same file system.
 */
static void test_mount(void)
{
	pid_t child;
	int status;

	if (geteuid() != 0) {
		ok(true, "a mount point # SKIP needs root");
		return;
	}
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct text why = TEXT_EMPTY;
		struct beneath beneath;
		bool fresh;
		int fd, failures = 0;

		if (unshare(CLONE_NEWNS) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount(in("outside"), in("queue/etc"), NULL, MS_BIND, NULL) < 0)
			_exit(77);
		beneath = open_queue();
		failures += beneath_enter(&beneath, "etc/ssl", 7, &fd, &fresh, &why) !=
			    BENEATH_MOUNT;
		failures += strstr(text_string(&why), "/queue/etc is a mount point; left alone") ==
			    NULL;
		failures += !kernel_is_mount(beneath.root, "etc");
		failures += kernel_is_mount(beneath.root, "group");
		text_free(&why);
		beneath_close(&beneath);
		_exit(failures > 0);
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		ok(true, "a mount point # SKIP needs a mount namespace");
	else
		ok(status == 0, "a mount point is left alone%s", without ? " (walked)" : "");
}

int main(void)
{
	int descriptors = world_descriptors();

	world_begin();
	for (int round = 0; round < 2; round++) {
		without = round == 1;
		test_contents();
		test_make();
		test_root();
		test_mount();
	}
	ok(world_descriptors() == descriptors, "no descriptor is left open");
	world_end();
	return tap_done();
}
