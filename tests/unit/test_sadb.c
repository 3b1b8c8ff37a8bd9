/*
 * The SADBs of many nodes laid together.
 * links: cluster/sadb cluster/sadb_judge base/mem base/str model/addr
 * links: model/facts model/reason
 */
#include "unit.h"

#include "cluster/sadb.h"

enum { NODES = 3, ROOM = 8, NOW = 1000 };

/* Nodes 0, 1, 2 at 192.0.2.1, .2, .3; each pair has an SA each way. */
struct world {
	struct sa sas[NODES][ROOM];
	struct ifaddr addrs[NODES][2];
	struct facts facts[NODES];
	struct sadb_node nodes[NODES];
	struct sadb s;
};

static struct ip
address(size_t node)
{
	return ip_v4((uint8_t[]){ 192, 0, 2, (uint8_t)(node + 1) });
}

static uint32_t
spi_of(size_t from, size_t to)
{
	return (uint32_t)(0x100 + from * 0x10 + to);
}

static struct sa *
add(struct world *w, size_t on, size_t from, size_t to)
{
	struct facts *f = &w->facts[on];
	struct sa *sa = &f->sas[f->n_sas++];

	assert_true(f->n_sas <= ROOM);
	*sa = (struct sa){ .src = address(from),
		.dst = address(to),
		.proto = 50,
		.spi = spi_of(from, to),
		.crypt = "cbc(aes)",
		.auth = "hmac(sha512)",
		.icv_bits = 256,
		.oseq = on == from ? 7 : 0,
		.seq = on == to ? 7 : 0,
		.add_soft_s = 150,
		.add_hard_s = 300,
		.added_s = NOW - 60 };
	return sa;
}

static void
healthy(struct world *w)
{
	static const char *const names[] = { "a", "b", "c" };

	sadb_free(&w->s);
	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < NODES; i++) {
		struct facts *f = &w->facts[i];

		f->have = HAVE_SAS | HAVE_CLOCK | HAVE_ADDRS;
		f->clock.ns = NOW * NS_PER_S;
		f->uptime_s = 5000;
		f->sas = w->sas[i];
		f->addrs = w->addrs[i];
		f->addrs[0].ip = address(i);
		f->addrs[1].ip = ip_v4((uint8_t[]){ 127, 0, 0, 1 });
		f->n_addrs = 2;
		w->nodes[i] = (struct sadb_node){ names[i], f, { { 0 } }, 0 };
		for (size_t k = 0; k < NODES; k++) {
			if (k == i)
				continue;
			add(w, i, i, k);
			add(w, i, k, i);
		}
	}
}

static struct sa *
find(struct world *w, size_t on, size_t from, size_t to)
{
	for (size_t i = 0; i < w->facts[on].n_sas; i++)
		if (w->sas[on][i].spi == spi_of(from, to))
			return &w->sas[on][i];
	fail();
	return w->sas[on];
}

static void
forget(struct world *w, size_t on, size_t from, size_t to)
{
	*find(w, on, from, to) = w->sas[on][--w->facts[on].n_sas];
}

/* Compares; there must be one complaint, of this kind, or none (FINE). */
static void
expect(struct world *w, enum sadb_kind kind, size_t from, size_t to)
{
	sadb_free(&w->s);
	sadb_compare(w->nodes, NODES, &w->s);
	if (kind == SADB_FINE) {
		assert_int_equal(w->s.n_complaints, 0);
		return;
	}
	assert_int_equal(w->s.n_complaints, 1);
	assert_string_equal(sadb_word(w->s.complaints[0].kind),
	    sadb_word(kind));
	assert_int_equal(w->s.complaints[0].from, from);
	assert_int_equal(w->s.complaints[0].to, to);
}

static void
test_healthy(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	expect(&w, SADB_FINE, 0, 0);
	assert_int_equal(w.s.n_rows, 6);
	for (size_t i = 0; i < w.s.n_rows; i++) {
		assert_non_null(w.s.rows[i].out);
		assert_non_null(w.s.rows[i].in);
		assert_string_equal(sadb_state(&w.nodes[w.s.rows[i].from],
					w.s.rows[i].out),
		    "mature");
	}
	sadb_free(&w.s);
}

static void
test_stale(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	forget(&w, 1, 0, 1);
	expect(&w, SADB_STALE, 0, 1);
	assert_int_equal(w.s.complaints[0].spi, spi_of(0, 1));
	/* The other node's silence is no proof of anything. */
	w.nodes[1].facts = NULL;
	w.nodes[1].known[0] = address(1);
	w.nodes[1].n_known = 1;
	expect(&w, SADB_FINE, 0, 0);
	w.nodes[1].facts = &w.facts[1];
	w.facts[1].have &= ~(unsigned)HAVE_SAS;
	expect(&w, SADB_FINE, 0, 0);
	sadb_free(&w.s);
}

/* Two say that an address is theirs: whose SA it is, nobody knows. */
static void
test_two_owners(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	forget(&w, 1, 0, 1);
	w.addrs[2][1].ip = address(1);
	expect(&w, SADB_FINE, 0, 0);
	sadb_free(&w.s);
}

static void
test_lost(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.facts[1].n_sas = 0;
	sadb_compare(w.nodes, NODES, &w.s);
	assert_int_equal(w.s.n_complaints, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(w.s.complaints[i].kind, SADB_LOST);
		assert_int_equal(w.s.complaints[i].to, 1);
		assert_false(w.s.complaints[i].rebooted);
	}
	sadb_free(&w.s);
	w.facts[1].uptime_s = 57;
	sadb_compare(w.nodes, NODES, &w.s);
	assert_true(w.s.complaints[0].rebooted);
	assert_int_equal(w.s.complaints[0].uptime_s, 57);
	sadb_free(&w.s);
}

static void
test_one_way(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	forget(&w, 0, 0, 1);
	expect(&w, SADB_ONE_WAY, 0, 1);
	sadb_free(&w.s);
}

/* In a rekey each direction has two; the receiver's new half comes first. */
static void
test_rekey(void **state)
{
	struct world w = { 0 };
	struct sa *in, *out;

	(void)state;
	healthy(&w);
	in = add(&w, 1, 0, 1);
	in->spi = 0x900;
	in->added_s = NOW - 1;
	expect(&w, SADB_FINE, 0, 0);
	in->added_s = NOW - 11;
	expect(&w, SADB_NEWEST, 0, 1);
	out = add(&w, 0, 0, 1);
	out->spi = 0x900;
	out->added_s = NOW - 11;
	expect(&w, SADB_FINE, 0, 0);
	/* The old one is gone at the receiver: nothing is sent on it. */
	forget(&w, 1, 0, 1);
	expect(&w, SADB_OLD, 0, 1);
	assert_false(sadb_wrong(SADB_OLD));
	sadb_free(&w.s);
}

static void
test_many(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	for (uint32_t i = 0; i < 2; i++) {
		add(&w, 0, 0, 1)->spi = 0x900 + i;
		add(&w, 1, 0, 1)->spi = 0x900 + i;
	}
	expect(&w, SADB_MANY, 0, 1);
	assert_int_equal(w.s.complaints[0].count, 3);
	/* Old generations wait for their end. */
	find(&w, 0, 0, 1)->added_s = NOW - 200;
	expect(&w, SADB_FINE, 0, 0);
	sadb_free(&w.s);
}

static void
test_algorithms(void **state)
{
	struct world w = { 0 };
	struct sa *in;

	(void)state;
	healthy(&w);
	in = find(&w, 1, 0, 1);
	/* As the other platform calls it, which does not say the ICV. */
	snprintf(in->crypt, sizeof(in->crypt), "aes-cbc");
	snprintf(in->auth, sizeof(in->auth), "hmac-sha512");
	in->icv_bits = 0;
	in->key_bits = 128;
	expect(&w, SADB_FINE, 0, 0);
	snprintf(in->auth, sizeof(in->auth), "something-new");
	expect(&w, SADB_FINE, 0, 0);
	snprintf(in->auth, sizeof(in->auth), "hmac-sha256");
	expect(&w, SADB_ALGORITHMS, 0, 1);
	healthy(&w);
	find(&w, 1, 0, 1)->icv_bits = 96;
	expect(&w, SADB_ALGORITHMS, 0, 1);
	sadb_free(&w.s);
}

/* Only digests of one form, and of both ends, say anything. */
static void
test_keys(void **state)
{
	static const char one[] = "plain 00112233445566778899aabbccddeeff";
	static const char two[] = "plain 00112233445566778899aabbccddee00";
	static const char other[] = "aead 00112233445566778899aabbccddee00";
	struct world w = { 0 };
	struct sa *out, *in;

	(void)state;
	healthy(&w);
	out = find(&w, 0, 0, 1);
	in = find(&w, 1, 0, 1);
	memcpy(out->keys, one, sizeof(one));
	expect(&w, SADB_FINE, 0, 0);
	memcpy(in->keys, one, sizeof(one));
	expect(&w, SADB_FINE, 0, 0);
	memcpy(in->keys, other, sizeof(other));
	expect(&w, SADB_FINE, 0, 0);
	memcpy(in->keys, two, sizeof(two));
	expect(&w, SADB_KEYS, 0, 1);
	/* Of other algorithms they cannot be the same. */
	in->icv_bits = 96;
	expect(&w, SADB_ALGORITHMS, 0, 1);
	sadb_free(&w.s);
}

static void
test_shape(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	find(&w, 1, 0, 1)->esn = true;
	expect(&w, SADB_SHAPE, 0, 1);
	healthy(&w);
	find(&w, 1, 0, 1)->encap = true;
	expect(&w, SADB_SHAPE, 0, 1);
	healthy(&w);
	find(&w, 1, 0, 1)->mode = SA_TUNNEL;
	expect(&w, SADB_SHAPE, 0, 1);
	sadb_free(&w.s);
}

static void
test_larval(void **state)
{
	struct world w = { 0 };
	struct sa *sa;

	(void)state;
	healthy(&w);
	sa = add(&w, 0, 0, 1);
	sa->spi = 0;
	sa->larval = true;
	sa->added_s = NOW - 30;
	expect(&w, SADB_FINE, 0, 0);
	sa->added_s = NOW - 31;
	expect(&w, SADB_LARVAL, 0, 1);
	assert_int_equal(w.s.complaints[0].count, 31);
	sadb_free(&w.s);
}

static void
test_lifetime(void **state)
{
	struct world w = { 0 };
	struct sa *in;

	(void)state;
	healthy(&w);
	in = find(&w, 1, 0, 1);
	in->added_s = NOW - 90;
	expect(&w, SADB_FINE, 0, 0);
	in->added_s = NOW - 91;
	expect(&w, SADB_LIFETIME, 0, 1);
	/* By the other end's clock; when it does not tell, nothing is said. */
	w.facts[1].have &= ~(unsigned)HAVE_CLOCK;
	expect(&w, SADB_FINE, 0, 0);
	sadb_free(&w.s);
}

static void
test_rejects(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	find(&w, 1, 0, 1)->stat_failed = 3;
	find(&w, 1, 0, 1)->stat_replay_window = 2;
	expect(&w, SADB_REJECTS, 0, 1);
	assert_int_equal(w.s.complaints[0].count, 5);
	sadb_free(&w.s);
}

/* A window ahead of the counter: proof only when the counter is later. */
static void
test_sequence(void **state)
{
	struct world first = { 0 }, again = { 0 };

	(void)state;
	healthy(&first);
	find(&first, 1, 0, 1)->seq = 100;
	expect(&first, SADB_SEQUENCE, 0, 1);
	healthy(&again);
	find(&again, 1, 0, 1)->seq = 200;
	find(&again, 0, 0, 1)->oseq = 190;
	expect(&again, SADB_SEQUENCE, 0, 1);
	/* Traffic flows, and the receiver answered later each time. */
	sadb_confirm(&first.s, &again.s);
	assert_int_equal(again.s.n_complaints, 0);
	find(&again, 0, 0, 1)->oseq = 50;
	expect(&again, SADB_SEQUENCE, 0, 1);
	sadb_confirm(&first.s, &again.s);
	assert_int_equal(again.s.n_complaints, 1);
	sadb_free(&first.s);
	sadb_free(&again.s);
}

/* Gone or mended the second time, or of another SA: nothing is reported. */
static void
test_confirm(void **state)
{
	struct world first = { 0 }, again = { 0 };

	(void)state;
	healthy(&first);
	forget(&first, 1, 0, 1);
	expect(&first, SADB_STALE, 0, 1);
	healthy(&again);
	expect(&again, SADB_FINE, 0, 0);
	sadb_confirm(&first.s, &again.s);
	assert_int_equal(again.s.n_complaints, 0);
	find(&again, 0, 0, 1)->spi = 0x777;
	forget(&again, 1, 0, 1);
	expect(&again, SADB_STALE, 0, 1);
	sadb_confirm(&first.s, &again.s);
	assert_int_equal(again.s.n_complaints, 0);
	for (size_t i = 0; i < again.s.n_rows; i++)
		assert_int_equal(again.s.rows[i].word, SADB_FINE);
	healthy(&again);
	forget(&again, 1, 0, 1);
	expect(&again, SADB_STALE, 0, 1);
	sadb_confirm(&first.s, &again.s);
	assert_int_equal(again.s.n_complaints, 1);
	sadb_free(&first.s);
	sadb_free(&again.s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_two_owners),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_one_way),
		cmocka_unit_test(test_rekey),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_larval),
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_rejects),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_confirm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
