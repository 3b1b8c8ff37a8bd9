#include "io/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "io/conn.h"
#include "io/killer.h"
#include "io/log.h"
#include "io/transport.h"
#include "model/host.h"

enum {
	LIMIT_MS = 60000,     /* when the task says nothing */
	GRACE_MS = 4000,      /* SIGTERM, a second, SIGKILL, and the way back */
	GRACE_SUDO_MS = 5500, /* the killer has to log in to sudo first */
	WATCHER_GRACE_S = 3,  /* after our own limit the watcher acts alone */
	OUT_CAP = 1024 * 1024,
	SEND_MAX = 64 * 1024 * 1024,
	COMMAND_MAX = 2 * 1024 * 1024,
	CHUNK = 65536,
	READS_PER_TURN = 8 /* so that a flood does not starve the others */
};

static void on_timer(void *arg);
static int pass_err(void *arg, struct span bytes);

static const struct transport *
transport_of(const struct task *t)
{
	return t->conn->transport;
}

static struct mono
now_of(const struct task *t)
{
	return loop_now(t->conn->env->loop);
}

static struct remote_as
as_of(const struct task *t)
{
	const struct conn_env *env = t->conn->env;
	const struct host *h = t->conn->host;
	const struct remote_as *as = t->spec.as;
	const char *user = as != NULL ? as->user : h->become_user;

	return (struct remote_as){ .become = env->become ||
		    (as != NULL ? as->become : h->become),
		.user = env->become_user != NULL ? env->become_user : user,
		.asks = conn_password(t->conn) != NULL };
}

struct task *
task_new(struct conn *c, const struct task_spec *spec,
    void (*finished)(void *arg, struct task *t), void *arg)
{
	struct task *t = xcalloc(1, sizeof(*t));
	struct remote_as as;

	*t = (struct task){ .conn = c,
		.spec = *spec,
		.state = TASK_WAITS,
		.timer = { .fn = on_timer, .arg = t },
		.filter = { .mark = c->env->mark },
		.finished = finished,
		.arg = arg };
	if (t->spec.limit_ms <= 0)
		t->spec.limit_ms = LIMIT_MS;
	if (t->spec.out_cap == 0)
		t->spec.out_cap = OUT_CAP;
	t->input_closed = !spec->hold_input;
	t->started = loop_now(c->env->loop);
	buf_init(&t->out, t->spec.out_cap);
	buf_init(&t->err, t->spec.out_cap);
	buf_init(&t->sent, SEND_MAX);
	buf_init(&t->command, COMMAND_MAX);
	as = as_of(t);
	remote_command(&t->command, &as, spec->command, c->env->mark,
	    t->spec.limit_ms / 1000 + WATCHER_GRACE_S);
	become_init(&t->become, &as, c->env->mark, conn_password(c));
	*c->tasks_tail = t;
	c->tasks_tail = &t->next;
	return t;
}

/* ---- the end ---- */

/* Calls done(), once; what remains is to close the channel. */
static void
finish(struct task *t, enum task_end end, const struct chan_status *st,
    const char *why)
{
	struct task_result r;

	/* No sudo of ours: then what was held back is somebody's output. */
	if (end != TASK_AUTH)
		become_begun(&t->become, pass_err, t);
	r = (struct task_result){ .end = end,
		.why = why,
		.started = t->started,
		.ended = now_of(t),
		.out = t->out.data,
		.err = t->err.data,
		.out_len = t->out.len,
		.err_len = t->err.len,
		.out_cut = t->out.cut,
		.err_cut = t->err.cut };
	if (st != NULL) {
		r.status = st->status;
		memcpy(r.signal, st->signal, sizeof(r.signal));
	}
	timer_stop(t->conn->env->loop, &t->timer);
	t->state = t->chan != NULL ? TASK_CLOSES : TASK_GONE;
	log_line(LOG_LEVEL_DEBUG, t->conn->host->name, "task: %s",
	    task_end_name(end));
	if (t->spec.done != NULL)
		t->spec.done(t->spec.arg, &r);
	t->finished(t->arg, t);
}

/* The channel was closed by the host and everything it sent was read. */
static void
finish_closed(struct task *t)
{
	struct chan_status st;
	char why[BECOME_WHY_MAX];

	transport_of(t)->chan_status(t->chan, &st);
	t->conn->breaks = 0;
	if ((!t->ending || t->end == TASK_AUTH) && st.exited &&
	    t->filter.seen == 0 && become_refused(&t->become, st.status, why)) {
		finish(t, TASK_AUTH, &st, why);
	} else if (t->ending && t->end == TASK_TIMEOUT) {
		snprintf(why, sizeof(why),
		    "no end within %" PRId64 " s; ended on the host",
		    t->spec.limit_ms / 1000);
		finish(t, TASK_TIMEOUT, &st, why);
	} else if (t->ending) {
		finish(t, t->end, &st, "cancelled; ended on the host");
	} else if (st.signal[0] != '\0') {
		snprintf(why, sizeof(why), "killed by SIG%s", st.signal);
		finish(t, TASK_SIGNALLED, &st, why);
	} else if (st.exited) {
		snprintf(why, sizeof(why), "exit status %d", st.status);
		finish(t, TASK_EXITED, &st, why);
	} else {
		finish(t, TASK_NO_STATUS, &st,
		    "the host closed the channel and sent no exit status");
	}
}

void
task_end(struct task *t, enum task_end how)
{
	if (t->state >= TASK_CLOSES || t->ending)
		return;
	t->ending = true;
	t->end = how;
	if (t->state == TASK_WAITS) {
		finish(t, how, NULL, "cancelled before it started");
		return;
	}
	timer_set(t->conn->env->loop, &t->timer,
	    mono_add_ms(now_of(t), as_of(t).asks ? GRACE_SUDO_MS : GRACE_MS));
	conn_kick(t->conn);
}

/*
 * Neither the command's end nor the killer's work could be seen.  Without
 * other tasks the connection goes, and the watcher ends the command then; with
 * others it does so at its limit.
 */
static void
give_up(struct task *t)
{
	char why[BECOME_WHY_MAX];
	struct conn *c = t->conn;
	struct chan_status st = { .status = 0 };

	if (t->chan != NULL)
		transport_of(t)->chan_status(t->chan, &st);
	snprintf(why, sizeof(why),
	    st.exited ? "exit status %d, but something keeps its output open"
		: t->end == TASK_TIMEOUT
		? "no end within its limit, nor when told to end"
		: "cancelled; did not end when told to",
	    st.status);
	if (t->end == TASK_AUTH)
		become_refused(&t->become, 1, why);
	finish(t, t->end, &st, why);
	if (c->state == CONN_READY && !task_any(c)) {
		err_set(&c->why, ERR_HOST, "%s", why);
		conn_fail(c, TASK_LOST);
	}
}

static void
on_timer(void *arg)
{
	struct task *t = arg;

	if (t->ending) {
		give_up(t);
	} else if (t->state == TASK_RUNS) {
		task_end(t, TASK_TIMEOUT);
	} else {
		t->ending = true;
		t->end = TASK_LOST;
		finish(t, TASK_LOST, NULL,
		    "the host did not start the command in time");
	}
}

/* ---- output ---- */

static void
collect(struct task *t, enum task_stream s, struct span bytes)
{
	if (t->sink_gone || bytes.n == 0)
		return;
	if (t->spec.sink == NULL) {
		buf_add(s == TASK_OUT ? &t->out : &t->err, bytes.p, bytes.n);
	} else if (t->spec.sink(t->spec.arg, s, bytes.p, bytes.n) < 0) {
		t->sink_gone = true;
		task_end(t, TASK_CANCELLED);
	}
}

static int
pass_out(void *arg, struct span bytes)
{
	collect(arg, TASK_OUT, bytes);
	return 0;
}

static int
pass_err(void *arg, struct span bytes)
{
	collect(arg, TASK_ERR, bytes);
	return 0;
}

static void
took(struct task *t, enum chan_stream from, struct span bytes)
{
	if (from == CHAN_ERR) {
		become_take(&t->become, bytes, pass_err, t);
		return;
	}
	remote_filter(&t->filter, bytes, pass_out, t);
	if (t->filter.done)
		become_begun(&t->become, pass_err, t);
}

/* Bytes read from both streams, bounded; -1: the session is broken. */
static ssize_t
drain(struct task *t)
{
	static const enum chan_stream both[] = { CHAN_OUT, CHAN_ERR };
	static char chunk[CHUNK]; /* one thread, used up before we return */
	struct conn *c = t->conn;
	ssize_t all = 0;

	for (int i = 0; i < 2; i++) {
		for (int n = 0; n < READS_PER_TURN; n++) {
			ssize_t r = transport_of(t)->chan_read(t->chan, both[i],
			    chunk, sizeof(chunk), &c->why);

			if (r < 0)
				return -1;
			if (r == 0)
				break;
			took(t, both[i], (struct span){ chunk, (size_t)r });
			all += r;
		}
	}
	return all;
}

/* ---- input ---- */

void
task_send(struct task *t, const void *p, size_t n)
{
	if (t->state >= TASK_CLOSES || t->input_closed)
		return;
	if (buf_add(&t->sent, p, n) < 0) {
		log_line(LOG_LEVEL_WARN, t->conn->host->name,
		    "too much input waits for the host");
		task_end(t, TASK_CANCELLED);
		return;
	}
	conn_kick(t->conn);
}

void
task_close_input(struct task *t)
{
	t->input_closed = true;
	conn_kick(t->conn);
}

/* What is next to send: the spec's input, then what was sent later. */
static struct span
next_input(const struct task *t)
{
	if (t->input_at < t->spec.input_len)
		return (struct span){ t->spec.input + t->input_at,
			t->spec.input_len - t->input_at };
	return (struct span){ t->sent.data, t->sent.len };
}

static void
input_taken(struct task *t, size_t n)
{
	if (t->input_at < t->spec.input_len)
		t->input_at += n;
	else
		buf_drop(&t->sent, n);
}

/* A command may close its input early: that is its right, no failure. */
static size_t
put_input(struct task *t, struct span s)
{
	struct err e;
	ssize_t n = transport_of(t)->chan_write(t->chan, s.p, s.n, &e);

	t->input_broken = n < 0;
	return n > 0 ? (size_t)n : 0;
}

static bool
end_input(struct task *t)
{
	struct err e;

	switch (transport_of(t)->chan_send_eof(t->chan, &e)) {
	case STEP_WAIT:
		return false;
	case STEP_NEXT:
		t->eof_sent = true;
		return true;
	case STEP_REFUSED:
	case STEP_FAIL:
		t->input_broken = true;
		return false;
	}
	return false;
}

/* sudo is given the password when it asks, its end of file when we give up. */
static bool
feed_sudo(struct task *t)
{
	struct span s = become_answer(&t->become);
	size_t n;

	if (t->ending)
		return end_input(t);
	if (s.n == 0)
		return false;
	n = put_input(t, s);
	become_sent(&t->become, n);
	return n > 0;
}

static bool
feed(struct task *t)
{
	struct span s = next_input(t);
	size_t n;

	if (t->eof_sent || t->input_broken)
		return false;
	if (become_holds(&t->become))
		return feed_sudo(t);
	if (s.n == 0)
		return t->input_closed && end_input(t);
	n = put_input(t, s);
	input_taken(t, n);
	return n > 0;
}

/* ---- the killer ---- */

static bool
killer_works(const struct task *t)
{
	return t->killer != NULL && !killer_is_over(t->killer);
}

static void
start_killer(struct task *t)
{
	const struct killer_spec spec = { .as = as_of(t),
		.password = conn_password(t->conn),
		.mark = t->conn->env->mark,
		.watcher = t->filter.watcher };

	t->killer = killer_new(transport_of(t), t->conn->session, &spec);
	t->conn->killers++;
}

static bool
pump_killer(struct task *t)
{
	bool moved;

	if (t->killer == NULL && t->ending && t->filter.watcher != 0 &&
	    t->state == TASK_RUNS)
		start_killer(t);
	if (!killer_works(t))
		return false;
	moved = killer_step(t->killer, t->state >= TASK_CLOSES);
	if (!killer_works(t))
		t->conn->killers--;
	return moved;
}

/* ---- one step of one task; true when it moved ---- */

static bool
start_opening(struct task *t)
{
	struct conn *c = t->conn;

	if (c->live >= c->max_live)
		return false;
	c->live++;
	t->chan = transport_of(t)->chan_new(c->session);
	t->state = TASK_OPENS;
	timer_set(c->env->loop, &t->timer,
	    mono_add_ms(now_of(t), c->env->connect_ms));
	return true;
}

/* Gives the channel back; TASK_GONE once that is done. */
static bool
close_channel(struct task *t)
{
	if (transport_of(t)->chan_close(t->chan) == STEP_WAIT)
		return false;
	t->chan = NULL;
	t->conn->live--;
	if (t->state == TASK_CLOSES)
		t->state = TASK_GONE;
	return true;
}

/* MaxSessions may be less than we thought; then the task waits its turn. */
static bool
not_opened(struct task *t)
{
	struct conn *c = t->conn;

	if (c->live <= 1) {
		finish(t, t->ending ? t->end : TASK_LOST, NULL, c->why.text);
		return true;
	}
	t->refused = true;
	if (!close_channel(t))
		return false;
	t->refused = false;
	c->max_live = c->live;
	timer_stop(c->env->loop, &t->timer);
	t->state = TASK_WAITS;
	if (t->ending)
		finish(t, t->end, NULL, "cancelled before it started");
	return true;
}

static bool
open_channel(struct task *t)
{
	struct conn *c = t->conn;

	if (t->refused)
		return not_opened(t);
	switch (transport_of(t)->chan_open(t->chan, &c->why)) {
	case STEP_WAIT:
		return false;
	case STEP_NEXT:
		t->state = TASK_STARTS;
		return true;
	case STEP_REFUSED:
		return not_opened(t);
	case STEP_FAIL:
		conn_fail(c, TASK_LOST);
		return true;
	}
	return false;
}

static bool
start_command(struct task *t)
{
	struct conn *c = t->conn;

	switch (transport_of(t)->chan_exec(t->chan, t->command.data, &c->why)) {
	case STEP_WAIT:
		return false;
	case STEP_NEXT:
		t->state = TASK_RUNS;
		t->started = now_of(t);
		if (!t->ending)
			timer_set(c->env->loop, &t->timer,
			    mono_add_ms(t->started, t->spec.limit_ms));
		return true;
	case STEP_REFUSED:
		finish(t, TASK_LOST, NULL, c->why.text);
		return true;
	case STEP_FAIL:
		conn_fail(c, TASK_LOST);
		return true;
	}
	return false;
}

static bool
run(struct task *t)
{
	struct conn *c = t->conn;
	ssize_t n = drain(t);
	bool moved = n > 0;

	if (n < 0) {
		conn_fail(c, TASK_LOST);
		return true;
	}
	if (t->become.state == BECOME_REFUSED)
		task_end(t, TASK_AUTH);
	moved |= feed(t);
	moved |= pump_killer(t);
	if (moved)
		return true;
	switch (transport_of(t)->chan_ended(t->chan, &c->why)) {
	case STEP_WAIT:
		return false;
	case STEP_NEXT:
		remote_filter_end(&t->filter, pass_out, t);
		finish_closed(t);
		return true;
	case STEP_REFUSED:
	case STEP_FAIL:
		conn_fail(c, TASK_LOST);
		return true;
	}
	return false;
}

static bool
step_task(struct task *t)
{
	switch (t->state) {
	case TASK_WAITS:
		return start_opening(t);
	case TASK_OPENS:
		return open_channel(t);
	case TASK_STARTS:
		return start_command(t);
	case TASK_RUNS:
		return run(t);
	case TASK_CLOSES:
		return pump_killer(t) || close_channel(t);
	case TASK_GONE:
		return pump_killer(t);
	}
	return false;
}

/* ---- all tasks of a conn ---- */

void
task_reap(struct conn *c)
{
	struct task **at = &c->tasks;

	while (*at != NULL) {
		struct task *t = *at;

		if (t->state != TASK_GONE || killer_works(t)) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		killer_free(t->killer);
		become_fini(&t->become);
		buf_free(&t->out);
		buf_free(&t->err);
		buf_free(&t->sent);
		buf_free(&t->command);
		free(t);
	}
	c->tasks_tail = at;
}

/*
 * What one task reads from the socket may belong to another that was asked
 * before it, so the round is repeated until nothing moves and nothing came.
 */
bool
task_pump(struct conn *c)
{
	const struct transport *tr = c->transport;

	for (int round = 0; round < READS_PER_TURN; round++) {
		uint64_t before = tr->received(c->session);
		bool moved = false;

		for (struct task *t = c->tasks; t != NULL; t = t->next) {
			moved |= step_task(t);
			if (c->state != CONN_READY)
				return false;
		}
		if (!moved && tr->received(c->session) == before)
			return false;
	}
	return true;
}

void
task_conn_broke(struct conn *c, bool keep)
{
	c->live = c->killers = 0;
	for (struct task *t = c->tasks; t != NULL; t = t->next) {
		enum task_state was = t->state;
		bool ran = was == TASK_STARTS || was == TASK_RUNS;

		t->chan = NULL;
		t->refused = false;
		if (t->killer != NULL)
			killer_lost(t->killer);
		if (was >= TASK_CLOSES) {
			t->state = TASK_GONE;
		} else if (ran) {
			remote_filter_end(&t->filter, pass_out, t);
			finish(t, t->ending ? t->end : TASK_LOST, NULL,
			    c->why.text);
		} else if (keep && !t->ending) {
			timer_stop(c->env->loop, &t->timer);
			t->state = TASK_WAITS;
		} else {
			finish(t, t->ending ? t->end : c->fail, NULL,
			    c->why.text);
		}
	}
}

bool
task_any(const struct conn *c)
{
	for (const struct task *t = c->tasks; t != NULL; t = t->next)
		if (t->state < TASK_CLOSES)
			return true;
	return false;
}
