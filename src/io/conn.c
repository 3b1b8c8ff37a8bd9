#include "io/conn.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/auth.h"
#include "io/connstep.h"
#include "io/jump.h"
#include "io/log.h"
#include "io/resolve.h"
#include "io/transport.h"
#include "model/host.h"

enum {
	CHANNELS_MAX = 9, /* OpenSSH's MaxSessions is 10; one is to kill with */
	TRIES_MAX = 16,	  /* dials that a busy server dropped */
	BACKOFF_MS = 100, /* before the second; then twice that, ... */
	BACKOFF_DOUBLED = 5 /* so often at most */
};

/*
 * limit_s is of the state alone; the set-up as a whole has connect_ms.  fail
 * is what the state's STEP_REFUSED means; STEP_FAIL is always unreachable.
 */
static const struct {
	const char *name;
	enum step (*step)(struct conn *c);
	enum conn_state next;
	int limit_s;
	enum task_end fail;
} states[] = {
	[CONN_IDLE] = { "waiting", NULL, CONN_CONFIG, 0, TASK_UNREACHABLE },
	/* Whoever is asked has a deadline, see io/sshask.h. */
	[CONN_CONFIG] = { "ssh_config", connstep_config, CONN_JUMP, 0,
	    TASK_AUTH },
	/* The jump host's session has deadlines, and so have those before. */
	[CONN_JUMP] = { "jump host", connstep_jump, CONN_RESOLVE, 0,
	    TASK_UNREACHABLE },
	[CONN_RESOLVE] = { "resolve", connstep_resolve, CONN_DIAL, 10,
	    TASK_UNREACHABLE },
	[CONN_DIAL] = { "connect", connstep_dial, CONN_HANDSHAKE, 600,
	    TASK_UNREACHABLE },
	[CONN_HANDSHAKE] = { "handshake", connstep_handshake, CONN_VERIFY, 600,
	    TASK_UNREACHABLE },
	[CONN_VERIFY] = { "host key", connstep_verify, CONN_AUTH, 5,
	    TASK_HOST_KEY },
	[CONN_AUTH] = { "authentication", connstep_auth, CONN_READY, 600,
	    TASK_AUTH },
	[CONN_READY] = { "ready", NULL, CONN_READY, 0, TASK_LOST },
	[CONN_BACKOFF] = { "waiting for a busy server", NULL, CONN_JUMP, 0,
	    TASK_UNREACHABLE },
	[CONN_FAILED] = { "failed", NULL, CONN_FAILED, 0, TASK_UNREACHABLE },
};

static void conn_advance(struct conn *c);

const char *
conn_state_name(enum conn_state s)
{
	return states[s].name;
}

/* ---- leaving and entering ---- */

void
conn_drop_session(struct conn *c)
{
	watch_stop(c->watch);
	c->watch = NULL;
	timer_stop(c->env->loop, &c->alive);
	auth_free(c->auth);
	c->auth = NULL;
	if (c->session != NULL)
		c->transport->close(c->session);
	c->session = NULL;
	jump_leave(c);
}

static void
drop_setup(struct conn *c)
{
	resolve_free(c->resolve);
	c->resolve = NULL;
	c->next_address = 0;
}

void
conn_enter(struct conn *c, enum conn_state s)
{
	struct loop *l = c->env->loop;
	struct mono at = mono_add_ms(loop_now(l), states[s].limit_s * 1000);

	c->state = s;
	log_line(LOG_LEVEL_DEBUG, c->host->name, "%s", states[s].name);
	timer_stop(l, &c->deadline);
	if (s == CONN_JUMP && c->had_turn)
		at = c->give_up;
	else if (states[s].limit_s == 0)
		return;
	if (at.ns > c->give_up.ns)
		at = c->give_up;
	timer_set(l, &c->deadline, at);
}

void
conn_grant(struct conn *c)
{
	c->give_up = mono_add_ms(loop_now(c->env->loop), connstep_limit_ms(c));
	conn_enter(c, c->state);
}

void
conn_fail(struct conn *c, enum task_end how)
{
	conn_drop_session(c);
	drop_setup(c);
	c->fail = how;
	conn_enter(c, CONN_FAILED);
	c->env->changed(c->env->arg, c);
}

void
conn_rest(struct conn *c)
{
	conn_drop_session(c);
	drop_setup(c);
	conn_enter(c, CONN_IDLE);
}

/* Between once and twice the time for this try: ours spread out again. */
static int64_t
backoff_ms(const struct conn *c)
{
	unsigned doubled =
	    c->tries < BACKOFF_DOUBLED ? c->tries : BACKOFF_DOUBLED;
	int64_t ms = BACKOFF_MS << doubled;
	uint32_t spread = c->tries + 1;

	for (const char *s = c->host->name; *s != '\0'; s++)
		spread = (spread ^ (unsigned char)*s) * 16777619; /* FNV-1a */
	return ms + (int64_t)((spread >> 8) % (uint32_t)ms);
}

/* A server with too many connections is asked again later. */
static void
back_off(struct conn *c)
{
	int64_t ms = backoff_ms(c);

	c->tries++;
	conn_drop_session(c);
	c->next_address = 0;
	conn_enter(c, CONN_BACKOFF);
	log_line(LOG_LEVEL_INFO, c->host->name, "%s; again in %d ms",
	    c->why.text, (int)ms);
	timer_set(c->env->loop, &c->deadline,
	    mono_add_ms(loop_now(c->env->loop), ms));
}

bool
conn_fall_back(struct conn *c)
{
	c->unable = true;
	if (c->env->fallback == NULL || c->transport == c->env->fallback)
		return false;
	log_line(LOG_LEVEL_INFO, c->host->name, "%s; so through %s",
	    c->why.text, c->env->fallback->name);
	c->fell_back = true;
	conn_rest(c);
	c->env->changed(c->env->arg, c);
	return true;
}

void
conn_jump_failed(struct conn *c, const struct err *why, enum task_end how,
    bool unable)
{
	c->why = *why;
	if (!unable || !conn_fall_back(c))
		conn_fail(c, how);
}

/* Somebody types a passphrase: neither the host nor the network is slow. */
static bool
is_asking(const struct conn *c)
{
	return c->state == CONN_AUTH && c->auth != NULL && auth_asks(c->auth);
}

/* sshd's LoginGraceTime passed while somebody typed. */
static void
dial_again(struct conn *c)
{
	c->redial = false;
	conn_drop_session(c);
	c->next_address = 0;
	conn_enter(c, CONN_JUMP);
	conn_kick(c);
}

static bool
is_unable(const struct conn *c)
{
	return c->state == CONN_HANDSHAKE && c->session != NULL &&
	    c->transport->was_unable != NULL &&
	    c->transport->was_unable(c->session);
}

/* What a set-up step failed with, and whether another try is worth it. */
static void
setup_failed(struct conn *c, enum step s)
{
	bool busy = c->state == CONN_HANDSHAKE && c->session != NULL &&
	    c->transport->was_dropped(c->session) && c->tries < TRIES_MAX &&
	    mono_add_ms(loop_now(c->env->loop), backoff_ms(c)).ns <
		c->give_up.ns;

	if (is_unable(c) && conn_fall_back(c))
		return;
	if (busy) {
		back_off(c);
	} else if (c->state == CONN_AUTH && s == STEP_FAIL && c->redial) {
		dial_again(c);
	} else if (c->state == CONN_DIAL && c->resolve != NULL &&
	    resolve_get(c->resolve, c->next_address) != NULL) {
		conn_drop_session(c);
		conn_kick(c);
	} else {
		conn_fail(c,
		    s == STEP_REFUSED ? states[c->state].fail
				      : TASK_UNREACHABLE);
	}
}

static void
on_deadline(void *arg)
{
	struct conn *c = arg;

	if (c->state == CONN_BACKOFF) {
		conn_enter(c, CONN_JUMP);
		conn_advance(c);
		return;
	}
	if (is_asking(c)) {
		conn_grant(c);
		return;
	}
	err_set(&c->why, ERR_LIMIT, "%s: no answer within %d s",
	    states[c->state].name, (int)(connstep_limit_ms(c) / 1000));
	if (c->jump != NULL)
		jump_explain(c->jump, &c->why);
	/* A host that hangs while we authenticate has not refused us. */
	conn_fail(c, TASK_UNREACHABLE);
}

/* ---- events ---- */

bool
conn_is_idle(const struct conn *c)
{
	return c->live + c->killers == 0 &&
	    (c->lane == NULL || c->lane->carried == 0);
}

static void
set_events(struct conn *c)
{
	const struct transport *t = c->transport;

	if (c->watch == NULL)
		return;
	/* Nothing is read now; were the host to hang up, poll(2) would spin. */
	if (is_asking(c)) {
		watch_stop(c->watch);
		c->watch = NULL;
		return;
	}
	/* Without a channel nothing reads what comes; see on_socket(). */
	if (c->state == CONN_READY && conn_is_idle(c))
		watch_events(c->watch, 0);
	else
		watch_events(c->watch, t->events(c->session));
}

/* The host is there but for a while has said nothing, or it is gone. */
static void
on_alive(void *arg)
{
	struct conn *c = arg;
	struct loop *l = c->env->loop;
	uint64_t got;

	if (c->state != CONN_READY || conn_is_idle(c))
		return;
	got = c->transport->received(c->session);
	c->missed = got == c->heard ? c->missed + 1 : 0;
	c->heard = got;
	if (c->missed > connstep_alive_max(c)) {
		err_set(&c->why, ERR_HOST,
		    "connection lost: no sign of life for %d s",
		    (int)(connstep_alive_s(c) * c->missed));
		conn_fail(c, TASK_LOST);
		return;
	}
	if (c->missed > 0)
		c->transport->probe(c->session);
	timer_set(l, &c->alive,
	    mono_add_ms(loop_now(l), connstep_alive_s(c) * 1000));
	conn_kick(c); /* what the probe made wait for */
}

static void
watch_life(struct conn *c)
{
	struct loop *l = c->env->loop;

	if (c->transport->probe == NULL || c->alive.place != 0 ||
	    conn_is_idle(c))
		return;
	c->missed = 0;
	c->heard = c->transport->received(c->session);
	timer_set(l, &c->alive,
	    mono_add_ms(loop_now(l), connstep_alive_s(c) * 1000));
}

static void
conn_advance(struct conn *c)
{
	bool was_set_up = c->state == CONN_READY;

	while (states[c->state].step != NULL) {
		enum conn_state was = c->state;
		enum step s = states[c->state].step(c);

		if (c->state != was)
			continue;
		if (s == STEP_WAIT) {
			set_events(c);
			return;
		}
		if (s != STEP_NEXT) {
			setup_failed(c, s);
			return;
		}
		conn_enter(c, states[c->state].next);
	}
	if (c->state != CONN_READY)
		return;
	if (!was_set_up) {
		auth_free(c->auth);
		c->auth = NULL;
		drop_setup(c);
		c->env->changed(c->env->arg, c);
	}
	if (c->state == CONN_READY && c->env->pump(c))
		conn_kick(c);
	if (c->state == CONN_READY) {
		watch_life(c);
		set_events(c);
	}
}

static void
on_socket(void *arg, short revents)
{
	struct conn *c = arg;

	if (c->state == CONN_READY && conn_is_idle(c) &&
	    (revents & (POLLHUP | POLLERR)) != 0)
		conn_rest(c);
	else
		conn_advance(c);
}

void
conn_watch(struct conn *c)
{
	c->watch = watch_start(c->env->loop, c->transport->fd(c->session),
	    POLLOUT, on_socket, c);
}

static void
on_again(void *arg)
{
	struct conn *c = arg;

	if (c->state == CONN_READY && conn_is_idle(c) &&
	    c->transport->was_dropped(c->session))
		conn_rest(c);
	else
		conn_advance(c);
}

void
conn_kick(struct conn *c)
{
	if (c->again.place == 0)
		timer_set(c->env->loop, &c->again, loop_now(c->env->loop));
}

void
conn_wake(void *arg)
{
	conn_kick(arg);
}

const char *
conn_password(const struct conn *c)
{
	if (!c->host->become && !c->env->become)
		return NULL;
	if (c->host->become_password != NULL &&
	    host_password_trouble(c->host) == NULL)
		return c->host->become_password;
	return c->env->become_password;
}

/* ---- life ---- */

struct conn *
conn_new(struct conn_env *env, const struct host *h)
{
	struct conn *c = xcalloc(1, sizeof(*c));

	*c = (struct conn){ .env = env,
		.host = h,
		.transport = env->transport,
		.state = CONN_IDLE,
		.deadline = { .fn = on_deadline, .arg = c },
		.alive = { .fn = on_alive, .arg = c },
		.again = { .fn = on_again, .arg = c },
		.max_live = CHANNELS_MAX };
	c->tasks_tail = &c->tasks;
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	conn_drop_session(c);
	drop_setup(c);
	timer_stop(c->env->loop, &c->deadline);
	timer_stop(c->env->loop, &c->alive);
	timer_stop(c->env->loop, &c->again);
	free(c);
}

void
conn_start(struct conn *c)
{
	c->tries = 0;
	c->redial = false;
	c->exact_types = false;
	c->unable = c->had_turn = false;
	c->transport = c->fell_back ? c->env->fallback : c->env->transport;
	c->give_up = mono_add_ms(loop_now(c->env->loop), c->env->connect_ms);
	conn_enter(c, CONN_CONFIG);
	conn_kick(c);
}
