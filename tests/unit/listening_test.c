/*
 * Who listens at a port.
 */
#include "process/listening.h"

#include <fcntl.h>
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

static struct address loopback(int family, unsigned last)
{
	struct address address = { .family = family, .length = family == AF_INET ? 4 : 16 };

	if (family == AF_INET)
		address.bytes[0] = 127;
	address.bytes[address.length - 1] = (unsigned char)last;
	return address;
}

static void test(int family)
{
	const struct address here = loopback(family, 1);
	const struct address there = loopback(family, 9);
	const struct address all = { .family = family, .length = here.length };
	int port = 0;
	int fd = begin(family, &port);
	pid_t other;

	/* Not every machine has both. */
	if (fd < 0)
		return;
	ok(!listening_alone(getpid(), &here, port), "a socket that is only bound does not listen");
	ok(listen(fd, 1) == 0 && listening_alone(getpid(), &here, port),
	   "one that listens, of family %d", family);
	ok(listening_alone(getpid(), &all, port), "it is in the way of all addresses");
	ok(!listening_alone(getpid(), &there, port), "but not of another");
	ok(!listening_alone(getpid(), &here, port == 65535 ? 1 : port + 1), "not at another port");
	other = fork();
	if (other == 0) {
		close(fd);
		pause();
		_exit(0);
	}
	for (int i = 0; i < 500 && listening_alone(other, &here, port); i++)
		usleep(10000);
	ok(other > 0 && !listening_alone(other, &here, port), "not another process");
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	close(fd);
	ok(!listening_alone(getpid(), &here, port), "not any more");
}

/* Another process has another address: all of them cannot be had. */
static void test_two(void)
{
	const struct address here = loopback(AF_INET, 1);
	const struct address all = { .family = AF_INET, .length = 4 };
	struct sockaddr_in there = { .sin_family = AF_INET };
	int port = 0;
	int fd = begin(AF_INET, &port);
	int second = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ends[2];
	char byte;
	pid_t other;

	there.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 8);
	there.sin_port = htons((unsigned short)port);
	if (fd < 0 || second < 0 || listen(fd, 1) < 0 || pipe2(ends, O_CLOEXEC) < 0) {
		ok(false, "two sockets");
		return;
	}
	other = fork();
	if (other == 0) {
		close(fd);
		if (bind(second, (struct sockaddr *)&there, sizeof there) == 0 &&
		    listen(second, 1) == 0)
			(void)!write(ends[1], "", 1);
		pause();
		_exit(0);
	}
	close(second);
	ok(read(ends[0], &byte, 1) == 1 && listening_alone(getpid(), &here, port),
	   "one's own address is one's own while somebody has another");
	ok(!listening_alone(getpid(), &all, port), "all of them are not");
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct address all = { .family = AF_INET, .length = 4 };

	test(AF_INET);
	test(AF_INET6);
	test_two();
	ok(!listening_alone(getpid(), &all, 0), "nobody listens at port 0");
	return tap_done();
}
