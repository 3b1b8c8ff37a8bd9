/*
 * links: diagnose/ model/ledger model/facts model/reason model/addr base/buf
 * links: base/mem base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "diag_cases.h"

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
nothing(struct world *w)
{
	(void)w;
}

/* ---- ingress ------------------------------------------------------------ */

static void
sadb_lost(struct world *w)
{
	forget_all(w, SIDE_B);
	rises(w, SIDE_B, "XfrmInNoStates", LOST);
}

/* It has its SAs: the counter rose for packets of somebody else. */
static void
sadb_there(struct world *w)
{
	for (enum moment m = FACTS; m < MOMENTS; m++)
		facts_of(w, SIDE_B, m)->n_sas = 2;
}

static void
spi_unknown(struct world *w)
{
	forget_sa(w, SIDE_B, SPI_AB);
	rises(w, SIDE_B, "XfrmInNoStates", LOST);
}

static void
spi_known(struct world *w)
{
	for (enum moment m = FACTS; m < MOMENTS; m++) {
		struct facts *f = facts_of(w, SIDE_B, m);

		f->n_sas = 0;
		add_sas(w, SIDE_B, f);
	}
}

static void
larval(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->larval = true;
	rises(w, SIDE_B, "XfrmAcquireError", LOST);
}

static void
not_larval(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->larval = false;
}

static void
restarted_sequence(struct world *w)
{
	sa_of(w, SIDE_A, AFTER, SPI_AB)->oseq = 100;
	w->l.tunnel[0].max_seq[0] = 100;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_replay_window = LOST;
	rises(w, SIDE_B, "XfrmInStateSeqError", LOST);
}

static void
sequence_goes_on(struct world *w)
{
	w->l.tunnel[0].max_seq[0] = 600;
}

static void
behind_window(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_replay_window = LOST;
	rises(w, SIDE_B, "XfrmInStateSeqError", LOST);
}

/* Copies of packets that got in are no loss. */
static void
only_duplicates(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_replay_window = 0;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_replay = LOST;
}

static void
bad_key(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_failed = LOST;
	rises(w, SIDE_B, "XfrmInStateProtoError", LOST);
}

/* Somebody else's SA fails. */
static void
bad_key_elsewhere(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_failed = 0;
}

static void
esn(struct world *w)
{
	bad_key(w);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->esn = true;
}

static void
esn_both(struct world *w)
{
	sa_of(w, SIDE_A, AFTER, SPI_AB)->esn = true;
}

static void
corrupted(struct world *w)
{
	bad_key(w);
	add_probes(w, 50, STAGE_DELIVERED);
}

static void
encap_differs(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->encap = true;
	rises(w, SIDE_B, "XfrmInStateMismatch", LOST);
}

static void
encap_both(struct world *w)
{
	sa_of(w, SIDE_A, AFTER, SPI_AB)->encap = true;
}

/* A has no policy and sends in clear. */
static void
sent_in_clear(struct world *w)
{
	facts_of(w, SIDE_A, FACTS)->n_policies = 0;
	memset(w->l.tunnel, 0, sizeof(w->l.tunnel));
	w->l.tunnel[0].clear_sent = w->l.tunnel[0].clear_received = LOST;
	for (size_t i = 0; i < w->l.n_probes; i++)
		w->probes[i].spi[0] = 0;
	rises(w, SIDE_B, "XfrmInTmplMismatch", LOST);
}

/* Hardware encrypts behind the capture: A's policy is there. */
static void
a_has_a_policy(struct world *w)
{
	facts_of(w, SIDE_A, FACTS)->n_policies = 2;
}

static void
template_differs(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->policies[0].reqid = 9;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = LOST;
	rises(w, SIDE_B, "XfrmInTmplMismatch", LOST);
	rises(w, SIDE_B, "Udp.InErrors", LOST);
}

/* The template mismatches are others': ours were never decrypted. */
static void
never_decrypted(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = 0;
}

static void
block_in(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->policies[0].block = true;
	rises(w, SIDE_B, "XfrmInPolBlock", LOST);
}

static void
unblock_in(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->policies[0].block = false;
}

static void
no_policy_in(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->n_policies = 0;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->mode = SA_TUNNEL;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = LOST;
	rises(w, SIDE_B, "XfrmInNoPols", LOST);
}

static void
transport_needs_none(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->mode = SA_TRANSPORT;
}

/* ---- delivery ----------------------------------------------------------- */

static void
other_port(struct world *w)
{
	w->run.nodes[SIDE_B].vxlan_port = PORT + 1;
	facts_of(w, SIDE_B, FACTS)->links[0].vxlan_port = PORT + 1;
	facts_of(w, SIDE_B, FACTS)->listeners[0].port = PORT + 1;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = LOST;
	rises(w, SIDE_B, "Udp.NoPorts", LOST);
}

/* Somebody scans ports; ours has its listener. */
static void
port_scan(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->listeners[0].port = PORT;
}

static void
other_vni(struct world *w)
{
	w->run.nodes[SIDE_B].vni = 3;
	facts_of(w, SIDE_B, FACTS)->links[0].vni = 3;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = LOST;
	rises(w, SIDE_B, "Udp.InDatagrams", LOST);
}

static void
same_vni(struct world *w)
{
	w->run.nodes[SIDE_B].vni = 2;
}

/* A second device of B's is the one that A talks to. */
static void
second_overlay(struct world *w)
{
	struct facts *f = facts_of(w, SIDE_B, FACTS);

	other_vni(w);
	f->links[f->n_links] = f->links[0];
	put(f->links[f->n_links].name, "ov1");
	f->links[f->n_links++].vni = 2;
}

static void
second_is_another(struct world *w)
{
	facts_of(w, SIDE_B, FACTS)->links[2].vni = 4;
}

static void
decrypted_and_in_udp(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = LOST;
	rises(w, SIDE_B, "Udp.InDatagrams", LOST);
}

static void
other_vlan(struct world *w)
{
	decrypted_and_in_udp(w);
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
	decrypted_and_in_udp(w);
	mislead(w, SIDE_A);
}

static void
not_misled(struct world *w)
{
	facts_of(w, SIDE_A, AFTER)->neighs[1].mac.b[5] = 2;
}

static void
behind_ipsec(struct world *w)
{
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = LOST;
	add_rule(w, SIDE_B, "input", "udp dport 4790 drop");
}

static void
reached_udp(struct world *w)
{
	rises(w, SIDE_B, "Udp.InDatagrams", LOST);
}

static void
before_ipsec(struct world *w)
{
	add_rule(w, SIDE_B, "input", "ip protocol esp drop");
}

static void
ipsec_saw_them(struct world *w)
{
	rises(w, SIDE_B, "XfrmInError", LOST);
}

/* ---- all of them -------------------------------------------------------- */

static const struct rule_case cases[] = {
	{ "overlay-down", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    overlay_down, overlay_up, SIDE_B, HAVE_LINKS },
	{ "sadb-lost", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B, sadb_lost,
	    sadb_there, SIDE_B, HAVE_SAS },
	{ "sa-unknown-inbound", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    spi_unknown, spi_known, SIDE_B, HAVE_SAS },
	{ "sa-larval", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B, larval,
	    not_larval, SIDE_B, HAVE_XFRM_STAT },
	{ "sequence-restart", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    restarted_sequence, sequence_goes_on, SIDE_B, HAVE_SAS },
	{ "replay-window", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    behind_window, only_duplicates, SIDE_B, HAVE_SAS },
	{ "esn-mismatch", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B, esn,
	    esn_both, SIDE_B, HAVE_SAS },
	{ "sa-key-mismatch", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    bad_key, bad_key_elsewhere, SIDE_B, HAVE_SAS },
	{ "corrupted-on-the-way", STAGE_INGRESS_B, false, CULPRIT_NETWORK,
	    SIDE_A, corrupted, bad_key_elsewhere, SIDE_B, HAVE_SAS },
	{ "sa-mismatch", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    encap_differs, encap_both, SIDE_B, HAVE_SAS },
	{ "ipsec-policy-missing", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_A,
	    sent_in_clear, a_has_a_policy, SIDE_A, HAVE_POLICIES },
	{ "ipsec-policy-mismatch", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    template_differs, never_decrypted, SIDE_B, HAVE_XFRM_STAT },
	{ "ipsec-policy-block-in", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    block_in, unblock_in, SIDE_B, HAVE_POLICIES },
	{ "ipsec-policy-none", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    no_policy_in, transport_needs_none, SIDE_B, HAVE_POLICIES },

	{ "vxlan-port", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    other_port, port_scan, SIDE_B, HAVE_COUNTERS },
	{ "vni-mismatch", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    other_vni, same_vni, SIDE_B, HAVE_COUNTERS },
	{ "vlan-mismatch", STAGE_INGRESS_B, false, CULPRIT_UNKNOWN, SIDE_B,
	    other_vlan, same_vlan, SIDE_B, HAVE_COUNTERS },
	{ "neighbour-wrong", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_A,
	    misled, not_misled, SIDE_B, HAVE_COUNTERS },
	{ "other-overlay", STAGE_INGRESS_B, false, CULPRIT_UNKNOWN, SIDE_B,
	    second_overlay, second_is_another, SIDE_B, 0 },
	{ "firewall-after-decryption", STAGE_INGRESS_B, false, CULPRIT_NODE,
	    SIDE_B, behind_ipsec, reached_udp, SIDE_B, HAVE_SAS },
	{ "firewall-before-ipsec", STAGE_INGRESS_B, false, CULPRIT_NODE, SIDE_B,
	    before_ipsec, ipsec_saw_them, SIDE_B, HAVE_SAS },
	{ "firewall-input", STAGE_INGRESS_B, true, CULPRIT_NODE, SIDE_B,
	    nothing, reached_udp, SIDE_B, HAVE_COUNTERS },
};

static struct rule_cases all = { cases, sizeof(cases) / sizeof(cases[0]) };

/* Rules of the tables that this file is for, by their order. */
static void
test_every_rule_has_a_case(void **state)
{
	size_t i = 0;

	(void)state;
	while (strcmp(diag_rule_id(i), "sadb-lost") != 0)
		i++;
	for (; i < diag_rules(); i++) {
		const char *id = diag_rule_id(i);

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
