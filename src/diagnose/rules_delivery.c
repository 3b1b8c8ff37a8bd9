/*
 * rules_delivery: the end of the receive path: UDP, VXLAN, and the firewalls
 * before and behind IPsec.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/leg.h"

/* Did the node itself say, by ICMP 3/3, that nobody listens there? */
static bool
refused_port(const struct leg *g, uint16_t port)
{
	const struct ledger *l = g->in->ledger;

	for (size_t i = 0; i < l->n_icmp; i++)
		if (l->icmp[i].type == 3 && l->icmp[i].code == 3 &&
		    l->icmp[i].dport == port &&
		    ip_equal(&l->icmp[i].src, &leg_node(g, g->here)->underlay))
			return true;
	return false;
}

static enum answer
vxlan_port(const struct leg *g, struct finding *f)
{
	const struct run_node *to = leg_node(g, g->here);
	const struct facts *here = &g->in->facts[g->here];
	uint16_t port = leg_node(g, g->peer)->vxlan_port;

	if (refused_port(g, port))
		find_in(f, g, g->here, "underlay",
		    "it answers with ICMP 3/3 for UDP port %u", port);
	else if (port == to->vxlan_port && (here->have & HAVE_SOCKETS) == 0)
		return ANSWER_UNKNOWN;
	else if ((here->have & HAVE_SOCKETS) != 0 && facts_listens(here, port))
		return ANSWER_NO;
	if (!leg_rose(g, g->here, "Udp.NoPorts", "after/counters", f))
		return ANSWER_NO;
	if (port != to->vxlan_port) {
		find_cause(f,
		    "its VXLAN device listens on UDP port %u, and %s sends to "
		    "%u",
		    to->vxlan_port, leg_name(g, g->peer), port);
		find_in(f, g, g->here, "facts/links", "%s: port %u",
		    to->overlay_link, to->vxlan_port);
		find_in(f, g, g->peer, "facts/links", "%s: port %u",
		    leg_node(g, g->peer)->overlay_link, port);
	} else
		find_cause(f, "nothing on it listens on UDP port %u", port);
	find_do(f, g, g->here, DO_OVERLAY, "look at the device",
	    &(struct vocab_args){ .link = to->overlay_link });
	return ANSWER_YES;
}

/* Another device of the node that would take what the peer sends. */
static const struct link *
taker(const struct leg *g)
{
	const struct facts *f = &g->in->facts[g->here];
	const struct run_node *from = leg_node(g, g->peer);

	for (size_t i = 0; i < f->n_links; i++)
		if (f->links[i].vxlan_port == from->vxlan_port &&
		    f->links[i].vni == from->vni)
			return &f->links[i];
	return NULL;
}

static enum answer
vni(const struct leg *g, struct finding *f)
{
	const struct run_node *to = leg_node(g, g->here);
	const struct run_node *from = leg_node(g, g->peer);
	uint64_t n;

	if (to->vni == from->vni || to->vxlan_port != from->vxlan_port ||
	    taker(g) != NULL)
		return ANSWER_NO;
	/* Not every kernel tells what came so far. */
	if (!leg_rise(g, g->here, "Udp.InDatagrams", &n) &&
	    leg_vocab(g, g->here)->sas_uncounted)
		f->confidence = CONFIDENCE_HIGH;
	else if (!leg_rose(g, g->here, "Udp.InDatagrams", "after/counters", f))
		return ANSWER_UNKNOWN;
	find_cause(f,
	    "its VXLAN device has VNI %" PRIu32 ", and %s sends VNI %" PRIu32,
	    to->vni, from->name, from->vni);
	find_in(f, g, g->here, "facts/links", "%s: VNI %" PRIu32,
	    to->overlay_link, to->vni);
	find_in(f, g, g->peer, "facts/links", "%s: VNI %" PRIu32,
	    from->overlay_link, from->vni);
	find_do(f, g, g->here, DO_OVERLAY, "look at the device",
	    &(struct vocab_args){ .link = to->overlay_link });
	return ANSWER_YES;
}

/* Our own choice of devices: they are not of one overlay. */
static enum answer
other_overlay(const struct leg *g, struct finding *f)
{
	const struct run_node *to = leg_node(g, g->here);
	const struct link *l = taker(g);

	if (l == NULL || strcmp(l->name, to->overlay_link) == 0 ||
	    to->vxlan_port == 0)
		return ANSWER_NO;
	f->culprit = CULPRIT_UNKNOWN;
	find_cause(f,
	    "%s of %s and %s of %s are not one overlay: %s would take the "
	    "packets; set espy_overlay_link",
	    leg_node(g, g->peer)->overlay_link, leg_name(g, g->peer),
	    to->overlay_link, to->name, l->name);
	return ANSWER_YES;
}

/* Datagrams that UDP took in, those that only carried ESP left out. */
static bool
udp_rise(const struct leg *g, uint64_t decrypted_n, uint64_t *ret)
{
	const struct sa *in = leg_sa_in(g);
	uint64_t n;

	if (!leg_rise(g, g->here, "Udp.InDatagrams", &n))
		return false;
	if (in != NULL && in->encap)
		n = n > decrypted_n ? n - decrypted_n : 0;
	*ret = n;
	return true;
}

static void
blame_firewall(const struct leg *g, const char *word, struct finding *f,
    const char *where, const char *what)
{
	if (leg_show_drops(g, HOOKS_ARRIVING, word, f) > 0)
		find_cause(f, "it drops them%s: a firewall rule on %s", where,
		    what);
	else
		find_cause(f, "it drops them%s, and no firewall rule shows",
		    where);
}

static enum answer
firewall_after(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);
	char port[32];
	uint64_t udp;

	if (!leg_in_esp(g))
		return ANSWER_NO;
	if (!r.known || !udp_rise(g, r.packets, &udp))
		return ANSWER_UNKNOWN;
	/* Others' datagrams can only make the difference smaller. */
	if (r.packets < udp || !leg_most(g, r.packets - udp))
		return ANSWER_NO;
	find_in(f, g, g->here, "after/sas",
	    "its inbound SA decrypted %" PRIu64 " packets", r.packets);
	find_in(f, g, g->here, "after/counters",
	    "only %" PRIu64 " datagrams reached UDP", udp);
	snprintf(port, sizeof(port), "UDP port %u",
	    leg_node(g, g->peer)->vxlan_port);
	blame_firewall(g, "udp", f, " after decryption", port);
	return ANSWER_YES;
}

static enum answer
firewall_before(const struct leg *g, struct finding *f)
{
	struct sa_rise r = leg_sa_rise(g, g->here, g->travel);

	if (!leg_in_esp(g))
		return ANSWER_NO;
	if (!r.known)
		return ANSWER_UNKNOWN;
	if (!leg_missed(g, r.packets) ||
	    leg_most(g, leg_ipsec_drops(g, g->here)))
		return ANSWER_NO;
	find_in(f, g, g->here, "after/sas",
	    "its inbound SAs counted %" PRIu64 " packets, and %zu came",
	    r.packets, g->of);
	find_in(f, g, g->here, "after/xfrm_stat",
	    "no IPsec drop counter rose by that much");
	blame_firewall(g, "esp", f, " before IPsec sees them", "ESP");
	return ANSWER_YES;
}

static enum answer
firewall_clear(const struct leg *g, struct finding *f)
{
	char port[32];
	uint64_t udp;

	if (leg_in_esp(g))
		return ANSWER_NO;
	if (!leg_rise(g, g->here, "Udp.InDatagrams", &udp))
		return ANSWER_UNKNOWN;
	if (!leg_missed(g, udp))
		return ANSWER_NO;
	find_in(f, g, g->here, "after/counters",
	    "only %" PRIu64 " datagrams reached UDP", udp);
	snprintf(port, sizeof(port), "UDP port %u",
	    leg_node(g, g->peer)->vxlan_port);
	blame_firewall(g, "udp", f, "", port);
	return ANSWER_YES;
}

const struct rule rules_delivery[] = {
	{ "vxlan-port", SEGMENT_INGRESS, HAVE_COUNTERS, true, vxlan_port,
	    "nothing listens on the UDP port that the peer sends to" },
	{ "other-overlay", SEGMENT_INGRESS, 0, true, other_overlay,
	    "the devices that were measured are not of one overlay" },
	{ "vni-mismatch", SEGMENT_INGRESS, HAVE_COUNTERS, true, vni,
	    "the VNIs of the two nodes differ" },
	{ "vlan-mismatch", SEGMENT_INGRESS, 0, true, leg_vlan_differs,
	    "the nodes are in different VLANs inside" },
	{ "neighbour-wrong", SEGMENT_INGRESS, 0, true, leg_neighbour_wrong,
	    "the peer sends to another's MAC address" },
	{ "firewall-after-decryption", SEGMENT_INGRESS,
	    HAVE_COUNTERS | HAVE_SAS, true, firewall_after,
	    "VXLAN is dropped after decryption" },
	{ "firewall-before-ipsec", SEGMENT_INGRESS, HAVE_XFRM_STAT | HAVE_SAS,
	    false, firewall_before, "ESP is dropped before IPsec" },
	{ "firewall-input", SEGMENT_INGRESS, HAVE_COUNTERS, false,
	    firewall_clear, "VXLAN in clear is dropped on its way in" },
};
const size_t n_rules_delivery =
    sizeof(rules_delivery) / sizeof(rules_delivery[0]);
