/*
 * links: diagnose/ model/ledger model/facts model/reason model/addr base/buf
 * links: base/mem base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "diag_check.h"

/* ---- what the captures do not prove ------------------------------------- */

static void
test_capture_loss(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_INGRESS_B,
	    DOUBT_CAPTURE_LOSS);
	judge_world(w);
	check_nobody();
	assert_non_null(strstr(w->v.sentence, "lost packets itself"));
}

/* Only B counts by SPI: its own evidence places them. */
static void
test_capture_loss_and_placing_evidence(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_INGRESS_B,
	    DOUBT_CAPTURE_LOSS);
	w->l.tunnel[0].received = 30;
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_failed = 100;
	rises(w, SIDE_B, "XfrmInStateProtoError", 100);
	judge_world(w);
	check_node(SIDE_B, "sa-key-mismatch");
	assert_int_equal(w->v.findings[0].confidence, CONFIDENCE_HIGH);
}

/* The counter of the whole node, without the SPI: not enough to place. */
static void
test_noise_does_not_place(void **state)
{
	static const char *const noise[] = { "XfrmInNoStates",
		"XfrmInStateProtoError", "XfrmInStateSeqError",
		"XfrmInStateMismatch", "XfrmInTmplMismatch", "XfrmInPolBlock",
		"XfrmAcquireError", "XfrmOutNoStates", "XfrmOutPolBlock",
		"Udp.NoPorts", "Udp.InErrors", "Ip.InUnknownProtos",
		"TcpExt.IPReversePathFilter", "Udp.InDatagrams" };

	(void)state;
	for (size_t k = 0; k < sizeof(noise) / sizeof(noise[0]); k++) {
		world_free(w);
		w = world_new();
		add_unproven(w, 100, STAGE_EGRESS_A, STAGE_HOST_B,
		    DOUBT_NO_CAPTURE);
		rises(w, SIDE_A, noise[k], 300);
		rises(w, SIDE_B, noise[k], 300);
		judge_world(w);
		check_nobody();
	}
}

/* B cannot see ESP, and nothing behind that counted: it never came. */
static void
test_blind_and_nothing_counted(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_INGRESS_B, DOUBT_BLIND);
	judge_world(w);
	check_network(STAGE_NETWORK_AB, "esp-filtered");
	assert_int_equal(w->v.findings[0].confidence, CONFIDENCE_HIGH);
}

static void
test_blind_and_key_mismatch(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_INGRESS_B, DOUBT_BLIND);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_failed = 100;
	rises(w, SIDE_B, "XfrmInStateProtoError", 100);
	judge_world(w);
	check_node(SIDE_B, "sa-key-mismatch");
}

/* B's own firewall behind IPsec, where its capture is blind. */
static void
test_blind_and_firewall(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_INGRESS_B, DOUBT_BLIND);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = 100;
	add_rule(w, SIDE_B, "input", "udp dport 4790 drop");
	judge_world(w);
	check_node(SIDE_B, "firewall-after-decryption");
}

/* Whatever IPsec counted may be ours: then it is not the network. */
static void
test_blind_and_ipsec_counted(void **state)
{
	static const char *const names[] = { "XfrmInNoStates",
		"XfrmInStateProtoError", "XfrmInError", "XfrmInStateInvalid" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		world_free(w);
		w = world_new();
		add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_INGRESS_B,
		    DOUBT_BLIND);
		rises(w, SIDE_B, names[i], 100);
		judge_world(w);
		check_nobody();
	}
}

static void
test_blind_without_counters(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_INGRESS_B, DOUBT_BLIND);
	facts_of(w, SIDE_B, AFTER)->have = 0;
	judge_world(w);
	check_nobody();
}

/* Partial loss, blind: only what the SAs certainly missed is the network's. */
static void
test_blind_partial(void **state)
{
	(void)state;
	add_probes(w, 90, STAGE_DELIVERED);
	add_unproven(w, 10, STAGE_NETWORK_AB, STAGE_INGRESS_B, DOUBT_BLIND);
	judge_world(w);
	check_network(STAGE_NETWORK_AB, "network-loss");
	/* Other traffic of the pair fills the gap: nobody knows. */
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets += 10;
	rises(w, SIDE_B, "Udp.InDatagrams", 10);
	judge_world(w);
	check_nobody();
}

/* Somewhere in B, wherever it was. */
static void
test_range_within_one_node(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_INGRESS_B, STAGE_EGRESS_B, DOUBT_NO_CAPTURE);
	rises(w, SIDE_B, "Udp.InDatagrams", 100);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = 100;
	judge_world(w);
	check_node(SIDE_B, "unexplained");
	assert_int_equal(w->v.findings[0].confidence, CONFIDENCE_HIGH);
}

static void
test_range_across_nodes(void **state)
{
	(void)state;
	for (enum stage a = STAGE_EGRESS_A; a < STAGE_DELIVERED;
	     a = (enum stage)(a + 1)) {
		for (enum stage b = (enum stage)(a + 1); b <= STAGE_DELIVERED;
		     b = (enum stage)(b + 1)) {
			bool in_b = a >= STAGE_INGRESS_B && b <= STAGE_EGRESS_B;

			if (in_b)
				continue;
			world_free(w);
			w = world_new();
			add_unproven(w, 100, a, b, DOUBT_NOT_LIVE);
			judge_world(w);
			check_nobody();
		}
	}
}

/* They may have arrived: then even good evidence needs A to deny it. */
static void
test_range_to_the_end(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_AB, STAGE_DELIVERED,
	    DOUBT_NO_CAPTURE);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->stat_failed = 100;
	rises(w, SIDE_B, "XfrmInStateProtoError", 100);
	judge_world(w);
	check_node(SIDE_B, "sa-key-mismatch");
	rises(w, SIDE_A, "Icmp.InEchoReps", 100);
	judge_world(w);
	check_nobody();
}

/*
 * B's ARP requests wait at the end of a path that goes on from stage 7 to
 * stage 0: a range across that end is one too.
 */
static void
test_range_that_wraps(void **state)
{
	(void)state;
	add_unproven(w, 100, STAGE_NETWORK_BA, STAGE_HOST_A, DOUBT_NO_CAPTURE);
	judge_world(w);
	check_nobody();
	world_free(w);
	w = world_new();
	add_unproven(w, 100, STAGE_INGRESS_A, STAGE_HOST_A, DOUBT_NO_CAPTURE);
	judge_world(w);
	assert_int_equal(w->v.findings[0].culprit, CULPRIT_NODE);
	assert_int_equal(w->v.findings[0].node, SIDE_A);
}

static void
test_one_unproven_probe(void **state)
{
	(void)state;
	add_probes(w, 99, STAGE_DELIVERED);
	add_unproven(w, 1, STAGE_INGRESS_B, STAGE_EGRESS_B, DOUBT_AMBIGUOUS);
	judge_world(w);
	check_nobody();
}

/* ---- what speaks against the captures ----------------------------------- */

/* B answered them all: its overlay capture is at the wrong device. */
static void
test_wrong_overlay_device(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_INGRESS_B);
	rises(w, SIDE_B, "Icmp.InEchos", 100);
	judge_world(w);
	check_nobody();
	assert_non_null(strstr(w->v.sentence, "wrong device"));
}

/* B decrypted them all, and its underlay capture saw none. */
static void
test_wrong_underlay_device(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_NETWORK_AB);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = 100;
	judge_world(w);
	check_nobody();
	world_free(w);
	w = world_new();
	add_probes(w, 100, STAGE_EGRESS_A);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets = 100;
	judge_world(w);
	check_nobody();
}

/* B itself refuses what the captures say never came to it. */
static void
test_refused_by_the_peer(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_NETWORK_AB);
	w->l.icmp[w->l.n_icmp++] = (struct icmp_seen){ .side = SIDE_A,
		.src = w->run.nodes[SIDE_B].underlay,
		.type = 3,
		.code = 10,
		.quoted = PACKET_ESP,
		.spi = SPI_AB,
		.count = 3 };
	judge_world(w);
	check_nobody();
}

/* A's stack took in all answers, whatever the capture at its end says. */
static void
test_answers_came(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_INGRESS_A);
	rises(w, SIDE_A, "Icmp.InEchoReps", 100);
	judge_world(w);
	check_nobody();
}

/* Some pings of others are no contradiction when the loss is partial. */
static void
test_other_pings(void **state)
{
	(void)state;
	add_probes(w, 45, STAGE_DELIVERED);
	add_probes(w, 10, STAGE_NETWORK_AB);
	add_probes(w, 45, STAGE_DELIVERED);
	rises(w, SIDE_B, "Icmp.InEchos", 20);
	judge_world(w);
	check_network(STAGE_NETWORK_AB, "network-loss");
}

/* ---- nothing left A ----------------------------------------------------- */

static void
test_silence(void **state)
{
	(void)state;
	w->l.asked = 100;
	w->l.judged = PROBE_ARP;
	w->l.taps[SIDE_A][POINT_OVERLAY].frames = 0;
	judge_world(w);
	check_nobody();
	facts_of(w, SIDE_A, AFTER)->links[0].up = false;
	judge_world(w);
	check_node(SIDE_A, "overlay-down");
}

/* The capture was refused: then silence says nothing of A. */
static void
test_silence_without_a_capture(void **state)
{
	struct tap *t = &w->l.taps[SIDE_A][POINT_OVERLAY];

	(void)state;
	w->l.asked = 100;
	w->l.judged = PROBE_ARP;
	*t = (struct tap){ .wanted = true, .refused = true };
	snprintf(t->why, sizeof(t->why), "ov0: not permitted");
	add_rule(w, SIDE_A, "input", "icmp drop");
	put(facts_of(w, SIDE_A, AFTER)->routes[1].link, "eth9");
	judge_world(w);
	check_nobody();
	assert_non_null(strstr(w->v.sentence, "not permitted"));
}

/* ping sent few of them: what came back says nothing of the rest. */
static void
test_few_left(void **state)
{
	(void)state;
	add_probes(w, 40, STAGE_DELIVERED);
	w->l.asked = 100;
	judge_world(w);
	check_nobody();
	w->l.asked = 42;
	judge_world(w);
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_capture_loss),
		CASE(test_capture_loss_and_placing_evidence),
		CASE(test_noise_does_not_place),
		CASE(test_blind_and_nothing_counted),
		CASE(test_blind_and_key_mismatch),
		CASE(test_blind_and_firewall),
		CASE(test_blind_and_ipsec_counted),
		CASE(test_blind_without_counters),
		CASE(test_blind_partial),
		CASE(test_range_within_one_node),
		CASE(test_range_across_nodes),
		CASE(test_range_to_the_end),
		CASE(test_range_that_wraps),
		CASE(test_one_unproven_probe),
		CASE(test_wrong_overlay_device),
		CASE(test_wrong_underlay_device),
		CASE(test_refused_by_the_peer),
		CASE(test_answers_came),
		CASE(test_other_pings),
		CASE(test_silence),
		CASE(test_silence_without_a_capture),
		CASE(test_few_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
