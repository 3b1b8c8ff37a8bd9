/*
 * sshtunnel: a session that runs through a channel of another, RFC 4254
 * section 7.2.
 *
 * Both sessions have an owner each.  So that neither has to wait for the
 * other's, there is a buffer each way between them: the inner session fills
 * and empties those, and sshtunnel_relay() moves their bytes for all tunnels
 * of an outer session whenever its socket has something, for what one of its
 * channels reads may be another's.
 */
#include "io/sshlib.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "io/wire.h"

enum {
	BUFFER_MAX = 65536, /* bytes each way */
	MESSAGE_MAX = 1024,
	ROUNDS = 8 /* of one relay, so that a flood starves nobody */
};

struct tunnel {
	struct session *outer; /* NULL: it has ended */
	struct session *inner; /* NULL: it has been closed */
	struct tunnel *next;   /* of outer's */
	struct channel *chan;
	struct buf target; /* what the channel's opening says */
	char name[300];	   /* for messages */
	bool open;
	bool ended; /* nothing comes any more */
	bool full;  /* the inner session waits for room */
	struct buf in, out;
};

static void
wake(const struct session *s)
{
	if (s != NULL && s->wake != NULL)
		s->wake(s->arg);
}

struct tunnel *
sshtunnel_new(struct session *outer, struct session *inner, const char *host,
    uint16_t port)
{
	struct tunnel *t = xcalloc(1, sizeof(*t));

	t->outer = outer;
	t->inner = inner;
	buf_init(&t->in, BUFFER_MAX);
	buf_init(&t->out, BUFFER_MAX);
	buf_init(&t->target, MESSAGE_MAX);
	wire_put_string(&t->target, span_of(host));
	wire_put_u32(&t->target, port);
	/* Where it comes from: nobody asks. */
	wire_put_string(&t->target, span_of("127.0.0.1"));
	wire_put_u32(&t->target, 0);
	snprintf(t->name, sizeof(t->name), "%s port %u", host, (unsigned)port);
	t->chan = sshchan_new(outer);
	t->chan->type = "direct-tcpip";
	t->chan->message = (struct span){ t->target.data, t->target.len };
	t->next = outer->tunnels;
	outer->tunnels = t;
	return t;
}

enum step
sshtunnel_open(struct tunnel *t, struct err *e)
{
	struct session *outer = t->outer;
	uint64_t received = outer != NULL ? outer->received : 0;
	const void *owner = outer != NULL ? outer->owner : NULL;
	struct err why;
	enum step s;

	if (outer == NULL) {
		err_set(e, ERR_HOST, "connection lost");
		return STEP_FAIL;
	}
	s = sshchan_open(t->chan, &why);
	t->open = s == STEP_NEXT;
	/* What was read may be another's; what is half out waits for room. */
	if (outer->received != received || outer->owner != owner || t->open)
		wake(outer);
	if (s == STEP_REFUSED)
		err_set(e, ERR_HOST, "no way from there to %s: %s", t->name,
		    outer->refusal[0] != '\0' ? outer->refusal : why.text);
	else if (s == STEP_FAIL)
		*e = why;
	return s;
}

int
sshtunnel_fd(const struct tunnel *t)
{
	while (t->outer != NULL && t->outer->tunnel != NULL)
		t = t->outer->tunnel;
	return t->outer != NULL ? t->outer->fd : -1;
}

bool
sshtunnel_is_busy(const struct tunnel *t)
{
	return t->out.len > 0;
}

bool
sshtunnel_has_ended(const struct tunnel *t)
{
	return t->ended;
}

/* Its memory is given back: most sessions are quiet most of the time. */
static void
drop(struct buf *b, size_t n)
{
	buf_drop(b, n);
	if (b->len > 0)
		return;
	buf_free(b);
	buf_init(b, BUFFER_MAX);
}

ssize_t
sshtunnel_recv(struct tunnel *t, void *p, size_t n)
{
	bool was_full = t->in.len >= BUFFER_MAX;

	if (t->in.len == 0)
		return t->ended ? 0 : -EAGAIN;
	if (n > t->in.len)
		n = t->in.len;
	memcpy(p, t->in.data, n);
	drop(&t->in, n);
	if (was_full)
		wake(t->outer);
	return (ssize_t)n;
}

ssize_t
sshtunnel_send(struct tunnel *t, const void *p, size_t n)
{
	size_t room = BUFFER_MAX - t->out.len;

	if (t->outer == NULL || t->ended)
		return -ECONNRESET;
	t->full = n > room;
	if (n > room)
		n = room;
	if (n == 0)
		return -EAGAIN;
	buf_add(&t->out, p, n);
	wake(t->outer);
	return (ssize_t)n;
}

/* ---- the end ---- */

static void
free_tunnel(struct tunnel *t)
{
	buf_free(&t->in);
	buf_free(&t->out);
	buf_free(&t->target);
	free(t);
}

static void
unlink_tunnel(struct tunnel *t)
{
	struct tunnel **at = &t->outer->tunnels;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
}

/*
 * An opening that is under way must be seen through, which can take minutes:
 * then the channel stays, and the outer session opens no other one.
 */
void
sshtunnel_close(struct tunnel *t)
{
	t->inner = NULL;
	if (t->outer == NULL) {
		free_tunnel(t);
	} else if (t->open) {
		wake(t->outer);
	} else if (t->outer->opening != t->chan) {
		sshchan_close(t->chan);
		unlink_tunnel(t);
		free_tunnel(t);
	}
}

void
sshtunnel_cut(struct session *outer)
{
	struct tunnel *next;

	for (struct tunnel *t = outer->tunnels; t != NULL; t = next) {
		next = t->next;
		t->outer = NULL;
		t->chan = NULL;
		t->ended = true;
		if (t->inner == NULL)
			free_tunnel(t);
		else
			wake(t->inner);
	}
	outer->tunnels = NULL;
}

/* ---- the relay ---- */

/* True when bytes went out. */
static bool
flush(struct tunnel *t)
{
	struct err e;
	ssize_t n;
	bool moved = false;

	while (t->out.len > 0) {
		n = sshchan_write(t->chan, t->out.data, t->out.len, &e);
		if (n == 0)
			return moved;
		if (n < 0) {
			t->ended = true;
			drop(&t->out, t->out.len);
			return true;
		}
		drop(&t->out, (size_t)n);
		moved = true;
	}
	return moved;
}

/*
 * Bytes read, -1 when the outer session is broken.  Reading nothing still
 * takes from the socket what is there, for whichever channel.
 */
static ssize_t
fill(struct tunnel *t, bool look, struct err *e)
{
	static char chunk[BUFFER_MAX]; /* used up before we return */
	unsigned long there = 0;
	size_t room = BUFFER_MAX - t->in.len;
	ssize_t n;

	libssh2_channel_window_read_ex(t->chan->lc, &there, NULL);
	if (!look && there == 0 && t->outer->owner != t->chan)
		return 0;
	n = sshchan_read(t->chan, CHAN_OUT, chunk, room, e);
	if (n > 0)
		buf_add(&t->in, chunk, (size_t)n);
	return n;
}

/* True when it is gone. */
static bool
finish(struct tunnel *t)
{
	if (t->out.len > 0 && !t->ended && t->outer->owner == t->chan)
		return false;
	if (sshchan_close(t->chan) == STEP_WAIT)
		return false;
	unlink_tunnel(t);
	free_tunnel(t);
	return true;
}

/* STEP_NEXT: something moved; t may be gone. */
static enum step
relay_one(struct tunnel *t, bool look, struct err *e)
{
	bool sent, had_ended = t->ended;
	ssize_t n;

	if (!t->open) {
		wake(t->inner); /* it goes on with the opening, and reads */
		return STEP_WAIT;
	}
	sent = flush(t);
	if (t->inner == NULL)
		return finish(t) || sent ? STEP_NEXT : STEP_WAIT;
	n = fill(t, look, e);
	if (n < 0)
		return STEP_FAIL;
	if (n == 0 && t->outer->owner != t->chan &&
	    libssh2_channel_eof(t->chan->lc))
		t->ended = true;
	if (n > 0 || t->ended != had_ended || (sent && t->full))
		wake(t->inner);
	if (sent)
		t->full = false;
	return n > 0 || sent || t->ended != had_ended ? STEP_NEXT : STEP_WAIT;
}

enum step
sshtunnel_relay(struct session *outer, struct err *e)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t before = outer->received;
		bool look = true, moved = false;
		struct tunnel *next;

		for (struct tunnel *t = outer->tunnels; t != NULL; t = next) {
			bool is_open = t->open;
			enum step s;

			next = t->next;
			s = relay_one(t, look, e);
			if (s == STEP_FAIL)
				return s;
			moved |= s == STEP_NEXT;
			look &= !is_open;
		}
		if (!moved && outer->received == before)
			return STEP_WAIT;
	}
	return STEP_NEXT;
}
