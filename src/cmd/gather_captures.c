/* gather_captures: the four captures, from their start to their end. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/gather_impl.h"
#include "cmd/tap.h"
#include "io/rundir.h"
#include "platform/platform.h"

static int
keep_packets(void *arg, const void *pcap, size_t n)
{
	struct watch *w = arg;

	if (rundir_file_write(w->file, pcap, n, &w->g->err) == 0)
		return 0;
	w->g->failed = true;
	return -1;
}

static int
write_filter(struct gather *g, enum side s, enum point p, struct buf *ret)
{
	const struct run_node *me = &g->run->nodes[s];
	const struct run_node *peer = &g->run->nodes[!s];
	const uint16_t ports[] = { me->vxlan_port, peer->vxlan_port };
	const struct underlay_filter f = {
		.peer = peer->underlay, .vxlan_ports = ports, .n_ports = 2
	};

	if (p == POINT_UNDERLAY)
		return g->platform[s]->filter_underlay(&f, ret, &g->err);
	return g->platform[s]->filter_overlay(&me->overlay, &peer->overlay, ret,
	    &g->err);
}

/* What is captured where goes into the run, too. */
static int
plan_capture(struct gather *g, enum side s, enum point p)
{
	struct run_node *n = &g->run->nodes[s];
	struct run_capture *c = &n->captures[p];
	struct buf filter;
	int r;

	span_copy(span_of(p == POINT_OVERLAY ? n->overlay_link
					     : n->underlay_link),
	    c->link, sizeof(c->link));
	buf_init(&filter, PLATFORM_SCRIPT_MAX);
	r = write_filter(g, s, p, &filter);
	c->wanted = true;
	c->filter = xstrdup(filter.data);
	buf_free(&filter);
	return r;
}

void
gather_watch_start(struct gather *g, enum side s, enum point p,
    unsigned limit_s)
{
	struct watch *w = &g->watches[s][p];
	const struct run_capture *c = &g->run->nodes[s].captures[p];
	struct capture_ask ask = { .nonce = g->nonce, .limit_s = limit_s };
	const struct tap_spec spec = { .host = g->hosts[s],
		.platform = g->platform[s],
		.ask = &ask,
		.sink = keep_packets,
		.arg = w };

	w->g = g;
	if (plan_capture(g, s, p) < 0 ||
	    rundir_capture_open(g->dir, &g->run->nodes[s], p, &w->file,
		&g->err) < 0) {
		g->failed = true;
		return;
	}
	ask.link = c->link;
	ask.filter = c->filter;
	if (tap_start(g->fanout, &spec, &w->tap, &g->err) < 0)
		g->failed = true;
}

/* All that were started. */
static size_t
all_taps(const struct gather *g, struct tap_capture *ret[SIDES * POINTS])
{
	size_t n = 0;

	for (size_t s = 0; s < SIDES; s++)
		for (size_t p = 0; p < POINTS; p++)
			if (g->watches[s][p].tap != NULL)
				ret[n++] = g->watches[s][p].tap;
	return n;
}

void
gather_await_captures(struct gather *g, int64_t limit_ms)
{
	struct tap_capture *taps[SIDES * POINTS];
	size_t n = all_taps(g, taps);

	if (tap_await(g->fanout, taps, n, limit_ms) == FANOUT_INTERRUPTED)
		g->interrupted = true;
}

void
gather_stop_captures(struct gather *g)
{
	struct tap_capture *taps[SIDES * POINTS];
	size_t n = all_taps(g, taps);

	if (tap_end(g->fanout, taps, n) == FANOUT_INTERRUPTED)
		g->interrupted = true;
}

void
gather_close_captures(struct gather *g)
{
	for (size_t s = 0; s < SIDES; s++) {
		for (size_t p = 0; p < POINTS; p++) {
			struct watch *w = &g->watches[s][p];
			struct run_capture *c = &g->run->nodes[s].captures[p];

			if (w->tap != NULL) {
				struct span log = tap_log(w->tap);

				c->log = xstrndup(log.p, log.n);
				c->status = tap_status(w->tap);
			}
			tap_free(w->tap);
			w->tap = NULL;
			if (w->file != NULL &&
			    rundir_file_close(w->file, &c->bytes, &g->err) < 0)
				g->failed = true;
		}
	}
}
