/*
 * What nodes are made of, checked against each other.
 * links: cluster/survey cluster/survey_judge cluster/survey_map
 * links: cluster/survey_mtu base/mem base/str model/addr model/facts
 * links: model/reason
 */
#include "unit.h"

#include "cluster/survey.h"

enum { NODES = 4, ROOM = 4, NOW = 1000 };

/* Nodes 0 to 3: ov0 on eth0, each knows all others' MAC addresses. */
struct world {
	struct link links[NODES][ROOM];
	struct ifaddr addrs[NODES][ROOM];
	struct fdb_entry fdb[NODES][ROOM];
	struct sa sas[NODES];
	struct facts facts[NODES];
	struct survey_node nodes[NODES];
	struct survey s;
};

static struct ip
address(uint8_t net, size_t node)
{
	return ip_v4((uint8_t[]){ 10, 0, net, (uint8_t)(node + 1) });
}

static void
put_link(struct world *w, size_t node, size_t at, const char *name)
{
	struct link *l = &w->links[node][at];
	struct ifaddr *a = &w->addrs[node][at];

	snprintf(l->name, sizeof(l->name), "%s", name);
	l->up = true;
	l->mtu = at == 0 ? 1500 : 1300;
	l->mac.b[4] = (uint8_t)(at + 1);
	l->mac.b[5] = (uint8_t)(node + 1);
	snprintf(a->link, sizeof(a->link), "%s", name);
	a->ip = address((uint8_t)at, node);
	a->prefix = 24;
}

static void
put_map(struct world *w, size_t node)
{
	struct facts *f = &w->facts[node];

	f->fdb = w->fdb[node];
	for (size_t i = 0; i < NODES; i++) {
		struct fdb_entry *d = &f->fdb[f->n_fdb];

		if (i == node)
			continue;
		snprintf(d->link, sizeof(d->link), "ov0");
		d->mac = w->links[i][1].mac;
		d->dst = address(0, i);
		f->n_fdb++;
	}
}

static void
healthy(struct world *w)
{
	static const char *const names[] = { "a", "b", "c", "d" };

	survey_free(&w->s);
	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < NODES; i++) {
		struct facts *f = &w->facts[i];

		put_link(w, i, 0, "eth0");
		put_link(w, i, 1, "ov0");
		snprintf(w->links[i][1].lower, FACT_NAME_MAX, "eth0");
		w->links[i][1].vni = 2;
		w->links[i][1].vxlan_port = 4790;
		f->links = w->links[i];
		f->addrs = w->addrs[i];
		f->n_links = f->n_addrs = 2;
		f->sas = &w->sas[i];
		f->have = HAVE_LINKS | HAVE_ADDRS | HAVE_FDB | HAVE_CLOCK |
		    HAVE_IKE | HAVE_SAS;
		f->clock.ns = NOW * NS_PER_S;
		w->nodes[i] = (struct survey_node){ .name = names[i],
			.site = i < 2 ? "one" : "two",
			.facts = f,
			.asked = { (NOW - 1) * NS_PER_S },
			.answered = { (NOW + 1) * NS_PER_S } };
	}
	for (size_t i = 0; i < NODES; i++)
		put_map(w, i);
}

/* One finding, of this kind and node, whose text holds these words. */
static void
expect(struct world *w, enum survey_kind kind, size_t node, const char *words)
{
	survey_free(&w->s);
	survey_make(w->nodes, NODES, &w->s);
	for (size_t i = 1; i < w->s.n_findings; i++)
		print_message("%s\n", w->s.findings[i].text);
	assert_int_equal(w->s.n_findings, 1);
	assert_string_equal(survey_word(w->s.findings[0].kind),
	    survey_word(kind));
	assert_int_equal(w->s.findings[0].node, node);
	if (strstr(w->s.findings[0].text, words) == NULL)
		fail_msg("%s", w->s.findings[0].text);
}

static void
expect_nothing(struct world *w)
{
	survey_free(&w->s);
	survey_make(w->nodes, NODES, &w->s);
	if (w->s.n_findings > 0)
		fail_msg("%s", w->s.findings[0].text);
}

static void
test_healthy(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	expect_nothing(&w);
	assert_int_equal(w.s.n_links, 2 * NODES);
	assert_int_equal(w.s.links[0].role, SURVEY_UNDERLAY);
	assert_int_equal(w.s.links[1].role, SURVEY_OVERLAY);
	assert_int_equal(w.s.links[7].overlay, 1);
	survey_free(&w.s);
}

static void
test_same_address(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.addrs[1][1].ip = address(1, 0);
	expect(&w, SURVEY_SAME_ADDRESS, SIZE_MAX, "a on ov0, and b on ov0");
	/* Another tenant's. */
	w.links[1][1].vni = 3;
	snprintf(w.links[1][1].name, FACT_NAME_MAX, "ov1");
	snprintf(w.addrs[1][1].link, FACT_NAME_MAX, "ov1");
	survey_free(&w.s);
	survey_make(w.nodes, NODES, &w.s);
	for (size_t i = 0; i < w.s.n_findings; i++)
		assert_int_not_equal(w.s.findings[i].kind, SURVEY_SAME_ADDRESS);
	survey_free(&w.s);
}

/* Bridges of containers have the same address everywhere. */
static void
test_other_links(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	for (size_t i = 0; i < 2; i++) {
		put_link(&w, i, 2, "docker0");
		w.addrs[i][2].ip = address(9, 9);
		w.links[i][2].mac = w.links[0][2].mac;
		w.facts[i].n_links = w.facts[i].n_addrs = 3;
	}
	expect_nothing(&w);
	survey_free(&w.s);
}

static void
test_same_mac(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.links[3][0].mac = w.links[2][0].mac;
	expect(&w, SURVEY_SAME_MAC, SIZE_MAX, "c on eth0, and d on eth0");
	assert_int_equal(w.s.links[6].marks, SURVEY_MAC);
	survey_free(&w.s);
}

static void
test_differs(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.links[2][1].vni = 3;
	expect(&w, SURVEY_DIFFERS, 2, "ov0 of c has VNI 3");
	assert_int_equal(w.s.links[5].marks, SURVEY_VNI);
	healthy(&w);
	w.links[2][1].vxlan_port = 4791;
	expect(&w, SURVEY_DIFFERS, 2, "UDP port 4791");
	healthy(&w);
	w.links[2][1].mtu = 1400;
	expect(&w, SURVEY_DIFFERS, 2, "MTU 1400");
	survey_free(&w.s);
}

/* Of two, nobody can say which is right. */
static void
test_no_majority(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.nodes[2].facts = w.nodes[3].facts = NULL;
	w.links[1][1].mtu = 1400;
	expect(&w, SURVEY_DIFFERS, SIZE_MAX, "ov0 on a and ov0 on b differ");
	assert_int_equal(w.s.links[1].marks, SURVEY_MTU);
	assert_int_equal(w.s.links[3].marks, SURVEY_MTU);
	survey_free(&w.s);
}

static void
test_lacking(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.facts[3].n_links = w.facts[3].n_addrs = 1;
	expect(&w, SURVEY_NO_OVERLAY, 3, "d has no overlay device like ov0");
	healthy(&w);
	w.facts[3].n_addrs = 1;
	expect(&w, SURVEY_NO_ADDRESS, 3, "ov0 of d has no address");
	healthy(&w);
	w.links[3][1].up = false;
	expect(&w, SURVEY_DOWN, 3, "ov0 of d is down");
	survey_free(&w.s);
}

static void
test_map(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.fdb[0][2].dst = address(0, 2);
	expect(&w, SURVEY_MAP, 0,
	    "is for d (00:00:00:00:02:04) to 10.0.0.3, "
	    "which is the address of c");
	w.fdb[0][2].dst = address(7, 7);
	expect(&w, SURVEY_MAP, 0, "no address of it");
	/* The inventory's own address for it, translated on the way. */
	w.nodes[3].address = address(7, 7);
	expect_nothing(&w);
	/* What it is, d alone can say. */
	w.nodes[3] = (struct survey_node){ .name = "d" };
	w.fdb[0][2].dst = address(0, 2);
	expect_nothing(&w);
	survey_free(&w.s);
}

static void
test_unmapped(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.facts[0].n_fdb--;
	expect(&w, SURVEY_UNMAPPED, 0, "ov0 of a has no entry for d");
	/* A default entry takes what is not known. */
	memset(&w.fdb[0][1].mac, 0, sizeof(struct mac));
	expect_nothing(&w);
	survey_free(&w.s);
}

static void
test_site(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	for (size_t i = 0; i < NODES; i++) {
		snprintf(w.links[i][0].name, FACT_NAME_MAX, "external0");
		snprintf(w.addrs[i][0].link, FACT_NAME_MAX, "external0");
		put_link(&w, i, 2, "admin0");
		w.facts[i].n_links = w.facts[i].n_addrs = 3;
	}
	for (size_t i = 0; i < NODES; i++) {
		w.facts[i].n_fdb = 0;
		put_map(&w, i);
	}
	/* As the rule has it: admin within a data centre. */
	w.fdb[0][0].dst = address(2, 1);
	w.fdb[1][0].dst = address(2, 0);
	w.fdb[2][2].dst = address(2, 3);
	w.fdb[3][2].dst = address(2, 2);
	expect_nothing(&w);
	w.fdb[0][0].dst = address(0, 1);
	expect(&w, SURVEY_SITE, 0, "a sends to the external address of b");
	w.fdb[0][0].dst = address(2, 1);
	w.fdb[0][1].dst = address(2, 2);
	expect(&w, SURVEY_SITE, 0, "a sends to the admin address of c");
	survey_free(&w.s);
}

static void
test_clock(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.facts[1].clock.ns = (NOW + 10) * NS_PER_S;
	expect_nothing(&w);
	assert_int_equal(survey_clock_off_s(&w.nodes[1]), 9);
	w.facts[1].clock.ns = (NOW + 11) * NS_PER_S;
	expect(&w, SURVEY_CLOCK_OFF, 1, "b is 10 s ahead");
	w.facts[1].clock.ns = (NOW - 61) * NS_PER_S;
	expect(&w, SURVEY_CLOCK_OFF, 1, "b is 60 s behind");
	w.facts[1].have &= ~(unsigned)HAVE_CLOCK;
	expect_nothing(&w);
	survey_free(&w.s);
}

static void
test_ike(void **state)
{
	struct world w = { 0 };

	(void)state;
	healthy(&w);
	w.facts[1].n_sas = 1;
	expect_nothing(&w); /* made by hand: without an end */
	w.sas[1].add_hard_s = 300;
	expect(&w, SURVEY_NO_IKE, 1, "no IKE daemon");
	w.facts[1].have &= ~(unsigned)HAVE_IKE;
	expect_nothing(&w);
	survey_free(&w.s);
}

static void
test_blind(void **state)
{
	struct world w = { 0 };
	char gro[1][FACT_NAME_MAX] = { "eth0" };

	(void)state;
	healthy(&w);
	w.facts[1].esp_offload = true;
	expect_nothing(&w);
	w.facts[1].gro_links = gro;
	w.facts[1].n_gro_links = 1;
	expect(&w, SURVEY_BLIND, 1, "eth0");
	survey_free(&w.s);
}

/* A tool fails: one row says so, and nothing is concluded. */
static void
test_silent(void **state)
{
	struct world w = { 0 };
	struct unsaid u = { HAVE_SAS, "sas: not text" };

	(void)state;
	healthy(&w);
	w.facts[1].unsaid = &u;
	w.facts[1].n_unsaid = 1;
	w.facts[1].have |= HAVE_SAS;
	expect_nothing(&w);
	w.facts[1].have &= ~(unsigned)HAVE_SAS;
	expect(&w, SURVEY_SILENT, 1, "sas: not text");
	survey_free(&w.s);
}

/* The numbers were measured: see ESP's lengths in espy's own lab. */
static void
test_mtu(void **state)
{
	struct sa cbc = {
		.crypt = "cbc(aes)", .auth = "hmac(sha512)", .icv_bits = 256
	};
	struct sa gcm = { .crypt = "rfc4106(gcm(aes))", .icv_bits = 128 };
	struct sa sun = { .crypt = "aes-cbc", .auth = "hmac-sha512" };
	struct sa sun_gcm = { .crypt = "aes-gcm16" };
	struct sa odd = { .crypt = "cbc(twofish)" };
	struct world w = { 0 };

	(void)state;
	assert_int_equal(survey_mtu_fits(&cbc, 1500, false), 1392);
	assert_int_equal(survey_mtu_fits(&cbc, 1500, true), 1388);
	assert_int_equal(survey_mtu_fits(&sun, 1500, false), 1392);
	assert_int_equal(survey_mtu_fits(&gcm, 1500, false), 1416);
	assert_int_equal(survey_mtu_fits(&gcm, 1500, true), 1412);
	assert_int_equal(survey_mtu_fits(&sun_gcm, 1500, false), 1408);
	assert_int_equal(survey_mtu_fits(&odd, 1500, false), 0);
	assert_int_equal(survey_mtu_fits(NULL, 1500, false), 1450);
	assert_int_equal(survey_mtu_fits(&cbc, 60, false), 0);
	healthy(&w);
	w.sas[0] = cbc;
	w.facts[0].n_sas = 1;
	for (size_t i = 0; i < NODES; i++)
		w.links[i][1].mtu = 1400;
	expect(&w, SURVEY_TOO_BIG, 0, "more than 1392 makes fragments of ESP");
	survey_free(&w.s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),
		cmocka_unit_test(test_same_address),
		cmocka_unit_test(test_other_links),
		cmocka_unit_test(test_same_mac),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_no_majority),
		cmocka_unit_test(test_lacking),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_unmapped),
		cmocka_unit_test(test_site),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_ike),
		cmocka_unit_test(test_blind),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_mtu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
