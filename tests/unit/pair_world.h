/* pair_world: captures of a pair, made packet by packet. */
#ifndef ESPY_TESTS_PAIR_WORLD_H
#define ESPY_TESTS_PAIR_WORLD_H
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
static bool others_nonce; /* the packets carry another */

struct world {
	struct pair *p;
	uint32_t seq[2];
	bool clear;
	bool mute[SIDES][POINTS]; /* that capture shows nothing at all */
	uint32_t odd;		  /* bytes that ESP adds and nobody knows of */
	int64_t step[SIDES];	  /* how far a clock was set, ns */
};

static inline struct ip
addr(const char *s)
{
	struct ip a;

	assert_int_equal(ip_parse(span_of(s), &a), 0);
	return a;
}

static inline int
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

static inline void
emit(struct world *w, enum side side, enum point point, struct packet *pkt,
    int64_t at)
{
	struct err e;

	if (w->mute[side][point])
		return;
	pkt->time.ns =
	    at + (side == SIDE_B ? OFFSET_S * NS_PER_S : 0) + w->step[side];
	assert_int_equal(pair_add(w->p, side, point, pkt, &e), 0);
}

static inline struct layer
echo(int i, bool reply, uint16_t size, bool overlay)
{
	static uint8_t data[64];
	const struct ip *a = overlay ? spec.overlay : spec.underlay;
	struct layer l = { .kind = PACKET_ICMP };

	memcpy(data + 16, spec.nonce, 16);
	data[16] ^= others_nonce;
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

static inline void
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
		pkt.outer.ip.total_len =
		    esp_length(esp_suite(0), frame, 20, 0) + w->odd;
	}
	emit(w, side, POINT_UNDERLAY, &pkt, at);
}

/* One ping with so many sightings; misses: bits of captures that failed. */
static inline void
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
static inline void
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

static inline struct world
begin(void)
{
	struct world w = { .p = pair_new(&spec) };

	return w;
}

static inline struct ledger
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
static inline struct ledger
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

static inline void
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

#endif
