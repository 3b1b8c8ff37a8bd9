/*
 * rules_network: packets that were seen leaving one underlay device and not
 * arriving at the other.
 */
#include <inttypes.h>
#include <stdio.h>

#include "diagnose/leg.h"

static const struct tap *
far_tap(const struct leg *g)
{
	return &g->in->ledger->taps[g->peer][POINT_UNDERLAY];
}

/* A device that is down, or has no carrier, at either end. */
static enum answer
device_down(const struct leg *g, struct finding *f)
{
	const enum side ends[] = { g->here, g->peer };

	for (size_t i = 0; i < 2; i++) {
		const char *name = leg_node(g, ends[i])->underlay_link;
		const struct link *b = facts_link(leg_before(g, ends[i]), name);
		const struct link *a = facts_link(leg_after(g, ends[i]), name);

		if (a == NULL || b == NULL)
			return ANSWER_UNKNOWN;
		if ((a->up && a->carrier) || (b->up && b->carrier))
			continue;
		f->culprit = CULPRIT_NODE;
		f->node = ends[i];
		find_cause(f, "its underlay device %s %s", name,
		    a->up ? "has no carrier" : "is down");
		find_in(f, g, ends[i], "after/links", "%s: %s", name,
		    a->up ? "no carrier" : "not up");
		find_do(f, g, ends[i], DO_LINK_COUNTS,
		    "look at the device, then at its cable",
		    &(struct vocab_args){ .link = name });
		return ANSWER_YES;
	}
	return ANSWER_NO;
}

static uint64_t
errors_of(const struct link *l)
{
	return l->tx_errors + l->tx_carrier_errors;
}

/*
 * The device took packets from the stack and could not send them; but which?
 * Only when nothing at all gets through are they ours for certain.
 */
static enum answer
tx_errors(const struct leg *g, struct finding *f)
{
	const char *name = leg_node(g, g->here)->underlay_link;
	const struct link *b = facts_link(leg_before(g, g->here), name);
	const struct link *a = facts_link(leg_after(g, g->here), name);
	uint64_t n;

	if (a == NULL || b == NULL || leg_restarted(g->in, g->here))
		return ANSWER_UNKNOWN;
	if (errors_of(a) < errors_of(b))
		return ANSWER_UNKNOWN;
	n = errors_of(a) - errors_of(b);
	if (n < g->lost)
		return ANSWER_NO;
	find_in(f, g, g->here, "after/links",
	    "transmit errors of %s rose by %" PRIu64, name, n);
	find_do(f, g, g->here, DO_LINK_COUNTS, "look at the device",
	    &(struct vocab_args){ .link = name });
	if (g->lost == g->of && far_tap(g)->peer_sentinels == 0) {
		f->culprit = CULPRIT_NODE;
		find_cause(f, "its device %s fails to send them", name);
		return ANSWER_YES;
	}
	f->confidence = CONFIDENCE_HIGH;
	find_cause(f, "it loses some of them, and %s of %s counts errors", name,
	    leg_name(g, g->here));
	return ANSWER_YES;
}

/* Is it about such a packet of ours?  Of another size it may be: 3/4, RFC 1191.
 */
static bool
about_ours(const struct leg *g, const struct icmp_seen *m)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];

	if (m->side != g->here || (m->type == 3 && m->code == 4) ||
	    facts_has_addr(&g->in->facts[g->here], &m->src) ||
	    facts_has_addr(&g->in->facts[g->peer], &m->src) ||
	    ip_equal(&m->src, &leg_node(g, g->here)->underlay) ||
	    ip_equal(&m->src, &leg_node(g, g->peer)->underlay))
		return false;
	if (!leg_in_esp(g))
		return m->quoted == PACKET_VXLAN ||
		    m->dport == leg_node(g, g->here)->vxlan_port;
	for (size_t i = 0; i < t->n_spis; i++)
		if (m->quoted == PACKET_ESP && m->spi == t->spis[i])
			return true;
	return false;
}

/* An ICMP error that quotes our packet names who refused it. */
static enum answer
rejected(const struct leg *g, struct finding *f)
{
	const struct ledger *l = g->in->ledger;

	for (size_t i = 0; i < l->n_icmp; i++) {
		const struct icmp_seen *m = &l->icmp[i];
		char ip[IP_TEXT_MAX];

		if (!about_ours(g, m))
			continue;
		ip_text(&m->src, ip);
		find_cause(f, "%s refuses them with ICMP %u/%u", ip, m->type,
		    m->code);
		find_in(f, g, g->here, "underlay",
		    "ICMP %u/%u from %s quotes them, %" PRIu64 " times",
		    m->type, m->code, ip, m->count);
		if (g->lost < g->of)
			f->confidence = CONFIDENCE_HIGH;
		find_do(f, g, g->here, DO_PATH,
		    "see where it stands; then look at its filter and routes",
		    &(struct vocab_args){ .ip = ip });
		return ANSWER_YES;
	}
	return ANSWER_NO;
}

static void
show_counts(const struct leg *g, struct finding *f)
{
	const struct tunnel *t = &g->in->ledger->tunnel[g->travel];
	const char *from = leg_name(g, g->here), *to = leg_name(g, g->peer);

	if (t->sent > 0)
		find_evidence(f, "run.json",
		    "%" PRIu64 " ESP packets left %s, %" PRIu64
		    " of them arrived at %s",
		    t->sent, from, t->matched, to);
	else
		find_evidence(f, "run.json",
		    "%" PRIu64 " VXLAN packets left %s, %" PRIu64
		    " arrived at %s",
		    t->clear_sent, from, t->clear_received, to);
}

/* The far end's own counters saw none either. */
static void
show_untouched(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->peer, g->travel);

	if (r.known && r.packets == 0 && r.failed == 0)
		find_in(f, g, g->peer, "after/sas",
		    "the inbound SAs of %s counted none of them",
		    leg_name(g, g->peer));
}

static enum answer
path_down(const struct leg *g, struct finding *f)
{
	const struct tap *near = &g->in->ledger->taps[g->here][POINT_UNDERLAY];

	char ip[IP_TEXT_MAX];

	if (g->lost < g->of || near->sentinels == 0 ||
	    far_tap(g)->peer_sentinels > 0)
		return ANSWER_NO;
	find_cause(f, "nothing crosses it, not even pings of the underlay");
	find_do(f, g, g->here, DO_PATH, "see how far packets get",
	    &(struct vocab_args){
		.ip = ip_text(&leg_node(g, g->peer)->underlay, ip) });
	show_counts(g, f);
	find_in(f, g, g->here, "underlay",
	    "%u underlay pings left %s, none arrived", near->sentinels,
	    leg_name(g, g->here));
	return ANSWER_YES;
}

static enum answer
esp_filtered(const struct leg *g, struct finding *f)
{
	char from[IP_TEXT_MAX], to[IP_TEXT_MAX];

	if (g->lost < g->of || !leg_in_esp(g) ||
	    far_tap(g)->peer_sentinels == 0)
		return ANSWER_NO;
	ip_text(&leg_node(g, g->here)->underlay, from);
	ip_text(&leg_node(g, g->peer)->underlay, to);
	find_cause(f,
	    "ESP (IP protocol 50) from %s to %s is filtered on the way; pings "
	    "of the underlay get through",
	    from, to);
	show_counts(g, f);
	show_untouched(g, f);
	find_do(f, g, g->here, DO_PATH_ESP,
	    "see how far ESP gets; have it permitted there",
	    &(struct vocab_args){ .ip = to });
	return ANSWER_YES;
}

static enum answer
vxlan_filtered(const struct leg *g, struct finding *f)
{
	char from[IP_TEXT_MAX], to[IP_TEXT_MAX], port[8];

	if (g->lost < g->of || leg_in_esp(g) || far_tap(g)->peer_sentinels == 0)
		return ANSWER_NO;
	ip_text(&leg_node(g, g->here)->underlay, from);
	ip_text(&leg_node(g, g->peer)->underlay, to);
	find_cause(f,
	    "UDP port %u from %s to %s is filtered on the way; pings of the "
	    "underlay get through",
	    leg_node(g, g->here)->vxlan_port, from, to);
	show_counts(g, f);
	snprintf(port, sizeof(port), "%u", leg_node(g, g->here)->vxlan_port);
	find_do(f, g, g->here, DO_PATH_UDP,
	    "see how far such packets get; have them permitted there",
	    &(struct vocab_args){ .ip = to, .port = port });
	return ANSWER_YES;
}

static enum answer
loss(const struct leg *g, struct finding *f)
{
	char to[IP_TEXT_MAX];

	if (g->lost == g->of)
		return ANSWER_NO;
	find_cause(f, "it loses %.0f %% of them",
	    100.0 * (double)g->lost / (double)g->of);
	show_counts(g, f);
	find_do(f, g, g->here, DO_PATH_LOSS, "see where on the way it begins",
	    &(struct vocab_args){
		.ip = ip_text(&leg_node(g, g->peer)->underlay, to) });
	return ANSWER_YES;
}

const struct rule rules_network[] = {
	{ "underlay-down", SEGMENT_NETWORK, HAVE_LINKS, false, device_down,
	    "the underlay device of a node is down or has no carrier" },
	{ "underlay-tx-errors", SEGMENT_NETWORK, HAVE_LINKS, false, tx_errors,
	    "the underlay device fails to send" },
	{ "rejected-on-the-way", SEGMENT_NETWORK, 0, false, rejected,
	    "a router refuses the packets and says so by ICMP" },
	{ "underlay-path-down", SEGMENT_NETWORK, 0, false, path_down,
	    "nothing crosses the underlay in this direction" },
	{ "esp-filtered", SEGMENT_NETWORK, 0, false, esp_filtered,
	    "only ESP is lost on the way" },
	{ "vxlan-filtered", SEGMENT_NETWORK, 0, false, vxlan_filtered,
	    "only VXLAN is lost on the way" },
	{ "network-loss", SEGMENT_NETWORK, 0, false, loss,
	    "some packets are lost on the way" },
};
const size_t n_rules_network = sizeof(rules_network) / sizeof(rules_network[0]);
