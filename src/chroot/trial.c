/*
 * Does a chroot work?  The same questions are asked on the host and inside,
 * each time as the user that the daemons run as; what works outside only is a
 * failure of the chroot.
 */
#include "chroot/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "chroot/certificates.h"
#include "process/inside.h"

enum { LIMIT_MS = 20 * 1000, HUNG_MAX = 3 };

/* A name that there will be as long as there is a public DNS. */
#define PUBLIC_NAME "a.root-servers.net"

void trial_free(struct trial *trial)
{
	for (size_t i = 0; i < trial->count; i++) {
		free(trial->questions[i].what);
		free(trial->questions[i].reason);
	}
	free(trial->questions);
	free(trial->user);
	*trial = TRIAL_EMPTY;
}

/*
 * Add a question, once.
 */
void trial_add(struct trial *trial, enum trial_kind kind, const char *what, const char *reason)
{
	for (size_t i = 0; i < trial->count; i++)
		if (trial->questions[i].kind == kind &&
		    strcmp(trial->questions[i].what, what) == 0)
			return;
	trial->questions = memory_grow(trial->questions, trial->count, &trial->capacity,
				       sizeof *trial->questions);
	trial->questions[trial->count++] = (struct trial_question){
		kind, memory_copy(what), memory_copy(reason),
	};
}

/* Take the host, and the port if it is a name, out of "[host]:port". */
static void add_relay(struct trial *trial, const char *relay, const char *reason)
{
	const char *start = *relay == '[' ? relay + 1 : relay;
	size_t length = *relay == '[' ? strcspn(start, "]") : strcspn(start, ":");
	const char *port = start + length;
	struct text host = TEXT_EMPTY;

	text_add_n(&host, start, length);
	if (length > 0 && strchr(text_string(&host), '/') == NULL)
		trial_add(trial, TRIAL_HOST, text_string(&host), reason);
	port += *port == ']';
	if (*port == ':' && port[1] != '\0' && port[1 + strspn(port + 1, "0123456789")] != '\0')
		trial_add(trial, TRIAL_PORT, port + 1, reason);
	text_free(&host);
}

static bool add_relays(struct trial *trial, const struct configuration *configuration,
		       const struct service *service, struct text *why)
{
	struct text value = TEXT_EMPTY;
	struct words relays = WORDS_EMPTY;
	bool ok = configuration_get_for(configuration, service, "relayhost", &value, why);

	words_split(&relays, text_string(&value), ", \t\r\n");
	for (size_t i = 0; ok && i < relays.count; i++)
		add_relay(trial, relays.items[i], "relayhost");
	words_free(&relays);
	text_free(&value);
	return ok;
}

/* What the services with these programs ask for, whatever they are called. */
static bool add_services(struct trial *trial, const struct configuration *configuration,
			 const struct active_services *active, struct text *why)
{
	bool ok = true;

	for (size_t i = 0; ok && i < active->chrooted_count; i++) {
		const char *command = active->chrooted[i]->column[SERVICE_COMMAND];
		bool client = strcmp(command, "smtp") == 0 || strcmp(command, "lmtp") == 0;

		if (!client && strcmp(command, "smtpd") != 0)
			continue;
		trial_add(trial, TRIAL_HOST, PUBLIC_NAME, "a public name");
		trial_add(trial, TRIAL_PORT, "smtp", "the port of mail");
		if (client)
			ok = add_relays(trial, configuration, active->chrooted[i], why);
	}
	for (size_t i = 0; i < active->count; i++) {
		const struct service *service = active->all[i];
		const char *name = strrchr(service->column[SERVICE_NAME], ':');

		name = name != NULL ? name + 1 : service->column[SERVICE_NAME];
		if (strcmp(service->column[SERVICE_TYPE], "inet") == 0 &&
		    name[strspn(name, "0123456789")] != '\0')
			trial_add(trial, TRIAL_PORT, name, "named in master.cf");
	}
	return ok;
}

/* What the plan put there is asked for by what it is. */
static void add_planned(struct trial *trial, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		const char *slash = strrchr(entry->path, '/');
		const char *name = slash != NULL ? slash + 1 : entry->path;
		struct text directory = TEXT_EMPTY;

		if (strncmp(name, "libnss_", 7) == 0 && strstr(name, ".so.") != NULL)
			trial_add(trial, TRIAL_MODULE, name, entry->reason);
		text_printf(&directory, "/%.*s", (int)entry->directory_length, entry->path);
		/* Many follow each other; the last question is theirs then. */
		if (entry->kind == PLAN_COPY && certificate_is_hashed(name) &&
		    (trial->count == 0 ||
		     strcmp(trial->questions[trial->count - 1].what, directory.data) != 0))
			trial_add(trial, TRIAL_CERTIFICATES, directory.data, entry->reason);
		text_free(&directory);
	}
}

/*
 * Find out what is to be tried in the chroot of an instance, for its chrooted
 * services and its plan.  Return false with the reason; the caller calls
 * trial_free() in either case.
 */
bool trial_plan(struct trial *trial, const struct configuration *configuration,
		const struct active_services *active, const struct plan *plan,
		struct text *why)
{
	struct text owner = TEXT_EMPTY;
	bool ok = configuration_get(configuration, "mail_owner", &owner, why);

	*trial = TRIAL_EMPTY;
	trial->user = text_take(&owner);
	if (!ok || active->chrooted_count == 0)
		return ok;
	trial_add(trial, TRIAL_TIME, "/etc/localtime", "the time in headers and logs");
	add_planned(trial, plan);
	return add_services(trial, configuration, active, why) &&
	       trial_add_sockets(trial, configuration, active, why);
}

struct world {
	const struct trial *trial;
	size_t first;
	bool inside;
};

static void answer(const void *context, int fd)
{
	const struct world *world = context;

	trial_answer(world->trial, world->first, world->inside, fd);
}

/*
 * Ask all questions in one world.  One that is not answered in time is passed
 * over, but not too often.
 */
static bool ask(const struct trial *trial, const char *root, bool inside, struct words *lines,
		struct text *why)
{
	for (int hung = 0; lines->count < trial->count && hung < HUNG_MAX; hung++) {
		const struct world world = { trial, lines->count, inside };
		struct text output = TEXT_EMPTY;
		bool ok = inside_run(root, trial->user, answer, &world, LIMIT_MS, &output, why);

		words_split(lines, text_string(&output), "\n");
		text_free(&output);
		if (!ok)
			return false;
		if (lines->count < trial->count)
			words_printf(lines, "-no answer in %d seconds", LIMIT_MS / 1000);
	}
	while (lines->count < trial->count)
		words_add(lines, "?");
	return true;
}

/* Say what is wrong with one answer, unless it is good. */
static void judge(const struct trial_question *question, const char *host, const char *inside,
		  const char *queue_directory, trial_failure *failure, void *context)
{
	bool is_socket = question->kind == TRIAL_SOCKET || question->kind == TRIAL_INET;
	struct text what = TEXT_EMPTY;
	const char *advice = "\"postctl sync\"; if that is no help, set chroot to n for these "
			     "services in master.cf";

	if (*inside == '?' || (is_socket ? *inside == '+'
					: *host != '+' || strcmp(host, inside) == 0))
		return;
	switch (question->kind) {
	case TRIAL_HOST:
		text_printf(&what, "host %s (%s) cannot be resolved: %s; it can outside",
			    question->what, question->reason, inside + 1);
		break;
	case TRIAL_PORT:
		text_printf(&what, "port %s (%s) is %s, not %s as outside", question->what,
			    question->reason, inside + 1, host + 1);
		break;
	case TRIAL_TIME:
		text_printf(&what, "the time is %s, not %s as outside", inside + 1, host + 1);
		break;
	case TRIAL_MODULE:
		text_printf(&what, "%s (%s) cannot be loaded: %s", question->what,
			    question->reason, inside + 1);
		break;
	case TRIAL_CERTIFICATES:
		text_printf(&what, "%s (%s): %s, not %s as outside", question->what,
			    question->reason, inside + 1, host + 1);
		break;
	case TRIAL_SOCKET:
		text_printf(&what, "cannot connect to socket %s (%s), which is %s%s: %s",
			    question->what, question->reason, queue_directory, question->what,
			    inside + 1);
		advice = "let its server listen there, too, or set chroot to n for these services "
			 "in master.cf";
		break;
	case TRIAL_INET:
		text_printf(&what, "cannot connect to %s (%s): %s", question->what,
			    question->reason, inside + 1);
		advice = "start its server, or correct the address";
		break;
	}
	failure(context, text_string(&what), advice);
	text_free(&what);
}

/*
 * Try it, and tell of each failure.  Needs root.  Return false with the reason
 * when it could not be tried.
 */
bool trial_run(const struct trial *trial, const char *queue_directory, trial_failure *failure,
	       void *context, struct text *why)
{
	struct words host_lines = WORDS_EMPTY;
	struct words lines = WORDS_EMPTY;
	bool ok = ask(trial, "/", false, &host_lines, why) &&
		  ask(trial, queue_directory, true, &lines, why);

	for (size_t i = 0; ok && i < trial->count; i++)
		judge(&trial->questions[i], host_lines.items[i], lines.items[i],
		      queue_directory, failure, context);
	words_free(&host_lines);
	words_free(&lines);
	return ok;
}
