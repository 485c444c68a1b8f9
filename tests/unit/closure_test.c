/*
 * Libraries that come with a library.
 */
#include "chroot/closure.h"

#include "fixtures/chroot/elf_image.h"
#include "fixtures/chroot/world.h"
#include "tap.h"

static void put_library(const char *path, const struct elf_image *what)
{
	struct text image = TEXT_EMPTY;

	elf_image_make(&image, what);
	put_bytes(in("host%s", path), image.data, image.length);
	text_free(&image);
}

static void finds(const char *test, const char *name, const char *want, const char *missing)
{
	struct text have = TEXT_EMPTY, gone = TEXT_EMPTY;
	struct library_path paths;
	struct closure closure;
	struct host host;

	host_open(&host, in("host"), NULL);
	library_path_read(&paths, &host);
	if (closure_find(&closure, &host, &paths, name))
		for (size_t i = 0; i < closure.count; i++)
			text_printf(&have, "%s<%s ", closure.libraries[i]->path,
				    closure.libraries[i]->by != NULL
					    ? closure.libraries[i]->by->name : "");
	else
		text_add(&have, "(none)");
	for (size_t i = 0; i < closure.missing.count; i++)
		text_printf(&gone, "%s; ", closure.missing.items[i]);
	is(text_string(&have), want, test);
	is(text_string(&gone), missing, "  and what is missing");
	closure_free(&closure);
	library_path_free(&paths);
	host_close(&host);
	text_free(&have);
	text_free(&gone);
}

static bool builtin(const char *path, const char *module)
{
	struct library library;
	struct host host;
	bool answer = false;

	host_open(&host, in("host"), NULL);
	if (library_open(&library, &host, "x", path, NULL)) {
		answer = closure_builtin(&host, &library, module);
		library_free(&library);
	}
	host_close(&host);
	return answer;
}

int main(void)
{
	static const struct elf_image
		a = { .needed = { "liba1.so", "liba2.so", "libc.so.6", "ld-linux-x86-64.so.2" } },
		a1 = { .needed = { "libdeep.so", "liba2.so" } },
		a2 = { .needed = { "libc.so.6" } },
		deep = { .needed = { "libnss_a.so.2" } },
		loop = { .needed = { "libloop2.so" } },
		loop2 = { .needed = { "libloop.so", "libloop2.so" }, .soname = "libloop2.so" },
		lacks = { .needed = { "libgone.so", "libhere.so" } },
		other = { .needed = { "libname.so.1", "libreal.so" } },
		named = { .soname = "libreal.so" },
		run = { .runpath = "$ORIGIN/private", .needed = { "libp.so" } },
		p = { .needed = { "libq.so" } },
		stub = { .soname = "libnss_files.so.2", .needed = { "libc.so.6" } },
		module = { .symbol = "_nss_files_gethostbyname_r" },
		none = { .soname = NULL };
	struct elf_image many = { .needed = { NULL } };

	world_begin();
	put_library("/lib/libnss_a.so.2", &a);
	put_library("/lib/liba1.so", &a1);
	put_library("/usr/lib/liba2.so", &a2);
	put_library("/lib/libdeep.so", &deep);
	put_library("/lib/libc.so.6", &none);
	finds("breadth first, each once, libc and ld.so left out", "libnss_a.so.2",
	      "/lib/libnss_a.so.2< /lib/liba1.so<libnss_a.so.2 /usr/lib/liba2.so<libnss_a.so.2 "
	      "/lib/libdeep.so<liba1.so ", "");
	put_library("/lib/libloop.so", &loop);
	put_library("/lib/libloop2.so", &loop2);
	finds("a cycle", "libloop.so", "/lib/libloop.so< /lib/libloop2.so<libloop.so ", "");
	put_library("/lib/liblacks.so", &lacks);
	put_library("/lib/libhere.so", &none);
	finds("one is missing, the other comes", "liblacks.so",
	      "/lib/liblacks.so< /lib/libhere.so<liblacks.so ",
	      "libgone.so, which /lib/liblacks.so needs, is not on this host; ");
	finds("there is none", "libnss_none.so.2", "(none)", "");
	put_library("/lib/libother.so", &other);
	put_library("/lib/libname.so.1", &named);
	put_library("/lib/libreal.so", &none);
	finds("one that has the name as its own serves", "libother.so",
	      "/lib/libother.so< /lib/libname.so.1<libother.so ", "");
	put_library("/lib/librun.so", &run);
	put_library("/lib/private/libp.so", &p);
	put_library("/lib/private/libq.so", &none);
	finds("RUNPATH is for direct needs only", "librun.so",
	      "/lib/librun.so< /lib/private/libp.so<librun.so ",
	      "libq.so, which /lib/private/libp.so needs, is not on this host; ");
	for (int i = 0; i < 1100; i++) {
		char path[64], next[64];

		snprintf(path, sizeof path, "/lib/libchain%d.so", i);
		snprintf(next, sizeof next, "libchain%d.so", i + 1);
		many.needed[0] = next;
		put_library(path, &many);
	}
	{
		struct library_path paths;
		struct closure closure;
		struct host host;

		host_open(&host, in("host"), NULL);
		library_path_read(&paths, &host);
		closure_find(&closure, &host, &paths, "libchain0.so");
		ok(closure.count == 1000 && closure.missing.count == 1,
		   "an endless chain ends");
		closure_free(&closure);
		library_path_free(&paths);
		host_close(&host);
	}
	put_library("/lib/libnss_files.so.2", &stub);
	put_library("/lib/libnss_real.so.2", &module);
	ok(builtin("/lib/libnss_files.so.2", "files"), "a stub: built in");
	ok(!builtin("/lib/libnss_real.so.2", "files"), "a module: not built in");
	world_end();
	return tap_done();
}
