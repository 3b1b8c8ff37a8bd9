/*
 * links: correlate/pair correlate/match correlate/tie correlate/arp
 * correlate/judge correlate/esplen model/ledger model/addr base/mem base/err
 * base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "correlate/esplen.h"
#include "correlate/pair.h"
#include "model/addr.h"

/*
 * A world in which every probe makes its eight sightings unless told to die:
 * B's clock is 3 s ahead, the network takes 1 ms, a host 100 us.
 */
enum { PINGS = 40, OFFSET_S = 3 };

static const int64_t start = INT64_C(1700000000) * NS_PER_S;
static struct pair_spec spec;

struct world {
	struct pair *p;
	uint32_t seq[2];
	bool clear;
	bool mute[SIDES][POINTS]; /* that capture shows nothing at all */
};

static struct ip
addr(const char *s)
{
	struct ip a;

	assert_int_equal(ip_parse(span_of(s), &a), 0);
	return a;
}

static int
setup(void **state)
{
	(void)state;
	memset(&spec, 0, sizeof(spec));
	spec.overlay[SIDE_A] = addr("203.0.113.11");
	spec.overlay[SIDE_B] = addr("203.0.113.13");
	spec.underlay[SIDE_A] = addr("192.0.2.11");
	spec.underlay[SIDE_B] = addr("198.51.100.13");
	memcpy(spec.nonce, "0123456789abcdef", 16);
	spec.sentinel = 1000;
	spec.asked = PINGS;
	for (int s = 0; s < SIDES; s++)
		for (int p = 0; p < POINTS; p++)
			spec.taps[s][p] =
			    (struct tap){ .wanted = true, .present = true };
	spec.taps[SIDE_A][POINT_UNDERLAY].sentinels_sent = 2;
	spec.taps[SIDE_B][POINT_UNDERLAY].sentinels_sent = 2;
	return 0;
}

static void
emit(struct world *w, enum side side, enum point point, struct packet *pkt,
    int64_t at)
{
	struct err e;

	if (w->mute[side][point])
		return;
	pkt->time.ns = at + (side == SIDE_B ? OFFSET_S * NS_PER_S : 0);
	assert_int_equal(pair_add(w->p, side, point, pkt, &e), 0);
}

static struct layer
echo(int i, bool reply, uint16_t size, bool overlay)
{
	static uint8_t data[64];
	const struct ip *a = overlay ? spec.overlay : spec.underlay;
	struct layer l = { .kind = PACKET_ICMP };

	memcpy(data + 16, spec.nonce, 16);
	l.icmp = (struct icmp_hdr){ .type = reply ? 0 : 8,
		.id = (uint16_t)(size + 7),
		.seq = (uint16_t)i,
		.data = data,
		.data_len = sizeof(data),
		.wire_data_len = size };
	l.ip.src = a[reply ? SIDE_B : SIDE_A];
	l.ip.dst = a[reply ? SIDE_A : SIDE_B];
	return l;
}

static void
underlay(struct world *w, enum side side, int dir, const struct layer *inner,
    uint32_t frame, uint32_t seq, int64_t at)
{
	struct packet pkt = { .length = frame + 50 };

	pkt.outer.ip.src = spec.underlay[dir];
	pkt.outer.ip.dst = spec.underlay[!dir];
	if (w->clear) {
		pkt.outer.kind = PACKET_VXLAN;
		pkt.outer.udp.len = (uint16_t)(frame + 16);
		pkt.has_inner = true;
		pkt.inner = *inner;
	} else {
		pkt.outer.kind = PACKET_ESP;
		pkt.outer.esp.spi = 0x1000U + (uint32_t)dir;
		pkt.outer.esp.seq = seq;
		pkt.outer.ip.total_len = esp_length(esp_suite(0), frame, 20, 0);
	}
	emit(w, side, POINT_UNDERLAY, &pkt, at);
}

/* One ping with so many sightings; misses: bits of captures that failed. */
static void
ping(struct world *w, int i, int sights, unsigned misses)
{
	uint16_t size = (uint16_t)(56 + 16 * (i % 10));
	int64_t at = start + NS_PER_S + i * 20 * NS_PER_MS;
	static const int64_t delay_us[SIGHTS] = { 0, 100, 1100, 1200, 1250,
		1350, 2350, 2450 };

	for (int s = 0; s < SIGHTS; s++) {
		bool reply = s >= SIGHT_BO_OUT;
		enum side side = s >= 2 && s <= 5 ? SIDE_B : SIDE_A;
		int64_t t = at + delay_us[s] * NS_PER_US;
		struct packet pkt = { .length = size + 42U };

		if (s == SIGHT_AU_OUT || s == SIGHT_BU_OUT)
			w->seq[reply]++;
		if (s >= sights)
			return;
		if ((misses & 1U << s) != 0)
			continue;
		pkt.outer = echo(i, reply, size, true);
		if (s % 4 == 0 || s % 4 == 3)
			emit(w, side, POINT_OVERLAY, &pkt, t);
		else
			underlay(w, side, reply, &pkt.outer, size + 42U,
			    w->seq[reply], t);
	}
}

/* The underlay pings that prove the captures open, before and after. */
static void
sentinel(struct world *w, int i, int64_t at)
{
	struct packet pkt = { .length = 1042 };

	pkt.outer = echo(i, false, 1000, false);
	emit(w, SIDE_A, POINT_UNDERLAY, &pkt, at);
	emit(w, SIDE_B, POINT_UNDERLAY, &pkt, at + NS_PER_MS);
	pkt.outer = echo(i, true, 1000, false);
	emit(w, SIDE_B, POINT_UNDERLAY, &pkt, at + NS_PER_MS);
	emit(w, SIDE_A, POINT_UNDERLAY, &pkt, at + 2 * NS_PER_MS);
	/* B's own: echoes from B to A. */
	pkt.outer = echo(i + 100, false, 1000, false);
	pkt.outer.ip.src = spec.underlay[SIDE_B];
	pkt.outer.ip.dst = spec.underlay[SIDE_A];
	emit(w, SIDE_B, POINT_UNDERLAY, &pkt, at + 3 * NS_PER_MS);
	emit(w, SIDE_A, POINT_UNDERLAY, &pkt, at + 4 * NS_PER_MS);
}

static struct world
begin(void)
{
	struct world w = { .p = pair_new(&spec) };

	return w;
}

static struct ledger
end(struct world *w)
{
	struct ledger l;

	pair_finish(w->p, &l);
	pair_free(w->p);
	return l;
}

/*
 * A whole run.  The first pass counts the frames of each capture, so that in
 * the second each tool can say the right number at its end.
 */
static struct ledger
run(int sights, bool clear, unsigned misses)
{
	struct world w;

	for (int pass = 0;; pass++) {
		struct ledger l;

		w = begin();
		w.clear = clear;
		sentinel(&w, 1, start);
		for (int i = 0; i < PINGS; i++)
			ping(&w, i, sights, misses);
		sentinel(&w, 2, start + 4 * NS_PER_S);
		l = end(&w);
		if (pass == 1)
			return l;
		for (int s = 0; s < SIDES; s++) {
			for (int p = 0; p < POINTS; p++) {
				spec.taps[s][p].clean_end = true;
				spec.taps[s][p].said_captured =
				    l.taps[s][p].frames;
			}
		}
		ledger_free(&l);
	}
}

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

static void
arp(struct world *w, enum side at_side, enum point point, enum side sender,
    bool reply, uint32_t seq, int64_t at)
{
	struct packet pkt = { .length = 42 };
	struct layer l = { .kind = PACKET_ARP };

	l.arp.op = reply ? 2 : 1;
	l.arp.sender = spec.overlay[sender];
	l.arp.target = spec.overlay[!sender];
	if (point == POINT_UNDERLAY) {
		underlay(w, at_side, (int)sender, &l, 42, seq, at);
		return;
	}
	pkt.outer = l;
	emit(w, at_side, POINT_OVERLAY, &pkt, at);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_stage, setup),
		cmocka_unit_test_setup(test_repair_from_downstream, setup),
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
