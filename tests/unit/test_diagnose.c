/*
 * links: diagnose/ model/ledger model/facts model/reason model/addr base/buf
 * links: base/mem base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "diag_check.h"

static void
test_healthy(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_DELIVERED);
	judge_world(w);
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
	assert_int_equal(w->v.n_findings, 0);
	assert_int_equal(w->v.n_notes, 0);
}

static void
test_nothing_measured(void **state)
{
	(void)state;
	judge_world(w);
	check_nobody();
}

/* Half the evidence may look bad: a run that was cut short accuses nobody. */
static void
test_incomplete_run(void **state)
{
	static char why[] = "node3: timeout: no answer in 60 s";

	(void)state;
	for (enum stage s = STAGE_HOST_A; s < STAGE_DELIVERED;
	     s = (enum stage)(s + 1)) {
		world_free(w);
		w = world_new();
		add_probes(w, 100, s);
		rises(w, SIDE_B, "XfrmInNoStates", 100);
		w->run.complete = false;
		w->run.why = why;
		judge_world(w);
		check_nobody();
		assert_non_null(strstr(w->v.sentence, why));
		assert_int_equal(w->v.n_findings, 0);
	}
}

/* Where no rule knows anything, the ledger names the segment's own node. */
static void
test_unexplained(void **state)
{
	static const enum side nodes[] = {
		[STAGE_EGRESS_A] = SIDE_A,
		[STAGE_INGRESS_B] = SIDE_B,
		[STAGE_HOST_B] = SIDE_B,
		[STAGE_EGRESS_B] = SIDE_B,
		[STAGE_INGRESS_A] = SIDE_A,
	};

	(void)state;
	for (enum stage s = STAGE_EGRESS_A; s < STAGE_DELIVERED;
	     s = (enum stage)(s + 1)) {
		if (s == STAGE_NETWORK_AB || s == STAGE_NETWORK_BA)
			continue;
		world_free(w);
		w = world_new();
		add_probes(w, 100, s);
		for (enum side x = SIDE_A; x < SIDES; x++)
			for (enum moment m = FACTS; m < MOMENTS; m++)
				*facts_of(w, x, m) = (struct facts){ 0 };
		judge_world(w);
		check_node(nodes[s], "unexplained");
	}
}

/* Both directions are judged by the same rules, mirrored. */
static void
test_the_way_back(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_INGRESS_A);
	forget_sa(w, SIDE_A, SPI_BA);
	rises(w, SIDE_A, "XfrmInNoStates", 100);
	judge_world(w);
	check_node(SIDE_A, "sa-unknown-inbound");
	/* No strongSwan there: then the kernel's own SA. */
	put(w->in.facts[SIDE_B].ike_daemon, "iked");
	judge_world(w);
	assert_non_null(strstr(w->v.findings[0].remedies[0].command,
	    "src 192.0.2.2 dst 192.0.2.1 proto esp spi 0x00000022"));
	assert_string_equal(w->v.findings[0].remedies[0].node, "node3");
}

static void
test_network_back(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_NETWORK_BA);
	judge_world(w);
	check_network(STAGE_NETWORK_BA, "esp-filtered");
	assert_non_null(strstr(w->v.sentence,
	    "the network from node3 to node1"));
}

static void
test_partial_loss_in_the_network(void **state)
{
	(void)state;
	add_probes(w, 45, STAGE_DELIVERED);
	add_probes(w, 10, STAGE_NETWORK_AB);
	add_probes(w, 45, STAGE_DELIVERED);
	judge_world(w);
	check_network(STAGE_NETWORK_AB, "network-loss");
	assert_int_equal(w->v.findings[0].lost, 10);
	assert_int_equal(w->v.findings[0].of, 100);
}

/*
 * A tenth dies in each stage, while all counters rise for others' packets: the
 * ledger's node stays, and a cause is named only by what counts for the pair.
 */
static void
test_partial_loss_among_noise(void **state)
{
	static const char *const noise[] = { "XfrmInNoStates",
		"XfrmInStateProtoError", "XfrmInStateSeqError",
		"XfrmInStateMismatch", "XfrmInTmplMismatch", "XfrmInPolBlock",
		"XfrmInNoPols", "XfrmAcquireError", "XfrmOutNoStates",
		"XfrmOutPolBlock", "XfrmOutStateSeqError", "Udp.NoPorts",
		"Udp.InErrors", "Udp.InDatagrams", "Ip.InUnknownProtos",
		"TcpExt.IPReversePathFilter", "Icmp.InEchos",
		"Icmp.InEchoReps" };
	static const enum side nodes[] = {
		[STAGE_EGRESS_A] = SIDE_A,
		[STAGE_INGRESS_B] = SIDE_B,
		[STAGE_HOST_B] = SIDE_B,
		[STAGE_EGRESS_B] = SIDE_B,
		[STAGE_INGRESS_A] = SIDE_A,
	};

	(void)state;
	for (enum stage s = STAGE_EGRESS_A; s < STAGE_DELIVERED;
	     s = (enum stage)(s + 1)) {
		bool net = s == STAGE_NETWORK_AB || s == STAGE_NETWORK_BA;

		world_free(w);
		w = world_new();
		for (int i = 0; i < 10; i++) {
			add_probes(w, 9, STAGE_DELIVERED);
			add_probe(w, s);
		}
		for (enum side x = SIDE_A; x < SIDES; x++) {
			for (size_t k = 0; k < sizeof(noise) / sizeof(*noise);
			     k++)
				rises(w, x, noise[k], 5000);
			facts_of(w, x, AFTER)->links[1].rx_packets = 90000;
		}
		judge_world(w);
		if (net)
			check_network(s, "network-loss");
		else
			check_node(nodes[s],
			    s == STAGE_EGRESS_A || s == STAGE_EGRESS_B
				? "firewall-before-encryption"
				: "unexplained");
		assert_int_equal(w->v.n_findings, 1);
	}
}

/* Two faults: each has its finding, the greater loss comes first. */
static void
test_two_faults(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		add_probes(w, 4, STAGE_NETWORK_AB);
		add_probes(w, 6, STAGE_HOST_B);
	}
	facts_of(w, SIDE_B, FACTS)->addrs[0].ip.b[3] = 99;
	judge_world(w);
	check_node(SIDE_B, "overlay-address-missing");
	assert_int_equal(w->v.n_findings, 2);
	assert_string_equal(w->v.findings[1].rule, "network-loss");
	assert_int_equal(w->v.findings[1].of, 100);
	assert_int_equal(w->v.findings[0].of, 60);
}

static void
test_a_single_loss_accuses_nobody(void **state)
{
	(void)state;
	for (enum stage s = STAGE_EGRESS_A; s < STAGE_DELIVERED;
	     s = (enum stage)(s + 1)) {
		for (unsigned n = 4; n < 100; n += 45) {
			world_free(w);
			w = world_new();
			add_probes(w, n, STAGE_DELIVERED);
			add_probe(w, s);
			judge_world(w);
			check_nobody();
			assert_string_equal(w->v.findings[0].rule,
			    "single-loss");
		}
	}
}

/* ---- losses that are nobody's fault ------------------------------------- */

static void
cold(enum side s, size_t n)
{
	facts_of(w, s, BEFORE)->n_sas = 0;
	rises(w, s, "XfrmOutNoStates", n);
	w->l.n_ike = 4;
}

static void
test_cold_start(void **state)
{
	(void)state;
	add_probes(w, 3, STAGE_EGRESS_A);
	add_probes(w, 97, STAGE_DELIVERED);
	cold(SIDE_A, 3);
	judge_world(w);
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
	assert_string_equal(w->v.findings[0].rule, "cold-start");
}

/* A's first ones, and then B's answers to the next. */
static void
test_cold_start_of_both(void **state)
{
	(void)state;
	add_probes(w, 3, STAGE_EGRESS_A);
	add_probes(w, 2, STAGE_EGRESS_B);
	add_probes(w, 95, STAGE_DELIVERED);
	cold(SIDE_A, 3);
	cold(SIDE_B, 2);
	judge_world(w);
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
	assert_int_equal(w->v.n_findings, 2);
}

/* Not the first ones, or SAs all the time: that is a fault. */
static void
test_no_cold_start(void **state)
{
	(void)state;
	add_probes(w, 10, STAGE_DELIVERED);
	add_probes(w, 10, STAGE_EGRESS_A);
	add_probes(w, 80, STAGE_DELIVERED);
	cold(SIDE_A, 10);
	judge_world(w);
	check_unknown("sa-missing");
	world_free(w);
	w = world_new();
	add_probes(w, 10, STAGE_EGRESS_A);
	add_probes(w, 90, STAGE_DELIVERED);
	rises(w, SIDE_A, "XfrmOutNoStates", 10);
	w->l.n_ike = 4;
	judge_world(w);
	assert_int_equal(w->v.kind, VERDICT_FAULT);
	assert_int_equal(w->v.findings[0].node, SIDE_A);
}

static void
new_spi(size_t from)
{
	struct tunnel *t = &w->l.tunnel[0];

	t->spis[0] = SPI_AB;
	t->spis[1] = 0x33;
	t->n_spis = 2;
	for (size_t i = from; i < w->l.n_probes; i++)
		w->probes[i].spi[0] = 0x33;
}

static void
test_rekey_loss(void **state)
{
	(void)state;
	add_probes(w, 50, STAGE_DELIVERED);
	add_probes(w, 2, STAGE_INGRESS_B);
	add_probes(w, 48, STAGE_DELIVERED);
	new_spi(51);
	judge_world(w);
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
	assert_string_equal(w->v.findings[0].rule, "rekey-loss");
}

/* There was a rekey, and elsewhere a loss. */
static void
test_loss_beside_a_rekey(void **state)
{
	(void)state;
	add_probes(w, 20, STAGE_DELIVERED);
	add_probes(w, 2, STAGE_NETWORK_AB);
	add_probes(w, 78, STAGE_DELIVERED);
	new_spi(60);
	judge_world(w);
	check_network(STAGE_NETWORK_AB, "network-loss");
}

/* All probes on the new SPI die, some on the old one passed: its own cause. */
static void
test_fault_after_a_rekey(void **state)
{
	(void)state;
	add_probes(w, 40, STAGE_DELIVERED);
	add_probes(w, 60, STAGE_INGRESS_B);
	new_spi(40);
	rises(w, SIDE_B, "XfrmInNoStates", 60);
	judge_world(w);
	check_node(SIDE_B, "sa-unknown-inbound");
	assert_non_null(strstr(w->v.sentence, "0x00000033"));
	/* The same, and the key of the new one is wrong. */
	sa_of(w, SIDE_B, BEFORE, SPI_BA)->spi = 0x77;
	sa_of(w, SIDE_B, AFTER, SPI_BA)->spi = 0x33;
	sa_of(w, SIDE_B, AFTER, 0x33)->src = w->run.nodes[SIDE_A].underlay;
	sa_of(w, SIDE_B, AFTER, 0x33)->dst = w->run.nodes[SIDE_B].underlay;
	sa_of(w, SIDE_B, AFTER, 0x33)->stat_failed = 60;
	judge_world(w);
	check_node(SIDE_B, "sa-key-mismatch");
}

/* ---- causes that must not be mistaken for others ------------------------ */

/* Many rules in the firewall: the two that may be it, the likelier first. */
static void
test_drop_rules(void **state)
{
	const struct finding *f;

	(void)state;
	add_probes(w, 100, STAGE_INGRESS_B);
	add_rule(w, SIDE_B, "input", "tcp dport 23 drop");
	add_rule(w, SIDE_B, "input", "tcp dport 479 drop");
	add_rule(w, SIDE_B, "output", "ip protocol esp drop");
	add_rule(w, SIDE_B, "input", "ip protocol esp drop");
	add_rule(w, SIDE_B, "prerouting", "tcp dport 25 drop");
	f = judge_world(w);
	check_node(SIDE_B, "firewall-before-ipsec");
	assert_int_equal(f->n_evidence, 4);
	assert_non_null(strstr(f->evidence[2].text, "ip protocol esp drop"));
	assert_string_equal(f->remedies[0].command,
	    "nft delete rule inet filter x handle 4");
}

/* NAT traversal: UDP counts the ESP packets, too (RFC 3948). */
static void
test_firewall_behind_nat_t(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_INGRESS_B);
	for (enum side s = SIDE_A; s < SIDES; s++)
		sa_of(w, s, AFTER, SPI_AB)->encap = true;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = 100;
	rises(w, SIDE_B, "Udp.InDatagrams", 100);
	judge_world(w);
	check_node(SIDE_B, "firewall-after-decryption");
}

/* The device fails to send some: of whom, it does not say. */
static void
test_partial_tx_errors(void **state)
{
	(void)state;
	add_probes(w, 90, STAGE_DELIVERED);
	add_probes(w, 10, STAGE_NETWORK_AB);
	facts_of(w, SIDE_A, AFTER)->links[1].tx_errors = 15;
	judge_world(w);
	check_network(STAGE_NETWORK_AB, "underlay-tx-errors");
}

/* ICMP counts IPv6 elsewhere: its own counters say nothing of these pings. */
static void
test_overlay_of_ipv6(void **state)
{
	(void)state;
	w->run.nodes[SIDE_A].overlay.family = 6;
	w->run.nodes[SIDE_B].overlay.family = 6;
	add_probes(w, 100, STAGE_HOST_B);
	add_rule(w, SIDE_B, "input", "icmp drop");
	judge_world(w);
	assert_string_not_equal(w->v.findings[0].rule, "overlay-firewall");
	rises(w, SIDE_B, "Icmp6InEchos", 3);
	for (enum moment m = FACTS; m < MOMENTS; m++)
		for (enum side s = SIDE_A; s < SIDES; s++) {
			struct facts *f = facts_of(w, s, m);

			f->addrs[0].ip = w->run.nodes[s].overlay;
			f->routes[1].dst = w->run.nodes[!s].overlay;
		}
	judge_world(w);
	check_node(SIDE_B, "overlay-firewall");
}

static void
test_no_arp_answer(void **state)
{
	(void)state;
	add_probes(w, 5, STAGE_HOST_B);
	arp_only(w);
	judge_world(w);
	check_node(SIDE_B, "arp-unanswered");
	assert_non_null(strstr(w->v.sentence, "5 of 5 ARP requests"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_healthy),
		CASE(test_nothing_measured),
		CASE(test_incomplete_run),
		CASE(test_unexplained),
		CASE(test_the_way_back),
		CASE(test_network_back),
		CASE(test_partial_loss_in_the_network),
		CASE(test_partial_loss_among_noise),
		CASE(test_two_faults),
		CASE(test_a_single_loss_accuses_nobody),
		CASE(test_cold_start),
		CASE(test_cold_start_of_both),
		CASE(test_no_cold_start),
		CASE(test_rekey_loss),
		CASE(test_loss_beside_a_rekey),
		CASE(test_fault_after_a_rekey),
		CASE(test_drop_rules),
		CASE(test_firewall_behind_nat_t),
		CASE(test_partial_tx_errors),
		CASE(test_overlay_of_ipv6),
		CASE(test_no_arp_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
