#include "io/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"

/* A signal handler has nothing but globals to write to. */
static int ends[2] = { -1, -1 };
static volatile sig_atomic_t interrupts, asked;

static void
handler(int sig)
{
	int kept = errno;
	ssize_t r;

	if (sig == SIGUSR1) {
		asked = 1;
	} else if (interrupts++ > 0) {
		_exit(130);
	}
	/* A full pipe is readable already; that is all we want of it. */
	r = write(ends[1], "", 1);
	(void)r;
	errno = kept;
}

int
sig_catch(struct err *e)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	struct sigaction sa;

	if (ends[0] >= 0)
		return 0;
	if (pipe(ends) < 0)
		return err_sys(e, "pipe for signals");
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		fcntl(ends[i], F_SETFL, O_NONBLOCK);
	}
	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_flags = SA_RESTART;
	sa.sa_handler = handler;
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		if (sigaction(caught[i], &sa, NULL) < 0)
			return err_sys(e, "sigaction");
	sa.sa_handler = SIG_IGN;
	if (sigaction(SIGPIPE, &sa, NULL) < 0)
		return err_sys(e, "sigaction");
	return 0;
}

int
sig_fd(void)
{
	return ends[0];
}

void
sig_drain(void)
{
	char junk[64];

	while (ends[0] >= 0 && read(ends[0], junk, sizeof(junk)) > 0)
		;
}

bool
sig_interrupted(void)
{
	return interrupts > 0;
}

bool
sig_take_interrupt(void)
{
	bool r = interrupts > 0;

	interrupts = 0;
	return r;
}

bool
sig_asked(void)
{
	bool r = asked != 0;

	asked = 0;
	return r;
}

bool
sig_sleep(int64_t ms)
{
	struct timespec now, began;

	clock_gettime(CLOCK_MONOTONIC, &began);
	while (!sig_interrupted() && ms > 0) {
		struct pollfd fd = { ends[0], POLLIN, 0 };
		int64_t left;

		clock_gettime(CLOCK_MONOTONIC, &now);
		left = ms - ((int64_t)now.tv_sec - began.tv_sec) * 1000 -
		    (now.tv_nsec - began.tv_nsec) / 1000000;
		if (left <= 0)
			break;
		poll(&fd, ends[0] >= 0, left > INT_MAX ? INT_MAX : (int)left);
		if (fd.revents != 0)
			sig_drain();
	}
	return sig_interrupted();
}
