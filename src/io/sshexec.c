/*
 * sshexec: sessions through ssh(1), for the hosts that libssh2 cannot serve.
 *
 * A session is an ssh that only connects (-N) and is the master of a control
 * socket; a channel is an ssh that runs its command through it.  Between us and
 * the master stands a shell that ends it when we are gone, however that came
 * about: the pipe it reads is closed then.
 *
 * ssh says 255 both when the command did and when it has no status to tell, so
 * 255 counts as no status.
 */
#include "io/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/file.h"
#include "io/loop.h"

enum {
	ARGS_MAX = 64,
	SAID_MAX = 16384, /* of what ssh says while it connects */
	NO_STATUS = 255,
	REAP_MS = 2,
	CLOSE_MS = 3000 /* for a command that was not waited for */
};

/* One end of a pipe that we hold. */
struct pipe_end {
	int fd; /* -1: closed */
	struct watch *watch;
};

struct process {
	pid_t pid; /* 0: none, or it has been waited for */
	struct pipe_end in, out, err;
};

struct session {
	struct loop *loop;
	void (*wake)(void *arg);
	void *arg;
	char *dir, *socket;
	struct process master;
	bool ready, failed;
	struct buf said; /* on stderr, until it is ready */
	uint64_t received;
	struct channel *channels;
	struct timer reap;
};

struct channel {
	struct session *session;
	struct channel *next;
	struct process ssh;
	bool exited;
	int status;
	struct mono closing; /* since when; 0: it is not */
};

/*
 * $1 is the socket, $2 its directory; the rest are ssh's words.  An ssh that is
 * told to end just before it begins to wait may wait all the same: then it is
 * killed.
 */
static const char guard[] =
    "s=$1;d=$2;shift 2;ssh \"$@\" </dev/null& p=$!;exec >/dev/null 2>&1;"
    "cat;kill $p;(sleep 2;kill -9 $p)& k=$!;wait $p;kill $k;"
    "rm -f \"$s\";rmdir \"$d\"";

/* ---- processes ---- */

static void
close_end(struct pipe_end *p)
{
	watch_stop(p->watch);
	p->watch = NULL;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

static ssize_t take(struct session *s, struct pipe_end *p, void *to, size_t n);

/* Once it is ready nobody asks what the master says. */
static void
drain_master(struct session *s)
{
	char chunk[1024];

	while (take(s, &s->master.out, chunk, sizeof(chunk)) > 0 ||
	    take(s, &s->master.err, chunk, sizeof(chunk)) > 0)
		continue;
}

static void
on_pipe(void *arg, short revents)
{
	struct session *s = arg;

	(void)revents;
	if (s->ready)
		drain_master(s);
	s->wake(s->arg);
}

static void
close_ends(struct process *p)
{
	close_end(&p->in);
	close_end(&p->out);
	close_end(&p->err);
}

static void
close_pair(int pair[2])
{
	for (int i = 0; i < 2; i++)
		if (pair[i] >= 0)
			close(pair[i]);
}

static int
open_pipes(int pipes[3][2], struct err *e)
{
	for (int i = 0; i < 3; i++) {
		if (pipe(pipes[i]) < 0)
			return err_sys(e, "pipe");
		for (int end = 0; end < 2; end++)
			fcntl(pipes[i][end], F_SETFD, FD_CLOEXEC);
	}
	fcntl(pipes[0][1], F_SETFL, O_NONBLOCK);
	fcntl(pipes[1][0], F_SETFL, O_NONBLOCK);
	fcntl(pipes[2][0], F_SETFL, O_NONBLOCK);
	return 0;
}

/* In the child: never returns.  Its group is its own: ^C is for us alone. */
static void
become(char *const *argv, int pipes[3][2])
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1,
		SIGPIPE };

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		signal(caught[i], SIG_DFL);
	if (dup2(pipes[0][0], 0) < 0 || dup2(pipes[1][1], 1) < 0 ||
	    dup2(pipes[2][1], 2) < 0)
		_exit(127);
	execvp(argv[0], argv);
	dprintf(2, "%s cannot be run: %s\n", argv[0], strerror(errno));
	_exit(NO_STATUS);
}

static struct pipe_end
hold(struct session *s, int *fd, short events)
{
	struct pipe_end p = { .fd = *fd };

	if (events != 0)
		p.watch = watch_start(s->loop, *fd, events, on_pipe, s);
	*fd = -1;
	return p;
}

static int
start(struct session *s, char *const *argv, struct process *ret, struct err *e)
{
	int pipes[3][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } };
	int r = open_pipes(pipes, e);
	pid_t pid = r == 0 ? fork() : -1;

	if (pid == 0)
		become(argv, pipes);
	if (r == 0 && pid < 0)
		r = err_sys(e, "fork");
	if (r == 0) {
		*ret = (struct process){ .pid = pid,
			.in = hold(s, &pipes[0][1], 0),
			.out = hold(s, &pipes[1][0], POLLIN),
			.err = hold(s, &pipes[2][0], POLLIN) };
	}
	for (int i = 0; i < 3; i++)
		close_pair(pipes[i]);
	return r;
}

/* Bytes read; 0: none now, or no more ever, when the end is closed. */
static ssize_t
take(struct session *s, struct pipe_end *p, void *to, size_t n)
{
	ssize_t r = p->fd >= 0 ? read(p->fd, to, n) : 0;

	if (r > 0)
		s->received += (uint64_t)r;
	else if (p->fd >= 0 && !(r < 0 && (errno == EAGAIN || errno == EINTR)))
		close_end(p);
	return r > 0 ? r : 0;
}

/* ---- the session ---- */

struct words {
	char *word[ARGS_MAX];
	size_t n;
};

static void
add(struct words *w, const char *word)
{
	if (w->n < ARGS_MAX - 1)
		w->word[w->n++] = xstrdup(word);
}

static void
words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->word[i]);
}

static void
add_options(struct words *w, const char *const *options)
{
	for (; *options != NULL; options++) {
		add(w, "-o");
		add(w, *options);
	}
}

/* What the user's configuration must not change. */
static const char *const master_options[] = { "ControlMaster=yes",
	"ControlPersist=no", "BatchMode=yes", "PermitLocalCommand=yes",
	"LocalCommand=echo ready", "RemoteCommand=none", "RequestTTY=no",
	"ClearAllForwardings=yes", "ForkAfterAuthentication=no",
	"LogLevel=ERROR", NULL };

static const char *const channel_options[] = { "ControlMaster=no",
	"BatchMode=yes", "LogLevel=ERROR",
	/* Without the master it shall fail, not dial by itself. */
	"ProxyCommand=false", NULL };

static void
add_policy(struct words *w, enum host_key_policy p)
{
	static const char *const strict[] = { "StrictHostKeyChecking=yes",
		NULL };
	static const char *const new[] = { "StrictHostKeyChecking=accept-new",
		NULL };
	static const char *const off[] = { "StrictHostKeyChecking=no",
		"UserKnownHostsFile=/dev/null", NULL };

	add_options(w,
	    p == HOST_KEY_STRICT	   ? strict
		: p == HOST_KEY_ACCEPT_NEW ? new
					   : off);
}

/* Takes the word over. */
static void
add_made(struct words *w, char *word)
{
	add(w, word);
	free(word);
}

static void
master_words(const struct session *s, const struct dial *d, struct words *w)
{
	const char *const first[] = { "sh", "-c", guard, "espy", s->socket,
		s->dir, "-N", "-T", "-S", s->socket };

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		add(w, first[i]);
	add_options(w, master_options);
	add_policy(w, d->policy);
	add(w, "-o");
	add_made(w,
	    xasprintf("ConnectTimeout=%d", (int)(d->connect_ms / 1000) + 1));
	add(w, "-o");
	add_made(w, xasprintf("ServerAliveInterval=%d", (int)d->alive_s));
	add(w, "-o");
	add_made(w, xasprintf("ServerAliveCountMax=%d", (int)d->alive_max));
	if (d->config_file != NULL) {
		add(w, "-F");
		add(w, d->config_file);
	}
	if (d->port != 0) {
		add(w, "-p");
		add_made(w, xasprintf("%u", (unsigned)d->port));
	}
	if (d->user != NULL) {
		add(w, "-l");
		add(w, d->user);
	}
	if (d->key_file != NULL) {
		add(w, "-i");
		add(w, d->key_file);
	}
	add(w, "--");
	add(w, d->name);
}

/* Only we may reach the socket: its directory is ours alone. */
static int
make_socket(struct session *s, struct err *e)
{
	s->dir = file_private_dir(e);
	if (s->dir == NULL)
		return -1;
	s->socket = xasprintf("%s/s", s->dir);
	return 0;
}

static void
on_reap(void *arg)
{
	struct session *s = arg;

	s->wake(s->arg);
}

static void
free_session(struct session *s)
{
	timer_stop(s->loop, &s->reap);
	buf_free(&s->said);
	free(s->socket);
	free(s->dir);
	free(s);
}

static int
exec_open(const struct dial *d, struct session **ret, struct err *e)
{
	struct session *s = xcalloc(1, sizeof(*s));
	struct words w = { .n = 0 };
	int r;

	*s = (struct session){ .loop = d->loop,
		.wake = d->wake,
		.arg = d->arg,
		.reap = { .fn = on_reap, .arg = s } };
	buf_init(&s->said, SAID_MAX);
	if (make_socket(s, e) < 0) {
		free_session(s);
		return -1;
	}
	master_words(s, d, &w);
	r = start(s, w.word, &s->master, e);
	words_free(&w);
	if (r < 0) {
		rmdir(s->dir);
		free_session(s);
		return -1;
	}
	*ret = s;
	return 0;
}

/* The last line that says anything; what ssh complains of comes there. */
static struct span
last_line(const struct session *s)
{
	struct span rest = { s->said.data, s->said.len }, line;
	struct span last = { "ssh ended and said nothing", 26 };

	while (span_line(&rest, &line))
		if (span_trim(line).n > 0)
			last = span_trim(line);
	return last;
}

static bool
says(const struct session *s, const char *what)
{
	return s->said.data != NULL && strstr(s->said.data, what) != NULL;
}

/* Until ssh has logged in or has ended; which of both, the later steps tell. */
static enum step
exec_connect(struct session *s, struct err *e)
{
	char chunk[1024];
	ssize_t n;

	(void)e;
	while ((n = take(s, &s->master.err, chunk, sizeof(chunk))) > 0)
		buf_add(&s->said, chunk, (size_t)n);
	while ((n = take(s, &s->master.out, chunk, sizeof(chunk))) > 0)
		s->ready = true;
	if (s->ready)
		return STEP_NEXT;
	s->failed = s->master.out.fd < 0 && s->master.err.fd < 0;
	return s->failed ? STEP_NEXT : STEP_WAIT;
}

static enum step
tell(const struct session *s, enum step how, struct err *e)
{
	struct span line = last_line(s);

	err_set(e, ERR_HOST, "ssh: %.*s", (int)(line.n < 300 ? line.n : 300),
	    line.p);
	return how;
}

static bool
refused_key(const struct session *s)
{
	return says(s, "Host key verification failed") ||
	    says(s, "HOST IDENTIFICATION HAS CHANGED") ||
	    says(s, "host key is known") || says(s, "REVOKED HOST KEY");
}

static bool
refused_user(const struct session *s)
{
	return says(s, "Permission denied") ||
	    says(s, "Too many authentication failures");
}

static enum step
exec_handshake(struct session *s, struct err *e)
{
	if (!s->failed || refused_key(s) || refused_user(s))
		return STEP_NEXT;
	return tell(s, STEP_FAIL, e);
}

static bool
exec_was_dropped(const struct session *s)
{
	return says(s, "kex_exchange_identification");
}

static enum step
exec_verify(struct session *s, struct err *e)
{
	return s->failed && refused_key(s) ? tell(s, STEP_REFUSED, e)
					   : STEP_NEXT;
}

static enum step
exec_auth(struct session *s, const char *user, const struct signer *key,
    struct err *e)
{
	(void)user;
	(void)key;
	return s->failed ? tell(s, STEP_REFUSED, e) : STEP_NEXT;
}

static int
exec_fd(const struct session *s)
{
	(void)s;
	return -1; /* our watches wake the conn */
}

static short
exec_events(struct session *s)
{
	(void)s;
	return 0;
}

static uint64_t
exec_received(const struct session *s)
{
	return s->received;
}

/* ---- channels ---- */

static struct channel *
exec_chan_new(struct session *s)
{
	struct channel *c = xcalloc(1, sizeof(*c));

	c->session = s;
	c->ssh.in.fd = c->ssh.out.fd = c->ssh.err.fd = -1;
	c->next = s->channels;
	s->channels = c;
	return c;
}

static enum step
exec_chan_open(struct channel *c, struct err *e)
{
	(void)c;
	(void)e;
	return STEP_NEXT;
}

static enum step
exec_chan_exec(struct channel *c, const char *command, struct err *e)
{
	const char *const first[] = { "ssh", "-F", "/dev/null", "-T", "-S",
		c->session->socket };
	struct words w = { .n = 0 };
	int r;

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		add(&w, first[i]);
	add_options(&w, channel_options);
	add(&w, "--");
	add(&w, "espy"); /* the master knows which host it is */
	add(&w, command);
	r = start(c->session, w.word, &c->ssh, e);
	words_free(&w);
	return r < 0 ? STEP_REFUSED : STEP_NEXT;
}

static ssize_t
exec_chan_read(struct channel *c, enum chan_stream from, void *p, size_t n,
    struct err *e)
{
	(void)e;
	return take(c->session, from == CHAN_OUT ? &c->ssh.out : &c->ssh.err, p,
	    n);
}

static ssize_t
exec_chan_write(struct channel *c, const void *p, size_t n, struct err *e)
{
	struct pipe_end *in = &c->ssh.in;
	ssize_t r = in->fd >= 0 ? write(in->fd, p, n) : -1;

	if (r >= 0) {
		watch_stop(in->watch);
		in->watch = NULL;
		return r;
	}
	if (in->fd >= 0 && (errno == EAGAIN || errno == EINTR)) {
		if (in->watch == NULL)
			in->watch = watch_start(c->session->loop, in->fd,
			    POLLOUT, on_pipe, c->session);
		return 0;
	}
	close_end(in);
	return err_set(e, ERR_HOST, "write: the command takes no more");
}

static enum step
exec_chan_send_eof(struct channel *c, struct err *e)
{
	(void)e;
	close_end(&c->ssh.in);
	return STEP_NEXT;
}

static void
note_status(struct channel *c, int status)
{
	c->ssh.pid = 0;
	c->exited = WIFEXITED(status) && WEXITSTATUS(status) != NO_STATUS;
	c->status = c->exited ? WEXITSTATUS(status) : 0;
}

/* Its output ended, so it is about to end itself: ask now and then. */
static enum step
exec_chan_ended(struct channel *c, struct err *e)
{
	struct session *s = c->session;
	int status = 0;
	pid_t r;

	if (c->ssh.out.fd >= 0 || c->ssh.err.fd >= 0)
		return STEP_WAIT;
	if (c->ssh.pid == 0)
		return STEP_NEXT;
	r = waitpid(c->ssh.pid, &status, WNOHANG);
	if (r == 0) {
		timer_set(s->loop, &s->reap,
		    mono_add_ms(loop_now(s->loop), REAP_MS));
		return STEP_WAIT;
	}
	if (r == c->ssh.pid)
		note_status(c, status);
	c->ssh.pid = 0;
	drain_master(s);
	/* The master is gone: then it was the session, not the command. */
	if (!c->exited && s->master.err.fd < 0) {
		err_set(e, ERR_HOST, "connection lost");
		return STEP_FAIL;
	}
	return STEP_NEXT;
}

static void
exec_chan_status(const struct channel *c, struct chan_status *ret)
{
	*ret = (struct chan_status){ .exited = c->exited, .status = c->status };
}

static void
end_channel(struct channel *c)
{
	close_ends(&c->ssh);
	if (c->ssh.pid > 0) {
		kill(c->ssh.pid, SIGKILL);
		while (waitpid(c->ssh.pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	free(c);
}

/* Whether it has had its time; wakes us again when that is to come. */
static bool
is_late(struct channel *c)
{
	struct session *s = c->session;
	struct mono now = loop_now(s->loop);

	if (c->closing.ns == 0)
		c->closing = now;
	if (mono_ms_until(c->closing, now) >= CLOSE_MS)
		return true;
	if (s->reap.place == 0)
		timer_set(s->loop, &s->reap, mono_add_ms(c->closing, CLOSE_MS));
	return false;
}

/* A killer is closed as soon as it was started: it must do its work first. */
static enum step
exec_chan_close(struct channel *c)
{
	struct channel **at = &c->session->channels;
	char chunk[4096];
	struct err e;

	close_end(&c->ssh.in);
	while (take(c->session, &c->ssh.out, chunk, sizeof(chunk)) > 0 ||
	    take(c->session, &c->ssh.err, chunk, sizeof(chunk)) > 0)
		continue;
	if (c->ssh.pid > 0 && exec_chan_ended(c, &e) == STEP_WAIT &&
	    !is_late(c))
		return STEP_WAIT;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	end_channel(c);
	return STEP_NEXT;
}

/* The shell sees its pipe closed, ends ssh and tidies up by itself. */
static void
exec_close(struct session *s)
{
	struct channel *next;

	if (s == NULL)
		return;
	close_ends(&s->master);
	for (struct channel *c = s->channels; c != NULL; c = next) {
		next = c->next;
		end_channel(c);
	}
	waitpid(s->master.pid, NULL, WNOHANG);
	free_session(s);
}

const struct transport transport_exec = {
	.name = "ssh",
	.own_checks = true,
	.open = exec_open,
	.connect = exec_connect,
	.handshake = exec_handshake,
	.was_dropped = exec_was_dropped,
	.verify = exec_verify,
	.auth = exec_auth,
	.fd = exec_fd,
	.events = exec_events,
	.received = exec_received,
	.close = exec_close,
	.chan_new = exec_chan_new,
	.chan_open = exec_chan_open,
	.chan_exec = exec_chan_exec,
	.chan_read = exec_chan_read,
	.chan_write = exec_chan_write,
	.chan_send_eof = exec_chan_send_eof,
	.chan_ended = exec_chan_ended,
	.chan_status = exec_chan_status,
	.chan_close = exec_chan_close,
};
