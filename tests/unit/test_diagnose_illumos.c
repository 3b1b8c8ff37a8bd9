/*
 * What SmartOS says in its own words, to the same verdicts.
 * links: diagnose/ model/ledger model/facts model/reason model/addr base/buf
 * links: base/mem base/str
 */
#include "unit.h"

#include "diag_check.h"
#include "model/reason.h"

enum { LOST = 100 };

/* A node of SmartOS's: what Linux alone counts is not there. */
static void
make_smartos(enum side s)
{
	static const char *const names[] = { "XfrmInNoStates",
		"XfrmInStateProtoError", "XfrmInStateSeqError",
		"XfrmOutNoStates", "Udp.InDatagrams", "Udp.InErrors" };

	name_illumos(w, s);
	for (enum moment m = FACTS; m < MOMENTS; m++) {
		struct facts *f = facts_of(w, s, m);

		put(f->platform, "illumos");
		put(f->ike_daemon, "in.iked");
		f->have &= ~(unsigned)(HAVE_SOCKETS | HAVE_FIREWALL);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			put(counter_slot(w, s, m, names[i])->name, "-");
	}
}

static bool
says(const char *text)
{
	const struct finding *f = &w->v.findings[0];

	for (size_t i = 0; i < f->n_evidence; i++)
		if (strstr(f->evidence[i].text, text) != NULL)
			return true;
	for (size_t i = 0; i < f->n_remedies; i++)
		if (strstr(f->remedies[i].command, text) != NULL)
			return true;
	return false;
}

static void
test_unknown_spi(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	forget_sa(w, SIDE_B, SPI_AB);
	add_probes(w, LOST, STAGE_INGRESS_B);
	rises(w, SIDE_B, "ipdrop.esp_no_sa", LOST);
	judge_world(w);
	check_node(SIDE_B, "sa-unknown-inbound");
	assert_true(says("ipdrop.esp_no_sa rose by 100"));
	/* A deals in Linux's words, B in its own. */
	assert_true(says("swanctl --rekey"));
}

static void
test_delete_in_its_words(void **state)
{
	(void)state;
	make_smartos(SIDE_A);
	make_smartos(SIDE_B);
	forget_sa(w, SIDE_B, SPI_AB);
	add_probes(w, LOST, STAGE_INGRESS_B);
	rises(w, SIDE_B, "ipdrop.esp_no_sa", LOST);
	judge_world(w);
	check_node(SIDE_B, "sa-unknown-inbound");
	assert_true(says("ipseckey delete-pair esp spi 0x00000011 dest "));
	assert_false(says("ip xfrm"));
}

/* SAs that do not count: the node's counter does, while nothing gets in. */
static void
test_keys_differ(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	add_probes(w, LOST, STAGE_INGRESS_B);
	rises(w, SIDE_B, "ipdrop.esp_bad_auth", LOST);
	judge_world(w);
	check_node(SIDE_B, "sa-key-mismatch");
	assert_true(says("esp_bad_auth"));
}

/* Somebody else's bad packets name nothing. */
static void
test_too_few_bad_ones(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	add_probes(w, LOST, STAGE_INGRESS_B);
	rises(w, SIDE_B, "ipdrop.esp_bad_auth", LOST / 4);
	judge_world(w);
	assert_string_not_equal(w->v.findings[0].rule, "sa-key-mismatch");
	assert_int_equal(w->v.findings[0].node, SIDE_B);
}

static void
test_sequence_restart(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	for (enum moment m = FACTS; m < MOMENTS; m++)
		sa_of(w, SIDE_B, m, SPI_AB)->seq = 5000;
	add_probes(w, LOST, STAGE_INGRESS_B);
	rises(w, SIDE_B, "ipdrop.esp_early_replay", LOST);
	judge_world(w);
	check_node(SIDE_B, "sequence-restart");
}

/* Copies are behind the window, too, and are no loss. */
static void
test_duplicates(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	add_probes(w, LOST, STAGE_INGRESS_B);
	w->l.tunnel[0].duplicates = LOST;
	rises(w, SIDE_B, "ipdrop.esp_early_replay", LOST);
	judge_world(w);
	assert_string_not_equal(w->v.findings[0].rule, "replay-window");
}

static void
drop_policies(enum side s)
{
	for (enum moment m = FACTS; m < MOMENTS; m++)
		facts_of(w, s, m)->n_policies = 0;
}

/* It sends in clear, the other asks for ESP. */
static void
test_policy_missing(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	drop_policies(SIDE_A);
	add_probes(w, LOST, STAGE_INGRESS_B);
	w->l.tunnel[0].sent = w->l.tunnel[0].received = 0;
	w->l.tunnel[0].n_spis = 0;
	w->l.tunnel[0].clear_sent = w->l.tunnel[0].clear_received = LOST;
	rises(w, SIDE_B, "ipdrop.spd_got_clear", LOST);
	judge_world(w);
	check_node(SIDE_A, "ipsec-policy-missing");
}

/* SmartOS refuses what was protected without a policy; Linux takes it. */
static void
test_got_secure(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	drop_policies(SIDE_B);
	add_probes(w, LOST, STAGE_INGRESS_B);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets += LOST;
	rises(w, SIDE_B, "ipdrop.spd_got_secure", LOST);
	judge_world(w);
	check_node(SIDE_B, "ipsec-policy-none");
	assert_true(says("svcadm refresh svc:/network/ipsec/policy:default"));
}

static void
test_policy_mismatch(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	add_probes(w, LOST, STAGE_INGRESS_B);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets += LOST;
	rises(w, SIDE_B, "ipdrop.spd_bad_espaalg", LOST);
	judge_world(w);
	check_node(SIDE_B, "ipsec-policy-mismatch");
}

/* Four packets wait for the SA; the others are counted. */
static void
test_no_sa(void **state)
{
	(void)state;
	make_smartos(SIDE_A);
	forget_all(w, SIDE_A);
	add_probes(w, LOST, STAGE_EGRESS_A);
	rises(w, SIDE_A, "ipdrop.sadb_acquire_toofull", LOST - 4);
	judge_world(w);
	check_unknown("ike-silent");
	assert_true(says("sadb_acquire_toofull rose by 96"));
	assert_true(says("ikeadm -np dump p1"));
	facts_of(w, SIDE_A, FACTS)->ike_daemon[0] = '\0';
	judge_world(w);
	check_node(SIDE_A, "ike-silent");
	assert_true(says("svcadm enable svc:/network/ipsec/ike:default"));
}

static void
ike1_at(enum side s, bool outgoing, uint8_t exchange, uint8_t flags)
{
	w->l.ike[w->l.n_ike++] = (struct ike_seen){ .side = s,
		.outgoing = outgoing,
		.ike = { .version = 0x10,
		    .exchange = exchange,
		    .flags = flags,
		    .length = 116 } };
}

static void
ike1(bool outgoing, uint8_t exchange, uint8_t flags)
{
	ike1_at(SIDE_A, outgoing, exchange, flags);
}

/*
 * Main mode's fifth message, again and again: the secrets differ, unless it
 * does not get through.
 */
static void
test_ike1_auth(void **state)
{
	(void)state;
	make_smartos(SIDE_A);
	forget_all(w, SIDE_A);
	add_probes(w, LOST, STAGE_EGRESS_A);
	rises(w, SIDE_A, "ipdrop.sadb_acquire_toofull", LOST);
	for (int i = 0; i < 4; i++)
		ike1(i % 2 == 0, 2, 0);
	for (int i = 0; i < 3; i++)
		ike1(true, 2, 1);
	judge_world(w);
	check_nobody();
	for (int i = 0; i < 3; i++)
		ike1_at(SIDE_B, false, 2, 1);
	judge_world(w);
	check_node(SIDE_A, "ike-auth-failed");
	assert_true(says("ikeadm read preshared"));
}

/* A healthy main mode is no such thing. */
static void
test_ike1_healthy(void **state)
{
	(void)state;
	make_smartos(SIDE_A);
	forget_all(w, SIDE_A);
	add_probes(w, LOST, STAGE_EGRESS_A);
	rises(w, SIDE_A, "ipdrop.sadb_acquire_toofull", LOST);
	ike1(true, 2, 1);
	ike1(false, 2, 1);
	ike1(true, 32, 1);
	judge_world(w);
	check_unknown("sa-missing");
}

/* ARP is answered on the node itself: who does not answer is not the peer. */
static void
test_arp_is_local(void **state)
{
	(void)state;
	make_smartos(SIDE_A);
	add_probes(w, LOST, STAGE_EGRESS_A);
	arp_only(w);
	judge_world(w);
	check_node(SIDE_A, "overlay-map");
}

static void
test_vni(void **state)
{
	(void)state;
	make_smartos(SIDE_B);
	w->run.nodes[SIDE_B].vni = 9;
	for (enum moment m = FACTS; m < MOMENTS; m++)
		facts_of(w, SIDE_B, m)->links[0].vni = 9;
	add_probes(w, LOST, STAGE_INGRESS_B);
	sa_of(w, SIDE_B, AFTER, SPI_AB)->packets += LOST;
	judge_world(w);
	check_node(SIDE_B, "vni-mismatch");
	assert_int_equal(w->v.findings[0].confidence, CONFIDENCE_HIGH);
}

/* Whatever it is, it is not more than the node that is named. */
static void
test_healthy(void **state)
{
	(void)state;
	make_smartos(SIDE_A);
	make_smartos(SIDE_B);
	add_probes(w, LOST, STAGE_DELIVERED);
	judge_world(w);
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
}

static bool
notes(const char *text)
{
	for (size_t i = 0; i < w->v.n_notes; i++)
		if (strcmp(w->v.notes[i], text) == 0)
			return true;
	return false;
}

/* What DTrace counted is told, most first, and changes no verdict. */
static void
test_drops_are_notes(void **state)
{
	static const struct reason drops[] = {
		{ "udpIfStatsInOverflows", "in", "IP", 2 },
		{ "esp_no_sa", "in", "IPsec ESP", 40 },
		{ "no target", "out", "overlay", 1 },
		{ "esp_replay", "in", "IPsec ESP", 1 },
		{ "spd_explicit", "out", "IPsec SPD", 1 },
	};
	struct facts *f = &w->in.during[SIDE_A];

	(void)state;
	make_smartos(SIDE_A);
	make_smartos(SIDE_B);
	add_probes(w, LOST, STAGE_DELIVERED);
	f->have = w->in.during[SIDE_B].have = HAVE_DROPS;
	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++)
		reasons_add(&f->drops, &drops[i]);
	judge_world(w);
	reasons_fini(&f->drops);
	assert_int_equal(w->v.kind, VERDICT_HEALTHY);
	assert_true(notes("node1's kernel dropped while the probes ran, says "
			  "DTrace: 40 esp_no_sa (in, IPsec ESP), "
			  "2 udpIfStatsInOverflows (in, IP), "
			  "1 esp_replay (in, IPsec ESP), "
			  "1 no target (out, overlay), ..."));
	assert_true(notes("node3's kernel dropped nothing while the probes "
			  "ran, says DTrace"));
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unknown_spi),
		TEST(test_delete_in_its_words),
		TEST(test_keys_differ),
		TEST(test_too_few_bad_ones),
		TEST(test_sequence_restart),
		TEST(test_duplicates),
		TEST(test_policy_missing),
		TEST(test_got_secure),
		TEST(test_policy_mismatch),
		TEST(test_no_sa),
		TEST(test_ike1_auth),
		TEST(test_ike1_healthy),
		TEST(test_arp_is_local),
		TEST(test_vni),
		TEST(test_healthy),
		TEST(test_drops_are_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
