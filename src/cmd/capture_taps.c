/* capture_taps: what is captured where, and what comes of it, as it comes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "capture/filter.h"
#include "cmd/capture_impl.h"
#include "cmd/nodes.h"
#include "cmd/tap.h"
#include "correlate/clocks.h"
#include "io/fanout.h"
#include "io/log.h"
#include "model/capstat.h"
#include "model/frame.h"
#include "model/host.h"
#include "model/packet.h"
#include "plan/pair.h"
#include "platform/platform.h"

enum {
	READY_MS = 20000, /* for a capture to begin, on a busy node, too */
	SLACK_S = 15,	  /* on the node, over our own limit */
	LIMIT_MAX_S = 86400,
	TICK_MS = 100, /* between two looks at what is due */
	PIECE = 64 * 1024
};

/* ---- what to capture ---------------------------------------------------- */

static struct run_node *
planned(struct capture *c, enum side s)
{
	return &c->plan.nodes[s];
}

static int
write_filter(struct capture *c, struct spot *s, struct err *e)
{
	const struct run_node *me = planned(c, s->side);
	const struct run_node *peer = planned(c, !s->side);
	const uint16_t ports[] = { me->vxlan_port, peer->vxlan_port };
	const struct underlay_filter f = { .peer = peer->underlay,
		.vxlan_ports = ports,
		.n_ports = peer->vxlan_port != 0 ? 2 : 1 };
	const struct platform *p = c->ns->v[s->side].platform;
	struct buf text;
	int r;

	buf_init(&text, PLATFORM_SCRIPT_MAX);
	if (s->point == POINT_UNDERLAY)
		r = p->filter_underlay(&f, &text, e);
	else
		r = p->filter_overlay(&me->overlay,
		    ip_is_set(&peer->overlay) ? &peer->overlay : &me->overlay,
		    &text, e);
	if (r == 0)
		s->filter = xstrdup(text.data);
	buf_free(&text);
	return r;
}

/* Both, or the one that answers. */
static int
plan_nodes(struct capture *c, struct err *e)
{
	struct node *v = c->ns->v;
	const struct host *const hosts[2] = { v[0].host, v[1].host };
	const struct facts *const facts[2] = { &v[0].facts, &v[1].facts };
	enum side s = v[0].failure == NULL ? SIDE_A : SIDE_B;
	struct run_node *peer = planned(c, !s);

	if (nodes_alive(c->ns) == 2)
		return plan_pair(facts, hosts, &c->plan, e);
	if (nodes_alive(c->ns) == 0)
		return err_set(e, ERR_HOST, "neither node answers");
	return plan_half(facts[s], hosts[s], hosts[!s], planned(c, s),
	    &peer->underlay, e);
}

int
capture_plan(struct capture *c, struct err *e)
{
	struct ip underlay[SIDES];

	if (plan_nodes(c, e) < 0)
		return -1;
	decode_opts_init(&c->decode);
	for (enum side s = SIDE_A; s < SIDES; s++) {
		const struct run_node *n = planned(c, s);

		underlay[s] = n->underlay;
		if (n->vxlan_port != 0)
			decode_opts_add_vxlan(&c->decode, n->vxlan_port);
		for (enum point p = POINT_OVERLAY; p < POINTS; p++) {
			struct spot *spot = &c->spots[s][p];

			*spot = (struct spot){ .c = c,
				.side = s,
				.point = p,
				.link = FRAME_ETHERNET };
			buf_init(&spot->rest, STREAM_RECORD_MAX + PIECE);
			stream_init(&spot->stream);
			if (c->ns->v[s].failure == NULL &&
			    write_filter(c, spot, e) < 0)
				return -1;
		}
	}
	c->clocks = clocks_new(underlay);
	return 0;
}

void
capture_spots_free(struct capture *c)
{
	for (size_t s = 0; s < SIDES; s++) {
		for (size_t p = 0; p < POINTS; p++) {
			struct spot *spot = &c->spots[s][p];

			tap_free(spot->tap);
			free(spot->filter);
			if (spot->c != NULL)
				buf_free(&spot->rest);
		}
	}
}

static const char *
link_of(const struct spot *s)
{
	const struct run_node *n = &s->c->plan.nodes[s->side];

	return s->point == POINT_OVERLAY ? n->overlay_link : n->underlay_link;
}

char *
capture_spot_name(const struct spot *s)
{
	/* Of a node that did not answer it is not known. */
	return xasprintf("%s %s%s%s", s->c->ns->v[s->side].host->name,
	    point_name(s->point), link_of(s)[0] != '\0' ? " " : "", link_of(s));
}

enum pcapng_direction
capture_direction(const struct capture *c, const struct spot *s,
    const struct packet *p)
{
	const struct run_node *n = &c->plan.nodes[s->side];
	const struct ip *me =
	    s->point == POINT_OVERLAY ? &n->overlay : &n->underlay;
	const struct layer *l = &p->outer;

	if (l->kind == PACKET_ARP)
		return ip_equal(&l->arp.sender, me) ? PCAPNG_OUT : PCAPNG_IN;
	if (ip_equal(&l->ip.src, me))
		return PCAPNG_OUT;
	return ip_equal(&l->ip.dst, me) ? PCAPNG_IN : PCAPNG_UNKNOWN;
}

int
capture_rank(const struct spot *s, enum pcapng_direction d)
{
	if (d == PCAPNG_OUT)
		return s->point == POINT_OVERLAY ? 2 : 3;
	return s->point == POINT_UNDERLAY ? 0 : 1;
}

struct wall
capture_time(const struct capture *c, enum side s, struct wall t)
{
	return s == SIDE_A ? t : clocks_to_a(c->clocks, t);
}

/* ---- packets as they come ----------------------------------------------- */

static bool
enough(const struct capture *c)
{
	return c->count > 0 && c->packets >= c->count;
}

/* -1: this host failed. */
static int
take_frame(struct spot *s, const struct frame *f)
{
	struct capture *c = s->c;
	struct packet p;

	decode_frame(f, &c->decode, &p);
	/* The clocks also learn from what the filter does not let through. */
	if (s->point == POINT_UNDERLAY)
		clocks_add(c->clocks, s->side, &p);
	if (enough(c) || !filter_match(c->filter, f))
		return 0;
	c->packets++;
	s->packets++;
	if (c->live != NULL)
		live_add(c->live, s, &p);
	if (c->spool == NULL || spool_add(c->spool, s, f, &c->err) == 0)
		return 0;
	c->failed = true;
	return -1;
}

/* Takes what is whole; -1: the tap is to end. */
static int
drain(struct spot *s)
{
	const uint8_t *p = (const uint8_t *)s->rest.data;
	enum stream_result r;
	size_t done = 0, used;
	struct frame f;
	struct err e;

	do {
		r = stream_next(&s->stream, p + done, s->rest.len - done, &used,
		    &f, &e);
		done += used;
		s->link = s->stream.link;
		if (r == STREAM_FRAME && take_frame(s, &f) < 0)
			return -1;
	} while (r == STREAM_FRAME || (r == STREAM_MORE && used > 0));
	buf_drop(&s->rest, done);
	if (r == STREAM_MORE)
		return 0;
	log_line(LOG_LEVEL_WARN, s->c->ns->v[s->side].host->name, "%s", e.text);
	s->failed = true;
	return -1;
}

static int
take_bytes(void *arg, const void *pcap, size_t n)
{
	struct spot *s = arg;
	const char *p = pcap;

	while (n > 0) {
		size_t step = n < PIECE ? n : PIECE;

		buf_add(&s->rest, p, step);
		p += step;
		n -= step;
		if (s->c->failed || drain(s) < 0)
			return -1;
	}
	return 0;
}

/* ---- from start to end -------------------------------------------------- */

static int
start(struct capture *c, struct spot *s, unsigned limit_s, struct err *e)
{
	const struct node *n = &c->ns->v[s->side];
	const struct capture_ask ask = { .nonce = c->ns->nonce,
		.link = link_of(s),
		.filter = s->filter,
		.snaplen = (unsigned)c->snaplen,
		.limit_s = limit_s };
	const struct tap_spec spec = { .host = n->host,
		.platform = n->platform,
		.ask = &ask,
		.sink = take_bytes,
		.arg = s };

	return tap_start(c->ns->fanout, &spec, &s->tap, e);
}

/* The tool's own words, else the last line that came. */
static void
complain(const struct spot *s)
{
	struct span log = tap_log(s->tap), line, last = { "", 0 };
	char *name = capture_spot_name(s);
	struct capstat st;

	tap_stat(s->tap, &st);
	while (span_line(&log, &line))
		if (line.n > 0)
			last = line;
	if (st.why[0] != '\0')
		last = span_of(st.why);
	log_line(LOG_LEVEL_WARN, NULL, "%s: not captured%s%s%.*s", name,
	    tap_listens(s->tap) ? " to the end" : "", last.n > 0 ? ": " : "",
	    (int)last.n, last.p);
	free(name);
}

/* Says once which captures have ended, or, at the end, never began. */
static void
note_failures(struct capture *c, bool (*bad)(const struct tap_capture *t))
{
	for (size_t i = 0; i < (size_t)SIDES * POINTS; i++) {
		struct spot *s = &c->spots[i / POINTS][i % POINTS];

		if (s->tap == NULL || s->failed || !bad(s->tap))
			continue;
		s->failed = true;
		complain(s);
	}
}

static bool
never_listened(const struct tap_capture *t)
{
	return !tap_listens(t);
}

static bool
over(void *arg)
{
	const struct capture *c = arg;
	bool running = false;

	for (size_t s = 0; s < SIDES; s++)
		for (size_t p = 0; p < POINTS; p++)
			running = running ||
			    (c->spots[s][p].tap != NULL &&
				!tap_has_ended(c->spots[s][p].tap));
	return c->failed || enough(c) || !running || ferror(stdout);
}

static struct mono
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct mono){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

static void
tick(struct capture *c)
{
	if (c->live != NULL)
		live_print(c->live, false);
	if (c->spool != NULL && !c->failed &&
	    spool_flush(c->spool, &c->err) < 0)
		c->failed = true;
}

static void
follow(struct capture *c, unsigned limit_s)
{
	struct mono end = mono_add_ms(now(), (int64_t)limit_s * 1000);

	while (fanout_follow(c->ns->fanout, over, c, TICK_MS) ==
		FANOUT_DEADLINE &&
	    now().ns < end.ns) {
		note_failures(c, tap_has_ended);
		tick(c);
	}
}

static size_t
start_all(struct capture *c, unsigned limit_s, struct tap_capture **ret,
    struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < (size_t)SIDES * POINTS; i++) {
		struct spot *s = &c->spots[i / POINTS][i % POINTS];

		if (s->filter == NULL)
			continue;
		if (start(c, s, limit_s, e) < 0)
			return 0;
		ret[n++] = s->tap;
	}
	return n;
}

static void
announce(const struct capture *c)
{
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < (size_t)SIDES * POINTS; i++) {
		const struct spot *s = &c->spots[i / POINTS][i % POINTS];

		if (s->tap != NULL && tap_listens(s->tap) && !s->failed) {
			char *name = capture_spot_name(s);

			buf_printf(&b, "%s%s", b.len > 0 ? ", " : "", name);
			free(name);
		}
	}
	if (b.len > 0)
		log_line(LOG_LEVEL_WARN, NULL,
		    "capturing on %s; Ctrl-C ends it", b.data);
	buf_free(&b);
}

int
capture_run(struct capture *c, unsigned limit_s, struct err *e)
{
	struct tap_capture *taps[SIDES * POINTS] = { NULL };
	unsigned on_node = limit_s + SLACK_S;
	size_t n = start_all(c, on_node < LIMIT_MAX_S ? on_node : LIMIT_MAX_S,
	    taps, e);

	if (n == 0)
		return -1;
	if (tap_await(c->ns->fanout, taps, n, READY_MS) == FANOUT_INTERRUPTED) {
		c->ns->interrupted = true;
		return 0;
	}
	note_failures(c, tap_has_ended);
	announce(c);
	follow(c, limit_s);
	note_failures(c, tap_has_ended);
	tap_end(c->ns->fanout, taps, n);
	note_failures(c, never_listened);
	tick(c);
	if (c->failed)
		*e = c->err;
	return c->failed ? -1 : 0;
}
