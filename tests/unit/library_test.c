/*
 * Where the dynamic linker finds libraries, in a made-up root.
 */
#include "chroot/library.h"

#include "fixtures/chroot/elf_image.h"
#include "fixtures/chroot/world.h"
#include "tap.h"

static struct host host;
static struct library_path paths;

static void put_library(const char *path, const struct elf_image *what)
{
	struct text image = TEXT_EMPTY;

	elf_image_make(&image, what);
	put_bytes(in("host%s", path), image.data, image.length);
	text_free(&image);
}

static void put_plain(const char *path)
{
	const struct elf_image what = { .soname = NULL };

	put_library(path, &what);
}

/*
 * Find name for the library at by, or for nobody.
 */
static void finds(const char *test, const char *by, const char *name, const char *want)
{
	struct library asking, found;
	bool has_asking = by != NULL && library_open(&asking, &host, "by", by, NULL);
	bool have = library_find(&found, &host, &paths, has_asking ? &asking : NULL, name);

	is(have ? found.path : "(none)", want, test);
	if (have)
		library_free(&found);
	if (has_asking)
		library_free(&asking);
}

static void test_configuration(void)
{
	struct text have = TEXT_EMPTY;

	put(in("host/etc/ld.so.conf"), "# first\ninclude /etc/ld.so.conf.d/*.conf\n/last/ \n"
				       "/typed=libc6\nrelative\nhwcap 0 nosegneg\n");
	put(in("host/etc/ld.so.conf.d/a.conf"), "/a/one\n\t/a/two # two\ninclude b.conf\n");
	put(in("host/etc/ld.so.conf.d/b.conf"), "include a.conf\ninclude /etc/ld.so.conf\n/b\n/a/one\n");
	put(in("host/etc/ld.so.conf.d/.hidden.conf"), "/hidden\n");
	put(in("host/etc/ld.so.conf.d/not.txt"), "/not\n");
	put_directory(in("host/etc/ld.so.conf.d/dir.conf"), 0755);
	mkfifo(in("host/etc/ld.so.conf.d/fifo.conf"), 0644);
	put_link(in("host/etc/ld.so.conf.d/self.conf"), "self.conf");
	put_link(in("host/etc/ld.so.conf.d/zlink.conf"), "/etc/other");
	put(in("host/etc/other"), "/other");
	library_path_read(&paths, &host);
	for (size_t i = 0; i < paths.configured.count; i++)
		text_printf(&have, "%s ", paths.configured.items[i]);
	is(text_string(&have), "/a/one /a/two /b /other /last /typed ",
	   "ld.so.conf: includes, loops, links, types, comments");
	ok(paths.defaults.count >= 4, "default directories");
	text_free(&have);
}

static void test_search(void)
{
	const struct elf_image runs = { .runpath = "$ORIGIN/own:/run/path", .rpath = "/r" };
	const struct elf_image rpath = { .rpath = "${ORIGIN}/own:/r/$LIB:$PLATFORM/x:" };
	const struct elf_image nodef = { .flags_1 = DF_1_NODEFLIB };
	struct text foreign = TEXT_EMPTY;
	ElfW(Ehdr) header;

	put_library("/usr/lib/runs.so", &runs);
	put_library("/usr/lib/rpath.so", &rpath);
	put_library("/usr/lib/nodef.so", &nodef);
	put_plain("/usr/lib/only.so");
	put_plain("/b/both.so");
	put_plain("/usr/lib/both.so");
	put_plain("/usr/lib/own/mine.so");
	put_plain("/lib/mine.so");
	put_plain("/run/path/other.so");
	put_plain("/r/other.so");
	finds("default directory", NULL, "only.so", "/usr/lib/only.so");
	finds("configured before default", NULL, "both.so", "/b/both.so");
	finds("nowhere", NULL, "none.so", "(none)");
	finds("RUNPATH with $ORIGIN", "/usr/lib/runs.so", "mine.so", "/usr/lib/own/mine.so");
	finds("RUNPATH, second", "/usr/lib/runs.so", "other.so", "/run/path/other.so");
	finds("RPATH with ${ORIGIN}", "/usr/lib/rpath.so", "mine.so", "/usr/lib/own/mine.so");
	finds("DF_1_NODEFLIB", "/usr/lib/nodef.so", "only.so", "(none)");
	finds("an absolute name", NULL, "/run/path/other.so", "/run/path/other.so");
	finds("a relative path", NULL, "usr/lib/only.so", "(none)");

	elf_image_make(&foreign, &nodef);
	memcpy(&header, foreign.data, sizeof header);
	header.e_machine = EM_VAX;
	memcpy(foreign.data, &header, sizeof header);
	put_bytes(in("host/b/arch.so"), foreign.data, foreign.length);
	put_plain("/usr/lib/arch.so");
	finds("another architecture is passed over", NULL, "arch.so", "/usr/lib/arch.so");
	put(in("host/b/garbage.so"), "GROUP ( /lib/x.so.1 )\n");
	put_plain("/lib/garbage.so");
	finds("a linker script is passed over", NULL, "garbage.so", "/lib/garbage.so");
	put_directory(in("host/b/isdir.so"), 0755);
	mkfifo(in("host/a-fifo"), 0644);
	finds("a directory is passed over", NULL, "isdir.so", "(none)");
	put_link(in("host/b/dangling.so"), "/nowhere");
	finds("a dangling link is passed over", NULL, "dangling.so", "(none)");
	put_link(in("host/b/abs.so"), "/usr/lib/only.so");
	finds("an absolute link stays below the root", NULL, "abs.so", "/b/abs.so");
	text_free(&foreign);
}

/*
 * RPATH of who asked for the one that asks counts, RUNPATH does not.
 */
static void test_inherited(void)
{
	const struct elf_image with_rpath = { .rpath = "/inherited" };
	const struct elf_image with_runpath = { .runpath = "/inherited" };
	struct library top, middle, found;
	bool have;

	put_library("/usr/lib/top.so", &with_rpath);
	put_library("/usr/lib/top2.so", &with_runpath);
	put_plain("/usr/lib/middle.so");
	put_plain("/inherited/deep.so");
	library_open(&top, &host, "top.so", "/usr/lib/top.so", NULL);
	library_open(&middle, &host, "middle.so", "/usr/lib/middle.so", NULL);
	middle.by = &top;
	have = library_find(&found, &host, &paths, &middle, "deep.so");
	is(have ? found.path : "(none)", "/inherited/deep.so", "RPATH is inherited");
	if (have)
		library_free(&found);
	library_free(&top);
	library_open(&top, &host, "top.so", "/usr/lib/top2.so", NULL);
	have = library_find(&found, &host, &paths, &middle, "deep.so");
	ok(!have, "RUNPATH is not");
	if (have)
		library_free(&found);
	library_free(&top);
	library_free(&middle);
}

int main(void)
{
	world_begin();
	host_open(&host, in("host"), NULL);
	test_configuration();
	test_search();
	test_inherited();
	ok(library_is_loaded("libc.so.6") && library_is_loaded("ld-linux-x86-64.so.2") &&
	   library_is_loaded("ld-linux-aarch64.so.1") && library_is_loaded("/lib/ld64.so.2"),
	   "what every daemon has loaded");
	ok(!library_is_loaded("libcap.so.2") && !library_is_loaded("libcrypt.so.1"),
	   "what not every daemon has loaded");
	library_path_free(&paths);
	host_close(&host);
	world_end();
	return tap_done();
}
