/*
 * The answers of one world, the host or a chroot: a line for each question,
 * "+" and what was found, "-" and why it was not, or "?" if it was not tried.
 */
#include "chroot/trial.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "chroot/certificates.h"

enum { CONNECT_MS = 3000 };

static void answer_host(const char *name, struct text *line)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses;
	int error = getaddrinfo(name, NULL, &hints, &addresses);

	if (error != 0) {
		text_printf(line, "-%s", gai_strerror(error));
		return;
	}
	/* Which address comes first is a matter of the moment. */
	text_add(line, "+");
	freeaddrinfo(addresses);
}

static void answer_port(const char *name, struct text *line)
{
	const struct servent *service = getservbyname(name, "tcp");

	if (service != NULL)
		text_printf(line, "+%d", ntohs((uint16_t)service->s_port));
	else
		text_add(line, "-unknown port");
}

/* Now and half a year later: one of them may be summer time. */
static void answer_time(struct text *line)
{
	const time_t now = time(NULL) / 3600 * 3600;

	text_add(line, "+");
	for (int i = 0; i < 2; i++) {
		const time_t moment = now + i * (time_t)182 * 24 * 3600;
		struct tm local;
		char date[64];

		if (localtime_r(&moment, &local) != NULL &&
		    strftime(date, sizeof date, "%m-%d %H:%M %Z", &local) > 0)
			text_printf(line, "%s%s", i > 0 ? ", " : "", date);
	}
}

static void answer_module(const char *name, struct text *line)
{
	void *module = dlopen(name, RTLD_NOW | RTLD_LOCAL);

	if (module == NULL) {
		const char *error = dlerror();

		text_printf(line, "-%s", error != NULL ? error : "cannot be loaded");
	} else {
		text_add(line, "+");
	}
}

/* How many files of a directory can be opened, hashed names only. */
static void answer_certificates(const char *path, struct text *line)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	size_t count = 0;

	if (directory == NULL) {
		text_printf(line, "-%s", strerror(errno));
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		int fd;

		if (!certificate_is_hashed(entry->d_name))
			continue;
		fd = openat(dirfd(directory), entry->d_name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		count += fd >= 0;
		descriptor_close(fd);
	}
	closedir(directory);
	text_printf(line, "+%zu certificates", count);
}

static void tell_connected(int fd, bool connected, struct text *line)
{
	if (connected)
		text_add(line, "+");
	else
		text_printf(line, "-%s", strerror(errno));
	descriptor_close(fd);
}

/* A log socket takes datagrams, all others are streams. */
static void answer_socket(const char *path, struct text *line)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	bool connected = false;
	int fd = -1;

	if (strlen(path) >= sizeof address.sun_path) {
		text_add(line, "-its path is too long for a socket");
		return;
	}
	memcpy(address.sun_path, path, strlen(path));
	for (size_t i = 0; i < 2 && !connected; i++) {
		descriptor_close(fd);
		fd = socket(AF_UNIX, types[i] | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ||
			    errno == EAGAIN; /* somebody listens, and is busy */
		if (!connected && errno != EPROTOTYPE)
			break;
	}
	tell_connected(fd, connected, line);
}

static bool connect_within(int fd, const struct addrinfo *address, int limit_ms)
{
	struct pollfd polled = { fd, POLLOUT, 0 };
	int error = 0;
	socklen_t size = sizeof error;

	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return true;
	if (errno != EINPROGRESS)
		return false;
	if (poll(&polled, 1, limit_ms) != 1) {
		errno = ETIMEDOUT;
		return false;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
		return true;
	errno = error;
	return false;
}

static void answer_inet(const char *what, struct text *line)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *addresses;
	const char *colon = strrchr(what, ':');
	struct text host = TEXT_EMPTY;
	bool connected = false;
	int fd = -1;
	int error;

	text_add_n(&host, what, colon != NULL ? (size_t)(colon - what) : strlen(what));
	error = getaddrinfo(text_string(&host), colon != NULL ? colon + 1 : NULL, &hints,
			    &addresses);
	text_free(&host);
	if (error != 0) {
		text_printf(line, "-%s", gai_strerror(error));
		return;
	}
	for (const struct addrinfo *address = addresses; address != NULL && !connected;
	     address = address->ai_next) {
		descriptor_close(fd);
		fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connected = fd >= 0 && connect_within(fd, address, CONNECT_MS);
	}
	tell_connected(fd, connected, line);
	freeaddrinfo(addresses);
}

static void answer(const struct trial_question *question, struct text *line)
{
	switch (question->kind) {
	case TRIAL_HOST:
		answer_host(question->what, line);
		break;
	case TRIAL_PORT:
		answer_port(question->what, line);
		break;
	case TRIAL_TIME:
		answer_time(line);
		break;
	case TRIAL_MODULE:
		answer_module(question->what, line);
		break;
	case TRIAL_CERTIFICATES:
		answer_certificates(question->what, line);
		break;
	case TRIAL_SOCKET:
		answer_socket(question->what, line);
		break;
	case TRIAL_INET:
		answer_inet(question->what, line);
		break;
	}
}

/*
 * Answer the questions, from the first that is meant, as this process sees
 * it, and write them to fd.  Where sockets are matters inside alone.
 */
void trial_answer(const struct trial *trial, size_t first, bool inside, int fd)
{
	/* A daemon has patience, who asks "does it work" has less. */
	setenv("RES_OPTIONS", "timeout:2 attempts:1", 1);
	unsetenv("TZ");
	for (size_t i = first; i < trial->count; i++) {
		struct text line = TEXT_EMPTY;

		if (inside || (trial->questions[i].kind != TRIAL_SOCKET &&
			       trial->questions[i].kind != TRIAL_INET))
			answer(&trial->questions[i], &line);
		else
			text_add_char(&line, '?');
		for (size_t j = 0; j < line.length; j++)
			if (line.data[j] == '\n')
				line.data[j] = ' ';
		text_add_char(&line, '\n');
		if (!descriptor_write(fd, line.data, line.length))
			return;
		text_free(&line);
	}
}
