/*
 * links: correlate/pair correlate/match correlate/tie correlate/arp
 * correlate/judge correlate/esplen model/ledger model/addr base/mem base/err
 * base/str
 */
#include "unit.h"

#include "pair_world.h"

/* Both tools said the right number at their end. */
static void
all_clean(void)
{
	for (int s = 0; s < SIDES; s++)
		for (int p = 0; p < POINTS; p++)
			spec.taps[s][p].clean_end = true;
}

/*
 * B's overlay was not captured, and the answers are lost on the way back.  In
 * ESP nobody can tell that they left B: then B must not be the one.
 */
static void
test_no_overlay_capture_and_lost_answers(void **state)
{
	struct ledger l;

	(void)state;
	spec.taps[SIDE_B][POINT_OVERLAY] =
	    (struct tap){ .wanted = true, .refused = true };
	l = run(SIGHT_BU_OUT + 1, false,
	    1U << SIGHT_BO_IN | 1U << SIGHT_BO_OUT);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], PINGS);
	assert_int_equal(l.probes[0].first, STAGE_INGRESS_B);
	assert_int_equal(l.probes[0].last, STAGE_NETWORK_BA);
	ledger_free(&l);
}

/* ESP longer than any suite makes it: A sent something, and perhaps this. */
static void
test_unknown_suite(void **state)
{
	struct world w;
	struct ledger l;

	(void)state;
	all_clean();
	w = begin();
	w.odd = 6;
	sentinel(&w, 1, start);
	for (int i = 0; i < PINGS; i++)
		ping(&w, i, SIGHT_AU_OUT + 1, 0);
	sentinel(&w, 2, start + 4 * NS_PER_S);
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_EGRESS_A], 0);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], PINGS);
	assert_int_equal(l.probes[0].doubt, DOUBT_AMBIGUOUS);
	ledger_free(&l);
}

/*
 * Some probes die in A, and soon after each a stranger of that length leaves it
 * and gets lost later: the probe must not take its place.
 */
static void
test_strangers_long_after(void **state)
{
	struct world w;
	struct ledger l;

	(void)state;
	all_clean();
	w = begin();
	sentinel(&w, 1, start);
	for (int i = 0; i < PINGS; i++) {
		int64_t at = start + NS_PER_S + i * 20 * NS_PER_MS;
		uint32_t frame = 56 + 16 * (uint32_t)(i % 10) + 42;

		ping(&w, i, i % 8 == 3 ? SIGHT_AO_OUT + 1 : SIGHTS, 0);
		if (i % 8 != 3)
			continue;
		for (uint32_t k = 0; k < 2; k++) {
			w.seq[0]++;
			underlay(&w, SIDE_A, 0, NULL, k == 0 ? frame : 1000,
			    w.seq[0], at + 15 * NS_PER_MS);
			underlay(&w, SIDE_B, 0, NULL, k == 0 ? frame : 1000,
			    w.seq[0], at + 16 * NS_PER_MS);
		}
	}
	sentinel(&w, 2, start + 4 * NS_PER_S);
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_DELIVERED], PINGS - PINGS / 8);
	assert_int_equal(l.by_stage[STAGE_INGRESS_B], 0);
	assert_int_equal(l.by_stage[STAGE_NETWORK_AB], 0);
	ledger_free(&l);
}

/* A's clock is set back in mid-run: what left is still what was sent. */
static void
test_clock_set_back(void **state)
{
	struct world w;
	struct ledger l;

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		w = begin();
		sentinel(&w, 1, start);
		for (int i = 0; i < PINGS; i++) {
			w.step[SIDE_A] = i < PINGS / 2 ? 0 : -5 * NS_PER_S;
			ping(&w, i, SIGHT_AU_OUT + 1, 0);
		}
		sentinel(&w, 2, start + 4 * NS_PER_S);
		l = end(&w);
		assert_int_equal(l.by_stage[STAGE_EGRESS_A], 0);
		assert_int_equal(l.by_stage[STAGE_INGRESS_B], 0);
		assert_int_equal(l.by_stage[STAGE_NETWORK_AB] +
			l.by_stage[STAGE_UNPROVEN],
		    PINGS);
		for (int s = 0; s < SIDES; s++)
			for (int p = 0; p < POINTS; p++)
				spec.taps[s][p].said_captured =
				    l.taps[s][p].frames;
		all_clean();
		ledger_free(&l);
	}
}

/* B's clock is set forward between two ARP requests: both did arrive. */
static void
test_arp_across_a_clock_step(void **state)
{
	struct world w;
	struct ledger l;

	(void)state;
	all_clean();
	w = begin();
	w.clear = true;
	sentinel(&w, 1, start);
	for (uint32_t i = 0; i < 4; i++) {
		int64_t at = start + (i + 1) * NS_PER_S;

		w.step[SIDE_B] = i < 2 ? 0 : 60 * NS_PER_S;
		arp(&w, SIDE_A, POINT_OVERLAY, SIDE_A, false, i, at);
		arp(&w, SIDE_A, POINT_UNDERLAY, SIDE_A, false, i, at + 100000);
		arp(&w, SIDE_B, POINT_UNDERLAY, SIDE_A, false, i, at + 1100000);
	}
	sentinel(&w, 2, start + 6 * NS_PER_S);
	l = end(&w);
	assert_int_equal(l.judged_total, 4);
	assert_int_equal(l.by_stage[STAGE_NETWORK_AB], 0);
	ledger_free(&l);
}

/* A's pings of the underlay are answered, and B's capture shows no request. */
static void
test_arrivals_elsewhere(void **state)
{
	struct world w;
	struct ledger l;

	(void)state;
	all_clean();
	w = begin();
	for (int k = 0; k < 2; k++) {
		struct packet pkt = { .length = 1042 };
		int64_t at = start + k * 4 * NS_PER_S;

		pkt.outer = echo(k, false, 1000, false);
		emit(&w, SIDE_A, POINT_UNDERLAY, &pkt, at);
		pkt.outer = echo(k, true, 1000, false);
		emit(&w, SIDE_A, POINT_UNDERLAY, &pkt, at + NS_PER_MS);
		pkt.outer = echo(k + 100, false, 1000, false);
		pkt.outer.ip.src = spec.underlay[SIDE_B];
		pkt.outer.ip.dst = spec.underlay[SIDE_A];
		emit(&w, SIDE_B, POINT_UNDERLAY, &pkt, at);
		emit(&w, SIDE_A, POINT_UNDERLAY, &pkt, at + NS_PER_MS);
	}
	for (int i = 0; i < PINGS; i++)
		ping(&w, i, SIGHT_AU_OUT + 1, 0);
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_NETWORK_AB], 0);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], PINGS);
	assert_int_equal(l.probes[0].doubt, DOUBT_BLIND);
	ledger_free(&l);
}

/* Answers that were on their way when the captures ended are not lost. */
static void
test_late_answers(void **state)
{
	struct ledger l;

	(void)state;
	spec.open_until[SIDE_A] = start + NS_PER_S + 100 * NS_PER_MS;
	spec.open_until[SIDE_B] = start + 10 * NS_PER_S;
	for (int pass = 0; pass < 2; pass++) {
		struct world w = begin();

		sentinel(&w, 1, start);
		for (int i = 0; i < PINGS; i++)
			ping(&w, i, SIGHT_BU_OUT + 1, 0);
		l = end(&w);
		for (int s = 0; s < SIDES; s++)
			for (int p = 0; p < POINTS; p++)
				spec.taps[s][p].said_captured =
				    l.taps[s][p].frames;
		all_clean();
		if (pass == 0)
			ledger_free(&l);
	}
	/* The last request left 0.7 s after the first; 0.5 s may pass. */
	assert_int_equal(l.by_stage[STAGE_EGRESS_B], 0);
	assert_true(l.by_stage[STAGE_UNPROVEN] > PINGS / 2);
	assert_int_equal(l.probes[PINGS - 1].doubt, DOUBT_NOT_LIVE);
	ledger_free(&l);
}

/* IKE with somebody else is none of this pair's. */
static void
test_ike_of_others(void **state)
{
	struct packet pkt = { .length = 200 };
	struct world w = begin();
	struct ledger l;

	(void)state;
	pkt.outer.kind = PACKET_IKE;
	pkt.outer.ip.src = spec.underlay[SIDE_A];
	pkt.outer.ip.dst = addr("198.51.100.99");
	emit(&w, SIDE_A, POINT_UNDERLAY, &pkt, start);
	pkt.outer.ip.dst = spec.underlay[SIDE_B];
	emit(&w, SIDE_A, POINT_UNDERLAY, &pkt, start);
	l = end(&w);
	assert_int_equal(l.n_ike, 1);
	assert_true(l.ike[0].outgoing);
	ledger_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_no_overlay_capture_and_lost_answers,
		    setup),
		cmocka_unit_test_setup(test_unknown_suite, setup),
		cmocka_unit_test_setup(test_strangers_long_after, setup),
		cmocka_unit_test_setup(test_clock_set_back, setup),
		cmocka_unit_test_setup(test_arp_across_a_clock_step, setup),
		cmocka_unit_test_setup(test_arrivals_elsewhere, setup),
		cmocka_unit_test_setup(test_late_answers, setup),
		cmocka_unit_test_setup(test_ike_of_others, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
