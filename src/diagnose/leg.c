#include "diagnose/leg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What each stage is: the kind of its segment, its node, which way. */
static const struct {
	enum segment segment;
	enum side here;
	int travel;
} stages[] = {
	[STAGE_HOST_A] = { SEGMENT_HOST, SIDE_A, 0 },
	[STAGE_EGRESS_A] = { SEGMENT_EGRESS, SIDE_A, 0 },
	[STAGE_NETWORK_AB] = { SEGMENT_NETWORK, SIDE_A, 0 },
	[STAGE_INGRESS_B] = { SEGMENT_INGRESS, SIDE_B, 0 },
	[STAGE_HOST_B] = { SEGMENT_HOST, SIDE_B, 1 },
	[STAGE_EGRESS_B] = { SEGMENT_EGRESS, SIDE_B, 1 },
	[STAGE_NETWORK_BA] = { SEGMENT_NETWORK, SIDE_B, 1 },
	[STAGE_INGRESS_A] = { SEGMENT_INGRESS, SIDE_A, 1 },
};

struct leg
leg_of(const struct diag_input *in, enum stage stage)
{
	enum side here = stages[stage].here;

	return (struct leg){ .in = in,
		.stage = stage,
		.segment = stages[stage].segment,
		.here = here,
		.peer = here == SIDE_A ? SIDE_B : SIDE_A,
		.travel = stages[stage].travel,
		.arp = in->ledger->judged == PROBE_ARP };
}

const struct run_node *
leg_node(const struct leg *g, enum side s)
{
	return &g->in->run->nodes[s];
}

const char *
leg_name(const struct leg *g, enum side s)
{
	return leg_node(g, s)->name;
}

const struct facts *
leg_before(const struct leg *g, enum side s)
{
	return &g->in->before[s];
}

const struct facts *
leg_after(const struct leg *g, enum side s)
{
	return &g->in->after[s];
}

bool
leg_rise(const struct leg *g, enum side s, const char *name, uint64_t *ret)
{
	uint64_t before, after;

	if (!facts_counter(leg_before(g, s), name, &before) ||
	    !facts_counter(leg_after(g, s), name, &after) || after < before)
		return false;
	*ret = after - before;
	return true;
}

bool
leg_rose(const struct leg *g, enum side s, const char *name,
    const char *section, struct finding *f)
{
	uint64_t n;

	if (!leg_rise(g, s, name, &n) || n < g->lost || n == 0)
		return false;
	find_in(f, g, s, section, "%s rose by %" PRIu64 " on %s", name, n,
	    leg_name(g, s));
	return true;
}

/* Is this the SA that protects what travels so between the two? */
static bool
sa_fits(const struct leg *g, const struct sa *sa, int travel)
{
	enum side from = travel == 0 ? SIDE_A : SIDE_B;
	enum side to = travel == 0 ? SIDE_B : SIDE_A;

	return sa->proto == 50 &&
	    ip_equal(&sa->src, &leg_node(g, from)->underlay) &&
	    ip_equal(&sa->dst, &leg_node(g, to)->underlay);
}

const struct sa *
leg_sa(const struct facts *f, const struct leg *g, int travel, uint32_t spi)
{
	for (size_t i = 0; i < f->n_sas; i++)
		if (f->sas[i].spi == spi && sa_fits(g, &f->sas[i], travel))
			return &f->sas[i];
	return NULL;
}

static uint64_t
rise(uint64_t now, uint64_t was)
{
	return now >= was ? now - was : now;
}

struct sa_rise
leg_sa_rise(const struct leg *g, enum side s, int travel)
{
	const struct facts *b = leg_before(g, s), *a = leg_after(g, s);
	static const struct sa none;
	struct sa_rise r = { .known = (a->have & b->have & HAVE_SAS) != 0 };

	for (size_t i = 0; r.known && i < a->n_sas; i++) {
		const struct sa *now = &a->sas[i], *was;

		if (!sa_fits(g, now, travel))
			continue;
		was = leg_sa(b, g, travel, now->spi);
		if (was == NULL)
			was = &none;
		r.n += !now->larval;
		r.packets += rise(now->packets, was->packets);
		r.failed += rise(now->stat_failed, was->stat_failed);
		r.replay += rise(now->stat_replay, was->stat_replay);
		r.replay_window +=
		    rise(now->stat_replay_window, was->stat_replay_window);
	}
	return r;
}

bool
leg_wants_esp(const struct leg *g, enum side s)
{
	const struct facts *f = &g->in->facts[s];
	const struct ip *mine = &leg_node(g, s)->underlay;
	const struct ip *other =
	    &leg_node(g, s == SIDE_A ? SIDE_B : SIDE_A)->underlay;

	for (size_t i = 0; i < f->n_policies; i++) {
		const struct policy *p = &f->policies[i];

		if (p->dir == POLICY_OUT && p->has_tmpl &&
		    (p->proto == 0 || p->proto == 17) &&
		    ip_in_prefix(mine, &p->src, p->src_prefix) &&
		    ip_in_prefix(other, &p->dst, p->dst_prefix))
			return true;
	}
	return false;
}

bool
leg_in_esp(const struct leg *g)
{
	const struct ledger *l = g->in->ledger;

	if (l->tunnel[g->travel].sent > 0)
		return true;
	if (l->tunnel[g->travel].clear_sent > 0)
		return false;
	return leg_wants_esp(g, SIDE_A) || leg_wants_esp(g, SIDE_B);
}

void
find_cause(struct finding *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->cause, sizeof(f->cause), fmt, ap);
	va_end(ap);
}

static struct evidence *
new_evidence(struct finding *f)
{
	return f->n_evidence < FINDING_EVIDENCE_MAX
	    ? &f->evidence[f->n_evidence++]
	    : NULL;
}

void
find_evidence(struct finding *f, const char *source, const char *fmt, ...)
{
	struct evidence *v = new_evidence(f);
	va_list ap;

	if (v == NULL)
		return;
	snprintf(v->source, sizeof(v->source), "%s", source);
	va_start(ap, fmt);
	vsnprintf(v->text, sizeof(v->text), fmt, ap);
	va_end(ap);
}

void
find_in(struct finding *f, const struct leg *g, enum side s,
    const char *section, const char *fmt, ...)
{
	struct evidence *v = new_evidence(f);
	va_list ap;

	if (v == NULL)
		return;
	snprintf(v->source, sizeof(v->source), "nodes/%s/%s.txt",
	    leg_name(g, s), section);
	va_start(ap, fmt);
	vsnprintf(v->text, sizeof(v->text), fmt, ap);
	va_end(ap);
}

void
find_remedy(struct finding *f, const char *node, const char *what,
    const char *fmt, ...)
{
	struct remedy *r;
	va_list ap;

	if (f->n_remedies == FINDING_REMEDY_MAX)
		return;
	r = &f->remedies[f->n_remedies++];
	snprintf(r->node, sizeof(r->node), "%s", node);
	snprintf(r->what, sizeof(r->what), "%s", what);
	va_start(ap, fmt);
	vsnprintf(r->command, sizeof(r->command), fmt, ap);
	va_end(ap);
}
