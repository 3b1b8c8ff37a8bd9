#include "io/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/err.h"

/* Seconds and probes after which a peer that went silent counts as dead. */
static const struct {
	int option, value;
} keepalive[] = {
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
	{ TCP_KEEPIDLE, 15 },
	{ TCP_KEEPINTVL, 5 },
	{ TCP_KEEPCNT, 3 },
#endif
	{ TCP_NODELAY, 1 },
};

/* None of these changes what is sent: where one is missing, so be it. */
static void
tune(int fd)
{
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	for (size_t i = 0; i < sizeof(keepalive) / sizeof(keepalive[0]); i++)
		setsockopt(fd, IPPROTO_TCP, keepalive[i].option,
		    &keepalive[i].value, sizeof(keepalive[i].value));
}

int
sock_dial(const struct sockaddr *addr, socklen_t len, int *ret, struct err *e)
{
	int fd = socket(addr->sa_family, SOCK_STREAM, 0);

	if (fd < 0)
		return err_sys(e, "socket");
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	tune(fd);
	if (connect(fd, addr, len) < 0 && errno != EINPROGRESS) {
		err_set(e, ERR_HOST, "connect: %s", strerror(errno));
		close(fd);
		return -1;
	}
	*ret = fd;
	return 0;
}

int
sock_connected(int fd, struct err *e)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int why = 0;
	socklen_t len = sizeof(why);

	if (poll(&p, 1, 0) <= 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &len) < 0)
		why = errno;
	if (why != 0)
		return err_set(e, ERR_HOST, "connect: %s", strerror(why));
	return 1;
}

void
sock_ack_now(int fd)
{
#ifdef TCP_QUICKACK
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
#else
	(void)fd;
#endif
}
