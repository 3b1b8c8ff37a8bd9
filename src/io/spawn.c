#include "io/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/wait.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/loop.h"

struct spawn {
	struct loop *loop;
	struct spawn_spec spec;
	pid_t pid;
	int fd;
	struct watch *watch;
	struct timer timer;
	struct buf out;
	bool ended; /* its output did */
	struct mono give_up;
};

static void
free_child(void *arg)
{
	struct spawn *c = arg;

	buf_free(&c->out);
	free(c);
}

/* Frees at the end of the turn: we may be within our own callback. */
static void
let_go(struct spawn *c)
{
	timer_stop(c->loop, &c->timer);
	watch_stop(c->watch);
	close(c->fd);
	loop_defer(c->loop, free_child, c);
}

static void
finish(struct spawn *c, int wait_status)
{
	int status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;

	let_go(c);
	c->spec.done(c->spec.arg, status,
	    (struct span){ c->out.data, c->out.len });
}

/* Its output ended, so it is about to end itself: ask now and then. */
static void
try_reap(struct spawn *c)
{
	int status = 0;
	pid_t r = waitpid(c->pid, &status, WNOHANG);

	if (r == c->pid)
		finish(c, status);
	else if (r < 0)
		finish(c, -1);
	else
		timer_set(c->loop, &c->timer,
		    mono_add_ms(loop_now(c->loop), 2));
}

static void
on_timer(void *arg)
{
	struct spawn *c = arg;
	int status = 0;

	if (loop_now(c->loop).ns < c->give_up.ns) {
		try_reap(c);
		return;
	}
	kill(c->pid, SIGKILL);
	if (waitpid(c->pid, &status, 0) != c->pid)
		status = SIGKILL;
	finish(c, status);
}

static void
on_output(void *arg, short revents)
{
	struct spawn *c = arg;
	char chunk[4096];
	ssize_t n;

	(void)revents;
	n = read(c->fd, chunk, sizeof(chunk));
	if (n > 0) {
		buf_add(&c->out, chunk, (size_t)n);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	c->ended = true;
	watch_stop(c->watch);
	c->watch = NULL;
	try_reap(c);
}

/* In the child: never returns. */
static void
become(const struct spawn_spec *spec, int fd)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1,
		SIGPIPE };
	int null = open("/dev/null", O_RDONLY);

	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		signal(caught[i], SIG_DFL);
	if (spec->body != NULL) {
		spec->body(spec->arg, fd);
		_exit(0);
	}
	if (null < 0 || dup2(null, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(127);
	/* execvp() does not write to argv; its type is older than const. */
	execvp(spec->argv[0], (char *const *)(uintptr_t)spec->argv);
	_exit(127);
}

int
spawn_start(struct loop *l, const struct spawn_spec *spec, struct spawn **ret,
    struct err *e)
{
	struct spawn *c;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0)
		return err_sys(e, "pipe");
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	pid = fork();
	if (pid == 0)
		become(spec, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return err_sys(e, "fork");
	}
	c = xcalloc(1, sizeof(*c));
	*c = (struct spawn){ .loop = l,
		.spec = *spec,
		.pid = pid,
		.fd = ends[0],
		.timer = { .fn = on_timer, .arg = c } };
	buf_init(&c->out, spec->out_max);
	c->watch = watch_start(l, c->fd, POLLIN, on_output, c);
	c->give_up = mono_add_ms(loop_now(l), spec->limit_ms);
	timer_set(l, &c->timer, c->give_up);
	*ret = c;
	return 0;
}

void
spawn_cancel(struct spawn *c)
{
	if (c == NULL)
		return;
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	let_go(c);
}

void
spawn_abandon(struct spawn *c)
{
	if (c != NULL)
		let_go(c);
}
