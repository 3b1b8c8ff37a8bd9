/*
 * rules_host: probes that reached a node's overlay device and were not
 * answered, or that never left the node that should have sent them.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/leg.h"

/* Did the node ever take the probe in, as echo requests counted by ICMP? */
static bool
requests_counted(const struct leg *g, uint64_t *n)
{
	return leg_rise(g, g->here, "Icmp.InEchos", n);
}

/* Packets come in there; at A, before it sends, nothing does. */
static bool
receives(const struct leg *g)
{
	return g->stage == STAGE_HOST_B || g->segment == SEGMENT_RETURN;
}

static enum answer
address_missing(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	const struct facts *a = &g->in->facts[g->here];
	const struct link *l = facts_link(a, n->overlay_link);
	char ip[IP_TEXT_MAX];

	if ((a->have & HAVE_ADDRS) == 0)
		return ANSWER_UNKNOWN;
	if (facts_has_addr(a, &n->overlay))
		return ANSWER_NO;
	/* Behind a bridge, it may be a virtual machine's. */
	if (l != NULL && l->master[0] != '\0')
		f->confidence = CONFIDENCE_LOW;
	ip_text(&n->overlay, ip);
	leg_rose(g, g->here, "Ip.InAddrErrors", "after/counters", f);
	find_cause(f, "the overlay address %s is not configured on it", ip);
	find_in(f, g, g->here, "facts/addrs", "no device holds %s", ip);
	find_do(f, g, g->here, DO_ADDR_ADD,
	    "configure the address (check the prefix)",
	    &(struct vocab_args){ .ip = ip, .link = n->overlay_link });
	return ANSWER_YES;
}

static enum answer
rp_filter(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	const struct route *r =
	    facts_route(leg_after(g, g->here), &leg_node(g, g->peer)->overlay);
	char ip[IP_TEXT_MAX];

	if (!receives(g))
		return ANSWER_NO;
	if (r == NULL)
		return ANSWER_UNKNOWN;
	/* The counter is the whole node's; the route is what it is about. */
	if ((r->reachable && leg_is_overlay(g, g->here, r->link)) ||
	    !leg_rose(g, g->here, "TcpExt.IPReversePathFilter",
		"after/counters", f))
		return ANSWER_NO;
	ip_text(&leg_node(g, g->peer)->overlay, ip);
	find_cause(f,
	    "its reverse path filter discards them: %s is not routed through "
	    "%s",
	    ip, n->overlay_link);
	find_do(f, g, g->here, DO_ROUTE, "see where the answers would go",
	    &(struct vocab_args){ .ip = ip });
	find_remedy(f, n->name, "or make the filter loose",
	    "sysctl -w net.ipv4.conf.%s.rp_filter=2", n->overlay_link);
	return ANSWER_YES;
}

static enum answer
echo_ignored(const struct leg *g, struct finding *f)
{
	static const char name[] = "net.ipv4.icmp_echo_ignore_all";
	const char *set = facts_setting(&g->in->facts[g->here], name);
	uint64_t in, out;

	if (g->arp || !receives(g))
		return ANSWER_NO;
	if (!requests_counted(g, &in) ||
	    !leg_rise(g, g->here, "Icmp.OutEchoReps", &out))
		return ANSWER_UNKNOWN;
	if (in < g->lost || out > in - g->lost)
		return ANSWER_NO;
	find_in(f, g, g->here, "after/counters",
	    "%" PRIu64 " echo requests counted in, %" PRIu64 " answers out", in,
	    out);
	if (set == NULL || strcmp(set, "1") != 0)
		return ANSWER_NO;
	find_cause(f,
	    "it does not answer pings (icmp_echo_ignore_all): the overlay "
	    "itself carried them");
	find_in(f, g, g->here, "facts/settings", "%s = 1", name);
	find_remedy(f, leg_name(g, g->here), "answer pings again",
	    "sysctl -w %s=0", name);
	return ANSWER_YES;
}

static enum answer
answer_elsewhere(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	const struct ip *to = &leg_node(g, g->peer)->overlay;
	const struct route *r = facts_route(leg_after(g, g->here), to);
	char ip[IP_TEXT_MAX];

	if (r == NULL)
		return ANSWER_UNKNOWN;
	if (r->reachable && leg_is_overlay(g, g->here, r->link))
		return ANSWER_NO;
	ip_text(to, ip);
	if (r->reachable)
		find_cause(f, "its %s to %s leave through %s, not %s",
		    receives(g) ? "answers" : "packets", ip, r->link,
		    n->overlay_link);
	else
		find_cause(f, "it has no route %s %s",
		    receives(g) ? "back to" : "to", ip);
	find_in(f, g, g->here, "after/routes", "%s: %s", ip,
	    r->reachable ? r->link : r->why);
	find_do(f, g, g->here, DO_ROUTE, "see the route, and mend it",
	    &(struct vocab_args){ .ip = ip });
	return ANSWER_YES;
}

static enum answer
arp_unanswered(const struct leg *g, struct finding *f)
{
	char ip[IP_TEXT_MAX];

	if (!g->arp || !receives(g))
		return ANSWER_NO;
	ip_text(&leg_node(g, g->here)->overlay, ip);
	find_cause(f, "it does not answer ARP for %s", ip);
	find_do(f, g, g->here, DO_ADDR_FIND, "see who holds the address",
	    &(struct vocab_args){ .ip = ip });
	return ANSWER_YES;
}

static enum answer
host_firewall(const struct leg *g, struct finding *f)
{
	bool answers = g->segment == SEGMENT_RETURN;
	uint64_t in;

	if (g->arp || !receives(g))
		return ANSWER_NO;
	if (answers)
		in = g->of - g->lost;
	else if (!requests_counted(g, &in))
		return ANSWER_UNKNOWN;
	if (!leg_missed(g, in) ||
	    leg_show_drops(g, HOOKS_ARRIVING, "icmp", f) == 0)
		return ANSWER_NO;
	find_cause(f, "its firewall discards %s on the overlay",
	    answers ? "the answers" : "them");
	find_in(f, g, g->here, "after/counters",
	    "only %" PRIu64 " echo %s reached ICMP", in,
	    answers ? "replies" : "requests");
	f->confidence = CONFIDENCE_HIGH;
	return ANSWER_YES;
}

const struct rule rules_host[] = {
	{ "overlay-down", SEGMENT_HOST, HAVE_LINKS, true, leg_overlay_down,
	    "the overlay device is down" },
	{ "overlay-address-missing", SEGMENT_HOST, 0, false, address_missing,
	    "the overlay address is not configured" },
	{ "rp-filter", SEGMENT_HOST, HAVE_COUNTERS, true, rp_filter,
	    "reverse path filtering discards the requests" },
	{ "overlay-route", SEGMENT_HOST, 0, false, answer_elsewhere,
	    "the answers leave by another device, or not at all" },
	{ "echo-ignored", SEGMENT_HOST, HAVE_COUNTERS, true, echo_ignored,
	    "the node is told not to answer pings" },
	{ "vlan-mismatch", SEGMENT_HOST | SEGMENT_RETURN, 0, false,
	    leg_vlan_differs, "the nodes are in different VLANs inside" },
	{ "neighbour-wrong", SEGMENT_HOST | SEGMENT_RETURN, 0, false,
	    leg_neighbour_wrong, "the peer sends to another's MAC address" },
	{ "overlay-firewall", SEGMENT_HOST | SEGMENT_RETURN,
	    HAVE_COUNTERS | HAVE_FIREWALL, false, host_firewall,
	    "a firewall discards them on the overlay" },
	{ "arp-unanswered", SEGMENT_HOST, 0, false, arp_unanswered,
	    "ARP requests for the overlay address are not answered" },
};
const size_t n_rules_host = sizeof(rules_host) / sizeof(rules_host[0]);
