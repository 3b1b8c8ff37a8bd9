#include "io/say.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "base/err.h"
#include "io/sig.h"

enum { LOOK_MS = 200 };

/* What poll(2) promises to take at once. */
#ifdef PIPE_BUF
static const size_t at_once = PIPE_BUF;
#else
static const size_t at_once = _POSIX_PIPE_BUF;
#endif

/* 1: interrupted.  A signal may come just before poll(2): short waits. */
static int
wait_writable(int fd, struct err *e)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int r;

	for (;;) {
		r = poll(&p, 1, LOOK_MS);
		if (r > 0)
			return 0;
		if (r < 0 && errno != EINTR)
			return err_sys(e, "poll for output");
		if (sig_interrupted())
			return 1;
	}
}

int
say(int fd, const char *p, size_t n, struct err *e)
{
	while (n > 0) {
		int wait = wait_writable(fd, e);
		ssize_t r;

		if (wait != 0)
			return wait;
		r = write(fd, p, n < at_once ? n : at_once);
		if (r < 0 && errno != EINTR && errno != EAGAIN)
			return err_sys(e, "write");
		if (r > 0) {
			p += r;
			n -= (size_t)r;
		}
	}
	return 0;
}
