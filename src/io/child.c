#include "io/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "io/sig.h"

enum { OUT, ERR, START, PIPES };

struct child {
	const struct child_spec *spec;
	const char *name;
	pid_t pid;
	bool captured;
	int pipes[PIPES][2]; /* -1: closed */
	struct mono deadline;
};

static struct mono
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct mono){ (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec };
}

static void
close_end(struct child *c, int pipe, int end)
{
	if (c->pipes[pipe][end] >= 0)
		close(c->pipes[pipe][end]);
	c->pipes[pipe][end] = -1;
}

static void
close_all(struct child *c)
{
	for (int i = 0; i < PIPES; i++)
		for (int end = 0; end < 2; end++)
			close_end(c, i, end);
}

static int
open_pipes(struct child *c, struct err *e)
{
	for (int i = 0; i < PIPES; i++) {
		if (i != START && !c->captured)
			continue;
		if (pipe(c->pipes[i]) < 0)
			return err_sys(e, "run %s: pipe", c->name);
		for (int end = 0; end < 2; end++)
			fcntl(c->pipes[i][end], F_SETFD, FD_CLOEXEC);
	}
	return 0;
}

/* In the new process: exec, or write errno to the pipe that exec closes. */
static void
become(const struct child *c)
{
	union {
		const char *const *in;
		char *const *out;
	} argv = { .in = c->spec->argv };
	int why, null;

	if (c->captured) {
		setpgid(0, 0);
		null = open("/dev/null", O_RDONLY);
		if (null >= 0)
			dup2(null, 0);
		dup2(c->pipes[OUT][1], 1);
		dup2(c->pipes[ERR][1], 2);
	} else {
		dup2(2, 1);
	}
	signal(SIGPIPE, SIG_DFL);
	execv(argv.in[0], argv.out);
	why = errno;
	while (write(c->pipes[START][1], &why, sizeof(why)) < 0 &&
	    errno == EINTR)
		continue;
	_exit(127);
}

static int
start(struct child *c, struct err *e)
{
	int why = 0;
	ssize_t n;

	if (open_pipes(c, e) < 0)
		return -1;
	c->pid = fork();
	if (c->pid < 0)
		return err_sys(e, "run %s: fork", c->name);
	if (c->pid == 0)
		become(c);
	/* Both set it: whoever comes first, a kill reaches the group. */
	if (c->captured)
		setpgid(c->pid, c->pid);
	for (int i = 0; i < PIPES; i++)
		close_end(c, i, 1);
	do
		n = read(c->pipes[START][0], &why, sizeof(why));
	while (n < 0 && errno == EINTR);
	close_end(c, START, 0);
	if (n <= 0)
		return 0;
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	c->pid = -1;
	errno = why;
	return err_sys(e, "run %s", c->name);
}

static int
take(struct child *c, int pipe, struct buf *to, struct err *e)
{
	char piece[8192];
	ssize_t n = read(c->pipes[pipe][0], piece, sizeof(piece));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0) {
		close_end(c, pipe, 0);
		return 0;
	}
	if (c->spec->sink != NULL)
		c->spec->sink(c->spec->arg, piece, (size_t)n);
	if (buf_add(to, piece, (size_t)n) < 0 && pipe == OUT &&
	    c->spec->sink == NULL)
		return err_set(e, ERR_LIMIT,
		    "run %s: it wrote more than %zu bytes", c->name, to->max);
	return 0;
}

/* Waits for output or at most wait_ms, within the deadline. */
static int
turn(struct child *c, int64_t wait_ms, struct err *e)
{
	struct pollfd fds[] = { { c->pipes[OUT][0], POLLIN, 0 },
		{ c->pipes[ERR][0], POLLIN, 0 }, { sig_fd(), POLLIN, 0 } };
	int64_t left = mono_ms_until(now(), c->deadline);

	if (left <= 0)
		return err_set(e, ERR_LIMIT,
		    "run %s: not done after %lld ms; killed", c->name,
		    (long long)c->spec->limit_ms);
	if (sig_interrupted())
		return err_set(e, ERR_LIMIT, "run %s: interrupted", c->name);
	poll(fds, 3, (int)(left < wait_ms ? left : wait_ms));
	if (fds[OUT].revents != 0 && take(c, OUT, c->spec->out, e) < 0)
		return -1;
	if (fds[ERR].revents != 0 && take(c, ERR, c->spec->err, e) < 0)
		return -1;
	return 0;
}

static int
finish(struct child *c, int *ret, struct err *e)
{
	int status;

	while (c->pipes[OUT][0] >= 0 || c->pipes[ERR][0] >= 0)
		if (turn(c, 1000, e) < 0)
			return -1;
	for (;;) {
		pid_t pid = waitpid(c->pid, &status, WNOHANG);

		if (pid == c->pid)
			break;
		if (pid < 0 && errno != EINTR)
			return err_sys(e, "run %s: wait", c->name);
		if (turn(c, 20, e) < 0)
			return -1;
	}
	c->pid = -1;
	*ret = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return 0;
}

int
child_run(const struct child_spec *spec, int *ret, struct err *e)
{
	struct child c = { .spec = spec,
		.name = spec->argv[0],
		.pid = -1,
		.captured = spec->out != NULL,
		.pipes = { { -1, -1 }, { -1, -1 }, { -1, -1 } },
		.deadline = mono_add_ms(now(), spec->limit_ms) };
	int r = sig_catch(e);

	if (r == 0)
		r = start(&c, e);
	if (r == 0)
		r = finish(&c, ret, e);
	if (c.pid > 0) {
		kill(c.captured ? -c.pid : c.pid, SIGKILL);
		while (waitpid(c.pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	close_all(&c);
	return r;
}
