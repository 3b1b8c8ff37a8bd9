/*
 * harmless: losses that are nobody's fault: while SAs are negotiated, while
 * they are replaced, and the single one.
 */
#include "diagnose/engine.h"

enum {
	/* Probes that a change of SAs may cost (RFC 7296 section 2.8). */
	REKEY_COST = 3
};

static bool
ours(const struct ledger *l, const struct probe *p)
{
	return p->kind == l->judged && p->origin == SIDE_A;
}

static bool
is_egress(enum stage s)
{
	return s == STAGE_EGRESS_A || s == STAGE_EGRESS_B;
}

/*
 * Are the probes that died in this stage the first ones?  Before one node's
 * SAs the other's may have been missing, too.
 */
static bool
only_the_first(const struct ledger *l, enum stage stage)
{
	size_t lost = l->by_stage[stage], seen = 0;

	for (size_t i = 0; i < l->n_probes && seen < lost; i++) {
		const struct probe *p = &l->probes[i];

		if (!ours(l, p))
			continue;
		if (!is_egress(p->stage))
			return false;
		seen += p->stage == stage;
	}
	return seen == lost;
}

/* No usable SA at first, IKE at work, then all is well. */
static bool
cold_start(const struct leg *g, struct finding *f)
{
	const struct ledger *l = g->in->ledger;
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	uint64_t n;

	if (g->segment != SEGMENT_EGRESS || g->lost == g->of ||
	    l->by_stage[STAGE_DELIVERED] == 0 || l->n_ike == 0 ||
	    !leg_wants_esp(g, g->here) || !only_the_first(l, g->stage))
		return false;
	/* SAs that were there all the time are no cold start. */
	if ((r.known && r.kept > 0) ||
	    (leg_rise(g, g->here, "XfrmOutNoStates", &n) && n < g->lost))
		return false;
	leg_rose(g, g->here, "XfrmOutNoStates", "after/xfrm_stat", f);
	f->rule = "cold-start";
	f->culprit = CULPRIT_NOBODY;
	find_cause(f,
	    "the first %zu probes were lost while %s negotiated an SA: a cold "
	    "start, no fault",
	    g->lost, leg_name(g, g->here));
	find_in(f, g, g->here, "underlay", "%zu IKE messages were seen",
	    l->n_ike);
	return true;
}

/* The SPI of the nearest probe that did not die here, before or behind i. */
static uint32_t
spi_beside(const struct leg *g, size_t i, bool behind)
{
	const struct ledger *l = g->in->ledger;

	for (;;) {
		const struct probe *p;

		if (behind ? ++i >= l->n_probes : i-- == 0)
			return 0;
		p = &l->probes[i];
		if (ours(l, p) && p->stage != g->stage &&
		    p->spi[g->travel] != 0)
			return p->spi[g->travel];
	}
}

/* A few probes, each lost just where one SPI gave way to the next. */
static bool
rekey_loss(const struct leg *g, struct finding *f)
{
	const struct ledger *l = g->in->ledger;

	if (g->lost > REKEY_COST || g->lost * 4 > g->of ||
	    l->tunnel[g->travel].n_spis < 2)
		return false;
	for (size_t i = 0; i < l->n_probes; i++) {
		uint32_t before, behind;

		if (!ours(l, &l->probes[i]) || l->probes[i].stage != g->stage)
			continue;
		before = spi_beside(g, i, false);
		behind = spi_beside(g, i, true);
		if (before == 0 || behind == 0 || before == behind)
			return false;
	}
	f->rule = "rekey-loss";
	f->culprit = CULPRIT_NOBODY;
	find_cause(f,
	    "%zu of %zu probes were lost while the SAs were rekeyed: no fault",
	    g->lost, g->of);
	return true;
}

static bool
too_few(const struct leg *g, struct finding *f)
{
	if (g->lost > FEW || g->arp)
		return false;
	f->rule = "single-loss";
	f->culprit = CULPRIT_UNKNOWN;
	find_cause(f,
	    "one probe of %zu was lost (%s); one loss accuses nobody, ask "
	    "again with --count",
	    g->of, stage_name(g->stage));
	return true;
}

bool
harmless_loss(const struct leg *g, struct finding *ret)
{
	static bool (*const kinds[])(const struct leg *,
	    struct finding *) = { cold_start, rekey_loss, too_few };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct finding f = engine_blank(g);

		if (kinds[i](g, &f)) {
			*ret = f;
			return true;
		}
	}
	return false;
}
