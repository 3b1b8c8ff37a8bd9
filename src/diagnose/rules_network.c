/*
 * rules_network: packets that were seen leaving one underlay device and not
 * arriving at the other.
 */
#include <inttypes.h>

#include "diagnose/leg.h"

static const struct tap *
far_tap(const struct leg *g)
{
	return &g->in->ledger->taps[g->peer][POINT_UNDERLAY];
}

/* The device took them from the stack and could not send them. */
static enum answer
tx_errors(const struct leg *g, struct finding *f)
{
	const char *name = leg_node(g, g->here)->underlay_link;
	const struct link *b = facts_link(leg_before(g, g->here), name);
	const struct link *a = facts_link(leg_after(g, g->here), name);
	uint64_t n;

	if (a == NULL || b == NULL)
		return ANSWER_UNKNOWN;
	n = a->tx_errors + a->tx_carrier_errors - b->tx_errors -
	    b->tx_carrier_errors;
	if (n < g->lost)
		return ANSWER_NO;
	f->culprit = CULPRIT_NODE;
	find_cause(f, "its device %s fails to send them", name);
	find_in(f, g, g->here, "after/links",
	    "transmit errors of %s rose by %" PRIu64, name, n);
	find_remedy(f, leg_name(g, g->here), "look at the device",
	    "ip -s -s link show %s", name);
	return ANSWER_YES;
}

/* An ICMP error that quotes our packet names who refused it. */
static enum answer
rejected(const struct leg *g, struct finding *f)
{
	const struct ledger *l = g->in->ledger;

	for (size_t i = 0; i < l->n_icmp; i++) {
		const struct icmp_seen *m = &l->icmp[i];
		char ip[IP_TEXT_MAX];

		if (m->side != g->here || m->quoted == PACKET_ICMP ||
		    ip_equal(&m->src, &leg_node(g, g->peer)->underlay) ||
		    ip_equal(&m->src, &leg_node(g, g->here)->underlay))
			continue;
		ip_text(&m->src, ip);
		find_cause(f, "%s refuses them with ICMP %u/%u", ip, m->type,
		    m->code);
		find_in(f, g, g->here, "underlay",
		    "ICMP %u/%u from %s quotes them, %" PRIu64 " times",
		    m->type, m->code, ip, m->count);
		find_remedy(f, ip,
		    "look at the filter and the routes of that "
		    "router",
		    "%s", "-");
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

	if (g->lost < g->of || near->sentinels == 0 ||
	    far_tap(g)->peer_sentinels > 0)
		return ANSWER_NO;
	find_cause(f, "nothing crosses it, not even pings of the underlay");
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
	find_remedy(f, "", "ask whoever runs the network between",
	    "permit IP protocol 50 from %s to %s", from, to);
	return ANSWER_YES;
}

static enum answer
vxlan_filtered(const struct leg *g, struct finding *f)
{
	char from[IP_TEXT_MAX], to[IP_TEXT_MAX];

	if (g->lost < g->of || leg_in_esp(g) || far_tap(g)->peer_sentinels == 0)
		return ANSWER_NO;
	ip_text(&leg_node(g, g->here)->underlay, from);
	ip_text(&leg_node(g, g->peer)->underlay, to);
	find_cause(f,
	    "UDP port %u from %s to %s is filtered on the way; pings of the "
	    "underlay get through",
	    leg_node(g, g->here)->vxlan_port, from, to);
	show_counts(g, f);
	find_remedy(f, "", "ask whoever runs the network between",
	    "permit UDP port %u from %s to %s",
	    leg_node(g, g->here)->vxlan_port, from, to);
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
	ip_text(&leg_node(g, g->peer)->underlay, to);
	find_remedy(f, leg_name(g, g->here), "see where on the way it begins",
	    "mtr -n -r -c 100 %s", to);
	return ANSWER_YES;
}

const struct rule rules_network[] = {
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
