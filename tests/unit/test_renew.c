/*
 * Which pairs have SAs, and whether new ones took their place.
 * links: cluster/renew base/mem base/str base/err model/addr model/facts
 * links: model/reason
 */
#include <stdlib.h>

#include "unit.h"

#include "cluster/renew.h"
#include "model/facts.h"

enum { NODES = 3, ROOM = 8 };

/* Nodes 192.0.2.1, .2, .3, each with a few SAs of its own. */
struct world {
	struct facts facts[NODES];
	struct ifaddr addrs[NODES];
	struct sa sas[NODES][ROOM];
	const struct facts *list[NODES];
};

static struct ip
address(size_t node)
{
	const uint8_t b[4] = { 192, 0, 2, (uint8_t)(node + 1) };

	return ip_v4(b);
}

static void
begin(struct world *w)
{
	*w = (struct world){ .list = { NULL } };
	for (size_t i = 0; i < NODES; i++) {
		w->addrs[i].ip = address(i);
		w->facts[i] = (struct facts){ .have = HAVE_SAS | HAVE_ADDRS,
			.addrs = &w->addrs[i],
			.n_addrs = 1,
			.sas = w->sas[i] };
		w->list[i] = &w->facts[i];
	}
}

static void
hold(struct world *w, size_t at, size_t from, size_t to, uint32_t spi)
{
	struct facts *f = &w->facts[at];

	f->sas[f->n_sas++] = (struct sa){ .src = address(from),
		.dst = address(to),
		.proto = 50,
		.spi = spi };
}

/* Both directions, at both ends. */
static void
connect(struct world *w, size_t a, size_t b, uint32_t spi)
{
	for (size_t at = a;; at = b) {
		hold(w, at, a, b, spi);
		hold(w, at, b, a, spi + 1);
		if (at == b)
			return;
	}
}

static void
expect(struct world *before, struct world *after, enum renew_state state)
{
	struct renew_pair p = { .a = 0, .b = 1 };

	renew_check(before->list, after->list, &p);
	assert_int_equal(p.state, state);
}

static void
test_pairs(void **state)
{
	struct renew_pair *v;
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(renew_pairs(w.list, NODES, &v), 0);
	free(v);
	connect(&w, 0, 2, 100);
	/* Of another protocol, and to somebody who is not asked. */
	hold(&w, 0, 0, 1, 7);
	w.sas[0][w.facts[0].n_sas - 1].proto = 51;
	hold(&w, 1, 1, 9, 8);
	assert_int_equal(renew_pairs(w.list, NODES, &v), 1);
	assert_int_equal(v[0].a, 0);
	assert_int_equal(v[0].b, 2);
	assert_int_equal(v[0].before, 4);
	free(v);
	w.list[2] = NULL;
	assert_int_equal(renew_pairs(w.list, NODES, &v), 0);
	free(v);
}

/* Policies of both demand SAs that are not there. */
static void
test_demanded(void **state)
{
	struct policy out[2] = { { .dir = POLICY_OUT,
				     .dst = address(1),
				     .dst_prefix = 32,
				     .has_tmpl = true },
		{ .dir = POLICY_OUT,
		    .dst = address(0),
		    .dst_prefix = 32,
		    .has_tmpl = true } };
	struct renew_pair *v;
	struct world w;

	(void)state;
	begin(&w);
	w.facts[0].policies = &out[0];
	w.facts[0].n_policies = 1;
	assert_int_equal(renew_pairs(w.list, NODES, &v), 0);
	free(v);
	w.facts[1].policies = &out[1];
	w.facts[1].n_policies = 1;
	assert_int_equal(renew_pairs(w.list, NODES, &v), 1);
	assert_int_equal(v[0].before, 0);
	free(v);
}

static void
test_states(void **state)
{
	struct world before, after;

	(void)state;
	begin(&before);
	connect(&before, 0, 1, 100);
	begin(&after);
	expect(&before, &after, RENEW_NONE);
	connect(&after, 0, 1, 200);
	expect(&before, &after, RENEW_DONE);
	/* Larval: IKE has not come to an end. */
	after.sas[1][0].larval = true;
	expect(&before, &after, RENEW_HALF);
	/* What the sender uses its receiver does not have. */
	after.sas[1][0].larval = false;
	after.sas[1][0].spi = 201;
	expect(&before, &after, RENEW_HALF);
	/* At one end, in one direction, an old one. */
	after.sas[1][0].spi = 100;
	expect(&before, &after, RENEW_KEPT);
	after.facts[1].have = HAVE_ADDRS;
	expect(&before, &after, RENEW_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_demanded),
		cmocka_unit_test(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
