#include "diagnose/leg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PROTO_UDP = 17, PROTO_ESP = 50 };

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
	[STAGE_DELIVERED] = { SEGMENT_RETURN, SIDE_A, 1 },
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
leg_restarted(const struct diag_input *in, enum side s)
{
	const struct facts *all[] = { &in->facts[s], &in->before[s],
		&in->after[s] };
	uint64_t up = 0;

	for (size_t i = 0; i < 3; i++) {
		if ((all[i]->have & HAVE_CLOCK) == 0)
			continue;
		if (all[i]->uptime_s < up)
			return true;
		up = all[i]->uptime_s;
	}
	return false;
}

/* IPv6 has counters of its own (RFC 4113, RFC 4293), by other names. */
static const char *
name_in_family(const struct leg *g, const char *name)
{
	static const struct {
		const char *name, *name6;
		bool overlay; /* whose packets it counts */
	} names[] = {
		{ "Icmp.InEchos", "Icmp6InEchos", true },
		{ "Icmp.InEchoReps", "Icmp6InEchoReplies", true },
		{ "Icmp.OutEchoReps", "Icmp6OutEchoReplies", true },
		{ "Ip.InAddrErrors", "Ip6InAddrErrors", true },
		{ "Ip.InUnknownProtos", "Ip6InUnknownProtos", false },
		{ "Udp.InDatagrams", "Udp6InDatagrams", false },
		{ "Udp.NoPorts", "Udp6NoPorts", false },
		{ "Udp.InErrors", "Udp6InErrors", false },
	};
	const struct run_node *n = leg_node(g, SIDE_A);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct ip *ip =
		    names[i].overlay ? &n->overlay : &n->underlay;

		if (ip->family == 6 && strcmp(names[i].name, name) == 0)
			return names[i].name6;
	}
	return name;
}

const struct vocab *
leg_vocab(const struct leg *g, enum side s)
{
	return vocab_of(leg_node(g, s)->platform);
}

/* One counter by the node's own name. */
static bool
own_rise(const struct leg *g, enum side s, const char *name, uint64_t *ret)
{
	uint64_t before, after;

	if (!facts_counter(leg_before(g, s), name, &before) ||
	    !facts_counter(leg_after(g, s), name, &after) || after < before)
		return false;
	*ret = after - before;
	return true;
}

/* The node's own counters for it. */
static size_t
own_names(const struct leg *g, enum side s, const char *name,
    const char *ret[VOCAB_COUNTERS_MAX])
{
	const struct vocab *v = leg_vocab(g, s);

	return vocab_counters(v,
	    v->names_are_own ? name_in_family(g, name) : name, ret);
}

bool
leg_rise(const struct leg *g, enum side s, const char *name, uint64_t *ret)
{
	const char *own[VOCAB_COUNTERS_MAX];
	size_t n = own_names(g, s, name, own);
	uint64_t sum = 0, one;
	bool known = false;

	for (size_t i = 0; i < n && !leg_restarted(g->in, s); i++) {
		if (!own_rise(g, s, own[i], &one))
			continue;
		sum += one;
		known = true;
	}
	if (known)
		*ret = sum;
	return known;
}

void
leg_show_rise(const struct leg *g, enum side s, const char *name,
    const char *section, struct finding *f)
{
	const char *own[VOCAB_COUNTERS_MAX];
	size_t n = own_names(g, s, name, own);
	uint64_t one;

	for (size_t i = 0; i < n; i++)
		if (own_rise(g, s, own[i], &one) && one > 0)
			find_in(f, g, s, section,
			    "%s rose by %" PRIu64 " on %s", own[i], one,
			    leg_name(g, s));
}

bool
leg_rose(const struct leg *g, enum side s, const char *name,
    const char *section, struct finding *f)
{
	uint64_t n;

	if (!leg_rise(g, s, name, &n) || n < g->lost || n == 0)
		return false;
	leg_show_rise(g, s, name, section, f);
	return true;
}

bool
leg_most(const struct leg *g, uint64_t n)
{
	return n * 2 > g->lost;
}

bool
leg_missed(const struct leg *g, uint64_t counted)
{
	return counted < g->of && leg_most(g, g->of - counted);
}

uint64_t
leg_ipsec_drops(const struct leg *g, enum side s)
{
	uint64_t n;

	return leg_rise(g, s, COUNT_IPSEC_DROPS, &n) ? n : 0;
}

bool
leg_saw_all(const struct leg *g, enum side s)
{
	const struct tap *t = &g->in->ledger->taps[s][POINT_UNDERLAY];

	return t->present && !t->refused && !t->truncated && t->clean_end &&
	    t->kernel_drops == 0 && t->said_captured == t->frames &&
	    (t->sentinels_sent == 0 || t->sentinels > 0);
}

/* Is this the SA that protects what travels so between the two? */
static bool
sa_fits(const struct leg *g, const struct sa *sa, int travel)
{
	enum side from = travel == 0 ? SIDE_A : SIDE_B;
	enum side to = travel == 0 ? SIDE_B : SIDE_A;

	return sa->proto == PROTO_ESP &&
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

/*
 * A duplicate is behind the window, too (illumos looks before the integrity
 * check), and no loss.
 */
static void
count_by_node(const struct leg *g, enum side s, struct sa_rise *r)
{
	uint64_t copies = g->in->ledger->tunnel[g->travel].duplicates, n;

	if (leg_rise(g, s, "XfrmInStateProtoError", &n))
		r->failed = n;
	if (leg_rise(g, s, "XfrmInStateSeqError", &n))
		r->replay_window = n > copies ? n - copies : 0;
}

struct sa_rise
leg_sa_rise(const struct leg *g, enum side s, int travel)
{
	const struct facts *b = leg_before(g, s), *a = leg_after(g, s);
	static const struct sa none;
	struct sa_rise r = { .known = (a->have & b->have & HAVE_SAS) != 0 &&
		    !leg_restarted(g->in, s) };

	for (size_t i = 0; r.known && i < a->n_sas; i++) {
		const struct sa *now = &a->sas[i], *was;

		if (!sa_fits(g, now, travel))
			continue;
		was = leg_sa(b, g, travel, now->spi);
		r.n += !now->larval;
		r.kept += !now->larval && was != NULL && !was->larval;
		if (was == NULL)
			was = &none;
		r.packets += rise(now->packets, was->packets);
		r.failed += rise(now->stat_failed, was->stat_failed);
		r.replay += rise(now->stat_replay, was->stat_replay);
		r.replay_window +=
		    rise(now->stat_replay_window, was->stat_replay_window);
	}
	if (r.known && leg_vocab(g, s)->sas_uncounted)
		count_by_node(g, s, &r);
	return r;
}

/* Did the probe die, or may it have died, in the leg's segment? */
static bool
died_here(const struct leg *g, const struct probe *p)
{
	const struct ledger *l = g->in->ledger;

	if (p->kind != l->judged || p->origin != SIDE_A)
		return false;
	return p->stage == g->stage ||
	    (p->stage == STAGE_UNPROVEN && stage_between(g->stage, p));
}

uint32_t
leg_spi(const struct leg *g)
{
	const struct ledger *l = g->in->ledger;
	const struct tunnel *t = &l->tunnel[g->travel];
	size_t n[LEDGER_SPIS_MAX] = { 0 }, best = 0;

	if (t->n_spis == 0)
		return 0;
	for (size_t i = 0; i < l->n_probes; i++)
		for (size_t k = 0; k < t->n_spis; k++)
			n[k] += t->spis[k] == l->probes[i].spi[g->travel] &&
			    died_here(g, &l->probes[i]);
	/* Of equals, and of none, the newest. */
	for (size_t k = 0; k < t->n_spis; k++)
		if (n[k] >= n[best])
			best = k;
	return t->spis[best];
}

const struct sa *
leg_sa_in(const struct leg *g)
{
	return leg_sa(leg_after(g, g->here), g, g->travel, leg_spi(g));
}

const struct sa *
leg_sa_out(const struct leg *g)
{
	return leg_sa(leg_after(g, g->peer), g, g->travel, leg_spi(g));
}

static enum side
sender(const struct leg *g)
{
	return g->travel == 0 ? SIDE_A : SIDE_B;
}

bool
leg_covers(const struct leg *g, const struct sa *sa)
{
	const struct run_node *from = leg_node(g, sender(g));
	const struct run_node *to = leg_node(g, !sender(g));

	if (sa->sel_proto != 0 && sa->sel_proto != PROTO_UDP)
		return false;
	if (sa->sel_dport != 0 && sa->sel_dport != from->vxlan_port)
		return false;
	return (sa->sel_src_prefix == 0 ||
		   ip_in_prefix(&from->underlay, &sa->sel_src,
		       sa->sel_src_prefix)) &&
	    (sa->sel_dst_prefix == 0 ||
		ip_in_prefix(&to->underlay, &sa->sel_dst, sa->sel_dst_prefix));
}

/* A policy's source and destination, for a packet from `from` to `to`. */
static bool
policy_fits(const struct policy *p, const struct run_node *from,
    const struct run_node *to)
{
	return (p->proto == 0 || p->proto == PROTO_UDP) &&
	    (p->dport == 0 || p->dport == from->vxlan_port) && p->sport == 0 &&
	    ip_in_prefix(&from->underlay, &p->src, p->src_prefix) &&
	    ip_in_prefix(&to->underlay, &p->dst, p->dst_prefix);
}

const struct policy *
leg_policy(const struct leg *g, enum side s, enum policy_dir dir)
{
	const struct facts *f = &g->in->facts[s];
	const struct run_node *mine = leg_node(g, s);
	const struct run_node *other = leg_node(g, !s);
	const struct policy *best = NULL;

	for (size_t i = 0; i < f->n_policies; i++) {
		const struct policy *p = &f->policies[i];
		bool out = dir == POLICY_OUT;

		if (p->dir == dir &&
		    policy_fits(p, out ? mine : other, out ? other : mine) &&
		    (best == NULL || p->priority < best->priority))
			best = p;
	}
	return best;
}

bool
leg_wants_esp(const struct leg *g, enum side s)
{
	const struct policy *p = leg_policy(g, s, POLICY_OUT);

	return p != NULL && p->has_tmpl && !p->block;
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

bool
leg_is_overlay(const struct leg *g, enum side s, const char *link)
{
	const struct facts *f = &g->in->facts[s];
	const char *name = leg_node(g, s)->overlay_link;
	const struct link *own = facts_link(f, name);
	const struct link *l = facts_link(f, link);

	if (strcmp(link, name) == 0 ||
	    (l != NULL && strcmp(l->lower, name) == 0))
		return true;
	return own != NULL && own->master[0] != '\0' &&
	    (strcmp(link, own->master) == 0 ||
		(l != NULL && strcmp(l->lower, own->master) == 0));
}

enum answer
leg_overlay_down(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	const struct link *l =
	    facts_link(leg_after(g, g->here), n->overlay_link);

	if (l == NULL)
		return ANSWER_UNKNOWN;
	if (l->up)
		return ANSWER_NO;
	find_cause(f, "its overlay device %s is down", l->name);
	find_in(f, g, g->here, "after/links", "%s is not up", l->name);
	find_do(f, g, g->here, DO_LINK_UP, "bring the device up",
	    &(struct vocab_args){ .link = l->name });
	return ANSWER_YES;
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
	snprintf(v->source, sizeof(v->source), "nodes/%s/%s.%s", leg_name(g, s),
	    section, strchr(section, '/') != NULL ? "txt" : "pcap");
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

void
find_do(struct finding *f, const struct leg *g, enum side s,
    enum vocab_do command, const char *what, const struct vocab_args *args)
{
	char text[FACT_TEXT_MAX];

	if (vocab_command(leg_vocab(g, s), command, args, text, sizeof(text)))
		find_remedy(f, leg_name(g, s), what, "%s", text);
}
