/*
 * doubt: where captures prove nothing, what else does; and where they seem to,
 * what speaks against them.
 */
#include <inttypes.h>

#include "diagnose/engine.h"

/* A group of probes that died somewhere between two stages. */
struct span_of_doubt {
	enum stage first, last;
	enum doubt doubt;
	size_t n;
};

static const char *
doubt_text(enum doubt d)
{
	static const char *const texts[] = {
		[DOUBT_NONE] = "nothing",
		[DOUBT_NO_CAPTURE] = "there is no capture at that point",
		[DOUBT_NOT_LIVE] =
		    "the capture there was not open all the time",
		[DOUBT_CAPTURE_LOSS] = "the capture there lost packets itself",
		[DOUBT_AMBIGUOUS] =
		    "it cannot be told from other traffic there",
		[DOUBT_BLIND] = "the capture there does not see what arrives",
	};

	return texts[d];
}

/* The i-th stage of the range, or false behind its end. */
static bool
stage_at(const struct span_of_doubt *d, unsigned i, enum stage *ret)
{
	unsigned n = d->last == STAGE_DELIVERED
	    ? STAGE_DELIVERED - d->first
	    : ((unsigned)d->last + SIGHTS - d->first) % SIGHTS + 1;

	*ret = (enum stage)((d->first + i) % SIGHTS);
	return i < n;
}

static struct leg
leg_at(const struct diag_input *in, const struct span_of_doubt *d, enum stage s)
{
	struct leg g = leg_of(in, s);

	g.lost = d->n;
	g.of = engine_reached(in->ledger, s);
	return g;
}

/* How many echo replies A took in beyond those of the sentinels. */
static bool
replies_counted(const struct leg *g, uint64_t *ret)
{
	const struct tap *t = &g->in->ledger->taps[SIDE_A][POINT_UNDERLAY];
	uint64_t n;

	if (!leg_rise(g, SIDE_A, "Icmp.InEchoReps", &n))
		return false;
	/* Where they are of another family, this makes too little of it. */
	*ret = n > t->sentinels_sent ? n - t->sentinels_sent : 0;
	return true;
}

/* The same for echo requests at B. */
static bool
requests_counted(const struct leg *g, uint64_t *ret)
{
	const struct tap *t = &g->in->ledger->taps[SIDE_A][POINT_UNDERLAY];
	uint64_t n;

	if (!leg_rise(g, SIDE_B, "Icmp.InEchos", &n))
		return false;
	*ret = n > t->sentinels_sent ? n - t->sentinels_sent : 0;
	return true;
}

/* ---- against a ledger that seems to prove something --------------------- */

/* Before B's own stack, on the way to it. */
static bool
before_host_b(enum stage s)
{
	return s == STAGE_EGRESS_A || s == STAGE_NETWORK_AB ||
	    s == STAGE_INGRESS_B;
}

static bool
answered(const struct leg *g, uint64_t *n)
{
	if (g->arp)
		return false;
	if (before_host_b(g->stage) && requests_counted(g, n) && *n >= g->lost)
		return true;
	return g->stage != STAGE_HOST_B && replies_counted(g, n) &&
	    *n >= g->lost;
}

/* No ESP was seen arriving, and the SAs of the far end counted it. */
static bool
decrypted_unseen(const struct leg *g, uint64_t *n)
{
	struct sa_rise r = leg_sa_rise(g, g->peer, g->travel);

	*n = r.packets + r.failed + r.replay_window;
	return (g->segment & (SEGMENT_EGRESS | SEGMENT_NETWORK)) != 0 &&
	    r.known && g->in->ledger->tunnel[g->travel].received == 0 &&
	    *n >= g->lost;
}

/* The far end itself refused them, by ICMP. */
static bool
refused_unseen(const struct leg *g, uint64_t *n)
{
	const struct ledger *l = g->in->ledger;
	const struct ip *peer = &leg_node(g, g->peer)->underlay;

	if ((g->segment & (SEGMENT_EGRESS | SEGMENT_NETWORK)) == 0)
		return false;
	for (size_t i = 0; i < l->n_icmp; i++) {
		const struct icmp_seen *m = &l->icmp[i];

		*n = m->count;
		if (m->side == g->here && m->type == 3 &&
		    ip_equal(&m->src, peer) &&
		    (m->quoted == PACKET_ESP || m->quoted == PACKET_VXLAN))
			return true;
	}
	return false;
}

bool
doubt_contradicts(const struct leg *g, struct verdict *v)
{
	uint64_t n;

	/* A capture that saw one of them would have seen the others. */
	if (g->lost < g->of)
		return false;
	if (!answered(g, &n) && !decrypted_unseen(g, &n) &&
	    !refused_unseen(g, &n))
		return false;
	engine_add_note(v,
	    "by the captures %zu probes ended in \"%s\", but %" PRIu64
	    " were counted further on: a capture is at the wrong device, or "
	    "does not see all",
	    g->lost, stage_name(g->stage), n);
	return true;
}

/* ---- where the captures prove nothing ----------------------------------- */

/*
 * A blind point, and nothing behind it counted anything: then they never came.
 */
static bool
blind_network(const struct diag_input *in, const struct span_of_doubt *d,
    struct finding *ret)
{
	struct leg g = leg_at(in, d, d->first);
	struct sa_rise r;
	uint64_t bad;

	if (d->doubt != DOUBT_BLIND || g.segment != SEGMENT_NETWORK)
		return false;
	r = leg_sa_rise(&g, g.peer, g.travel);
	bad = r.failed + r.replay + r.replay_window;
	if (!r.known || (leg_after(&g, g.peer)->have & HAVE_XFRM_STAT) == 0 ||
	    r.packets + g.lost > g.of || leg_most(&g, bad) ||
	    leg_most(&g, leg_ipsec_drops(&g, g.peer)))
		return false;
	if (!engine_explain(&g, false, ret))
		*ret = engine_blank(&g);
	ret->confidence = CONFIDENCE_HIGH;
	return true;
}

/* The range ends with "they arrived"; do A's own counters deny that? */
static bool
never_came_back(const struct leg *g)
{
	const struct ledger *l = g->in->ledger;
	uint64_t n;

	return replies_counted(g, &n) &&
	    leg_most(g,
		g->lost + l->by_stage[STAGE_DELIVERED] > n
		    ? g->lost + l->by_stage[STAGE_DELIVERED] - n
		    : 0);
}

static bool
same_cause(const struct finding *a, const struct finding *b)
{
	return a->rule == b->rule && a->culprit == b->culprit &&
	    a->node == b->node;
}

/* Rules of the range that place them name one cause, and no other. */
static bool
place(const struct diag_input *in, const struct span_of_doubt *d,
    struct finding *ret)
{
	struct finding found;
	bool any = false;
	enum stage s;

	for (unsigned i = 0; stage_at(d, i, &s); i++) {
		struct leg g = leg_at(in, d, s);
		struct finding f;

		if (d->last == STAGE_DELIVERED && !never_came_back(&g))
			return false;
		if (!engine_explain(&g, true, &f))
			continue;
		if (any && !same_cause(&f, &found))
			return false;
		found = f;
		any = true;
	}
	if (!any)
		return false;
	*ret = found;
	ret->confidence = CONFIDENCE_HIGH;
	return true;
}

/* All segments of the range lie within one node; in which, nothing told. */
static bool
one_node(const struct diag_input *in, const struct span_of_doubt *d,
    struct finding *ret)
{
	struct leg first = leg_at(in, d, d->first), g;
	enum stage s;

	if (d->last >= STAGE_DELIVERED)
		return false;
	for (unsigned i = 0; stage_at(d, i, &s); i++) {
		g = leg_at(in, d, s);
		if (g.segment == SEGMENT_NETWORK || g.here != first.here)
			return false;
	}
	*ret = engine_blank(&first);
	ret->stage = STAGE_UNPROVEN;
	ret->confidence = CONFIDENCE_HIGH;
	return true;
}

static void
judge_span(const struct diag_input *in, const struct span_of_doubt *d,
    struct verdict *v)
{
	struct finding f;

	if (d->n > FEW &&
	    (place(in, d, &f) || one_node(in, d, &f) ||
		blind_network(in, d, &f)))
		engine_add_finding(v, &f);
	else
		engine_add_note(v,
		    "%zu probes ended between \"%s\" and \"%s\": %s", d->n,
		    stage_name(d->first), stage_name(d->last),
		    doubt_text(d->doubt));
}

void
doubt_judge(const struct diag_input *in, struct verdict *v)
{
	const struct ledger *l = in->ledger;
	struct span_of_doubt spans[STAGES * STAGES] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < l->n_probes; i++) {
		const struct probe *p = &l->probes[i];
		size_t k = 0;

		if (p->kind != l->judged || p->origin != SIDE_A ||
		    p->stage != STAGE_UNPROVEN)
			continue;
		while (k < n &&
		    (spans[k].first != p->first || spans[k].last != p->last))
			k++;
		if (k == STAGES * STAGES)
			continue;
		if (k == n)
			spans[n++] = (struct span_of_doubt){ p->first, p->last,
				p->doubt, 0 };
		spans[k].n++;
	}
	for (size_t k = 0; k < n; k++)
		judge_span(in, &spans[k], v);
}
