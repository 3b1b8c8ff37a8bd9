/*
 * A transport that plays a script instead of speaking to a host: no socket, no
 * clock.  Included by test_task.c alone.
 */
#ifndef ESPY_TESTS_SCRIPT_TRANSPORT_H
#define ESPY_TESTS_SCRIPT_TRANSPORT_H
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/transport.h"

enum point {
	POINT_NONE,
	POINT_CONNECT,
	POINT_HANDSHAKE,
	POINT_AUTH,
	POINT_OPEN,
	POINT_EXEC,
	POINT_READ,
	POINT_ENDED,
	POINTS
};

static struct script {
	int waits;	   /* times every operation says "wait" first */
	enum point breaks; /* the session breaks there */
	enum point hangs;  /* it waits there for ever */
	int dead_every;	   /* each such dial hangs; 0: none */
	bool refuse_auth;
	int drops;	/* dials to drop before one succeeds */
	int max_chans;	/* the host's MaxSessions; 0: any number */
	bool no_status; /* the channel closes without one */
	const char *signal;
	int status;
	const char *out;
	size_t write_max; /* bytes taken at once; 0: all */
	bool runs_on;	  /* until it is killed */
	bool lives;	  /* it answers a probe */

	/* what happened */
	int opens, closes, chans, chans_freed, killed, probes;
	struct buf input;
} script;

struct session {
	int waited;
	bool dropped, dead;
};

struct channel {
	struct session *session;
	int waited;
	bool opened, is_killer, eof, ended;
	size_t at; /* in out */
	char head[64];
};

/* The commands whose channels are open, so that a killer finds them. */
static struct channel *live[16];

static enum step
play(int *waited, enum point here, struct err *e)
{
	if (script.hangs == here)
		return STEP_WAIT;
	if ((*waited)++ < script.waits)
		return STEP_WAIT;
	*waited = 0;
	if (script.breaks == here) {
		err_set(e, ERR_HOST, "broken at %d", (int)here);
		return STEP_FAIL;
	}
	return STEP_NEXT;
}

static int
script_open(const struct dial *d, struct session **ret, struct err *e)
{
	(void)d;
	(void)e;
	*ret = xcalloc(1, sizeof(**ret));
	script.opens++;
	(*ret)->dead =
	    script.dead_every > 0 && script.opens % script.dead_every == 0;
	return 0;
}

static enum step
script_connect(struct session *s, struct err *e)
{
	return s->dead ? STEP_WAIT : play(&s->waited, POINT_CONNECT, e);
}

static enum step
script_handshake(struct session *s, struct err *e)
{
	if (script.drops > 0) {
		script.drops--;
		s->dropped = true;
		err_set(e, ERR_HOST, "dropped");
		return STEP_FAIL;
	}
	return play(&s->waited, POINT_HANDSHAKE, e);
}

static bool
script_was_dropped(const struct session *s)
{
	return s->dropped;
}

static struct span
script_host_key(const struct session *s)
{
	(void)s;
	return (struct span){ "", 0 };
}

static enum step
script_auth(struct session *s, const char *user, const struct signer *key,
    struct err *e)
{
	enum step r = play(&s->waited, POINT_AUTH, e);

	(void)user;
	(void)key;
	return r == STEP_NEXT && script.refuse_auth ? STEP_REFUSED : r;
}

static int
script_fd(const struct session *s)
{
	(void)s;
	return 1000; /* nobody polls it: the loop's wait is a fake, too */
}

static short
script_events(struct session *s)
{
	(void)s;
	return POLLIN;
}

static void
script_probe(struct session *s)
{
	(void)s;
	script.probes++;
}

static uint64_t
script_received(const struct session *s)
{
	(void)s;
	return script.lives ? (uint64_t)script.probes : 0;
}

static void
forget(const struct channel *c)
{
	for (size_t i = 0; i < 16; i++)
		if (live[i] == c)
			live[i] = NULL;
}

/* Real ones free their channels with them; here the test counts those. */
static void
script_close(struct session *s)
{
	script.closes++;
	for (size_t i = 0; i < 16; i++) {
		if (live[i] != NULL && live[i]->session == s) {
			free(live[i]);
			live[i] = NULL;
			script.chans_freed++;
		}
	}
	free(s);
}

static struct channel *
script_chan_new(struct session *s)
{
	struct channel *c = xcalloc(1, sizeof(*c));

	c->session = s;
	script.chans++;
	for (size_t i = 0; i < 16; i++) {
		if (live[i] == NULL) {
			live[i] = c;
			break;
		}
	}
	return c;
}

static enum step
script_chan_open(struct channel *c, struct err *e)
{
	enum step r = play(&c->waited, POINT_OPEN, e);
	int open = 0;

	for (size_t i = 0; i < 16; i++)
		open += live[i] != NULL && live[i]->opened;
	if (r == STEP_NEXT && script.max_chans > 0 &&
	    open >= script.max_chans) {
		err_set(e, ERR_HOST, "no more channels");
		return STEP_REFUSED;
	}
	c->opened = r == STEP_NEXT;
	return r;
}

/* A killer is told by its command; it ends what runs, as SIGTERM does. */
static enum step
script_chan_exec(struct channel *c, const char *command, struct err *e)
{
	enum step r = play(&c->waited, POINT_EXEC, e);

	if (r != STEP_NEXT)
		return r;
	c->is_killer = strstr(command, "kill -TERM 4711") != NULL &&
	    strstr(command, "echo $1") == NULL;
	if (c->is_killer) {
		script.killed++;
		for (size_t i = 0; i < 16; i++)
			if (live[i] != NULL && live[i] != c)
				live[i]->ended = true;
	} else {
		snprintf(c->head, sizeof(c->head), "espy00 4711\n%s",
		    script.out);
	}
	return STEP_NEXT;
}

/* One byte at a time, so that every cut is met. */
static ssize_t
script_chan_read(struct channel *c, enum chan_stream from, void *p, size_t n,
    struct err *e)
{
	enum step r;

	if (from == CHAN_ERR || n == 0 || c->head[c->at] == '\0')
		return 0;
	r = play(&c->waited, POINT_READ, e);
	if (r != STEP_NEXT)
		return r == STEP_FAIL ? -1 : 0;
	*(char *)p = c->head[c->at++];
	return 1;
}

static ssize_t
script_chan_write(struct channel *c, const void *p, size_t n, struct err *e)
{
	size_t take =
	    script.write_max > 0 && script.write_max < n ? script.write_max : n;

	(void)e;
	if (c->waited++ % 2 == 0)
		return 0;
	buf_add(&script.input, p, take);
	return (ssize_t)take;
}

static enum step
script_chan_send_eof(struct channel *c, struct err *e)
{
	(void)e;
	c->eof = true;
	return STEP_NEXT;
}

static enum step
script_chan_ended(struct channel *c, struct err *e)
{
	if (c->head[c->at] != '\0' || (script.runs_on && !c->ended))
		return STEP_WAIT;
	return play(&c->waited, POINT_ENDED, e);
}

static void
script_chan_status(const struct channel *c, struct chan_status *ret)
{
	*ret = (struct chan_status){ .exited = !script.no_status,
		.status = script.status };
	if (c->ended || script.signal != NULL) {
		ret->exited = false;
		span_copy(span_of(c->ended ? "TERM" : script.signal),
		    ret->signal, sizeof(ret->signal));
	}
}

static enum step
script_chan_close(struct channel *c)
{
	if (c->waited++ < script.waits)
		return STEP_WAIT;
	forget(c);
	free(c);
	script.chans_freed++;
	return STEP_NEXT;
}

static const struct transport transport_script = {
	.name = "script",
	.open = script_open,
	.connect = script_connect,
	.handshake = script_handshake,
	.was_dropped = script_was_dropped,
	.host_key = script_host_key,
	.auth = script_auth,
	.fd = script_fd,
	.events = script_events,
	.probe = script_probe,
	.received = script_received,
	.close = script_close,
	.chan_new = script_chan_new,
	.chan_open = script_chan_open,
	.chan_exec = script_chan_exec,
	.chan_read = script_chan_read,
	.chan_write = script_chan_write,
	.chan_send_eof = script_chan_send_eof,
	.chan_ended = script_chan_ended,
	.chan_status = script_chan_status,
	.chan_close = script_chan_close,
};

#endif
