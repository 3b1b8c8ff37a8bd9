#include "io/unlock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/agent.h"
#include "io/file.h"
#include "io/keyring.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/sig.h"
#include "io/spawn.h"

enum {
	AGENT_LIMIT_MS = 10000,
	ASK_LIMIT_MS = 300000, /* somebody types */
	SAID_MAX = 16384,
	LIFE = 3 /* the descriptor that ends when espy does */
};

struct waiter {
	void (*ready)(void *arg);
	void *arg;
};

enum item_state { ITEM_WAITS, ITEM_ASKED, ITEM_OPEN, ITEM_FAILED };

/* One file. */
struct item {
	char *path; /* as it was given */
	enum item_state state;
	struct err why;
	struct waiter *waiters;
	size_t n, cap;
};

/* What a child runs. */
struct start {
	const char *script, *first, *second;
	const char *socket; /* of the agent to add to; NULL: none */
	int life;
};

struct unlock {
	struct loop *loop;
	struct agents *agents;
	struct item **items;
	size_t n, cap;

	enum { AGENT_NONE, AGENT_RUNS, AGENT_FAILED } agent;
	struct err agent_why;
	char *dir, *socket;
	int agent_life; /* our end of its pipe; -1: closed */

	/* The one child: the agent's start, or a question. */
	struct start start;
	struct spawn *child;
	struct item *asked;
	int ask_life;
	bool tty_kept;
	struct termios tty; /* as it was before the question */
};

/* $1 is the agent's socket, $2 its directory. */
static const char agent_script[] =
    "x=$(ssh-agent -s -a \"$1\" 3<&-)||exit;eval \"$x\" >/dev/null;"
    "(trap \"\" HUP;cat <&3;kill $SSH_AGENT_PID;rm -f \"$1\";rmdir \"$2\")"
    " </dev/null >/dev/null 2>&1&";

/* $1 is the key.  A line on the pipe says that ssh-add has ended by itself. */
static const char ask_script[] =
    "(read x <&3||kill $$) </dev/null >/dev/null 2>&1&"
    "exec 3<&-;exec ssh-add -q -- \"$1\"";

static void pump(struct unlock *u);

/* ---- the terminal ---- */

static int
open_tty(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static bool
is_set(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && s[0] != '\0';
}

/* ssh-add(1): without a terminal SSH_ASKPASS is run, given a display. */
static bool
has_askpass(void)
{
	const char *require = getenv("SSH_ASKPASS_REQUIRE");

	if (require != NULL && strcasecmp(require, "never") == 0)
		return false;
	if (require != NULL && strcasecmp(require, "force") == 0)
		return true;
	return is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
}

static bool
can_ask(void)
{
	int fd = open_tty();

	if (fd >= 0)
		close(fd);
	return fd >= 0 || has_askpass();
}

static void
keep_tty(struct unlock *u)
{
	int fd = open_tty();

	u->tty_kept = fd >= 0 && tcgetattr(fd, &u->tty) == 0;
	if (fd >= 0)
		close(fd);
}

/* An ssh-add that was killed had no time to turn the echo on again. */
static void
restore_tty(struct unlock *u)
{
	sigset_t stop, was;
	int fd = u->tty_kept ? open_tty() : -1;

	u->tty_kept = false;
	if (fd < 0)
		return;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &was);
	tcsetattr(fd, TCSANOW, &u->tty);
	sigprocmask(SIG_SETMASK, &was, NULL);
	close(fd);
}

/* ---- children ---- */

/* In the child: never returns. */
static void
run_script(void *arg, int out)
{
	const struct start *s = &((struct unlock *)arg)->start;
	const char *argv[] = { "sh", "-c", s->script, "espy", s->first,
		s->second, NULL };
	int in = s->socket != NULL ? open_tty() : -1;

	if (in < 0)
		in = open("/dev/null", O_RDONLY);
	/* The agent's shell shall see none of the terminal's signals. */
	if (s->socket == NULL)
		setsid();
	else
		setenv("SSH_AUTH_SOCK", s->socket, 1);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
	    dup2(s->life, LIFE) < 0 || fcntl(LIFE, F_SETFD, 0) < 0)
		_exit(127);
	/* execvp() does not write to argv; its type is older than const. */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static int
start(struct unlock *u, const struct start *s, int64_t limit_ms,
    void (*done)(void *arg, int status, struct span out), int *life,
    struct err *e)
{
	const struct spawn_spec spec = { .body = run_script,
		.out_max = SAID_MAX,
		.limit_ms = limit_ms,
		.done = done,
		.arg = u };
	int ends[2], r;

	if (pipe(ends) < 0)
		return err_sys(e, "pipe");
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	u->start = *s;
	u->start.life = ends[0];
	r = spawn_start(u->loop, &spec, &u->child, e);
	close(ends[0]);
	if (r < 0)
		close(ends[1]);
	else
		*life = ends[1];
	return r;
}

static void
close_life(int *life)
{
	if (*life >= 0)
		close(*life);
	*life = -1;
}

/* The last line that says anything. */
static struct span
last_line(struct span said)
{
	struct span line, last = { "", 0 };

	while (span_line(&said, &line))
		if (span_trim(line).n > 0)
			last = span_trim(line);
	if (last.n > 300)
		last.n = 300;
	return last;
}

/* ---- one file ---- */

static void
settle(struct item *it, enum item_state state)
{
	size_t n = it->n;

	it->state = state;
	it->n = 0;
	for (size_t i = 0; i < n; i++)
		it->waiters[i].ready(it->waiters[i].arg);
}

static void
fail(struct item *it, const char *what, struct span said)
{
	err_set(&it->why, ERR_INPUT, "key %s: %s%s%.*s", it->path, what,
	    said.n > 0 ? ": " : "", (int)said.n, said.p);
	settle(it, ITEM_FAILED);
}

/* ssh-add is gone: tells its shell so before that ends somebody else. */
static void
end_question(struct unlock *u)
{
	if (u->asked == NULL)
		return;
	u->asked = NULL;
	if (write(u->ask_life, "\n", 1) < 0)
		log_line(LOG_LEVEL_DEBUG, NULL, "ssh-add's shell is gone");
	close_life(&u->ask_life);
	restore_tty(u);
}

static void
on_answered(void *arg, int status, struct span out)
{
	struct unlock *u = arg;
	struct item *it = u->asked;

	u->child = NULL;
	end_question(u);
	if (sig_interrupted()) /* the ^C was for both of us */
		return;
	if (status == 0)
		settle(it, ITEM_OPEN);
	else if (last_line(out).n > 0)
		fail(it, "ssh-add", last_line(out));
	else
		fail(it, "its passphrase was not given", last_line(out));
	pump(u);
}

static void
ask(struct unlock *u, struct item *it)
{
	char *path = keyring_expand(it->path);
	const struct start s = {
		.script = ask_script, .first = path, .socket = u->socket
	};

	keep_tty(u);
	it->state = ITEM_ASKED;
	u->asked = it;
	if (start(u, &s, ASK_LIMIT_MS, on_answered, &u->ask_life, &it->why) <
	    0) {
		u->asked = NULL;
		settle(it, ITEM_FAILED);
	}
	free(path);
}

/* ---- the agent ---- */

static void
on_agent(void *arg, int status, struct span out)
{
	struct unlock *u = arg;
	struct span said = last_line(out);

	u->child = NULL;
	u->agent = status == 0 ? AGENT_RUNS : AGENT_FAILED;
	if (status != 0)
		err_set(&u->agent_why, ERR_SYS, "ssh-agent cannot be run: %.*s",
		    (int)said.n, said.p);
	pump(u);
}

static void
start_agent(struct unlock *u)
{
	struct start s = { .script = agent_script };

	u->dir = file_private_dir(&u->agent_why);
	if (u->dir != NULL) {
		u->socket = xasprintf("%s/s", u->dir);
		s.first = u->socket;
		s.second = u->dir;
		if (start(u, &s, AGENT_LIMIT_MS, on_agent, &u->agent_life,
			&u->agent_why) == 0)
			return;
	}
	u->agent = AGENT_FAILED;
}

/* The next question, when none is open. */
static void
pump(struct unlock *u)
{
	for (size_t i = 0; u->child == NULL && i < u->n; i++) {
		struct item *it = u->items[i];

		if (it->state != ITEM_WAITS)
			continue;
		if (u->agent == AGENT_NONE)
			start_agent(u);
		if (u->child != NULL)
			return;
		if (u->agent == AGENT_FAILED)
			fail(it, "it has a passphrase",
			    span_of(u->agent_why.text));
		else
			ask(u, it);
	}
}

/* ---- what others call ---- */

struct unlock *
unlock_new(struct loop *l, struct agents *agents)
{
	struct unlock *u = xcalloc(1, sizeof(*u));

	u->loop = l;
	u->agents = agents;
	u->agent_life = u->ask_life = -1;
	return u;
}

void
unlock_free(struct unlock *u)
{
	if (u == NULL)
		return;
	/* An agent's start is let be: its shell ends both, and tidies up. */
	if (u->asked != NULL)
		spawn_cancel(u->child);
	else
		spawn_abandon(u->child);
	end_question(u);
	close_life(&u->agent_life);
	if (u->agent == AGENT_FAILED && u->dir != NULL)
		rmdir(u->dir);
	for (size_t i = 0; i < u->n; i++) {
		free(u->items[i]->waiters);
		free(u->items[i]->path);
		free(u->items[i]);
	}
	free(u->items);
	free(u->socket);
	free(u->dir);
	free(u);
}

static struct item *
find(struct unlock *u, const char *path)
{
	struct item *it;

	for (size_t i = 0; i < u->n; i++)
		if (strcmp(u->items[i]->path, path) == 0)
			return u->items[i];
	it = xcalloc(1, sizeof(*it));
	it->path = xstrdup(path);
	u->items = mem_grow(u->items, u->n, &u->cap, sizeof(struct item *));
	u->items[u->n++] = it;
	if (!can_ask())
		fail(it,
		    "it has a passphrase, and there is no terminal to ask on: "
		    "load it into an ssh-agent",
		    (struct span){ "", 0 });
	return it;
}

int
unlock_get(struct unlock *u, const char *path, struct agent **ret,
    void (*ready)(void *arg), void *arg, struct err *e)
{
	struct item *it = find(u, path);

	pump(u);
	if (it->state == ITEM_OPEN) {
		*ret = agents_get(u->agents, u->socket);
		return 1;
	}
	if (it->state == ITEM_FAILED) {
		*e = it->why;
		return -1;
	}
	it->waiters =
	    mem_grow(it->waiters, it->n, &it->cap, sizeof(*it->waiters));
	it->waiters[it->n++] = (struct waiter){ ready, arg };
	return 0;
}

bool
unlock_asks(const struct unlock *u)
{
	return u->asked != NULL;
}
