/*
 * links: correlate/pair correlate/match correlate/tie correlate/arp
 * correlate/judge correlate/esplen model/ledger model/addr base/mem base/err
 * base/str
 */
#include "unit.h"

#include "pair_world.h"

static void
test_every_stage(void **state)
{
	(void)state;
	for (int clear = 0; clear < 2; clear++) {
		for (int n = 1; n <= SIGHTS; n++) {
			struct ledger l;

			setup(NULL);
			l = run(n, clear, 0);
			assert_int_equal(l.pings, PINGS);
			assert_int_equal(l.judged_total, PINGS);
			assert_int_equal(l.by_stage[n], PINGS);
			ledger_free(&l);
		}
	}
}

/* What one capture missed, a later sighting repairs. */
static void
test_repair_from_downstream(void **state)
{
	struct ledger l = run(SIGHTS, false, 1U << SIGHT_AU_OUT);

	(void)state;
	assert_int_equal(l.by_stage[STAGE_DELIVERED], PINGS);
	assert_true(l.probes[3].inferred & 1U << SIGHT_AU_OUT);
	ledger_free(&l);
	l = run(SIGHTS, false, 1U << SIGHT_BU_IN | 1U << SIGHT_BO_IN);
	assert_int_equal(l.by_stage[STAGE_DELIVERED], PINGS);
	ledger_free(&l);
}

static void
test_offset_is_found(void **state)
{
	struct ledger l = run(SIGHTS, false, 0);

	(void)state;
	assert_true(l.has_offset);
	assert_true(l.offset_min_ns <= OFFSET_S * NS_PER_S);
	assert_true(l.offset_max_ns >= OFFSET_S * NS_PER_S);
	assert_true(l.offset_max_ns - l.offset_min_ns <= 2 * NS_PER_MS);
	ledger_free(&l);
}

/* A capture that lost packets itself is no witness against the network. */
static void
test_capture_loss_proves_nothing(void **state)
{
	struct ledger l;

	(void)state;
	spec.taps[SIDE_B][POINT_UNDERLAY].kernel_drops = 1;
	l = run(SIGHT_AU_OUT + 1, false, 0);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], PINGS);
	assert_int_equal(l.probes[0].first, STAGE_NETWORK_AB);
	assert_int_equal(l.probes[0].last, STAGE_INGRESS_B);
	assert_int_equal(l.probes[0].doubt, DOUBT_CAPTURE_LOSS);
	ledger_free(&l);
}

static void
test_blind_tap_widens_the_answer(void **state)
{
	struct ledger l;

	(void)state;
	spec.taps[SIDE_B][POINT_UNDERLAY].blind = true;
	l = run(SIGHT_AU_OUT + 1, false, 0);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], PINGS);
	assert_int_equal(l.probes[0].first, STAGE_NETWORK_AB);
	assert_int_equal(l.probes[0].last, STAGE_INGRESS_B);
	assert_int_equal(l.probes[0].doubt, DOUBT_BLIND);
	ledger_free(&l);
}

/* The capture at B's underlay died after the first half of the probes. */
static void
test_cut_capture(void **state)
{
	struct world w = begin();
	struct ledger l;

	(void)state;
	sentinel(&w, 1, start);
	for (int i = 0; i < PINGS; i++) {
		w.mute[SIDE_B][POINT_UNDERLAY] = i >= PINGS / 2;
		ping(&w, i, SIGHT_BU_IN + 1, 0);
	}
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_INGRESS_B], 0);
	assert_int_equal(l.by_stage[STAGE_NETWORK_AB], 0);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], PINGS);
	ledger_free(&l);
}

/* B's overlay capture began late: its first absences prove nothing. */
static void
test_late_capture(void **state)
{
	struct world w = begin();
	struct ledger l;

	(void)state;
	sentinel(&w, 1, start);
	for (int i = 0; i < PINGS; i++)
		ping(&w, i, i < 5 ? SIGHT_BU_IN + 1 : SIGHTS, 0);
	sentinel(&w, 2, start + 4 * NS_PER_S);
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_DELIVERED], PINGS - 5);
	assert_int_equal(l.by_stage[STAGE_INGRESS_B], 0);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], 5);
	assert_int_equal(l.probes[0].doubt, DOUBT_NOT_LIVE);
	ledger_free(&l);
}

static void
test_partial_loss(void **state)
{
	struct world w = begin();
	struct ledger l;

	(void)state;
	sentinel(&w, 1, start);
	for (int i = 0; i < PINGS; i++)
		ping(&w, i, i % 4 == 1 ? SIGHT_BU_OUT + 1 : SIGHTS, 0);
	sentinel(&w, 2, start + 4 * NS_PER_S);
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_NETWORK_BA], PINGS / 4);
	assert_int_equal(l.by_stage[STAGE_DELIVERED], PINGS - PINGS / 4);
	assert_int_equal(l.tunnel[1].lost, PINGS / 4);
	ledger_free(&l);
}

/* Other traffic of the same lengths must not stand in for lost probes. */
static void
test_background_of_the_same_length(void **state)
{
	struct world w = begin();
	struct ledger l;

	(void)state;
	sentinel(&w, 1, start);
	for (int i = 0; i < PINGS; i++) {
		int64_t at = start + NS_PER_S + i * 20 * NS_PER_MS;

		ping(&w, i, SIGHT_AO_OUT + 1, 0);
		for (int k = 0; k < 10; k++) {
			w.seq[0]++;
			underlay(&w, SIDE_A, 0, NULL,
			    (uint32_t)(56 + 16 * k + 42), w.seq[0],
			    at + k * 2 * NS_PER_MS);
			underlay(&w, SIDE_B, 0, NULL,
			    (uint32_t)(56 + 16 * k + 42), w.seq[0],
			    at + k * 2 * NS_PER_MS + NS_PER_MS);
		}
	}
	sentinel(&w, 2, start + 4 * NS_PER_S);
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_NETWORK_AB], 0);
	assert_int_equal(l.by_stage[STAGE_INGRESS_B], 0);
	assert_int_equal(l.by_stage[STAGE_UNPROVEN], PINGS);
	assert_int_equal(l.probes[0].doubt, DOUBT_AMBIGUOUS);
	ledger_free(&l);
}

/* Nothing but ARP leaves A; it reaches B's underlay and no further. */
static void
test_arp_stands_in_for_pings(void **state)
{
	(void)state;
	spec.taps[SIDE_B][POINT_OVERLAY].clean_end = true;
	for (int clear = 0; clear < 2; clear++) {
		struct world w = begin();
		struct ledger l;

		w.clear = clear;
		sentinel(&w, 1, start);
		for (uint32_t i = 0; i < 3; i++) {
			int64_t at = start + (i + 1) * NS_PER_S;

			arp(&w, SIDE_A, POINT_OVERLAY, SIDE_A, false, i, at);
			arp(&w, SIDE_A, POINT_UNDERLAY, SIDE_A, false, i,
			    at + 100000);
			arp(&w, SIDE_B, POINT_UNDERLAY, SIDE_A, false, i,
			    at + 1100000);
		}
		sentinel(&w, 2, start + 5 * NS_PER_S);
		l = end(&w);
		assert_int_equal(l.judged, PROBE_ARP);
		assert_int_equal(l.judged_total, 3);
		assert_int_equal(l.by_stage[STAGE_INGRESS_B], 3);
		ledger_free(&l);
	}
}

/*
 * Requests reach B, which cannot answer because its own ARP requests for A are
 * lost on the way: the network is to blame, not B.
 */
static void
test_answers_that_wait_for_arp(void **state)
{
	struct world w = begin();
	struct ledger l;

	(void)state;
	sentinel(&w, 1, start);
	for (int i = 0; i < PINGS; i++)
		ping(&w, i, SIGHT_BO_IN + 1, 0);
	for (uint32_t i = 0; i < 3; i++) {
		int64_t at = start + NS_PER_S + i * NS_PER_S;

		arp(&w, SIDE_B, POINT_OVERLAY, SIDE_B, false, i, at);
		arp(&w, SIDE_B, POINT_UNDERLAY, SIDE_B, false, i, at + 100000);
	}
	sentinel(&w, 2, start + 5 * NS_PER_S);
	l = end(&w);
	assert_int_equal(l.by_stage[STAGE_HOST_B], 0);
	assert_int_equal(l.by_stage[STAGE_NETWORK_BA], PINGS);
	ledger_free(&l);
}

/* Lengths measured on Linux 6.1; ping -s 56 is a frame of 98 bytes. */
static void
test_esp_lengths(void **state)
{
	(void)state;
	assert_int_equal(esp_length(esp_suite(0), 98, 20, 0), 204);
	assert_int_equal(esp_length(esp_suite(0), 42, 20, 0), 140);
	assert_int_equal(esp_length(esp_suite(4), 98, 20, 0), 168);
	assert_int_equal(esp_length(esp_suite(0), 98, 20, 1), 212);
}

/*
 * A ping that cannot write the nonce: sizes tell its packets, and others' of
 * any other size are none of ours.
 */
static void
test_without_a_nonce(void **state)
{
	struct ledger l;

	(void)state;
	others_nonce = true;
	spec.unmarked[SIDE_A] = spec.unmarked[SIDE_B] = true;
	for (int i = 0; i < 9; i++)
		spec.sizes[spec.n_sizes++] = (uint16_t)(56 + 16 * i);
	l = run(SIGHTS, false, 0);
	others_nonce = false;
	/* Every tenth has a size that was not asked for. */
	assert_int_equal(l.pings, PINGS * 9 / 10);
	assert_int_equal(l.by_stage[STAGE_DELIVERED], PINGS * 9 / 10);
	assert_int_equal(l.taps[SIDE_A][POINT_UNDERLAY].sentinels, 2);
	ledger_free(&l);
}

/* One side's has no nonce: the other's packets are asked for it all the same.
 */
static void
test_unmarked_peer(void **state)
{
	struct ledger l;

	(void)state;
	spec.unmarked[SIDE_B] = true;
	l = run(SIGHTS, false, 0);
	assert_int_equal(l.pings, PINGS);
	ledger_free(&l);

	setup(NULL);
	spec.unmarked[SIDE_B] = true;
	others_nonce = true;
	l = run(SIGHTS, false, 0);
	others_nonce = false;
	assert_int_equal(l.pings, 0);
	assert_int_equal(l.taps[SIDE_A][POINT_UNDERLAY].sentinels, 0);
	assert_int_equal(l.taps[SIDE_B][POINT_UNDERLAY].sentinels, 2);
	ledger_free(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_stage, setup),
		cmocka_unit_test_setup(test_repair_from_downstream, setup),
		cmocka_unit_test_setup(test_without_a_nonce, setup),
		cmocka_unit_test_setup(test_unmarked_peer, setup),
		cmocka_unit_test_setup(test_offset_is_found, setup),
		cmocka_unit_test_setup(test_capture_loss_proves_nothing, setup),
		cmocka_unit_test_setup(test_blind_tap_widens_the_answer, setup),
		cmocka_unit_test_setup(test_cut_capture, setup),
		cmocka_unit_test_setup(test_late_capture, setup),
		cmocka_unit_test_setup(test_partial_loss, setup),
		cmocka_unit_test_setup(test_background_of_the_same_length,
		    setup),
		cmocka_unit_test_setup(test_arp_stands_in_for_pings, setup),
		cmocka_unit_test_setup(test_answers_that_wait_for_arp, setup),
		cmocka_unit_test(test_esp_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
