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

static enum answer
overlay_down(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	const struct facts *a = leg_after(g, g->here);
	const struct link *l = facts_link(a, n->overlay_link);

	if (l == NULL || l->up)
		return ANSWER_NO;
	find_cause(f, "its overlay device %s is down", l->name);
	find_in(f, g, g->here, "after/links", "%s is not up", l->name);
	find_remedy(f, n->name, "bring the device up", "ip link set %s up",
	    l->name);
	return ANSWER_YES;
}

static enum answer
address_missing(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	const struct facts *a = &g->in->facts[g->here];
	char ip[IP_TEXT_MAX];

	if ((a->have & HAVE_ADDRS) == 0)
		return ANSWER_UNKNOWN;
	if (facts_has_addr(a, &n->overlay))
		return ANSWER_NO;
	ip_text(&n->overlay, ip);
	leg_rose(g, g->here, "Ip.InAddrErrors", "after/counters", f);
	find_cause(f, "the overlay address %s is not configured on it", ip);
	find_in(f, g, g->here, "facts/addrs", "no device holds %s", ip);
	find_remedy(f, n->name, "configure the address (check the prefix)",
	    "ip addr add %s/24 dev %s", ip, n->overlay_link);
	return ANSWER_YES;
}

static enum answer
rp_filter(const struct leg *g, struct finding *f)
{
	const struct run_node *n = leg_node(g, g->here);
	char ip[IP_TEXT_MAX];

	if (!leg_rose(g, g->here, "TcpExt.IPReversePathFilter",
		"after/counters", f))
		return ANSWER_NO;
	ip_text(&leg_node(g, g->peer)->overlay, ip);
	find_cause(f,
	    "its reverse path filter discards them: %s is not routed through "
	    "%s",
	    ip, n->overlay_link);
	find_remedy(f, n->name, "see where the answers would go",
	    "ip route get %s", ip);
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

	if (g->arp)
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
		r = facts_route(&g->in->facts[g->here], to);
	if (r == NULL)
		return ANSWER_UNKNOWN;
	if (r->reachable && strcmp(r->link, n->overlay_link) == 0)
		return ANSWER_NO;
	ip_text(to, ip);
	if (r->reachable)
		find_cause(f, "its answers to %s leave through %s, not %s", ip,
		    r->link, n->overlay_link);
	else
		find_cause(f, "it has no route back to %s", ip);
	find_in(f, g, g->here, "before/routes", "%s: %s", ip,
	    r->reachable ? r->link : r->why);
	find_remedy(f, n->name, "see the route, and mend it", "ip route get %s",
	    ip);
	return ANSWER_YES;
}

static enum answer
arp_unanswered(const struct leg *g, struct finding *f)
{
	char ip[IP_TEXT_MAX];

	if (!g->arp)
		return ANSWER_NO;
	ip_text(&leg_node(g, g->here)->overlay, ip);
	find_cause(f, "it does not answer ARP for %s", ip);
	find_remedy(f, leg_name(g, g->here), "see who holds the address",
	    "ip addr show to %s", ip);
	return ANSWER_YES;
}

/* The first dropping rule of a hook; for the operator to look at. */
static const struct fw_rule *
drop_rule(const struct facts *f, const char *hook)
{
	for (size_t i = 0; i < f->n_fw_rules; i++)
		if (strcmp(f->fw_rules[i].hook, hook) == 0)
			return &f->fw_rules[i];
	return NULL;
}

static enum answer
host_firewall(const struct leg *g, struct finding *f)
{
	const struct facts *a = leg_after(g, g->here);
	const struct fw_rule *r = drop_rule(a, "input");
	uint64_t in;

	if (g->arp || !requests_counted(g, &in))
		return ANSWER_UNKNOWN;
	if (in >= g->lost || r == NULL)
		return ANSWER_NO;
	find_cause(f, "its firewall discards them on the overlay");
	find_in(f, g, g->here, "after/counters",
	    "only %" PRIu64 " echo requests reached ICMP", in);
	find_in(f, g, g->here, "after/nft", "%s: %s", r->chain, r->text);
	f->confidence = CONFIDENCE_HIGH;
	find_remedy(f, leg_name(g, g->here), "look at the rule", "%s",
	    "nft -a list ruleset");
	return ANSWER_YES;
}

const struct rule rules_host[] = {
	{ "overlay-down", SEGMENT_HOST, HAVE_LINKS, false, overlay_down,
	    "the overlay device is down" },
	{ "overlay-address-missing", SEGMENT_HOST, 0, false, address_missing,
	    "the overlay address is not configured" },
	{ "rp-filter", SEGMENT_HOST, HAVE_COUNTERS, true, rp_filter,
	    "reverse path filtering discards the requests" },
	{ "overlay-route", SEGMENT_HOST, 0, false, answer_elsewhere,
	    "the answers leave by another device, or not at all" },
	{ "echo-ignored", SEGMENT_HOST, HAVE_COUNTERS, true, echo_ignored,
	    "the node is told not to answer pings" },
	{ "overlay-firewall", SEGMENT_HOST, HAVE_COUNTERS | HAVE_FIREWALL,
	    false, host_firewall, "a firewall discards them on the overlay" },
	{ "arp-unanswered", SEGMENT_HOST, 0, false, arp_unanswered,
	    "ARP requests for the overlay address are not answered" },
};
const size_t n_rules_host = sizeof(rules_host) / sizeof(rules_host[0]);
