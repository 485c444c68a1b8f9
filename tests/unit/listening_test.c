/*
 * Who listens at a port.
 */
#include "process/listening.h"

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* Open a socket at a port of the loopback that nobody has. */
static int begin(int family, int *port)
{
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *address = family == AF_INET ? (struct sockaddr *)&four
						     : (struct sockaddr *)&six;
	socklen_t length = family == AF_INET ? sizeof four : sizeof six;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, address, length) < 0 || getsockname(fd, address, &length) < 0)
		return -1;
	*port = ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
	return fd;
}

static void test(int family)
{
	int port = 0;
	int fd = begin(family, &port);
	pid_t other;

	/* Not every machine has both. */
	if (fd < 0)
		return;
	ok(!listening_at(getpid(), port), "a socket that is only bound does not listen");
	ok(listen(fd, 1) == 0 && listening_at(getpid(), port), "one that listens, of family %d",
	   family);
	ok(!listening_at(getpid(), port == 65535 ? 1 : port + 1), "not at another port");
	other = fork();
	if (other == 0) {
		close(fd);
		pause();
		_exit(0);
	}
	for (int i = 0; i < 500 && listening_at(other, port); i++)
		usleep(10000);
	ok(other > 0 && !listening_at(other, port), "not another process");
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	close(fd);
	ok(!listening_at(getpid(), port), "not any more");
}

int main(void)
{
	test(AF_INET);
	test(AF_INET6);
	ok(!listening_at(getpid(), 0), "nobody listens at port 0");
	return tap_done();
}
