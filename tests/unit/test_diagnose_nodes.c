/*
 * links: diagnose/ model/ledger model/facts model/reason model/addr base/buf
 * links: base/mem base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "diag_cases.h"

/* ---- a node's own stack ------------------------------------------------- */

static void
overlay_down(struct world *w)
{
	facts_of(w, SIDE_B, AFTER)->links[0].up = false;
}

static void
overlay_up(struct world *w)
{
	facts_of(w, SIDE_B, AFTER)->links[0].up = true;
}

static void
no_address(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->addrs[0].ip.b[3] = 99;
}

static void
address_back(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->addrs[0].ip = w->run.nodes[SIDE_B].overlay;
}

static void
route_elsewhere(struct world *w)
{
	put(facts_of(w, SIDE_B, AFTER)->routes[1].link, "eth9");
}

/* A bridge above the overlay device is the overlay, too. */
static void
route_by_bridge(struct world *w)
{
	put(facts_of(w, SIDE_B, FACTS)->links[0].master, "eth9");
}

static void
rp_filter(struct world *w)
{
	route_elsewhere(w);
	rises(w, SIDE_B, "TcpExt.IPReversePathFilter", LOST);
}

/* Others' packets are filtered; ours have their route. */
static void
rp_filter_others(struct world *w)
{
	put(facts_of(w, SIDE_B, AFTER)->routes[1].link, "ov0");
}

static void
echo_ignored(struct world *w)
{
	struct facts *f = facts_of(w, SIDE_B, FACTS);

	put(f->settings[0].name, "net.ipv4.icmp_echo_ignore_all");
	put(f->settings[0].value, "1");
	f->n_settings = 1;
	rises(w, SIDE_B, "Icmp.InEchos", LOST);
}

static void
echo_answered(struct world *w)
{
	put(facts_of(w, SIDE_B, FACTS)->settings[0].value, "0");
}

static void
overlay_firewall(struct world *w)
{
	add_rule(w, SIDE_B, "input", "icmp drop");
}

/* The rule counts, and has counted nothing. */
static void
firewall_idle(struct world *w)
{
	struct facts *f = facts_of(w, SIDE_B, FACTS);
	struct fw_rule *r = facts_of(w, SIDE_B, AFTER)->fw_rules;

	r->counted = true;
	r->packets = 7;
	f->fw_rules[f->n_fw_rules++] = *r;
}

static void
other_vlan(struct world *w)
{
	tag_overlay(w, SIDE_B);
}

static void
same_vlan(struct world *w)
{
	tag_overlay(w, SIDE_A);
}

static void
misled(struct world *w)
{
	mislead(w, SIDE_A);
}

/* B's stack took the requests in: they were for it. */
static void
misled_by_nobody(struct world *w)
{
	rises(w, SIDE_B, "Icmp.InEchos", LOST);
}

/* Answers come out of A's overlay device, and A's ping does not get them. */
static void
unheard(struct world *w)
{
	*counter(w, SIDE_A, AFTER, "Icmp.InEchoReps") -= LOST;
}

static void
firewall_shows(struct world *w)
{
	add_rule(w, SIDE_A, "input", "icmp drop");
}

static void
unheard_for_firewall(struct world *w)
{
	unheard(w);
	firewall_shows(w);
}

static void
rule_is_for_others(struct world *w)
{
	put(facts_of(w, SIDE_A, AFTER)->fw_rules[0].hook, "output");
}

static void
unheard_for_vlan(struct world *w)
{
	unheard(w);
	other_vlan(w);
}

static void
unheard_for_mac(struct world *w)
{
	unheard(w);
	mislead(w, SIDE_B);
}

static void
mac_is_right(struct world *w)
{
	facts_of(w, SIDE_B, AFTER)->neighs[1].mac.b[5] = 1;
}

static void
arp_unanswered(struct world *w)
{
	arp_only(w);
}

static void
pings_again(struct world *w)
{
	w->l.judged = PROBE_PING;
	for (size_t i = 0; i < w->l.n_probes; i++)
		w->probes[i].kind = PROBE_PING;
}

/* ---- egress ------------------------------------------------------------- */

static void
no_route(struct world *w)
{
	facts_of(w, SIDE_A, BEFORE)->routes[0].reachable = false;
	facts_of(w, SIDE_A, AFTER)->routes[0].reachable = false;
}

static void
route_back(struct world *w)
{
	facts_of(w, SIDE_A, AFTER)->routes[0].reachable = true;
}

static void
block_out(struct world *w)
{
	facts_of(w, SIDE_A, FACTS)->policies[1].block = true;
	rises(w, SIDE_A, "XfrmOutPolBlock", LOST);
}

/* Some other policy blocks, somebody else's packets. */
static void
block_others(struct world *w)
{
	facts_of(w, SIDE_A, FACTS)->policies[1].block = false;
}

static void
expired(struct world *w)
{
	forget_all(w, SIDE_A);
	rises(w, SIDE_A, "XfrmOutStateExpired", 1);
	rises(w, SIDE_A, "XfrmOutNoStates", LOST - 1);
}

static void
sas_are_there(struct world *w)
{
	for (enum moment m = FACTS; m < MOMENTS; m++)
		facts_of(w, SIDE_A, m)->n_sas = 2;
}

static void
used_up(struct world *w)
{
	sa_of(w, SIDE_A, AFTER, SPI_AB)->oseq = UINT32_MAX;
	rises(w, SIDE_A, "XfrmOutStateSeqError", LOST);
}

static void
not_used_up(struct world *w)
{
	sa_of(w, SIDE_A, AFTER, SPI_AB)->oseq = 700;
}

static void
no_sa(struct world *w)
{
	forget_all(w, SIDE_A);
	rises(w, SIDE_A, "XfrmOutNoStates", LOST);
}

static struct ike_seen *
ike(struct world *w, enum side s, bool outgoing)
{
	struct ike_seen *m = &w->l.ike[w->l.n_ike++];

	*m = (struct ike_seen){ .side = s, .outgoing = outgoing };
	m->ike.exchange = 34;
	return m;
}

static void
auth_failed(struct world *w)
{
	struct ike_seen *m;

	no_sa(w);
	ike(w, SIDE_A, true);
	m = ike(w, SIDE_A, false);
	m->ike.exchange = 35;
	m->ike.flags = 0x20;
	m->ike.length = 92;
}

static void
refused(struct world *w)
{
	no_sa(w);
	ike(w, SIDE_A, true);
	ike(w, SIDE_A, false)->ike.notify = 14;
}

static void
unanswered(struct world *w)
{
	no_sa(w);
	ike(w, SIDE_A, true);
	ike(w, SIDE_A, true);
	ike(w, SIDE_B, false);
	ike(w, SIDE_B, false);
}

static const int64_t SECOND_NS = 1000000000;

/* Seen once, as when the daemon waits ever longer to repeat it. */
static void
unanswered_once(struct world *w)
{
	no_sa(w);
	ike(w, SIDE_A, true)->at = 4 * SECOND_NS;
	ike(w, SIDE_B, false);
	w->l.taps[SIDE_A][POINT_UNDERLAY].last_ns = 8 * SECOND_NS;
}

/* It may be answered yet. */
static void
sent_late(struct world *w)
{
	w->l.taps[SIDE_A][POINT_UNDERLAY].last_ns = 6 * SECOND_NS;
}

static void
no_daemon_at_a(struct world *w)
{
	no_sa(w);
	facts_of(w, SIDE_A, FACTS)->ike_daemon[0] = '\0';
}

/* One request between two others: it is lost, or on its way. */
static void
no_daemon_at_b(struct world *w)
{
	no_sa(w);
	ike(w, SIDE_A, true);
	facts_of(w, SIDE_B, FACTS)->ike_daemon[0] = '\0';
}

static void
ike_lost(struct world *w)
{
	no_sa(w);
	ike(w, SIDE_A, true);
	ike(w, SIDE_A, true);
}

static void
ike_answers_lost(struct world *w)
{
	unanswered(w);
	ike(w, SIDE_B, true);
	ike(w, SIDE_B, true);
}

/* B's capture does not prove that nothing arrived. */
static void
b_saw_not_all(struct world *w)
{
	w->l.taps[SIDE_B][POINT_UNDERLAY].kernel_drops = 1;
}

static void
a_saw_not_all(struct world *w)
{
	w->l.taps[SIDE_A][POINT_UNDERLAY].kernel_drops = 1;
}

static void
ike_goes_on(struct world *w)
{
	no_sa(w);
	ike(w, SIDE_A, true);
	ike(w, SIDE_A, false);
}

static void
fdb_wrong(struct world *w)
{
	facts_of(w, SIDE_A, FACTS)->fdb[0].dst.b[3] = 77;
}

static void
fdb_right(struct world *w)
{
	facts_of(w, SIDE_A, FACTS)->fdb[0].dst = w->run.nodes[SIDE_B].underlay;
}

/* As SmartOS: what the map lacks goes nowhere. */
static void
map_lacks(struct world *w)
{
	name_illumos(w, SIDE_A);
	facts_of(w, SIDE_A, FACTS)->fdb[0].mac.b[5] = 77;
}

static void
map_has(struct world *w)
{
	facts_of(w, SIDE_A, FACTS)->fdb[0].mac.b[5] = 2;
}

static void
policy_gone(struct world *w)
{
	for (enum moment m = FACTS; m < MOMENTS; m++)
		facts_of(w, SIDE_A, m)->n_policies = 0;
	add_rule(w, SIDE_A, "output", "block out log quick proto udp");
}

static void
peer_wants_none(struct world *w)
{
	for (enum moment m = FACTS; m < MOMENTS; m++)
		facts_of(w, SIDE_B, m)->n_policies = 0;
}

static void
unresolved(struct world *w)
{
	put(facts_of(w, SIDE_A, AFTER)->neighs[0].state, "INCOMPLETE");
}

/* It failed just now, but something has left before. */
static void
some_left(struct world *w)
{
	w->l.tunnel[0].sent = 5;
}

static void
after_encryption(struct world *w)
{
	sa_of(w, SIDE_A, AFTER, SPI_AB)->packets += LOST;
	add_rule(w, SIDE_A, "output", "ip protocol esp drop");
}

/* Those packets left: they are other traffic of the pair. */
static void
all_left(struct world *w)
{
	w->l.tunnel[0].sent = LOST;
}

static void
before_encryption(struct world *w)
{
	add_rule(w, SIDE_A, "output", "udp dport 4790 drop");
}

static void
all_encrypted(struct world *w)
{
	sa_of(w, SIDE_A, AFTER, SPI_AB)->packets += LOST;
	w->l.tunnel[0].sent = LOST;
}

static void
clear_output(struct world *w)
{
	add_rule(w, SIDE_A, "output", "udp dport 4790 drop");
}

static void
rule_is_inbound(struct world *w)
{
	put(facts_of(w, SIDE_A, AFTER)->fw_rules[0].hook, "input");
}

/* ---- the network -------------------------------------------------------- */

static void
no_carrier(struct world *w)
{
	facts_of(w, SIDE_B, BEFORE)->links[1].carrier = false;
	facts_of(w, SIDE_B, AFTER)->links[1].carrier = false;
}

static void
carrier_back(struct world *w)
{
	facts_of(w, SIDE_B, BEFORE)->links[1].carrier = true;
}

static void
nothing_crosses(struct world *w)
{
	w->l.taps[SIDE_B][POINT_UNDERLAY].peer_sentinels = 0;
}

static void
pings_cross(struct world *w)
{
	w->l.taps[SIDE_B][POINT_UNDERLAY].peer_sentinels = 3;
}

static void
tx_errors(struct world *w)
{
	nothing_crosses(w);
	facts_of(w, SIDE_A, AFTER)->links[1].tx_errors = LOST;
}

/* The counters were reset: a difference below zero is no rise. */
static void
tx_errors_reset(struct world *w)
{
	facts_of(w, SIDE_A, BEFORE)->links[1].tx_errors = 5000;
}

static void
rejected(struct world *w)
{
	w->l.icmp[w->l.n_icmp++] = (struct icmp_seen){ .side = SIDE_A,
		.src = ip_v4((const uint8_t[]){ 192, 0, 2, 254 }),
		.type = 3,
		.code = 13,
		.quoted = PACKET_ESP,
		.spi = SPI_AB,
		.count = 5 };
}

/* About some ESP of theirs, not about ours. */
static void
rejected_others(struct world *w)
{
	w->l.icmp[0].spi = 0x999;
}

static void
nothing(struct world *w)
{
	(void)w;
}

/* ---- all of them -------------------------------------------------------- */

static const struct rule_case cases[] = {
	{ "overlay-down", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_B,
	    overlay_down, overlay_up, SIDE_B, HAVE_LINKS },
	{ "overlay-address-missing", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_B,
	    no_address, address_back, SIDE_B, HAVE_ADDRS },
	{ "overlay-route", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_B,
	    route_elsewhere, route_by_bridge, SIDE_B, HAVE_ROUTES },
	{ "rp-filter", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_B, rp_filter,
	    rp_filter_others, SIDE_B, HAVE_COUNTERS },
	{ "echo-ignored", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_B,
	    echo_ignored, echo_answered, SIDE_B, HAVE_COUNTERS },
	{ "overlay-firewall", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_B,
	    overlay_firewall, firewall_idle, SIDE_B, HAVE_COUNTERS },
	{ "overlay-firewall", STAGE_DELIVERED, false, CULPRIT_NODE, SIDE_A,
	    unheard_for_firewall, rule_is_for_others, SIDE_A, HAVE_FIREWALL },
	{ "vlan-mismatch", STAGE_HOST_B, false, CULPRIT_UNKNOWN, SIDE_B,
	    other_vlan, same_vlan, SIDE_A, HAVE_ADDRS },
	{ "vlan-mismatch", STAGE_DELIVERED, false, CULPRIT_UNKNOWN, SIDE_A,
	    unheard_for_vlan, same_vlan, SIDE_A, HAVE_ADDRS },
	{ "neighbour-wrong", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_A, misled,
	    misled_by_nobody, SIDE_B, HAVE_ADDRS },
	{ "neighbour-wrong", STAGE_DELIVERED, false, CULPRIT_NODE, SIDE_B,
	    unheard_for_mac, mac_is_right, SIDE_A, HAVE_ADDRS },
	{ "unexplained", STAGE_DELIVERED, false, CULPRIT_UNKNOWN, SIDE_A,
	    unheard, firewall_shows, SIDE_A, 0 },
	{ "arp-unanswered", STAGE_HOST_B, false, CULPRIT_NODE, SIDE_B,
	    arp_unanswered, pings_again, SIDE_B, 0 },

	{ "underlay-no-route", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A,
	    no_route, route_back, SIDE_A, HAVE_ROUTES },
	{ "ipsec-policy-block-out", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A,
	    block_out, block_others, SIDE_A, HAVE_XFRM_STAT },
	{ "sa-expired", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A, expired,
	    sas_are_there, SIDE_A, HAVE_SAS },
	{ "sequence-exhausted", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A,
	    used_up, not_used_up, SIDE_A, HAVE_XFRM_STAT },
	{ "ike-auth-failed", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A,
	    auth_failed, sas_are_there, SIDE_A, HAVE_SAS },
	{ "ike-refused", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A, refused,
	    sas_are_there, SIDE_A, HAVE_XFRM_STAT },
	{ "ike-unanswered", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_B,
	    unanswered, b_saw_not_all, SIDE_A, HAVE_XFRM_STAT },
	{ "ike-unanswered", STAGE_EGRESS_A, false, CULPRIT_NETWORK, SIDE_A,
	    ike_lost, b_saw_not_all, SIDE_A, HAVE_SAS },
	{ "ike-unanswered", STAGE_EGRESS_A, false, CULPRIT_NETWORK, SIDE_A,
	    ike_answers_lost, a_saw_not_all, SIDE_A, HAVE_SAS },
	{ "ike-unanswered", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_B,
	    unanswered_once, sent_late, SIDE_A, HAVE_SAS },
	{ "ike-peer-stopped", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_B,
	    no_daemon_at_b, no_daemon_at_a, SIDE_B, HAVE_IKE },
	{ "ike-silent", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A,
	    no_daemon_at_a, a_saw_not_all, SIDE_A, HAVE_SAS },
	{ "ike-silent", STAGE_EGRESS_A, false, CULPRIT_UNKNOWN, SIDE_A, no_sa,
	    a_saw_not_all, SIDE_A, HAVE_SAS },
	{ "sa-missing", STAGE_EGRESS_A, false, CULPRIT_UNKNOWN, SIDE_A,
	    ike_goes_on, sas_are_there, SIDE_A, HAVE_XFRM_STAT },
	{ "overlay-map", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A, map_lacks,
	    map_has, SIDE_A, HAVE_FDB },
	{ "fdb-wrong", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A, fdb_wrong,
	    fdb_right, SIDE_A, HAVE_FDB },
	{ "neighbour-unresolved", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A,
	    unresolved, some_left, SIDE_A, HAVE_ROUTES },
	{ "firewall-after-encryption", STAGE_EGRESS_A, false, CULPRIT_NODE,
	    SIDE_A, after_encryption, all_left, SIDE_A, HAVE_SAS },
	{ "firewall-before-encryption", STAGE_EGRESS_A, false, CULPRIT_NODE,
	    SIDE_A, before_encryption, all_encrypted, SIDE_A, HAVE_SAS },
	{ "ipsec-policy-missing", STAGE_EGRESS_A, false, CULPRIT_NODE, SIDE_A,
	    policy_gone, peer_wants_none, SIDE_B, HAVE_POLICIES },
	{ "firewall-output", STAGE_EGRESS_A, true, CULPRIT_NODE, SIDE_A,
	    clear_output, rule_is_inbound, SIDE_A, HAVE_FIREWALL },

	{ "underlay-down", STAGE_NETWORK_AB, false, CULPRIT_NODE, SIDE_B,
	    no_carrier, carrier_back, SIDE_A, HAVE_LINKS },
	{ "underlay-tx-errors", STAGE_NETWORK_AB, false, CULPRIT_NODE, SIDE_A,
	    tx_errors, tx_errors_reset, SIDE_A, HAVE_LINKS },
	{ "rejected-on-the-way", STAGE_NETWORK_AB, false, CULPRIT_NETWORK,
	    SIDE_A, rejected, rejected_others, SIDE_A, 0 },
	{ "underlay-path-down", STAGE_NETWORK_AB, false, CULPRIT_NETWORK,
	    SIDE_A, nothing_crosses, pings_cross, SIDE_A, 0 },
	{ "esp-filtered", STAGE_NETWORK_AB, false, CULPRIT_NETWORK, SIDE_A,
	    nothing, nothing_crosses, SIDE_A, 0 },
	{ "vxlan-filtered", STAGE_NETWORK_AB, true, CULPRIT_NETWORK, SIDE_A,
	    nothing, nothing_crosses, SIDE_A, 0 },
};

static struct rule_cases all = { cases, sizeof(cases) / sizeof(cases[0]) };

/* Rules of the tables that this file is for, by their order. */
static void
test_every_rule_has_a_case(void **state)
{
	size_t i = 0;

	(void)state;
	while (strcmp(diag_rule_id(i), "overlay-down") != 0)
		i++;
	for (; strcmp(diag_rule_id(i), "sadb-lost") != 0; i++) {
		const char *id = diag_rule_id(i);

		/* Needs a part of the probes to come through: test_diagnose.c.
		 */
		if (strcmp(id, "network-loss") == 0)
			continue;
		if (!has_case(&all, id))
			print_error("no case: %s\n", id);
		assert_true(has_case(&all, id));
		assert_true(diag_rule_what(i)[0] != '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE_TESTS(&all),
		cmocka_unit_test(test_every_rule_has_a_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
