/*
 * frame: overlay frames that are not for the device they came to: their VLAN is
 * another, or their MAC address.  Captures show them all the same.
 */
#include <stdio.h>
#include <string.h>

#include "diagnose/leg.h"

/*
 * The device with the node's overlay address: the overlay device or a VLAN of
 * it.  NULL where that is not known; what a bridge makes of frames is not.
 */
static const struct link *
holder(const struct leg *g, enum side s)
{
	const struct facts *f = &g->in->facts[s];
	const struct run_node *n = leg_node(g, s);
	const struct link *own = facts_link(f, n->overlay_link), *l;

	if ((f->have & HAVE_LINKS) == 0 || (f->have & HAVE_ADDRS) == 0 ||
	    own == NULL || own->master[0] != '\0')
		return NULL;
	for (size_t i = 0; i < f->n_addrs; i++) {
		if (!ip_equal(&f->addrs[i].ip, &n->overlay))
			continue;
		l = facts_link(f, f->addrs[i].link);
		if (l == own ||
		    (l != NULL && l->vlan != 0 &&
			strcmp(l->lower, own->name) == 0))
			return l;
	}
	return NULL;
}

/* Neither lets a single frame through.  Answers are counted with others'. */
static bool
none_passed(const struct leg *g)
{
	return g->lost == g->of || g->segment == SEGMENT_RETURN;
}

/* Did they come as far as UDP, where the node says so? */
static bool
reached_overlay(const struct leg *g, struct finding *f)
{
	uint64_t n;

	if (g->segment != SEGMENT_INGRESS)
		return true;
	if (leg_rise(g, g->here, "Udp.InDatagrams", &n) ||
	    !leg_vocab(g, g->here)->sas_uncounted)
		return leg_rose(g, g->here, "Udp.InDatagrams", "after/counters",
		    f);
	f->confidence = CONFIDENCE_HIGH;
	return true;
}

static const char *
vlan_text(const struct link *l, char out[FACT_NAME_MAX])
{
	if (l->vlan == 0)
		snprintf(out, FACT_NAME_MAX, "no VLAN");
	else
		snprintf(out, FACT_NAME_MAX, "VLAN %u", l->vlan);
	return out;
}

static void
show_vlan(const struct leg *g, enum side s, const struct link *l,
    struct finding *f)
{
	char text[FACT_NAME_MAX];

	find_in(f, g, s, "facts/links", "%s of %s: %s", l->name, leg_name(g, s),
	    vlan_text(l, text));
	find_do(f, g, s, DO_OVERLAY, "look at the device",
	    &(struct vocab_args){ .link = l->name });
}

enum answer
leg_vlan_differs(const struct leg *g, struct finding *f)
{
	const struct link *here = holder(g, g->here);
	const struct link *peer = holder(g, g->peer);
	char mine[FACT_NAME_MAX], other[FACT_NAME_MAX];

	if (here == NULL || peer == NULL)
		return ANSWER_UNKNOWN;
	if (here->vlan == peer->vlan || !none_passed(g) ||
	    !reached_overlay(g, f))
		return ANSWER_NO;
	f->culprit = CULPRIT_UNKNOWN;
	find_cause(f,
	    "inside the overlay %s is in %s and %s in %s: that is the fault, "
	    "but whose, the pair does not tell",
	    leg_name(g, g->here), vlan_text(here, mine), leg_name(g, g->peer),
	    vlan_text(peer, other));
	show_vlan(g, g->here, here, f);
	show_vlan(g, g->peer, peer, f);
	return ANSWER_YES;
}

/* What the sender believes the receiver's MAC address is. */
static const struct neigh *
believed(const struct leg *g)
{
	const struct facts *f = leg_after(g, g->peer);

	for (size_t i = 0; i < f->n_neighs; i++)
		if (f->neighs[i].has_mac &&
		    ip_equal(&f->neighs[i].ip,
			&leg_node(g, g->here)->overlay) &&
		    leg_is_overlay(g, g->peer, f->neighs[i].link))
			return &f->neighs[i];
	return NULL;
}

/* Its stack took the requests in, so that they were for it. */
static bool
taken_in(const struct leg *g)
{
	uint64_t n;

	return g->segment == SEGMENT_HOST &&
	    leg_rise(g, g->here, "Icmp.InEchos", &n) && !leg_missed(g, n);
}

enum answer
leg_neighbour_wrong(const struct leg *g, struct finding *f)
{
	const struct link *here = holder(g, g->here);
	const struct neigh *n = believed(g);
	char ip[IP_TEXT_MAX], wrong[MAC_TEXT_MAX], right[MAC_TEXT_MAX];

	/* ARP requests go to all. */
	if (g->arp || g->stage == STAGE_HOST_A)
		return ANSWER_NO;
	if (here == NULL || n == NULL)
		return ANSWER_UNKNOWN;
	if (mac_equal(&n->mac, &here->mac) || !none_passed(g) || taken_in(g) ||
	    !reached_overlay(g, f))
		return ANSWER_NO;
	f->culprit = CULPRIT_NODE;
	f->node = g->peer;
	ip_text(&n->ip, ip);
	mac_text(&n->mac, wrong);
	mac_text(&here->mac, right);
	find_cause(f, "it sends what is for %s to %s, which %s does not have",
	    ip, wrong, leg_name(g, g->here));
	find_in(f, g, g->peer, "after/neighs", "%s is at %s", ip, wrong);
	find_in(f, g, g->here, "facts/links", "%s of %s has %s", here->name,
	    leg_name(g, g->here), right);
	find_do(f, g, g->peer, DO_NEIGH_DROP,
	    "forget the entry; the next packet asks anew",
	    &(struct vocab_args){ .ip = ip, .link = n->link });
	return ANSWER_YES;
}
