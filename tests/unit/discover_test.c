/*
 * The instances of a host.
 */
#include "postfix/discover.h"

#include "scratch.h"
#include "tap.h"

#ifdef __GLIBC__
#define LOOP "Too many levels of symbolic links"
#else
#define LOOP "Symbolic link loop"
#endif

static const char defaults_text[] =
	"command_directory = /usr/sbin\n"
	"compatibility_level = 0\n"
	"daemon_directory = /usr/lib/postfix/sbin\n"
	"data_directory = /var/lib/postfix\n"
	"mail_version = 3.10.13\n"
	"maillog_file =\n"
	"multi_instance_directories =\n"
	"multi_instance_enable = no\n"
	"multi_instance_group =\n"
	"multi_instance_name =\n"
	"queue_directory = /\n"
	"shlib_directory = /usr/lib/postfix\n"
	"syslog_name = ${multi_instance_name?{$multi_instance_name}:{postfix}}\n";

static struct defaults defaults;

/*
 * Check what discover() finds in the scratch directory's "primary", as
 * "DIRECTORY NAME GROUP enabled QUEUE DATA; damage" a line, and its warnings.
 * @ is the scratch directory.
 */
static void found(const char *want, const char *want_warnings, const char *name)
{
	struct instances instances = INSTANCES_EMPTY;
	struct text warnings = TEXT_EMPTY;
	struct text have = TEXT_EMPTY;
	char *filled = scratch_fill(want);
	char *filled_warnings = scratch_fill(want_warnings);

	discover(scratch_path("primary"), &defaults, &instances, &warnings);
	for (size_t i = 0; i < instances.count; i++) {
		const struct instance *instance = &instances.items[i];

		ok(instance->is_primary == (i == 0), "%s: the first is the primary", name);
		text_printf(&have, "%s [%s] [%s] %s %s %s; %s\n", instance->directory, instance->name,
			    instance->group, instance->is_enabled ? "enabled" : "disabled",
			    instance->queue_directory, instance->data_directory,
			    instance->damage != NULL ? instance->damage : "good");
	}
	is(text_string(&have), filled, name);
	is(text_string(&warnings), filled_warnings, "  its warnings");
	instances_free(&instances);
	ok(instances.count == 0 && instances.items == NULL, "  and freed");
	discover(scratch_path("primary"), &defaults, &instances, NULL);
	instances_free(&instances);
	text_free(&warnings);
	text_free(&have);
	free(filled);
	free(filled_warnings);
}

static void write_main_cf(const char *name, const char *main_cf)
{
	char *filled = scratch_fill(main_cf);

	scratch_configuration(name, filled, NULL);
	free(filled);
}

static void single(void)
{
	write_main_cf("primary", "");
	found("@/primary [] [] enabled / /var/lib/postfix; good\n", "", "one instance is enabled");
	write_main_cf("primary", "multi_instance_enable = no\nmulti_instance_name = a\nmulti_instance_group = g\n"
				 "data_directory = /d\nqueue_directory = @\n");
	found("@/primary [a] [g] enabled @ /d; good\n", "", "whatever it says");
	write_main_cf("primary", "multi_instance_enable = maybe\nmulti_instance_directories = , \t\n");
	found("@/primary [] [] enabled / /var/lib/postfix; good\n", "", "and a list of nothing is none");
}

static void damaged_primary(void)
{
	scratch_configuration("primary", NULL, NULL);
	found("@/primary [] [] disabled  ; open @/primary/main.cf: No such file or directory\n", "",
	      "no main.cf");
	write_main_cf("primary", "multi_instance_directories = @/a\nx\n");
	found("@/primary [] [] disabled  ; @/primary/main.cf, line 2: missing '=' after attribute name: \"x\"\n",
	      "", "a bad one");
	write_main_cf("primary", "queue_directory = @\nmulti_instance_directories = $\n");
	found("@/primary [] [] disabled  ; @/primary/main.cf, line 2: multi_instance_directories: "
	      "empty macro name at \"$\"\n", "", "a list that cannot be read");
	write_main_cf("primary", "queue_directory = $\nmulti_instance_name = a\n");
	found("@/primary [a] [] enabled  /var/lib/postfix; @/primary/main.cf, line 1: queue_directory: empty macro name at \"$\"\n",
	      "", "an error in a parameter");
	write_main_cf("primary", "queue_directory = @\nmulti_instance_name = $\n");
	found("@/primary [] [] enabled @ /var/lib/postfix; @/primary/main.cf, line 2: multi_instance_name: "
	      "empty macro name at \"$\"\n", "", "an error in the name");
	write_main_cf("primary", "queue_directory = spool\ndata_directory = /d\n");
	found("@/primary [] [] enabled  /d; @/primary/main.cf: queue_directory = spool: not an absolute path\n",
	      "", "a relative path");
	write_main_cf("primary", "data_directory =\n");
	found("@/primary [] [] enabled / ; @/primary/main.cf: data_directory = : not an absolute path\n",
	      "", "an empty path");
	write_main_cf("primary", "queue_directory = @/nosuch\n");
	found("@/primary [] [] enabled @/nosuch /var/lib/postfix; queue directory @/nosuch: "
	      "No such file or directory\n", "", "no queue directory");
	write_main_cf("primary", "queue_directory = @/primary/main.cf\n");
	found("@/primary [] [] enabled @/primary/main.cf /var/lib/postfix; queue directory @/primary/main.cf: "
	      "Not a directory\n", "", "a queue directory that is none");
	for (int i = 0; i < 3; i++) {
		static const char *const parameters[] = { "daemon_directory", "command_directory", "syslog_name" };
		static const char *const values[] = { "x", "", "$" };
		char main_cf[100];
		struct instances instances = INSTANCES_EMPTY;

		snprintf(main_cf, sizeof main_cf, "%s = %s\n", parameters[i], values[i]);
		write_main_cf("primary", main_cf);
		discover(scratch_path("primary"), &defaults, &instances, NULL);
		ok(instances.items[0].damage != NULL && strstr(instances.items[0].damage, parameters[i]) != NULL,
		   "a bad %s", parameters[i]);
		instances_free(&instances);
	}
}

static void several(void)
{
	write_main_cf("primary", "multi_instance_directories = @/b, @/a\n"
				 "multi_instance_enable = YES\nqueue_directory = @\n");
	write_main_cf("a", "multi_instance_enable = yes\nmulti_instance_name = postfix-a\n"
			   "multi_instance_group = g\nqueue_directory = @/a\ndata_directory = /var/lib/$multi_instance_name\n");
	write_main_cf("b", "multi_instance_name = b\n");
	found("@/primary [] [] enabled @ /var/lib/postfix; good\n"
	      "@/b [b] [] disabled / /var/lib/postfix; good\n"
	      "@/a [postfix-a] [g] enabled @/a /var/lib/postfix-a; good\n", "",
	      "in the order of the list; disabled by default");
	write_main_cf("primary", "multi_instance_directories = ,@/b,,\n\t@/a \r\n , @/c\t\n");
	scratch_configuration("c", NULL, NULL);
	found("@/primary [] [] disabled / /var/lib/postfix; good\n"
	      "@/b [b] [] disabled / /var/lib/postfix; good\n"
	      "@/a [postfix-a] [g] enabled @/a /var/lib/postfix-a; good\n"
	      "@/c [] [] disabled  ; open @/c/main.cf: No such file or directory\n", "",
	      "blanks, commas and newlines; the primary is disabled by default, too");
	write_main_cf("primary", "multi_instance_directories = $list\nlist = @/$a\na = a\n");
	found("@/primary [] [] disabled / /var/lib/postfix; good\n"
	      "@/a [postfix-a] [g] enabled @/a /var/lib/postfix-a; good\n", "", "by reference");
	write_main_cf("primary", "multi_instance_directories = @/a @/b @/a @/primary @/a @/b/ @//b\n");
	found("@/primary [] [] disabled / /var/lib/postfix; good\n"
	      "@/a [postfix-a] [g] enabled @/a /var/lib/postfix-a; good\n"
	      "@/b [b] [] disabled / /var/lib/postfix; good\n"
	      "@/b/ [b] [] disabled / /var/lib/postfix; good\n"
	      "@//b [b] [] disabled / /var/lib/postfix; good\n",
	      "@/primary/main.cf: multi_instance_directories lists @/a again\n"
	      "@/primary/main.cf: multi_instance_directories lists @/primary again\n"
	      "@/primary/main.cf: multi_instance_directories lists @/a again\n",
	      "twice in the list is once; other spellings are for clash_find()");
	write_main_cf("primary", "multi_instance_directories = a ./b @/a\n");
	found("@/primary [] [] disabled / /var/lib/postfix; good\n"
	      "a [] [] disabled  ; its configuration directory in multi_instance_directories is not an absolute path\n"
	      "./b [] [] disabled  ; its configuration directory in multi_instance_directories is not an absolute path\n"
	      "@/a [postfix-a] [g] enabled @/a /var/lib/postfix-a; good\n", "", "relative ones are damaged");
}

static void damaged_secondaries(void)
{
	bool is_root = geteuid() == 0;

	write_main_cf("primary", "multi_instance_directories = @/nosuch @/file @/fifo @/loop @/closed @/bad @/maybe @/a\n");
	scratch_write(scratch_path("file"), "", 0);
	scratch_configuration("fifo", NULL, NULL);
	mkfifo(scratch_path("fifo/main.cf"), 0644);
	ok(symlink("loop", scratch_path("loop")) == 0, "a link to itself");
	write_main_cf("closed", "");
	chmod(scratch_path("closed/main.cf"), 0);
	write_main_cf("bad", "multi_instance_name = bad\n\n= x\n");
	write_main_cf("maybe", "multi_instance_name = maybe\nmulti_instance_enable = maybe\nqueue_directory = @/maybe\n");
	write_main_cf("a", "multi_instance_name = a\nmulti_instance_enable = $yes\nyes = yEs\nqueue_directory = @/a\n"
			   "mynetworks = 1\nmynetworks = 2\n");
	if (is_root && seteuid(65534) < 0)
		perror("seteuid");
	found("@/primary [] [] disabled / /var/lib/postfix; good\n"
	      "@/nosuch [] [] disabled  ; open @/nosuch/main.cf: No such file or directory\n"
	      "@/file [] [] disabled  ; open @/file/main.cf: Not a directory\n"
	      "@/fifo [] [] disabled  ; read @/fifo/main.cf: it is not a regular file\n"
	      "@/loop [] [] disabled  ; open @/loop/main.cf: " LOOP "\n"
	      "@/closed [] [] disabled  ; open @/closed/main.cf: Permission denied\n"
	      "@/bad [] [] disabled  ; @/bad/main.cf, line 3: missing attribute name: \"= x\"\n"
	      "@/maybe [maybe] [] disabled @/maybe /var/lib/postfix; @/maybe/main.cf: multi_instance_enable = maybe: "
	      "must be yes or no\n"
	      "@/a [a] [] enabled @/a /var/lib/postfix; good\n",
	      "@/a/main.cf, line 6: overriding earlier entry: mynetworks=1\n",
	      "each is named with its reason, and the good ones are good");
	if (is_root && seteuid(0) < 0)
		perror("seteuid");
}

static void one(void)
{
	struct instances instances = INSTANCES_EMPTY;

	write_main_cf("a", "multi_instance_name = a\nsyslog_name = s\ncommand_directory = /c\ndaemon_directory = /d\n"
			   "shlib_directory = no\n");
	discover_secondary(scratch_path("a"), &defaults, &instances, NULL);
	ok(instances.count == 1 && !instances.items[0].is_primary && instances.items[0].damage == NULL,
	   "one secondary by itself");
	is(instances.items[0].syslog_name, "s", "  its syslog_name");
	is(instances.items[0].command_directory, "/c", "  its command_directory");
	is(instances.items[0].daemon_directory, "/d", "  its daemon_directory");
	is(instances.items[0].shlib_directory, "no", "  its shlib_directory");
	is(instance_label(&instances.items[0]), "a", "  its label");
	instance_set_damage(&instances.items[0], "first");
	instance_set_damage(&instances.items[0], "second");
	is(instances.items[0].damage, "first", "the first damage stays");
	instances_free(&instances);
	write_main_cf("a", "");
	discover_secondary(scratch_path("a"), &defaults, &instances, NULL);
	is(instance_label(&instances.items[0]), scratch_path("a"), "the label of one without a name");
	is(instances.items[0].syslog_name, "postfix", "its syslog_name");
	instances.items[0].is_primary = true;
	is(instance_label(&instances.items[0]), "-", "the label of a primary without a name");
	instances_free(&instances);
}

/* A list of many takes a moment, not its square. */
static void many(void)
{
	struct instances instances = INSTANCES_EMPTY;
	struct text main_cf = TEXT_EMPTY;
	struct text warnings = TEXT_EMPTY;

	text_add(&main_cf, "multi_instance_directories =");
	for (int i = 0; i < 3000; i++)
		text_printf(&main_cf, " %s/n%d", scratch, i % 2000);
	write_main_cf("primary", main_cf.data);
	discover(scratch_path("primary"), &defaults, &instances, &warnings);
	ok(instances.count == 2001, "two thousand secondaries");
	is(instances.items[2000].directory, scratch_path("n1999"), "  in order");
	ok(strstr(warnings.data, "/n999 again\n") != NULL && strstr(warnings.data, "/n1000 again\n") == NULL,
	   "  a thousand of them twice");
	instances_free(&instances);
	text_free(&main_cf);
	text_free(&warnings);
}

int main(void)
{
	struct text content = TEXT_EMPTY;

	text_add(&content, defaults_text);
	ok(defaults_parse(&defaults, &content, NULL), "defaults");
	scratch_begin();
	single();
	damaged_primary();
	several();
	damaged_secondaries();
	one();
	many();
	defaults_free(&defaults);
	return tap_done();
}
