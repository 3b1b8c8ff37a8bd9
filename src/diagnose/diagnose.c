#include "diagnose/diagnose.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/engine.h"

static const struct {
	const struct rule *rules;
	const size_t *n;
} tables[] = {
	{ rules_host, &n_rules_host },
	{ rules_egress, &n_rules_egress },
	{ rules_network, &n_rules_network },
	{ rules_ingress, &n_rules_ingress },
	{ rules_delivery, &n_rules_delivery },
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

void
engine_add_note(struct verdict *v, const char *fmt, ...)
{
	va_list ap;

	if (v->n_notes == VERDICT_FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(v->notes[v->n_notes++], FINDING_TEXT_MAX, fmt, ap);
	va_end(ap);
}

struct finding
engine_blank(const struct leg *g)
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
	find_cause(&f, "%s",
	    f.culprit == CULPRIT_NETWORK
		? "it loses them"
		: "it drops them, and no counter of it says why");
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

bool
engine_explain(const struct leg *g, bool placing, struct finding *ret)
{
	for (size_t i = 0; i < diag_rules(); i++) {
		const struct rule *r = rule_at(i);
		struct finding f = engine_blank(g);

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

size_t
engine_reached(const struct ledger *l, enum stage stage)
{
	size_t n = 0;

	for (unsigned s = stage; s < STAGES; s++)
		n += l->by_stage[s];
	return n;
}

const char *
engine_node(const struct diag_input *in, enum side s)
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
		    engine_node(in, g.here), engine_node(in, g.peer));
	} else
		snprintf(out, size, "%s", engine_node(in, f->node));
}

void
engine_add_finding(struct verdict *v, const struct finding *f)
{
	if (v->n_findings < VERDICT_FINDINGS_MAX)
		v->findings[v->n_findings++] = *f;
}

/* ---- the segments ------------------------------------------------------ */

static void
judge_stage(const struct diag_input *in, enum stage stage, struct verdict *v)
{
	struct leg g = leg_of(in, stage);
	struct finding f;

	g.lost = in->ledger->by_stage[stage];
	g.of = engine_reached(in->ledger, stage);
	if (g.lost == 0)
		return;
	if (!harmless_loss(&g, &f)) {
		if (doubt_contradicts(&g, v))
			return;
		if (!engine_explain(&g, false, &f))
			f = engine_blank(&g);
	}
	engine_add_finding(v, &f);
}

/*
 * Answers that came out of A's overlay device, and A's ICMP did not count: most
 * of them, for others are counted, too.
 */
static uint64_t
answers_unheard(const struct diag_input *in, struct leg *g)
{
	const struct ledger *l = in->ledger;
	unsigned own = l->taps[SIDE_A][POINT_UNDERLAY].answers;
	uint64_t n;

	*g = leg_of(in, STAGE_DELIVERED);
	g->lost = g->of = l->by_stage[STAGE_DELIVERED];
	if (g->arp || !leg_rise(g, SIDE_A, "Icmp.InEchoReps", &n))
		return 0;
	n -= n > own ? own : n;
	g->lost = n < g->of && leg_missed(g, n) ? g->of - n : 0;
	return g->lost;
}

static void
judge_answers(const struct diag_input *in, struct verdict *v)
{
	struct finding f;
	struct leg g;

	if (answers_unheard(in, &g) <= FEW)
		return;
	f = engine_blank(&g);
	f.culprit = CULPRIT_UNKNOWN;
	find_cause(&f,
	    "%zu answers came out of the overlay device of %s, which took in "
	    "%zu: a firewall, or frames for another",
	    g.of, engine_node(in, SIDE_A), g.of - g.lost);
	engine_explain(&g, false, &f);
	engine_add_finding(v, &f);
}

/* Would the capture have shown a probe, or is its device down? */
static bool
silence_is_proven(const struct tap *t)
{
	return t->link_down ||
	    (t->present && !t->refused && t->clean_end && t->kernel_drops == 0);
}

/* Nothing at all left A: no ping, no ARP. */
static void
judge_silence(const struct diag_input *in, struct verdict *v)
{
	const struct tap *t = &in->ledger->taps[SIDE_A][POINT_OVERLAY];
	const char *why = t->why[0] != '\0' ? t->why : in->ping_why;
	struct leg g = leg_of(in, STAGE_HOST_A);
	struct finding f;

	if (in->ledger->judged_total > 0 || in->ledger->asked == 0)
		return;
	g.lost = g.of = in->ledger->asked;
	g.arp = false;
	if (silence_is_proven(t) && doubt_contradicts(&g, v))
		return;
	if (silence_is_proven(t) && engine_explain(&g, false, &f))
		engine_add_finding(v, &f);
	else
		engine_add_note(v,
		    "no probe was seen leaving the overlay device of %s%s%s",
		    engine_node(in, SIDE_A), why[0] != '\0' ? ": " : "", why);
}

/* Pings that never came to the overlay device are none of its losses. */
static void
note_missing(const struct diag_input *in, struct verdict *v)
{
	const struct ledger *l = in->ledger;

	if (l->judged == PROBE_PING && l->pings > 0 &&
	    l->judged_total * 10 < (size_t)l->asked * 9)
		engine_add_note(v, "only %zu of %u probes were seen leaving %s",
		    l->judged_total, l->asked, engine_node(in, SIDE_A));
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
	    engine_node(in, SIDE_A), engine_node(in, SIDE_B),
	    l->by_stage[STAGE_DELIVERED], l->judged_total);
	if (v->n_findings > 0)
		snprintf(v->sentence, sizeof(v->sentence),
		    "nothing is wrong between %s and %s: %s",
		    engine_node(in, SIDE_A), engine_node(in, SIDE_B),
		    v->findings[0].cause);
}

static void
say_unknown(struct verdict *v, const char *why)
{
	if (why == NULL)
		why = v->n_findings > 0 ? v->findings[0].cause
		    : v->n_notes > 0	? v->notes[0]
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

/* Counters of two lives of a node prove nothing. */
static bool
restarted(const struct diag_input *in, struct verdict *v)
{
	for (enum side s = SIDE_A; s < SIDES; s++)
		if (leg_restarted(in, s))
			engine_add_note(v,
			    "%s restarted while it was measured; ask again",
			    engine_node(in, s));
	return v->n_notes > 0;
}

static void
judge(const struct diag_input *in, struct verdict *v)
{
	const struct ledger *l = in->ledger;
	bool measured = l->judged == PROBE_PING && l->judged_total > 0;

	for (enum stage s = STAGE_HOST_A; s < STAGE_DELIVERED;
	     s = (enum stage)(s + 1))
		judge_stage(in, s, v);
	judge_answers(in, v);
	doubt_judge(in, v);
	judge_silence(in, v);
	note_missing(in, v);
	sort_findings(v);
	if (v->n_findings > 0 && accuses(&v->findings[0]))
		say_fault(in, v);
	else if (measured && v->n_notes == 0 && all_nobodys(v))
		say_healthy(in, v);
	else
		say_unknown(v, NULL);
}

void
diag_run(const struct diag_input *in, struct verdict *ret)
{
	struct verdict v = { 0 };

	/* Half a measurement accuses nobody, however bad it looks. */
	if (!in->run->complete)
		say_unknown(&v,
		    in->run->why != NULL ? in->run->why
					 : "the run is not complete");
	else if (restarted(in, &v))
		say_unknown(&v, NULL);
	else {
		judge(in, &v);
		symptom_find(in, &v);
	}
	notes_add(in, &v);
	*ret = v;
}
