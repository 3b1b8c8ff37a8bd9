#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cmd/captures.h"

static const char *const kinds[] = {
	[ESPFLOW_ESP] = "esp",
	[ESPFLOW_NATT] = "esp/udp",
	[ESPFLOW_PING] = "ping",
	[ESPFLOW_PONG] = "reply",
};

static void
flow_line(const struct espflow_flow *f, struct buf *out)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];
	const struct espflow_side *near = &f->side[f->from];
	const struct espflow_side *far = &f->side[1 - f->from];

	buf_printf(out, "%-7s %s -> %s %s %08" PRIx32 "\n", kinds[f->kind],
	    ip_text(&f->src, src), ip_text(&f->dst, dst),
	    f->kind == ESPFLOW_PING || f->kind == ESPFLOW_PONG ? "vni" : "spi",
	    f->spi);
	buf_printf(out,
	    "  seen in %u: %" PRIu64 ", in %u: %" PRIu64 ", lost %" PRIu64
	    ", missed in %u: %" PRIu64 ", unproven %" PRIu64
	    ", in neither %" PRIu64 "\n",
	    f->from + 1, near->seen, 2 - f->from, far->seen, f->lost,
	    f->from + 1, f->missed, f->unproven, f->unseen);
	if (f->lost > 0)
		buf_printf(out,
		    "  lost: numbers %" PRIu32 " to %" PRIu32 " in %" PRIu64
		    " runs, the longest %" PRIu64 "\n",
		    f->first_lost, f->last_lost, f->runs, f->longest);
}

static void
side_lines(const struct espflow_flow *f, struct buf *out)
{
	for (unsigned c = 0; c < CAPTURES; c++) {
		const struct espflow_side *s = &f->side[c];

		if (s->duplicates + s->reordered + s->restarts == 0)
			continue;
		buf_printf(out,
		    "  in %u: %" PRIu64 " duplicates, %" PRIu64
		    " reordered by at most %" PRIu32 ", %" PRIu32 " restarts\n",
		    c + 1, s->duplicates, s->reordered, s->distance,
		    s->restarts);
	}
}

void
captures_text(const struct captures *c, struct buf *out)
{
	for (size_t i = 0; i < c->result.n; i++) {
		flow_line(&c->result.flows[i], out);
		side_lines(&c->result.flows[i], out);
	}
}

static void
note_capture(const struct captures *c, unsigned i, struct buf *out)
{
	const struct espflow_result *r = &c->result;

	if (c->cut[i])
		buf_printf(out, "note: %s ends within a packet\n", c->name[i]);
	if (c->drops[i] > 0)
		buf_printf(out,
		    "note: %s says that %" PRIu64
		    " packets were lost while it was captured\n",
		    c->name[i], c->drops[i]);
	if (c->bad[i] > 0)
		buf_printf(out,
		    "note: %" PRIu64 " packets in %s are malformed\n",
		    c->bad[i], c->name[i]);
	if (c->brief[i] > 0)
		buf_printf(out,
		    "note: %" PRIu64 " packets in %s are captured too short\n",
		    c->brief[i], c->name[i]);
	if (r->missed[i] > 0)
		buf_printf(out,
		    "note: %s itself missed %" PRIu64 " of %" PRIu64
		    " packets that the other capture has\n",
		    c->name[i], r->missed[i], r->missed[i] + r->passed[i]);
}

static void
note_order(const struct captures *c, struct buf *out)
{
	static const char *const why[] = {
		[ESPFLOW_BY_TTL] = NULL,
		[ESPFLOW_BY_DELAY] = NULL,
		[ESPFLOW_BY_LOSS] =
		    "likely, since only the other lacks packets",
		[ESPFLOW_BY_ARGUMENT] =
		    "assumed from the order of the arguments",
	};
	enum espflow_order worst = ESPFLOW_BY_TTL;

	for (size_t i = 0; i < c->result.n; i++)
		if (c->result.flows[i].lost > 0 &&
		    c->result.flows[i].how > worst)
			worst = c->result.flows[i].how;
	if (why[worst] != NULL)
		buf_printf(out,
		    "note: which capture stands nearer the sender is %s\n",
		    why[worst]);
}

static void
note_clock(const struct espflow_clock *k, struct buf *out)
{
	bool behind = k->high < 0;
	double low = (double)(behind ? -k->high : k->low) / NS_PER_S;
	double high = (double)(behind ? -k->low : k->high) / NS_PER_S;
	const char *way = behind ? "behind" : "ahead of";

	if (!k->known)
		return;
	if (k->two_way)
		buf_printf(out, "clocks: 2 is %.6f s to %.6f s %s 1%s\n", low,
		    high, way,
		    k->drifting ? ", and one of them drifts or was set" : "");
	else
		buf_printf(out,
		    "clocks: 2 is %.6f s %s 1, the delay of the path "
		    "included: only one direction is known\n",
		    low, way);
}

void
captures_notes(const struct captures *c, struct buf *out)
{
	buf_printf(out,
	    "\n1: %s, %" PRIu64 " frames\n2: %s, %" PRIu64 " frames\n",
	    c->name[0], c->result.frames[0], c->name[1], c->result.frames[1]);
	note_clock(&c->result.clock, out);
	for (unsigned i = 0; i < CAPTURES; i++)
		note_capture(c, i, out);
	note_order(c, out);
	if (c->result.unproven > 0)
		buf_printf(out,
		    "note: %" PRIu64 " packets are in one capture only, but "
		    "nothing proves that the other was live\n",
		    c->result.unproven);
}
