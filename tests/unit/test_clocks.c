/*
 * links: correlate/clocks model/addr base/err base/mem base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "correlate/clocks.h"
#include "model/packet.h"

#define DELAY (200 * NS_PER_US)
#define BEGIN (INT64_C(1764000000) * NS_PER_S)

/* Two nodes, B's clock `offset` ahead and drifting, and a network between. */
struct net {
	struct clocks *c;
	struct ip ip[SIDES];
	int64_t offset;
	double drift; /* of B's clock, seconds a second */
	uint32_t random;
};

static void
net_init(struct net *n, int64_t offset)
{
	const uint8_t a[4] = { 192, 0, 2, 11 }, b[4] = { 198, 51, 100, 13 };

	*n = (struct net){ .offset = offset, .random = 1 };
	n->ip[SIDE_A] = ip_v4(a);
	n->ip[SIDE_B] = ip_v4(b);
	n->c = clocks_new(n->ip);
}

static int64_t
theta(const struct net *n, int64_t t)
{
	return n->offset + (int64_t)((double)(t - BEGIN) * n->drift);
}

/* Up to 4 ms, mostly little: the sum of what queues add. */
static int64_t
jitter(struct net *n)
{
	n->random = n->random * 1664525 + 1013904223;
	return n->random % 8 == 0 ? n->random % 4000000 : n->random % 100000;
}

static struct packet
esp(const struct net *n, enum side from, uint32_t seq)
{
	struct packet p = { .outer = { .kind = PACKET_ESP } };

	p.outer.ip.src = n->ip[from];
	p.outer.ip.dst = n->ip[!from];
	p.outer.esp.spi = from == SIDE_A ? 0xc0000001 : 0xc0000002;
	p.outer.esp.seq = seq;
	return p;
}

static void
see(struct net *n, enum side at, struct packet p, int64_t t)
{
	p.time.ns = t + (at == SIDE_B ? theta(n, t) : 0);
	clocks_add(n->c, at, &p);
}

/* t is true time, on A's clock. */
static void
cross(struct net *n, enum side from, const struct packet *p, int64_t t,
    int64_t delay)
{
	see(n, from, *p, t);
	see(n, !from, *p, t + delay);
}

static void
exchange(struct net *n, uint32_t first, uint32_t count, int64_t step)
{
	for (uint32_t i = first; i < first + count; i++) {
		int64_t t = BEGIN + i * step;
		struct packet go = esp(n, SIDE_A, i), back = esp(n, SIDE_B, i);

		cross(n, SIDE_A, &go, t, DELAY + jitter(n));
		cross(n, SIDE_B, &back, t + 5 * DELAY, DELAY + jitter(n));
	}
}

static int64_t
wrong(const struct net *n, int64_t t)
{
	const struct wall b = { t + theta(n, t) };
	int64_t d = clocks_to_a(n->c, b).ns - t;

	return d < 0 ? -d : d;
}

/* The bounds hold, and are no wider than the delays both ways. */
static void
test_two_way(void **state)
{
	static const int64_t offsets[] = { 0, 3 * NS_PER_S, -86400 * NS_PER_S,
		12345678 };
	struct clocks_fit f;
	struct net n;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		net_init(&n, offsets[i]);
		exchange(&n, 0, 200, 10 * NS_PER_MS);
		clocks_fit(n.c, &f);
		assert_int_equal(f.matched, 400);
		assert_true(f.above && f.below && !f.moving);
		assert_true(f.low <= n.offset && n.offset <= f.high);
		assert_true(f.high - f.low < 2 * DELAY + NS_PER_MS / 10);
		assert_true(wrong(&n, BEGIN + NS_PER_S) < DELAY / 2);
		clocks_settle(n.c);
		assert_true(wrong(&n, BEGIN + NS_PER_S) < DELAY / 2);
		clocks_free(n.c);
	}
}

/* One way bounds one side, and the guess is off by the delay at most. */
static void
test_one_way(void **state)
{
	struct clocks_fit f;
	struct net n;

	(void)state;
	for (enum side from = SIDE_A; from < SIDES; from++) {
		net_init(&n, 3 * NS_PER_S);
		for (uint32_t i = 0; i < 50; i++) {
			struct packet p = esp(&n, from, i);

			cross(&n, from, &p, BEGIN + i * NS_PER_MS, DELAY);
		}
		clocks_fit(n.c, &f);
		assert_int_equal(f.above, from == SIDE_A);
		assert_int_equal(f.below, from == SIDE_B);
		assert_int_equal(f.theta,
		    n.offset + (from == SIDE_A ? DELAY : -DELAY));
		clocks_free(n.c);
	}
}

/* Seconds of drift: no constant fits, and yet each packet finds its place. */
static void
test_drift(void **state)
{
	static const double drifts[] = { 50e-6, -200e-6, 0.01 };
	struct clocks_fit f;
	struct net n;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		net_init(&n, -7 * NS_PER_MS);
		n.drift = drifts[i];
		exchange(&n, 0, 6000, 10 * NS_PER_MS);
		clocks_fit(n.c, &f);
		assert_true(f.moving);
		assert_true((f.last > f.first) == (drifts[i] > 0));
		clocks_settle(n.c);
		for (int64_t t = 3; t < 57; t++)
			assert_true(wrong(&n, BEGIN + t * NS_PER_S) < DELAY);
		clocks_free(n.c);
	}
}

/* A day: the windows get wider and stay enough. */
static void
test_long(void **state)
{
	struct clocks_fit f;
	struct net n;

	(void)state;
	net_init(&n, NS_PER_S);
	n.drift = 1e-6;
	exchange(&n, 0, 8640, 10 * NS_PER_S);
	clocks_fit(n.c, &f);
	assert_int_equal(f.matched, 2 * 8640);
	assert_true(f.moving);
	clocks_settle(n.c);
	for (int64_t h = 1; h < 24; h++)
		assert_true(wrong(&n, BEGIN + h * 3600 * NS_PER_S) < NS_PER_MS);
	/* Beyond both ends the ends count. */
	assert_true(wrong(&n, BEGIN - 60 * NS_PER_S) < NS_PER_MS);
	assert_true(wrong(&n, BEGIN + 86460 * NS_PER_S) < NS_PER_MS);
	clocks_free(n.c);
}

/* Nothing in common, or nothing known: each keeps its clock. */
static void
test_nothing(void **state)
{
	struct clocks_fit f;
	struct net n;

	(void)state;
	net_init(&n, 3 * NS_PER_S);
	for (uint32_t i = 0; i < 100; i++) {
		see(&n, SIDE_A, esp(&n, SIDE_A, i), BEGIN + i);
		see(&n, SIDE_B, esp(&n, SIDE_A, i + 1000), BEGIN + i);
		/* Both say that they sent it: not the same packet. */
		see(&n, SIDE_B, esp(&n, SIDE_B, i + 5000), BEGIN + i);
	}
	clocks_fit(n.c, &f);
	assert_int_equal(f.matched, 0);
	assert_false(f.above || f.below || f.moving);
	assert_int_equal(clocks_to_a(n.c, (struct wall){ BEGIN }).ns, BEGIN);
	clocks_free(n.c);
}

/* An old sighting is not matched with a new packet of the same numbers. */
static void
test_stale(void **state)
{
	struct packet p;
	struct clocks_fit f;
	struct net n;

	(void)state;
	net_init(&n, 0);
	p = esp(&n, SIDE_A, 7);
	see(&n, SIDE_B, p, BEGIN); /* A did not capture it */
	exchange(&n, 1000, 3000, 10 * NS_PER_MS);
	cross(&n, SIDE_A, &p, BEGIN + 45 * NS_PER_S, DELAY);
	clocks_fit(n.c, &f);
	assert_int_equal(f.matched, 6001);
	assert_true(f.low <= 0 && f.high >= 0 && !f.moving);
	clocks_free(n.c);
}

/* Other protocols that cross unchanged. */
static void
test_kinds(void **state)
{
	static const uint8_t data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct clocks_fit f;
	struct packet p[4];
	struct net n;

	(void)state;
	net_init(&n, NS_PER_S);
	for (int i = 0; i < 4; i++)
		p[i] = esp(&n, i % 2 == 0 ? SIDE_A : SIDE_B, 1);
	p[0].outer.kind = PACKET_IKE;
	p[0].outer.ike.initiator_spi = 77;
	p[1].outer.kind = PACKET_ICMP;
	p[1].outer.icmp = (struct icmp_hdr){ .type = 8,
		.id = 5,
		.seq = 6,
		.data = data,
		.data_len = sizeof(data) };
	p[2].outer.kind = PACKET_VXLAN;
	p[2].has_inner = true;
	p[2].vni = 2;
	p[2].inner = p[1].outer;
	p[3].outer.kind = PACKET_UDP;
	for (int i = 0; i < 4; i++)
		cross(&n, i % 2 == 0 ? SIDE_A : SIDE_B, &p[i],
		    BEGIN + i * NS_PER_MS, DELAY);
	clocks_fit(n.c, &f);
	assert_int_equal(f.matched, 3);
	/* Another VNI is another packet. */
	see(&n, SIDE_A, p[2], BEGIN + NS_PER_S);
	p[2].vni = 3;
	see(&n, SIDE_B, p[2], BEGIN + NS_PER_S + DELAY);
	clocks_fit(n.c, &f);
	assert_int_equal(f.matched, 3);
	assert_int_equal(f.high - f.low, 2 * DELAY);
	clocks_free(n.c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_way),
		cmocka_unit_test(test_one_way),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
