/*
 * Instances that must not share a name or a directory.
 */
#include "postfix/clash.h"

#include <stdlib.h>

#include "base/memory.h"
#include "tap.h"

/* Instances, the first of which is the primary, and the damage of each. */
static const struct {
	const char *name;
	struct {
		const char *directory, *name, *queue, *data, *damage;
	} instances[4];
} rows[] = {
	{ "one", { { "/p", "", "/q", "/d", NULL } } },
	{ "different ones", { { "/p", "a", "/q", "/d", NULL }, { "/p1", "b", "/q1", "/d1", NULL },
			      { "/p2", "c", "/q2", "/d2", NULL } } },
	{ "without names", { { "/p", "", "/q", "/d", NULL }, { "/p1", "", "/q1", "/d1", NULL },
			     { "/p2", "", "/q2", "/d2", NULL } } },
	{ "damaged ones know nothing", { { "/p", "", "", "", NULL }, { "/p1", "", "", "", NULL },
					 { "/p2", "", "", "", NULL } } },
	{ "a name", { { "/p", "", "/q", "/d", NULL }, { "/p1", "b", "/q1", "/d1", NULL },
		      { "/p2", "b", "/q2", "/d2",
			"multi_instance_name = b conflicts with instance b, multi_instance_name = b" } } },
	{ "names are case-sensitive", { { "/p", "B", "/q", "/d", NULL }, { "/p1", "b", "/q1", "/d1", NULL } } },
	{ "a queue directory", { { "/p", "", "/q", "/d", NULL },
				 { "/p1", "b", "/q", "/d1",
				   "queue_directory = /q conflicts with instance -, queue_directory = /q" } } },
	{ "a data directory", { { "/p", "a", "/q", "/d", NULL },
				{ "/p1", "b", "/q1", "/d",
				  "data_directory = /d conflicts with instance a, data_directory = /d" } } },
	{ "a configuration directory", { { "/p", "", "/q", "/d", NULL }, { "/p1", "", "/q1", "/d1", NULL },
					 { "/p1/", "", "/q2", "/d2",
					   "config_directory = /p1 conflicts with instance /p1, config_directory = /p1" } } },
	{ "a queue and a data directory", { { "/p", "", "/q", "/d", NULL },
					    { "/p1", "", "/d", "/d1",
					      "queue_directory = /d conflicts with instance -, data_directory = /d" } } },
	{ "a data and a queue directory", { { "/p", "", "/q", "/d", NULL },
					    { "/p1", "", "/q1", "/q",
					      "data_directory = /q conflicts with instance -, queue_directory = /q" } } },
	{ "within one instance", { { "/p", "", "/q", "/d", NULL },
				   { "/p1", "b", "/x", "/x",
				     "queue_directory = /x conflicts with instance b, data_directory = /x" } } },
	{ "within the primary", { { "/p", "", "/p", "/d",
				    "queue_directory = /p conflicts with instance -, config_directory = /p" } } },
	{ "a slash at the end", { { "/p", "", "/q/", "/d", NULL },
				  { "/p1", "", "/q", "/d1",
				    "queue_directory = /q conflicts with instance -, queue_directory = /q" } } },
	{ "slashes within", { { "/p", "", "/x/q", "/d", NULL },
			      { "/p1", "", "//x///q//", "/d1",
				"queue_directory = /x/q conflicts with instance -, queue_directory = /x/q" } } },
	{ "the root", { { "/p", "", "/", "/d", NULL },
			{ "/p1", "", "//", "/d1", "queue_directory = / conflicts with instance -, queue_directory = /" } } },
	{ "one in another is none", { { "/p", "", "/q", "/d", NULL }, { "/p1", "", "/q/1", "/d/1", NULL } } },
	{ "slashes of a name stay", { { "/p", "a/", "/q", "/d", NULL }, { "/p1", "a", "/q1", "/d1", NULL } } },
	{ "a name and a directory", { { "/p", "", "/q", "/d", NULL },
				      { "/p1", "/q", "/q1", "/d1",
					"multi_instance_name = /q conflicts with instance -, queue_directory = /q" } } },
	{ "the primary's commands", { { "/p", "", "/q", "/d", NULL },
				      { "/p1", "", "/command", "/d1",
					"queue_directory = /command conflicts with instance -, command_directory = /command" } } },
	{ "the primary's daemons", { { "/p", "", "/q", "/d", NULL },
				     { "/p1", "", "/q1", "/daemon",
				       "data_directory = /daemon conflicts with instance -, daemon_directory = /daemon" } } },
	{ "the primary's libraries", { { "/p", "", "/q", "/d", NULL },
				       { "/p1", "", "/q1", "/lib",
					 "data_directory = /lib conflicts with instance -, shlib_directory = /lib" } } },
	{ "three", { { "/p", "", "/q", "/d", NULL },
		     { "/p1", "b", "/q", "/d1", "queue_directory = /q conflicts with instance -, queue_directory = /q" },
		     { "/p2", "c", "/q", "/d2", "queue_directory = /q conflicts with instance b, queue_directory = /q" } } },
};

static void fill(char **field, const char *value)
{
	free(*field);
	*field = memory_copy(value);
}

static void row(size_t i)
{
	struct instances instances = INSTANCES_EMPTY;

	for (size_t j = 0; j < 4 && rows[i].instances[j].directory != NULL; j++) {
		struct instance *instance = instances_add(&instances, rows[i].instances[j].directory, j == 0);

		fill(&instance->name, rows[i].instances[j].name);
		fill(&instance->queue_directory, rows[i].instances[j].queue);
		fill(&instance->data_directory, rows[i].instances[j].data);
		/* Only the primary's count. */
		fill(&instance->command_directory, "/command");
		fill(&instance->daemon_directory, "/daemon");
		fill(&instance->shlib_directory, "/lib");
	}
	clash_find(&instances);
	for (size_t j = 0; j < instances.count; j++)
		is(instances.items[j].damage, rows[i].instances[j].damage, rows[i].name);
	instances_free(&instances);
}

/* The first has the name, the others go by their directories. */
static void test_namesakes(void)
{
	struct instances instances = INSTANCES_EMPTY;
	static const char *const directories[] = { "/p0", "/p1", "/p2" };
	static const char *const labels[] = { "-", "a", "/p2" };

	for (size_t i = 0; i < 3; i++)
		fill(&instances_add(&instances, directories[i], i == 0)->name, i == 0 ? "" : "a");
	clash_find(&instances);
	for (size_t i = 0; i < 3; i++)
		is(instance_label(&instances.items[i]), labels[i], "who goes by the name");
	is(instance_directory_name(&instances.items[2]), "p2", "and the last part of its directory");
	instances_free(&instances);
}

/* Paths differ, and lead to one directory or not. */
static void test_places(void)
{
	static const struct {
		dev_t device;
		ino_t inode;
		const char *damage;
	} places[] = {
		{ 1, 7, NULL }, { 2, 7, NULL },
		{ 1, 7, "queue_directory = /q2 is the same directory as queue_directory = /q0 of instance -"
		  "; \"postconf -c /p2 queue_directory=DIRECTORY\" names one of its own" },
		{ 1, 8, NULL },
		{ 1, 7, "queue_directory = /q4 is the same directory as queue_directory = /q2 of instance /p2"
		  "; \"postconf -c /p4 queue_directory=DIRECTORY\" names one of its own" },
		/* Not there. */
		{ 0, 0, NULL }, { 0, 0, NULL },
	};
	struct instances instances = INSTANCES_EMPTY;

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		char path[] = { '/', 'p', (char)('0' + i), '\0' };
		struct instance *instance = instances_add(&instances, path, i == 0);

		path[1] = 'q';
		fill(&instance->queue_directory, path);
		instance->queue.device = places[i].device;
		instance->queue.inode = places[i].inode;
	}
	clash_find(&instances);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		bool shares = places[i].inode == 7 && places[i].device == 1;

		is(instances.items[i].damage, places[i].damage, "a queue directory");
		ok(instances.items[i].shares_queue == shares, "  is it shared");
	}
	instances_free(&instances);
}

int main(void)
{
	struct instances instances = INSTANCES_EMPTY;
	struct instance *instance;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		row(i);
	test_places();
	test_namesakes();
	clash_find(&instances);
	ok(instances.count == 0, "no instances");
	instance = instances_add(&instances, "/p", true);
	fill(&instance->shlib_directory, "no");
	instance = instances_add(&instances, "/p1", false);
	fill(&instance->name, "no");
	instance_set_damage(instance, "before");
	fill(&instance->queue_directory, "/p");
	clash_find(&instances);
	is(instances.items[0].damage, NULL, "shlib_directory = no is no directory");
	is(instances.items[1].damage, "before", "earlier damage stays");
	instances_free(&instances);
	return tap_done();
}
