#include "io/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/err.h"

/* Where an option is missing or not allowed, so be it. */
static void
set(int fd, int level, int option, int64_t value)
{
	int v = value > INT_MAX ? INT_MAX : (int)value;

	setsockopt(fd, level, option, &v, sizeof(v));
}

int
sock_dial(const struct sockaddr *addr, socklen_t len, int *ret, struct err *e)
{
	int fd = socket(addr->sa_family, SOCK_STREAM, 0);

	if (fd < 0)
		return err_sys(e, "socket");
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
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

/* Half the time in silence, then a probe each eighth. */
void
sock_watch_peer(int fd, int64_t dead_s)
{
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, dead_s / 2 + 1);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, dead_s / 8 + 1);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
#endif
#ifdef TCP_USER_TIMEOUT
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, dead_s * 1000);
#endif
	(void)dead_s;
}

void
sock_ack_now(int fd)
{
#ifdef TCP_QUICKACK
	set(fd, IPPROTO_TCP, TCP_QUICKACK, 1);
#else
	(void)fd;
#endif
}
