/*
 * outage PORT...: how long servers cannot be reached.
 *
 * Holds one SMTP session with each server on 127.0.0.1, whose greeting has
 * come.  When a server ends it, an outage begins: another is tried every two
 * milliseconds, less often when it has lasted long (a hundredth of its time
 * apart), until a greeting comes again.  A connection alone counts for
 * nothing, the kernel makes it before anybody answers.  So neither a server
 * that is up nor one that stays away costs much, and a moment without one is
 * seen.
 *
 * Prints "ready" when all have greeted.  At SIGTERM, when all have greeted
 * again, prints the longest outage of any server in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RETRY_MS = 2, RETRY_SHARE = 100, LIMIT_MS = 300 * 1000 };

struct server {
	int port;
	int fd;
	bool greeted;
	size_t have;		/* bytes of the greeting */
	double since;		/* when the outage began */
	double try_at;
	double longest;
	bool was_away;
};

static volatile sig_atomic_t asked_to_end;

static void note_end(int signal)
{
	(void)signal;
	asked_to_end = 1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void drop(struct server *server)
{
	double time = now();
	double pause;

	close(server->fd);
	server->fd = -1;
	server->have = 0;
	if (server->greeted)
		server->since = time;
	server->was_away |= server->greeted;
	server->greeted = false;
	pause = (time - server->since) / RETRY_SHARE;
	server->try_at = time + (pause > RETRY_MS ? pause : RETRY_MS);
}

static void try(struct server *server)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((unsigned short)server->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};

	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (server->fd < 0) {
		perror("outage: socket");
		exit(1);
	}
	if (connect(server->fd, (struct sockaddr *)&address, sizeof address) < 0 &&
	    errno != EINPROGRESS)
		drop(server);
}

/* Read what the server says; a greeting ends the outage. */
static void listen_to(struct server *server)
{
	static const char code[] = "220 ";
	char buffer[512];
	ssize_t got = read(server->fd, buffer, sizeof buffer);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		drop(server);
		return;
	}
	for (ssize_t i = 0; i < got && !server->greeted && server->have < 4; i++, server->have++) {
		if (buffer[i] != code[server->have]) {
			drop(server);
			return;
		}
	}
	if (!server->greeted && server->have == 4) {
		double took = now() - server->since;

		server->greeted = true;
		if (server->was_away && took > server->longest)
			server->longest = took;
	}
}

static bool all_greeted(const struct server *servers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!servers[i].greeted)
			return false;
	return true;
}

static void turn(struct server *servers, size_t count, struct pollfd *polled)
{
	double time = now();
	double wake = time + 100;
	int timeout;

	for (size_t i = 0; i < count; i++) {
		if (servers[i].fd < 0 && servers[i].try_at <= time)
			try(&servers[i]);
		if (servers[i].fd < 0 && servers[i].try_at < wake)
			wake = servers[i].try_at;
		polled[i] = (struct pollfd){ servers[i].fd, POLLIN, 0 };
	}
	timeout = wake > time ? (int)(wake - time) + 1 : 0;
	if (poll(polled, count, timeout) <= 0)
		return;
	for (size_t i = 0; i < count; i++)
		if (polled[i].revents != 0 && servers[i].fd >= 0)
			listen_to(&servers[i]);
}

int main(int argc, char **argv)
{
	size_t count = (size_t)argc - 1;
	struct server *servers = calloc(count + 1, sizeof *servers);
	struct pollfd *polled = calloc(count + 1, sizeof *polled);
	double began = now();
	double longest = 0;
	bool ready = false;

	if (count == 0 || servers == NULL || polled == NULL)
		return 2;
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = note_end }, NULL);
	for (size_t i = 0; i < count; i++)
		servers[i] = (struct server){ .port = atoi(argv[i + 1]), .fd = -1, .since = began };
	while (!asked_to_end || !all_greeted(servers, count)) {
		if (now() - began > LIMIT_MS) {
			fputs("outage: not all servers answer\n", stderr);
			return 1;
		}
		turn(servers, count, polled);
		if (!ready && all_greeted(servers, count)) {
			ready = true;
			puts("ready");
			fflush(stdout);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (!servers[i].was_away)
			fprintf(stderr, "outage: port %d was never away\n", servers[i].port);
		if (servers[i].longest > longest)
			longest = servers[i].longest;
	}
	printf("%.0f\n", longest * 1e3);
	return 0;
}
