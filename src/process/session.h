#ifndef POSTCTL_PROCESS_SESSION_H
#define POSTCTL_PROCESS_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"
#include "base/text.h"
#include "process/identity.h"

/*
 * All processes of this host at one moment, to find those of many instances
 * in one scan of /proc.
 */
struct session_table {
	struct session_process *items;
	size_t count;
	size_t capacity;
	deadline_ms read_at;	/* when the scan began; 0: never */
	deadline_ms took;
	bool looked_for_leaders;
};

#define SESSION_TABLE_EMPTY ((struct session_table){ NULL, 0, 0, 0, 0, false })

/*
 * An instance, as its processes can be told from others.
 */
struct session {
	struct identity master;	/* verified; pid 0 when it was not seen alive */
	struct place queue;
	char *daemon_directory;	/* without symbolic links */
};

#define SESSION_EMPTY ((struct session){ { .pid = 0 }, { 0, 0 }, NULL })

struct session_list {
	struct identity *items;
	size_t count;
	size_t capacity;
};

#define SESSION_LIST_EMPTY ((struct session_list){ NULL, 0, 0 })

bool session_table_read(struct session_table *table, deadline_ms not_before,
			struct text *why);
deadline_ms session_table_next(const struct session_table *table);
void session_table_free(struct session_table *table);

void session_init(struct session *session, const struct identity *master,
		  const struct place *queue, const char *daemon_directory);
void session_free(struct session *session);
bool session_empty(const struct session *session);
void session_find(const struct session *session, struct session_table *table,
		  struct session_list *found);
void session_find_orphans(const struct session *session, struct session_table *table,
			  struct session_list *found);
void session_list_free(struct session_list *list);
size_t session_signal(const struct session_list *list, int signal);

#endif
