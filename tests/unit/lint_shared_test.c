/*
 * What instances have in common that they should not.
 */
#include "control/lint_shared.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "scratch.h"
#include "tap.h"

static struct instances instances = INSTANCES_EMPTY;

static void fill(char **field, char *value)
{
	free(*field);
	*field = value;
}

/* An instance whose directories are in the scratch directory. */
static struct instance *add(const char *name, const char *queue, const char *data)
{
	char *directory = scratch_fill(scratch_configuration(*name != '\0' ? name : "postfix", "", NULL));
	struct instance *instance = instances_add(&instances, directory, instances.count == 0);

	free(directory);
	fill(&instance->name, memory_copy(name));
	fill(&instance->syslog_name, memory_copy(*name != '\0' ? name : "postfix"));
	fill(&instance->queue_directory, scratch_fill(queue));
	fill(&instance->data_directory, scratch_fill(data));
	return instance;
}

/* Check what is said of the last instance; then there are none. */
static void says(const char *want, const char *name)
{
	struct shared shared = SHARED_EMPTY;
	struct findings findings = FINDINGS_EMPTY;
	struct text have = TEXT_EMPTY;
	char *filled = scratch_fill(want);

	for (size_t i = 0; i < instances.count; i++)
		shared_add(&shared, &instances.items[i], i);
	shared_match(&shared);
	shared_report(&shared, &instances, instances.count - 1, &findings);
	for (size_t i = 0; i < findings.count; i++)
		text_printf(&have, "%s%.*s; %s\n", findings.items[i].is_error ? "E " : "W ",
			    (int)strcspn(findings.items[i].what, ":"), findings.items[i].what,
			    findings.items[i].advice);
	is(text_string(&have), filled, name);
	findings_free(&findings);
	shared_free(&shared);
	instances_free(&instances);
	text_free(&have);
	free(filled);
}

int main(void)
{
	struct instance *instance;

	scratch_begin();
	mkdir(scratch_path("q"), 0755);
	mkdir(scratch_path("q1"), 0755);
	mkdir(scratch_path("d"), 0755);
	mkdir(scratch_path("d1"), 0755);
	ok(symlink("q", scratch_path("link")) == 0, "a link");
	add("", "@/q", "@/d");
	add("postfix-a", "@/q1", "@/d1");
	says("", "nothing in common");
	add("", "@/q", "@/d");
	add("postfix-a", "@/link", "@/d1");
	says("E queue_directory = @/link is the same directory as queue_directory = @/q of instance -; "
	     "postconf -c @/postfix-a queue_directory=DIRECTORY, with one of its own\n", "through a link");
	add("", "@/q", "@/d");
	add("postfix-a", "@/q1/../q", "@/./d");
	says("E queue_directory = @/q1/../q is the same directory as queue_directory = @/q of instance -; "
	     "postconf -c @/postfix-a queue_directory=DIRECTORY, with one of its own\n"
	     "E data_directory = @/./d is the same directory as data_directory = @/d of instance -; "
	     "postconf -c @/postfix-a data_directory=DIRECTORY, with one of its own\n", "through dots");
	add("", "@/q", "@/d");
	add("postfix-a", "@/d/.", "@/d1");
	says("E queue_directory = @/d/. is the same directory as data_directory = @/d of instance -; "
	     "postconf -c @/postfix-a queue_directory=DIRECTORY, with one of its own\n", "of different kinds");
	add("", "@/q", "@/d");
	add("postfix-a", "@/none", "@/none/../none");
	says("", "what is not there is not the same");

	add("", "@/q", "@/d");
	instance = add("postfix-a", "@/q1", "@/d1");
	fill(&instance->syslog_name, memory_copy("postfix"));
	says("W syslog_name = postfix is -'s, too; postconf -c @/postfix-a syslog_name=postfix-a\n",
	     "logging as the primary");
	add("", "@/q", "@/d");
	add("postfix-a", "@/q1", "@/d1");
	fill(&instances.items[0].syslog_name, memory_copy("postfix-a"));
	says("W syslog_name = postfix-a is -'s, too; postconf -c @/postfix syslog_name=postfix\n",
	     "the primary as another");
	add("", "@/q", "@/d");
	instance = add("other", "@/q1", "@/d1");
	fill(&instance->name, memory_copy(""));
	fill(&instance->syslog_name, memory_copy("postfix"));
	says("W syslog_name = postfix is -'s, too; postconf -c @/other syslog_name=postfix-other\n",
	     "one without a name");
	add("", "@/q", "@/d");
	instance = add("postfix-a", "@/q1", "@/d1");
	fill(&instance->syslog_name, memory_copy("postfix"));
	fill(&instance->maillog_file, memory_copy("/var/log/a.log"));
	says("", "in a log of its own");
	return tap_done();
}
