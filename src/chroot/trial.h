#ifndef POSTCTL_CHROOT_TRIAL_H
#define POSTCTL_CHROOT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/words.h"
#include "chroot/plan.h"
#include "postfix/active_services.h"
#include "postfix/configuration.h"

enum trial_kind {
	TRIAL_HOST,		/* a name that getaddrinfo(3) finds */
	TRIAL_PORT,		/* a name that getservbyname(3) finds */
	TRIAL_TIME,		/* a date as localtime(3) shows it */
	TRIAL_MODULE,		/* a library that dlopen(3) loads */
	TRIAL_CERTIFICATES,	/* a directory, to be read */
	TRIAL_SOCKET,		/* a path inside, to connect to */
	TRIAL_INET,		/* host:port, to connect to */
};

/*
 * Something that the services try, and for whom.
 */
struct trial_question {
	enum trial_kind kind;
	char *what;
	char *reason;
};

/*
 * What is tried from inside a chroot.
 */
struct trial {
	struct trial_question *questions;
	size_t count;
	size_t capacity;
	char *user;
};

#define TRIAL_EMPTY ((struct trial){ NULL, 0, 0, NULL })

/*
 * Told of each thing that does not work from inside.
 */
typedef void trial_failure(void *context, const char *what, const char *advice);

bool trial_plan(struct trial *trial, const struct configuration *configuration,
		const struct active_services *active, const struct plan *plan,
		struct text *why);
void trial_add(struct trial *trial, enum trial_kind kind, const char *what, const char *reason);
void trial_add_path(struct trial *trial, const char *path, const char *reason);
void trial_add_host(struct trial *trial, const char *host, const char *port,
		    const char *reason);
bool trial_add_endpoint(struct trial *trial, const char *endpoint, const char *port,
			const char *reason);
void trial_split_list(struct words *words, const char *list);
bool trial_add_sockets(struct trial *trial, const struct configuration *configuration,
		       const struct active_services *active, struct text *why);
void trial_add_tables(struct trial *trial, const struct configuration *configuration,
		      const struct active_services *active);
void trial_answer(const struct trial *trial, size_t first, bool inside, int fd);
bool trial_run(const struct trial *trial, const char *queue_directory, trial_failure *failure,
	       void *context, struct text *why);
void trial_free(struct trial *trial);

#endif
