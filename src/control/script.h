#ifndef POSTCTL_CONTROL_SCRIPT_H
#define POSTCTL_CONTROL_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/deadline.h"
#include "base/text.h"
#include "postfix/instance.h"
#include "process/pool.h"

#define SCRIPT_UPDATE_RC_D "/usr/sbin/update-rc.d"

/*
 * What is to become of an init script.
 */
enum script_goal {
	SCRIPT_WANTED,		/* to be there, and to start its instance */
	SCRIPT_KEPT,		/* to be up to date if it is there */
	SCRIPT_UNWANTED
};

enum script_step {
	SCRIPT_WRITE,
	SCRIPT_MAKE_LINKS,
	SCRIPT_ENABLE_LINKS,
	SCRIPT_REMOVE_LINKS,
	SCRIPT_REMOVE
};

#define SCRIPT_STEPS 3

/*
 * The work on one init script.
 */
struct script {
	enum script_goal goal;
	char *name;		/* NULL when there can be none */
	char *instance;		/* what it calls its instance; NULL when that is gone */
	struct text impossible;	/* why nothing is done about it */

	/* As planned. */
	enum script_step steps[SCRIPT_STEPS];
	size_t count;
	struct text content;	/* to be written */
	bool is_new;
	struct text note;	/* what is left as it is, or left out, and why */

	/* As done. */
	size_t position;
	bool running;
	bool began;
	bool failed;
	struct text said;	/* what was done, or why it failed */
	int lock;
	deadline_ms patience;
};

void script_init(struct script *script, enum script_goal goal, const struct instance *instance,
		 const struct instances *instances);
void script_init_gone(struct script *script, const char *name, const char *impossible);
void script_free(struct script *script);
void script_plan(struct script *script);
void script_describe(const struct script *script, struct text *out);
const char *script_update_word(enum script_step step);
bool script_go_on(struct script *script, struct task *task, struct pool *pool, task_step *step);
bool script_clear_litter(struct text *why);
bool script_governs(const struct instance *instance);

#endif
