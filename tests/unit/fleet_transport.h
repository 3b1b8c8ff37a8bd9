/*
 * fleet_transport: a thousand scripted hosts in place of libssh2, each in its
 * own manner; no socket, no clock.  Included by test_fanout.c alone.
 *
 * Host n has the address 10.0.(n / 250).(n % 250 + 1).
 */
#ifndef ESPY_TESTS_FLEET_TRANSPORT_H
#define ESPY_TESTS_FLEET_TRANSPORT_H
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/err.h"
#include "base/mem.h"
#include "io/transport.h"

enum { FLEET_MAX = 1000, PID = 4711, FLOOD = 256 };

enum manner {
	MANNER_GOOD,
	/* no session comes of these */
	MANNER_REFUSES,	 /* the port is closed */
	MANNER_FILTERED, /* nothing answers, not even the port */
	MANNER_SILENT,	 /* accepts, and says nothing */
	MANNER_HTTP,	 /* says what is not SSH */
	MANNER_CLOSES,	 /* closes in mid-handshake, always */
	MANNER_AUTH_HANGS,
	MANNER_AUTH_REFUSES,
	/* these let us in */
	MANNER_OPEN_HANGS,
	MANNER_EXEC_HANGS,
	MANNER_RUNS_ON,	   /* the command ends when it is killed */
	MANNER_DEAF,	   /* not even then */
	MANNER_FLOODS_OUT, /* output without end, until it is killed */
	MANNER_FLOODS_ERR,
	MANNER_FLOODS_DEAF, /* ... and on and on */
	MANNER_NO_STATUS,
	MANNER_SIGNAL,
	MANNER_BREAKS, /* the session breaks while the command runs */
	MANNERS
};

static struct fleet {
	enum manner manner[FLEET_MAX];
	size_t open, open_max, chans; /* now; at most; now */
	size_t killed[FLEET_MAX];
	uint32_t window;
	char mark[32];
} fleet;

struct session {
	size_t host;
	bool dropped;
	struct channel *chans;
};

struct channel {
	struct session *session;
	struct channel *next;
	char head[64];
	size_t at;
	bool is_killer, killed;
};

static enum manner
manner_of(const struct session *s)
{
	return fleet.manner[s->host];
}

static int
fleet_open(const struct dial *d, struct session **ret, struct err *e)
{
	struct sockaddr_in in;
	uint32_t ip;

	(void)e;
	memcpy(&in, d->addr, sizeof(in));
	ip = ntohl(in.sin_addr.s_addr);
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->host = (ip >> 8 & 255) * 250 + (ip & 255) - 1;
	fleet.window = d->window;
	if (++fleet.open > fleet.open_max)
		fleet.open_max = fleet.open;
	return 0;
}

static enum step
fleet_connect(struct session *s, struct err *e)
{
	if (manner_of(s) == MANNER_FILTERED)
		return STEP_WAIT;
	if (manner_of(s) != MANNER_REFUSES)
		return STEP_NEXT;
	err_set(e, ERR_HOST, "connect: refused");
	return STEP_FAIL;
}

static enum step
fleet_handshake(struct session *s, struct err *e)
{
	if (manner_of(s) == MANNER_SILENT)
		return STEP_WAIT;
	s->dropped = manner_of(s) == MANNER_CLOSES;
	if (manner_of(s) != MANNER_HTTP && !s->dropped)
		return STEP_NEXT;
	err_set(e, ERR_HOST, "handshake: no");
	return STEP_FAIL;
}

static bool
fleet_was_dropped(const struct session *s)
{
	return s->dropped;
}

static struct span
fleet_host_key(const struct session *s)
{
	(void)s;
	return (struct span){ "", 0 };
}

static enum step
fleet_auth(struct session *s, const char *user, const struct signer *key,
    struct err *e)
{
	(void)user;
	(void)key;
	if (manner_of(s) == MANNER_AUTH_HANGS)
		return STEP_WAIT;
	if (manner_of(s) != MANNER_AUTH_REFUSES)
		return STEP_NEXT;
	err_set(e, ERR_HOST, "none of the keys");
	return STEP_REFUSED;
}

static int
fleet_fd(const struct session *s)
{
	(void)s;
	return 1000; /* nobody polls it: the loop's wait is a fake, too */
}

static short
fleet_events(struct session *s)
{
	(void)s;
	return POLLIN;
}

static uint64_t
fleet_received(const struct session *s)
{
	(void)s;
	return 0;
}

static void
free_channel(struct channel *c)
{
	struct channel **at = &c->session->chans;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	fleet.chans--;
	free(c);
}

static void
fleet_close(struct session *s)
{
	if (s == NULL)
		return;
	while (s->chans != NULL)
		free_channel(s->chans);
	fleet.open--;
	free(s);
}

static struct channel *
fleet_chan_new(struct session *s)
{
	struct channel *c = xcalloc(1, sizeof(*c));

	*c = (struct channel){ .session = s, .next = s->chans };
	s->chans = c;
	fleet.chans++;
	return c;
}

static enum step
fleet_chan_open(struct channel *c, struct err *e)
{
	(void)e;
	return manner_of(c->session) == MANNER_OPEN_HANGS ? STEP_WAIT
							  : STEP_NEXT;
}

static bool
is_deaf(enum manner m)
{
	return m == MANNER_DEAF || m == MANNER_FLOODS_DEAF;
}

/* A killer is known by its command; it ends what runs, as SIGTERM does. */
static enum step
fleet_chan_exec(struct channel *c, const char *command, struct err *e)
{
	struct session *s = c->session;
	const char *mark = strstr(command, "': ");

	(void)e;
	if (manner_of(s) == MANNER_EXEC_HANGS)
		return STEP_WAIT;
	c->is_killer = strstr(command, "&&kill -TERM 4711") != NULL;
	if (!c->is_killer) {
		if (mark != NULL)
			span_copy((struct span){ mark + 3,
				      strcspn(mark + 3, ";") },
			    fleet.mark, sizeof(fleet.mark));
		snprintf(c->head, sizeof(c->head), "%s %d\nhello\n", fleet.mark,
		    (int)PID);
		return STEP_NEXT;
	}
	fleet.killed[s->host]++;
	for (struct channel *o = s->chans; o != NULL; o = o->next)
		o->killed = !is_deaf(manner_of(s));
	return STEP_NEXT;
}

static bool
floods(const struct channel *c, enum chan_stream from)
{
	enum manner m = manner_of(c->session);

	if (c->killed || c->is_killer)
		return false;
	return from == CHAN_ERR
	    ? m == MANNER_FLOODS_ERR
	    : m == MANNER_FLOODS_OUT || m == MANNER_FLOODS_DEAF;
}

static ssize_t
fleet_chan_read(struct channel *c, enum chan_stream from, void *p, size_t n,
    struct err *e)
{
	size_t left = strlen(c->head + c->at);

	if (from == CHAN_OUT && left > 0) {
		n = left < n ? left : n;
		memcpy(p, c->head + c->at, n);
		c->at += n;
		return (ssize_t)n;
	}
	if (!c->is_killer && manner_of(c->session) == MANNER_BREAKS)
		return err_set(e, ERR_HOST, "connection lost");
	if (!floods(c, from))
		return 0;
	n = n < FLOOD ? n : FLOOD;
	memset(p, 'y', n);
	return (ssize_t)n;
}

static ssize_t
fleet_chan_write(struct channel *c, const void *p, size_t n, struct err *e)
{
	(void)c;
	(void)p;
	(void)e;
	return (ssize_t)n;
}

static enum step
fleet_chan_send_eof(struct channel *c, struct err *e)
{
	(void)c;
	(void)e;
	return STEP_NEXT;
}

static enum step
fleet_chan_ended(struct channel *c, struct err *e)
{
	enum manner m = manner_of(c->session);
	bool runs_on = m == MANNER_RUNS_ON || m == MANNER_FLOODS_OUT ||
	    m == MANNER_FLOODS_ERR || is_deaf(m);

	(void)e;
	return runs_on && !c->killed && !c->is_killer ? STEP_WAIT : STEP_NEXT;
}

static void
fleet_chan_status(const struct channel *c, struct chan_status *ret)
{
	enum manner m = manner_of(c->session);

	*ret = (struct chan_status){ .exited = !c->killed &&
		    m != MANNER_NO_STATUS && m != MANNER_SIGNAL };
	if (c->killed || m == MANNER_SIGNAL)
		span_copy(span_of(c->killed ? "TERM" : "SEGV"), ret->signal,
		    sizeof(ret->signal));
}

static enum step
fleet_chan_close(struct channel *c)
{
	free_channel(c);
	return STEP_NEXT;
}

const struct transport transport_ssh = {
	.name = "fleet",
	.open = fleet_open,
	.connect = fleet_connect,
	.handshake = fleet_handshake,
	.was_dropped = fleet_was_dropped,
	.host_key = fleet_host_key,
	.auth = fleet_auth,
	.fd = fleet_fd,
	.events = fleet_events,
	.received = fleet_received,
	.close = fleet_close,
	.chan_new = fleet_chan_new,
	.chan_open = fleet_chan_open,
	.chan_exec = fleet_chan_exec,
	.chan_read = fleet_chan_read,
	.chan_write = fleet_chan_write,
	.chan_send_eof = fleet_chan_send_eof,
	.chan_ended = fleet_chan_ended,
	.chan_status = fleet_chan_status,
	.chan_close = fleet_chan_close,
};

/* Asked for by nobody: the fan-out is told to use the other. */
const struct transport transport_exec = { .name = "none" };

int
transport_ssh_init(struct err *e)
{
	(void)e;
	return 0;
}

void
transport_ssh_exit(void)
{
}

#endif
