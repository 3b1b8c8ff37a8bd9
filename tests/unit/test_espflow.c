/*
 * links: correlate/espflow correlate/espjudge correlate/esporder model/addr
 * links: base/err base/mem base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "base/err.h"
#include "correlate/espflow.h"
#include "model/packet.h"

/* Host A's capture is 0, B's is 1, unless a test swaps them. */
enum { A, B };

#define DELAY (200 * NS_PER_US)

/* A network with clocks: B's is `offset` ahead and drifts. */
struct net {
	struct espflow *x;
	struct err e;
	int64_t offset;
	double drift; /* of B's clock, seconds a second */
	unsigned swap;
	uint8_t hops; /* routers between */
};

static void
net_init(struct net *n)
{
	struct espflow_opts o = { .seed = 42 };

	*n = (struct net){ .x = espflow_new(&o), .offset = -77 * NS_PER_S };
}

static struct packet
esp(unsigned from, uint32_t spi, uint32_t seq)
{
	static const uint8_t addr[2][4] = { { 192, 0, 2, 11 },
		{ 198, 51, 100, 13 } };
	struct packet p = { .outer.kind = PACKET_ESP };

	p.outer.ip.src = ip_v4(addr[from]);
	p.outer.ip.dst = ip_v4(addr[1 - from]);
	p.outer.ip.ttl = 64;
	p.outer.esp.spi = spi;
	p.outer.esp.seq = seq;
	return p;
}

static void
see(struct net *n, unsigned host, int64_t ns, struct packet p)
{
	p.time.ns = 1000 * NS_PER_S + ns;
	if (host == B)
		p.time.ns += n->offset + (int64_t)((double)ns * n->drift);
	assert_int_equal(espflow_add(n->x, host ^ n->swap, &p, &n->e), 0);
}

/* Sent by `from` at ns; the other host sees it a delay later. */
static void
pass(struct net *n, unsigned from, int64_t ns, struct packet p)
{
	see(n, from, ns, p);
	p.outer.ip.ttl = (uint8_t)(p.outer.ip.ttl - n->hops);
	see(n, 1 - from, ns + DELAY, p);
}

static struct espflow_result
judge(struct net *n)
{
	struct espflow_result r;

	espflow_judge(n->x, &r);
	return r;
}

static void
net_free(struct net *n, struct espflow_result *r)
{
	free(r->flows);
	espflow_free(n->x);
}

/* 1000 packets each way, a millisecond apart; A's 200 to 204 and 700 lost. */
static void
talk(struct net *n)
{
	for (uint32_t i = 0; i < 1000; i++) {
		int64_t ns = i * NS_PER_MS;

		if ((i >= 200 && i < 205) || i == 700)
			see(n, A, ns, esp(A, 0xaaaa, i + 1));
		else
			pass(n, A, ns, esp(A, 0xaaaa, i + 1));
		pass(n, B, ns + 500 * NS_PER_US, esp(B, 0xbbbb, i + 1));
	}
}

static void
check_talk(struct net *n, unsigned capture_a, enum espflow_order how)
{
	struct espflow_result r = judge(n);
	const struct espflow_flow *f = &r.flows[0];

	assert_int_equal(r.n, 2);
	assert_int_equal(f->spi, 0xaaaa);
	assert_int_equal(f->from, capture_a);
	assert_int_equal(f->how, how);
	assert_int_equal(f->lost, 6);
	assert_int_equal(f->first_lost, 201);
	assert_int_equal(f->last_lost, 701);
	assert_int_equal(f->runs, 2);
	assert_int_equal(f->longest, 5);
	assert_int_equal(f->matched, 994);
	assert_int_equal(f->missed + f->unproven + f->unseen, 0);
	assert_int_equal(f->side[capture_a].seen, 1000);
	assert_int_equal(r.flows[1].spi, 0xbbbb);
	assert_int_equal(r.flows[1].from, 1 - capture_a);
	assert_int_equal(r.flows[1].matched, 1000);
	assert_int_equal(r.flows[1].lost + r.flows[1].missed, 0);
	assert_int_equal(r.lost, 6);
	net_free(n, &r);
}

static void
test_losses(void **state)
{
	struct net n;

	(void)state;
	net_init(&n);
	talk(&n);
	check_talk(&n, 0, ESPFLOW_BY_DELAY);
}

/* The order of the arguments means nothing when the packets know better. */
static void
test_losses_swapped(void **state)
{
	struct net n;

	(void)state;
	net_init(&n);
	n.swap = 1;
	talk(&n);
	check_talk(&n, 1, ESPFLOW_BY_DELAY);
	net_init(&n);
	n.swap = 1;
	n.hops = 2;
	talk(&n);
	check_talk(&n, 1, ESPFLOW_BY_TTL);
}

/* A clock that drifts by more than the delay while the capture lasts. */
static void
test_drift(void **state)
{
	static const double drift[] = { 2e-3, -2e-3 };
	struct espflow_result r;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct net n;

		net_init(&n);
		n.drift = drift[i / 2];
		n.swap = i % 2;
		talk(&n);
		r = judge(&n);
		assert_true(r.clock.drifting);
		free(r.flows);
		check_talk(&n, i % 2, ESPFLOW_BY_DELAY);
	}
}

static void
test_clock(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	talk(&n);
	r = judge(&n);
	assert_true(r.clock.known && r.clock.two_way && !r.clock.drifting);
	assert_true(r.clock.low <= n.offset && n.offset <= r.clock.high);
	assert_int_equal(r.clock.high - r.clock.low, 2 * DELAY);
	net_free(&n, &r);
}

/* What happened before or after the other capture proves nothing. */
static void
test_edges(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < 3000; i++) {
		int64_t ns = i * NS_PER_MS;

		if (i < 1000 || i >= 2000)
			see(&n, A, ns, esp(A, 1, i));
		else
			pass(&n, A, ns, esp(A, 1, i));
		if (i >= 1000 && i < 2000)
			pass(&n, B, ns, esp(B, 2, i));
	}
	r = judge(&n);
	assert_int_equal(r.lost, 0);
	assert_int_equal(r.unproven, 2000);
	assert_int_equal(r.matched, 2000);
	net_free(&n, &r);
}

/*
 * The same, but B's capture goes on with other frames: what A sent is lost,
 * but for the last moments, when it may still have been under way.
 */
static void
test_live_without_esp(void **state)
{
	struct packet other = { .outer.kind = PACKET_ARP };
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < 1000; i++) {
		int64_t ns = i * NS_PER_MS;

		if (i < 500)
			pass(&n, A, ns, esp(A, 1, i));
		else
			see(&n, A, ns, esp(A, 1, i));
		see(&n, B, ns, other);
	}
	r = judge(&n);
	assert_int_equal(r.lost + r.unproven, 500);
	assert_in_range(r.unproven, 1, 15);
	assert_int_equal(r.flows[0].first_lost, 500);
	assert_int_equal(r.flows[0].from, 0);
	assert_int_equal(r.flows[0].how, ESPFLOW_BY_LOSS);
	net_free(&n, &r);
}

/* A flow of which B sees nothing is judged by what else they share. */
static void
test_flow_all_lost(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < 5000; i++) {
		see(&n, A, i * NS_PER_MS, esp(A, 1, i));
		pass(&n, B, i * NS_PER_MS, esp(B, 2, i));
	}
	r = judge(&n);
	assert_int_equal(r.flows[0].matched, 0);
	assert_int_equal(r.flows[0].from, 0);
	assert_int_equal(r.flows[0].runs, 1);
	/* A second at either end: this direction's delay is not known. */
	assert_in_range(r.flows[0].lost, 2990, 3010);
	assert_int_equal(r.flows[0].lost + r.flows[0].unproven, 5000);
	net_free(&n, &r);
}

static void
test_nothing_shared(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < 1000; i++) {
		see(&n, A, i * NS_PER_MS, esp(A, 1, i));
		see(&n, B, i * NS_PER_MS, esp(A, 2, i));
	}
	r = judge(&n);
	assert_int_equal(r.matched + r.lost, 0);
	assert_int_equal(r.unproven, 2000);
	assert_false(r.clock.known);
	net_free(&n, &r);
}

/* One direction, and both captures lack something: the first one sent. */
static void
test_by_argument(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < 100; i++) {
		if (i == 50)
			see(&n, A, i * NS_PER_MS, esp(A, 1, i));
		else if (i == 60)
			see(&n, B, i * NS_PER_MS + DELAY, esp(A, 1, i));
		else if (i != 70)
			pass(&n, A, i * NS_PER_MS, esp(A, 1, i));
	}
	r = judge(&n);
	assert_int_equal(r.flows[0].how, ESPFLOW_BY_ARGUMENT);
	assert_int_equal(r.flows[0].from, 0);
	assert_int_equal(r.flows[0].lost, 1);
	assert_int_equal(r.flows[0].missed, 1);
	assert_int_equal(r.missed[0], 1);
	assert_int_equal(r.passed[0], 97);
	assert_int_equal(r.flows[0].unseen, 1);
	net_free(&n, &r);
}

static void
test_duplicates_and_order(void **state)
{
	static const uint32_t order[] = { 1, 2, 5, 3, 4, 4, 6, 10, 7, 2 };
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		see(&n, A, i * NS_PER_MS, esp(A, 1, order[i]));
	r = judge(&n);
	assert_int_equal(r.flows[0].side[0].seen, 8);
	assert_int_equal(r.flows[0].side[0].duplicates, 2);
	assert_int_equal(r.flows[0].side[0].reordered, 3);
	assert_int_equal(r.flows[0].side[0].distance, 3);
	assert_int_equal(r.flows[0].side[0].restarts, 0);
	net_free(&n, &r);
}

/* The same SPI anew: numbers mean other packets, so nothing is claimed. */
static void
test_restart(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < 100; i++)
		pass(&n, A, i * NS_PER_MS, esp(A, 1, i));
	for (uint32_t i = 0; i < 200; i++)
		if (i != 150)
			pass(&n, A, 5 * NS_PER_S + i * NS_PER_MS, esp(A, 1, i));
		else
			see(&n, A, 5 * NS_PER_S + i * NS_PER_MS, esp(A, 1, i));
	r = judge(&n);
	assert_true(r.flows[0].side[0].restarts > 0);
	assert_int_equal(r.flows[0].side[0].reordered, 0);
	assert_int_equal(r.lost, 0);
	assert_int_equal(r.unproven, 1);
	net_free(&n, &r);

	net_init(&n);
	pass(&n, A, 0, esp(A, 1, 1000000));
	pass(&n, A, NS_PER_MS, esp(A, 1, 1));
	r = judge(&n);
	assert_int_equal(r.flows[0].side[1].restarts, 1);
	net_free(&n, &r);
}

/* Numbers at the ends of blocks and of 32 bits. */
static void
test_number_edges(void **state)
{
	static const uint32_t seqs[] = { 0, 63, 64, 127, 128, 4095, 4096 };
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
		pass(&n, A, i * NS_PER_MS, esp(A, 1, seqs[i]));
		pass(&n, A, i * NS_PER_MS, esp(A, 2, UINT32_MAX - 9 + i));
	}
	see(&n, A, 3 * NS_PER_MS, esp(A, 2, UINT32_MAX - 1));
	pass(&n, A, 8 * NS_PER_MS, esp(A, 2, UINT32_MAX));
	r = judge(&n);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.flows[0].matched, 7);
	assert_int_equal(r.flows[0].unseen, 4097 - 7);
	assert_int_equal(r.flows[1].matched, 8);
	assert_int_equal(r.flows[1].lost, 1);
	assert_int_equal(r.flows[1].first_lost, UINT32_MAX - 1);
	assert_int_equal(r.flows[1].unseen, 1);
	net_free(&n, &r);
}

/* A NAT on the way rewrites the source; the SPI stays. */
static void
test_nat(void **state)
{
	static const uint8_t outside[4] = { 203, 0, 113, 5 };
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint32_t i = 0; i < 100; i++) {
		struct packet p = esp(A, 7, i);

		p.outer.esp.natt = true;
		see(&n, A, i * NS_PER_MS, p);
		p.outer.ip.src = ip_v4(outside);
		p.outer.ip.ttl--;
		if (i != 50)
			see(&n, B, i * NS_PER_MS + DELAY, p);
	}
	r = judge(&n);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.flows[0].kind, ESPFLOW_NATT);
	assert_int_equal(r.flows[0].matched, 99);
	assert_int_equal(r.flows[0].lost, 1);
	assert_int_equal(r.flows[0].src.b[0], 192);
	net_free(&n, &r);
}

static struct packet
ping(unsigned from, uint8_t type, uint16_t id, uint16_t seq)
{
	struct packet p = esp(from, 0, 0);

	p.inner.ip = p.outer.ip;
	p.outer.kind = PACKET_VXLAN;
	p.has_inner = true;
	p.vni = 5;
	p.inner.kind = PACKET_ICMP;
	p.inner.icmp.type = type;
	p.inner.icmp.id = id;
	p.inner.icmp.seq = seq;
	return p;
}

static void
test_pings(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	for (uint16_t i = 0; i < 100; i++) {
		pass(&n, A, i * NS_PER_MS, ping(A, 8, 1, i));
		pass(&n, A, i * NS_PER_MS, ping(A, 8, 2, i));
		if (i == 30)
			see(&n, B, i * NS_PER_MS + 2 * DELAY, ping(B, 0, 1, i));
		else
			pass(&n, B, i * NS_PER_MS + 2 * DELAY,
			    ping(B, 0, 1, i));
		see(&n, A, i * NS_PER_MS, ping(A, 3, 1, i));
	}
	r = judge(&n);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.flows[0].kind, ESPFLOW_PING);
	assert_int_equal(r.flows[0].matched, 200);
	assert_int_equal(r.flows[0].spi, 5);
	assert_int_equal(r.flows[1].kind, ESPFLOW_PONG);
	assert_int_equal(r.flows[1].from, 1);
	assert_int_equal(r.flows[1].how, ESPFLOW_BY_DELAY);
	assert_int_equal(r.flows[1].lost, 1);
	assert_int_equal(r.flows[1].first_lost, 1 << 16 | 30);
	assert_int_equal(r.frames[0], 399);
	assert_int_equal(r.known[0], 299);
	net_free(&n, &r);
}

static void
test_limits(void **state)
{
	struct espflow_opts o = { .max_bytes = 64 * 1024, .max_flows = 3 };
	struct espflow *x = espflow_new(&o);
	struct espflow_result r;
	struct packet p;
	struct err e = { 0 };
	uint32_t n = 0;

	(void)state;
	for (; n < 100000; n++) {
		p = esp(A, 1, n);
		if (espflow_add(x, 0, &p, &e) < 0)
			break;
	}
	assert_in_range(n, 64 * 60, 64 * 64);
	assert_int_equal(e.kind, ERR_LIMIT);
	for (uint32_t spi = 2; spi < 4; spi++) {
		p = esp(A, spi, 1);
		assert_int_equal(espflow_add(x, 0, &p, &e), -1);
	}
	p = esp(A, 4, 1);
	assert_int_equal(espflow_add(x, 0, &p, &e), -1);
	assert_string_equal(e.text, "more than 3 flows");
	espflow_judge(x, &r);
	assert_int_equal(r.flows[0].side[0].seen, n);
	free(r.flows);
	espflow_free(x);
}

static void
test_nothing(void **state)
{
	struct espflow_result r;
	struct net n;

	(void)state;
	net_init(&n);
	r = judge(&n);
	assert_int_equal(r.n, 0);
	assert_false(r.clock.known);
	net_free(&n, &r);
	espflow_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_losses_swapped),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_live_without_esp),
		cmocka_unit_test(test_flow_all_lost),
		cmocka_unit_test(test_nothing_shared),
		cmocka_unit_test(test_by_argument),
		cmocka_unit_test(test_duplicates_and_order),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_number_edges),
		cmocka_unit_test(test_nat),
		cmocka_unit_test(test_pings),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
