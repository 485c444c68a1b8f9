/*
 * The processes of an instance, so that none is left when it has stopped: an
 * smtpd that does not die keeps its socket, and with it the mail of the next
 * master.
 *
 * master makes a session of its own and everything it runs stays in it.  The
 * kernel gives no process a number that still names a session, so a session
 * outlives its master without doubt.  Commands that deliver mail (local,
 * pipe, spawn) leave it for sessions of their own and are left alone, and so
 * is a shell in the queue directory.
 */
#include "process/session.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct session_process {
	struct identity identity;
	struct place directory;		/* all 0: could not be found out */
	bool has_directory;		/* was asked for */
	bool is_led;			/* the leader of its session is in the table */
};

/* Scans may take this part of the time at most: one in ten. */
#define SESSION_SHARE 10

/* The time between two scans is never less, in milliseconds. */
#define SESSION_PAUSE 20

/*
 * Scan /proc, unless the table was read at not_before or later; so that many
 * instances which wait at the same time are served by one scan, each asks for
 * one that began after what it waits for.  Return false with the reason.  The
 * caller frees the table.
 */
bool session_table_read(struct session_table *table, deadline_ms not_before,
			struct text *why)
{
	struct dirent *entry;
	DIR *directory;

	if (table->read_at != 0 && table->read_at >= not_before)
		return true;
	directory = opendir("/proc");
	if (directory == NULL)
		return text_fail(why, "cannot read /proc: %s", strerror(errno));
	table->read_at = deadline_now();
	table->count = 0;
	table->looked_for_leaders = false;
	while ((entry = readdir(directory)) != NULL) {
		struct session_process process = { .has_directory = false };

		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !identity_read((pid_t)strtol(entry->d_name, NULL, 10),
				   &process.identity))
			continue;
		/* Zombies wait for init. */
		if (process.identity.state == 'Z' || process.identity.state == 'X')
			continue;
		table->items = memory_grow(table->items, table->count, &table->capacity,
					   sizeof process);
		table->items[table->count++] = process;
	}
	closedir(directory);
	table->took = deadline_now() - table->read_at;
	return true;
}

/*
 * Return the earliest moment for another scan that leaves most of the machine
 * to the processes that are to end.
 */
deadline_ms session_table_next(const struct session_table *table)
{
	deadline_ms pause = table->took * SESSION_SHARE;

	return table->read_at + (pause > SESSION_PAUSE ? pause : SESSION_PAUSE);
}

void session_table_free(struct session_table *table)
{
	free(table->items);
	*table = SESSION_TABLE_EMPTY;
}

/*
 * Describe an instance: its master if that was verified, alive or dead since,
 * or NULL; its queue directory; and the directory of its programs, NULL if not
 * known, by which those of a master that nobody saw are told.  The caller
 * frees the session.
 */
void session_init(struct session *session, const struct identity *master,
		  const struct place *queue, const char *daemon_directory)
{
	*session = SESSION_EMPTY;
	session->queue = *queue;
	if (master != NULL)
		session->master = *master;
	if (daemon_directory != NULL)
		session->daemon_directory = realpath(daemon_directory, NULL);
}

void session_free(struct session *session)
{
	free(session->daemon_directory);
	*session = SESSION_EMPTY;
}

/*
 * Does the master lead a session?  "master -d" stays in that of who started it.
 */
static bool leads_session(const struct identity *master)
{
	return master->pid > 1 && master->group == master->pid && master->session == master->pid;
}

/*
 * Tell, with one system call, whether the master and all that it started are
 * gone; everything is in its process group as well.  false is no proof: a
 * zombie that its parent does not collect counts, and without a master that
 * leads its session only a scan can tell.
 */
bool session_empty(const struct session *session)
{
	return leads_session(&session->master) && kill(-session->master.pid, 0) < 0 &&
	       errno == ESRCH;
}

/*
 * Whether the session that has the master's number, if any, is the master's:
 * once all of it has ended, another may be called so.
 */
static bool still_its_own(const struct session *session, const struct session_table *table)
{
	if (session->master.pid <= 1)
		return false;
	for (size_t i = 0; i < table->count; i++)
		if (table->items[i].identity.pid == session->master.pid)
			return table->items[i].identity.start == session->master.start;
	return true;
}

static bool in_directory(const struct session_process *process, const char *directory)
{
	struct text program = TEXT_EMPTY;
	size_t length = strlen(directory);
	bool inside = identity_program(process->identity.pid, &program) &&
		      strncmp(text_string(&program), directory, length) == 0 &&
		      text_string(&program)[length] == '/';

	text_free(&program);
	return inside;
}

/* Whether it works in the queue directory and is one of Postfix's daemons. */
static bool works_there(const struct session *session, struct session_process *process)
{
	if (session->daemon_directory == NULL)
		return false;
	if (!process->has_directory) {
		process->has_directory = true;
		if (!identity_directory(process->identity.pid, &process->directory))
			process->directory = (struct place){ 0, 0 };
	}
	return place_same(&process->directory, &session->queue) &&
	       in_directory(process, session->daemon_directory);
}

/* Whether it is the master, or was started by it and not left behind yet. */
static bool is_family(const struct session *session, const struct session_process *process)
{
	const struct identity *identity = &process->identity;

	return session->master.pid > 0 &&
	       (identity->pid == session->master.pid || identity->parent == session->master.pid);
}

/*
 * Add the processes of an instance to found, its master included.  The caller
 * frees the list.
 */
void session_find(const struct session *session, struct session_table *table,
		  struct session_list *found)
{
	bool its_own = still_its_own(session, table);
	bool leads = leads_session(&session->master);

	for (size_t i = 0; i < table->count; i++) {
		struct session_process *process = &table->items[i];

		if (!(its_own && (leads ? process->identity.session == session->master.pid
					: is_family(session, process))) &&
		    !works_there(session, process))
			continue;
		found->items = memory_grow(found->items, found->count, &found->capacity,
					   sizeof process->identity);
		found->items[found->count++] = process->identity;
	}
}

static int compare_pid(const void *key, const void *element)
{
	const pid_t *pid = key;
	const struct session_process *process = element;

	return (*pid > process->identity.pid) - (*pid < process->identity.pid);
}

/*
 * Note whose session's leader has gone, once for all instances: there are few,
 * and each instance asks.  /proc lists processes in the order of their pids.
 */
static void look_for_leaders(struct session_table *table)
{
	for (size_t i = 0; i < table->count && !table->looked_for_leaders; i++) {
		struct session_process *process = &table->items[i];
		const struct session_process *leader =
			bsearch(&process->identity.session, table->items, table->count,
				sizeof *table->items, compare_pid);

		/* 0 is that of a leader outside of this pid namespace, who may live. */
		process->is_led = leader != NULL || process->identity.session == 0;
	}
	table->looked_for_leaders = true;
}

/*
 * Add the daemons of an instance whose own master has gone: they work in its
 * queue directory, and nobody leads their session any more.  The caller frees
 * the list.
 */
void session_find_orphans(const struct session *session, struct session_table *table,
			  struct session_list *found)
{
	look_for_leaders(table);
	for (size_t i = 0; i < table->count; i++) {
		struct session_process *process = &table->items[i];

		if (process->is_led ||
		    process->identity.session == session->master.pid ||
		    !works_there(session, process))
			continue;
		found->items = memory_grow(found->items, found->count, &found->capacity,
					   sizeof process->identity);
		found->items[found->count++] = process->identity;
	}
}

void session_list_free(struct session_list *list)
{
	free(list->items);
	*list = SESSION_LIST_EMPTY;
}

/*
 * Signal the processes of a list that still are who they were.  Return how
 * many that is; signal 0 only counts them.
 */
size_t session_signal(const struct session_list *list, int signal)
{
	size_t alive = 0;

	for (size_t i = 0; i < list->count; i++)
		alive += identity_signal(&list->items[i], signal);
	return alive;
}
