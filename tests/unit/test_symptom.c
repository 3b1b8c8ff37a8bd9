/*
 * The six pictures of Danube's guide, and what is none of them.
 * links: diagnose/ model/ledger model/facts model/addr base/mem base/str
 * links: model/reason base/buf
 */
#include "unit.h"

#include "diag_check.h"

static void
ike(enum side side, bool outgoing)
{
	w->l.ike[w->l.n_ike++] =
	    (struct ike_seen){ .side = side, .outgoing = outgoing };
}

static void
check(enum symptom s, const char *words)
{
	judge_world(w);
	assert_int_equal(w->v.symptom, s);
	if (words == NULL)
		assert_string_equal(w->v.advice, "");
	else
		assert_non_null(strstr(w->v.advice, words));
}

static void
test_no_ipsec(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_EGRESS_A);
	put(w->in.facts[SIDE_B].ike_daemon, "");
	check(SYMPTOM_NO_IPSEC, "node3: not running");
	assert_non_null(strstr(w->v.advice, "node1: charon"));
}

static void
test_ike_one(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_EGRESS_A);
	ike(SIDE_A, true);
	ike(SIDE_A, true);
	ike(SIDE_B, false);
	check(SYMPTOM_IKE_ONE, "2 IKE messages left node1, 1 arrived at node3");
}

static void
test_ike_alone(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_EGRESS_A);
	ike(SIDE_A, true);
	ike(SIDE_B, true);
	check(SYMPTOM_IKE_ALONE, "1 IKE messages left node1 and 1 left node3");
}

static void
test_esp_one(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_INGRESS_B);
	check(SYMPTOM_ESP_ONE, "100 packets left node1, 100 arrived at node3");
}

static void
test_esp_idle(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_INGRESS_A);
	check(SYMPTOM_ESP_IDLE, "100 left node3 (100 arrived)");
}

/* All come back, and A takes none of them in. */
static void
test_unheard(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_DELIVERED);
	*counter(w, SIDE_A, AFTER, "Icmp.InEchoReps") -= 100;
	check(SYMPTOM_ESP_IDLE, "100 left node3 (100 arrived)");
}

/* At any time: it works, and costs. */
static void
test_pieces(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_DELIVERED);
	w->l.tunnel[0].fragments_sent = 7;
	w->in.facts[SIDE_A].links[0].mtu = 1500;
	w->in.facts[SIDE_B].links[0].mtu = 1400;
	check(SYMPTOM_ESP_PIECES, "7 fragments");
	assert_non_null(strstr(w->v.advice, "1400"));
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
}

static void
test_none(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_DELIVERED);
	check(SYMPTOM_NONE, NULL);
}

/* Some come back: then none of the pictures is true. */
static void
test_some_come_back(void **state)
{
	(void)state;
	add_probes(w, 90, STAGE_NETWORK_AB);
	add_probes(w, 10, STAGE_DELIVERED);
	check(SYMPTOM_NONE, NULL);
}

/* A capture that missed something shows no absence. */
static void
test_not_all_seen(void **state)
{
	(void)state;
	add_probes(w, 100, STAGE_EGRESS_A);
	w->l.taps[SIDE_B][POINT_UNDERLAY].kernel_drops = 1;
	check(SYMPTOM_NONE, NULL);
}

/* In clear, and nobody wants it otherwise. */
static void
test_clear(void **state)
{
	(void)state;
	world_free(w);
	w = world_clear();
	add_probes(w, 100, STAGE_NETWORK_AB);
	w->l.tunnel[0].fragments_sent = 7;
	check(SYMPTOM_NONE, NULL);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_ipsec),
		TEST(test_ike_one),
		TEST(test_ike_alone),
		TEST(test_esp_one),
		TEST(test_esp_idle),
		TEST(test_unheard),
		TEST(test_pieces),
		TEST(test_none),
		TEST(test_some_come_back),
		TEST(test_not_all_seen),
		TEST(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
