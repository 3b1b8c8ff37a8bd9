#include "diagnose/diagnose.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "diagnose/leg.h"

enum {
	/* One lost probe of many accuses nobody. */
	FEW = 1,
	MANY = 20,
	/* Probes that a change of SAs may cost (RFC 7296 section 2.8). */
	REKEY_COST = 3
};

static const struct {
	const struct rule *rules;
	const size_t *n;
} tables[] = {
	{ rules_host, &n_rules_host },
	{ rules_egress, &n_rules_egress },
	{ rules_network, &n_rules_network },
	{ rules_ingress, &n_rules_ingress },
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

size_t
diag_rules(void)
{
	size_t n = 0;

	for (size_t t = 0; t < TABLES; t++)
		n += *tables[t].n;
	return n;
}

static const struct rule *
rule_at(size_t i)
{
	size_t t = 0;

	while (i >= *tables[t].n)
		i -= *tables[t++].n;
	return &tables[t].rules[i];
}

const char *
diag_rule_id(size_t i)
{
	return rule_at(i)->id;
}

const char *
diag_rule_what(size_t i)
{
	return rule_at(i)->what;
}

static void
add_note(struct verdict *v, const char *note)
{
	if (v->n_notes < VERDICT_FINDINGS_MAX)
		snprintf(v->notes[v->n_notes++], FINDING_TEXT_MAX, "%s", note);
}

/* A finding without a cause: the segment alone. */
static struct finding
blank(const struct leg *g)
{
	struct finding f = { .rule = "unexplained",
		.stage = g->stage,
		.culprit = CULPRIT_NODE,
		.node = g->here,
		.confidence = CONFIDENCE_CERTAIN,
		.lost = g->lost,
		.of = g->of };

	if (g->segment == SEGMENT_NETWORK)
		f.culprit = CULPRIT_NETWORK;
	snprintf(f.cause, sizeof(f.cause),
	    "for a reason that none of its counters shows");
	return f;
}

/* Does the node say, before and after, what the rule must look at? */
static bool
can_judge(const struct rule *r, const struct leg *g)
{
	unsigned once = g->in->facts[g->here].have;
	unsigned before = leg_before(g, g->here)->have | once;
	unsigned after = leg_after(g, g->here)->have | once;

	return (before & after & r->needs) == r->needs;
}

/* The first rule that says yes; with `placing`, only those that place. */
static bool
explain(const struct leg *g, bool placing, struct finding *ret)
{
	for (size_t i = 0; i < diag_rules(); i++) {
		const struct rule *r = rule_at(i);
		struct finding f = blank(g);

		if ((r->segments & (unsigned)g->segment) == 0 ||
		    (placing && !r->places) || !can_judge(r, g))
			continue;
		if (r->check(g, &f) != ANSWER_YES)
			continue;
		f.rule = r->id;
		*ret = f;
		return true;
	}
	return false;
}

/* Probes that got as far as this segment. */
static size_t
reached(const struct ledger *l, enum stage stage)
{
	size_t n = 0;

	for (unsigned s = stage; s < STAGES; s++)
		n += l->by_stage[s];
	return n;
}

static const char *
node_name(const struct diag_input *in, enum side s)
{
	return in->run->nodes[s].name;
}

/* "node3", or "the network from node1 to node3". */
static void
culprit_name(const struct diag_input *in, const struct finding *f, char *out,
    size_t size)
{
	struct leg g;

	if (f->culprit == CULPRIT_NETWORK) {
		g = leg_of(in, f->stage);
		snprintf(out, size, "the network from %s to %s",
		    node_name(in, g.here), node_name(in, g.peer));
	} else
		snprintf(out, size, "%s", node_name(in, f->node));
}

static void
add_finding(struct verdict *v, const struct finding *f)
{
	if (v->n_findings < VERDICT_FINDINGS_MAX)
		v->findings[v->n_findings++] = *f;
}

/* ---- losses that are nobody's fault ------------------------------------ */

/* Are the probes that died in this stage the first ones, and no others? */
static bool
only_the_first(const struct ledger *l, enum stage stage)
{
	size_t lost = l->by_stage[stage], seen = 0;

	for (size_t i = 0; i < l->n_probes; i++) {
		const struct probe *p = &l->probes[i];

		if (p->kind != l->judged || p->origin != SIDE_A)
			continue;
		if (p->stage != stage)
			return seen == lost;
		seen++;
	}
	return false;
}

/* No usable SA at first, IKE at work, then all is well. */
static bool
cold_start(const struct leg *g, struct finding *f)
{
	const struct ledger *l = g->in->ledger;

	if (g->segment != SEGMENT_EGRESS || g->lost == g->of ||
	    l->by_stage[STAGE_DELIVERED] == 0 || l->n_ike == 0 ||
	    !leg_wants_esp(g, g->here) || !only_the_first(l, g->stage) ||
	    !leg_rose(g, g->here, "XfrmOutNoStates", "after/xfrm_stat", f))
		return false;
	*f = blank(g);
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

/* A few probes, and the SPI changed during the run. */
static bool
rekey_loss(const struct leg *g, struct finding *f)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	if (g->lost > REKEY_COST || g->lost * 4 > g->of || t->n_spis < 2)
		return false;
	*f = blank(g);
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
	if (g->lost > FEW || g->of < MANY)
		return false;
	*f = blank(g);
	f->rule = "single-loss";
	f->culprit = CULPRIT_UNKNOWN;
	find_cause(f,
	    "one probe of %zu was lost (%s); one loss accuses nobody, ask "
	    "again with --count",
	    g->of, stage_name(g->stage));
	return true;
}

/* ---- the segments ------------------------------------------------------ */

static void
judge_stage(const struct diag_input *in, enum stage stage, struct verdict *v)
{
	struct leg g = leg_of(in, stage);
	struct finding f;

	g.lost = in->ledger->by_stage[stage];
	g.of = reached(in->ledger, stage);
	if (g.lost == 0)
		return;
	f = blank(&g);
	if (!cold_start(&g, &f) && !rekey_loss(&g, &f) && !too_few(&g, &f) &&
	    !explain(&g, false, &f))
		f = blank(&g);
	add_finding(v, &f);
}

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
		[DOUBT_AMBIGUOUS] = "other traffic there has the same lengths",
		[DOUBT_BLIND] = "ESP offload and GRO hide what arrives there",
	};

	return texts[d];
}

/* The next stage on the path of A's probes; a range never runs past the end. */
static enum stage
next_stage(enum stage s)
{
	return (enum stage)(s + 1);
}

/*
 * A blind point, and nothing behind it counted anything: then they never came.
 */
static bool
blind_network(const struct diag_input *in, const struct span_of_doubt *d,
    struct finding *ret)
{
	struct leg g = leg_of(in, d->first);
	struct sa_rise r;

	g.lost = d->n;
	g.of = in->ledger->judged_total;
	if (d->doubt != DOUBT_BLIND || g.segment != SEGMENT_NETWORK)
		return false;
	r = leg_sa_rise(&g, g.peer, g.travel);
	if (!r.known || r.packets >= g.lost || r.failed > 0 ||
	    (leg_after(&g, g.peer)->have & HAVE_XFRM_STAT) == 0)
		return false;
	if (!explain(&g, false, ret))
		*ret = blank(&g);
	ret->confidence = CONFIDENCE_HIGH;
	return true;
}

/* Exactly one segment of the range has a rule that places them there. */
static bool
place(const struct diag_input *in, const struct span_of_doubt *d,
    struct finding *ret)
{
	size_t hits = 0;

	for (enum stage s = d->first; s <= d->last && s < STAGE_DELIVERED;
	     s = next_stage(s)) {
		struct leg g = leg_of(in, s);
		struct finding f;

		g.lost = d->n;
		g.of = in->ledger->judged_total;
		if (!explain(&g, true, &f))
			continue;
		f.confidence = CONFIDENCE_HIGH;
		*ret = f;
		hits++;
	}
	return hits == 1;
}

/* All segments of the range lie within one node. */
static bool
one_node(const struct diag_input *in, const struct span_of_doubt *d,
    struct finding *ret)
{
	struct leg first = leg_of(in, d->first), g = first;

	if (d->last >= STAGE_DELIVERED)
		return false;
	first.lost = d->n;
	first.of = in->ledger->judged_total;
	for (enum stage s = d->first; s <= d->last; s = next_stage(s)) {
		g = leg_of(in, s);
		if (g.segment == SEGMENT_NETWORK || g.here != first.here)
			return false;
	}
	for (enum stage s = d->first; s <= d->last; s = next_stage(s)) {
		g = leg_of(in, s);
		g.lost = first.lost;
		g.of = first.of;
		if (explain(&g, false, ret)) {
			ret->confidence = CONFIDENCE_HIGH;
			return true;
		}
	}
	*ret = blank(&first);
	ret->stage = STAGE_UNPROVEN;
	return true;
}

static void
judge_doubt(const struct diag_input *in, const struct span_of_doubt *d,
    struct verdict *v)
{
	struct finding f;
	char note[FINDING_TEXT_MAX];

	if (place(in, d, &f) || one_node(in, d, &f) ||
	    blind_network(in, d, &f)) {
		add_finding(v, &f);
		return;
	}
	snprintf(note, sizeof(note),
	    "%zu probes ended between \"%s\" and \"%s\": %s", d->n,
	    stage_name(d->first), stage_name(d->last), doubt_text(d->doubt));
	add_note(v, note);
}

static void
judge_unproven(const struct diag_input *in, struct verdict *v)
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
		judge_doubt(in, &spans[k], v);
}

/* Nothing at all left A: no ping, no ARP. */
static void
judge_silence(const struct diag_input *in, struct verdict *v)
{
	struct leg g = leg_of(in, STAGE_HOST_A);
	struct finding f;

	if (in->ledger->judged_total > 0 || in->ledger->asked == 0 ||
	    !in->run->complete)
		return;
	g.lost = g.of = in->ledger->asked;
	g.arp = false;
	if (explain(&g, false, &f))
		add_finding(v, &f);
	else
		add_note(v,
		    "no probe was seen leaving the overlay device of A");
}

/* ---- the verdict ------------------------------------------------------- */

static bool
accuses(const struct finding *f)
{
	return f->culprit == CULPRIT_NODE || f->culprit == CULPRIT_NETWORK;
}

/* Accusations first, and among them whoever loses most. */
static bool
worse(const struct finding *a, const struct finding *b)
{
	if (accuses(a) != accuses(b))
		return accuses(a);
	return a->lost > b->lost;
}

static void
sort_findings(struct verdict *v)
{
	for (size_t i = 1; i < v->n_findings; i++) {
		for (size_t j = i;
		     j > 0 && worse(&v->findings[j], &v->findings[j - 1]);
		     j--) {
			struct finding t = v->findings[j];

			v->findings[j] = v->findings[j - 1];
			v->findings[j - 1] = t;
		}
	}
}

static const char *
things(const struct diag_input *in)
{
	return in->ledger->judged == PROBE_ARP ? "ARP requests" : "probes";
}

static void
say_fault(const struct diag_input *in, struct verdict *v)
{
	const struct finding *f = &v->findings[0];
	char who[128];

	v->kind = VERDICT_FAULT;
	culprit_name(in, f, who, sizeof(who));
	snprintf(v->sentence, sizeof(v->sentence),
	    "%s: %s (%zu of %zu %s lost)", who, f->cause, f->lost, f->of,
	    things(in));
}

static void
say_healthy(const struct diag_input *in, struct verdict *v)
{
	const struct ledger *l = in->ledger;

	v->kind = VERDICT_HEALTHY;
	snprintf(v->sentence, sizeof(v->sentence),
	    "nothing is wrong between %s and %s: %zu of %zu probes came back",
	    node_name(in, SIDE_A), node_name(in, SIDE_B),
	    l->by_stage[STAGE_DELIVERED], l->judged_total);
	if (v->n_findings > 0)
		snprintf(v->sentence, sizeof(v->sentence),
		    "nothing is wrong between %s and %s: %s",
		    node_name(in, SIDE_A), node_name(in, SIDE_B),
		    v->findings[0].cause);
}

static void
say_unknown(const struct diag_input *in, struct verdict *v)
{
	const char *why = v->n_findings > 0 ? v->findings[0].cause
	    : v->n_notes > 0		    ? v->notes[0]
	    : in->run->why != NULL	    ? in->run->why
					    : "nothing was measured";

	v->kind = VERDICT_UNKNOWN;
	snprintf(v->sentence, sizeof(v->sentence), "unknown, because %s", why);
}

static bool
all_nobodys(const struct verdict *v)
{
	for (size_t i = 0; i < v->n_findings; i++)
		if (v->findings[i].culprit != CULPRIT_NOBODY)
			return false;
	return true;
}

void
diag_run(const struct diag_input *in, struct verdict *ret)
{
	const struct ledger *l = in->ledger;
	struct verdict v = { 0 };
	bool measured;

	for (enum stage s = STAGE_HOST_A; s < STAGE_DELIVERED;
	     s = next_stage(s))
		judge_stage(in, s, &v);
	judge_unproven(in, &v);
	judge_silence(in, &v);
	sort_findings(&v);
	measured = l->judged == PROBE_PING && l->judged_total > 0;
	if (v.n_findings > 0 && accuses(&v.findings[0]))
		say_fault(in, &v);
	else if (measured && v.n_notes == 0 && all_nobodys(&v))
		say_healthy(in, &v);
	else
		say_unknown(in, &v);
	*ret = v;
}
