/*
 * Which counters of drops rose between two answers.
 * links: cluster/drops cluster/drops_means base/mem base/str base/err
 * model/addr model/facts
 * links: model/reason
 */
#include <stdlib.h>

#include "unit.h"

#include "cluster/drops.h"
#include "model/facts.h"

enum { ROOM = 8 };

/* What one node says at one moment. */
struct moment {
	struct facts facts;
	struct counter counters[ROOM];
	struct link links[ROOM];
};

static void
begin(struct moment *m)
{
	*m = (struct moment){ .facts = { .have = DROPS_WANT } };
	m->facts.counters = m->counters;
	m->facts.links = m->links;
}

static void
count(struct moment *m, const char *name, uint64_t value)
{
	struct counter *c = &m->counters[m->facts.n_counters++];

	snprintf(c->name, sizeof(c->name), "%s", name);
	c->value = value;
}

static struct link *
add_link(struct moment *m, const char *name)
{
	struct link *l = &m->links[m->facts.n_links++];

	snprintf(l->name, sizeof(l->name), "%s", name);
	return l;
}

static void
test_rise(void **state)
{
	struct moment a, b;
	struct drop *v;

	(void)state;
	begin(&a);
	begin(&b);
	count(&a, "Udp.NoPorts", 5);
	count(&a, "XfrmInNoStates", 100);
	count(&a, "XfrmInPolBlock", 7);
	count(&a, "Ip.InDelivers", 1);
	/* In another order: they are found by name. */
	count(&b, "XfrmInPolBlock", 7);
	count(&b, "XfrmInNoStates", 117);
	count(&b, "Udp.NoPorts", 25);
	count(&b, "Ip.InDelivers", 1000);
	assert_int_equal(drops_between(&a.facts, &b.facts, &v), 2);
	assert_string_equal(v[0].name, "Udp.NoPorts");
	assert_int_equal(v[0].count, 20);
	assert_string_equal(v[1].name, "XfrmInNoStates");
	assert_int_equal(v[1].count, 17);
	assert_false(v[1].anew);
	assert_ptr_equal(v[1].means, drops_means("XfrmInNoStates"));
	free(v);
}

static void
test_equal_counts_by_name(void **state)
{
	struct moment a, b;
	struct drop *v;

	(void)state;
	begin(&a);
	begin(&b);
	count(&a, "ipdrop.spd_got_clear", 1);
	count(&a, "ipdrop.esp_no_sa", 2);
	count(&b, "ipdrop.spd_got_clear", 2);
	count(&b, "ipdrop.esp_no_sa", 3);
	assert_int_equal(drops_between(&a.facts, &b.facts, &v), 2);
	assert_string_equal(v[0].name, "ipdrop.esp_no_sa");
	assert_string_equal(v[1].name, "ipdrop.spd_got_clear");
	free(v);
}

/* Booted in between: what there is was dropped since, all else is lost. */
static void
test_anew(void **state)
{
	struct moment a, b;
	struct drop *v;

	(void)state;
	begin(&a);
	begin(&b);
	count(&a, "XfrmInNoStates", 100);
	count(&a, "XfrmInPolBlock", 100);
	count(&b, "XfrmInNoStates", 3);
	count(&b, "XfrmInPolBlock", 0);
	assert_int_equal(drops_between(&a.facts, &b.facts, &v), 1);
	assert_int_equal(v[0].count, 3);
	assert_true(v[0].anew);
	free(v);
}

static void
test_told_once(void **state)
{
	struct moment a, b;
	struct drop *v;

	(void)state;
	begin(&a);
	begin(&b);
	count(&a, "XfrmInNoStates", 1);
	count(&b, "XfrmInPolBlock", 9);
	assert_int_equal(drops_between(&a.facts, &b.facts, &v), 0);
	assert_int_equal(drops_between(&b.facts, &a.facts, &v), 0);
	assert_null(v);
}

static void
test_links(void **state)
{
	struct moment a, b;
	struct drop *v;

	(void)state;
	begin(&a);
	begin(&b);
	*add_link(&a, "gone") = (struct link){ .name = "gone", .rx_errors = 4 };
	add_link(&a, "eth0")->rx_dropped = 10;
	add_link(&b, "eth0")->rx_dropped = 12;
	b.links[0].rx_packets = 500;
	b.links[0].tx_errors = 3;
	/* Made in between. */
	add_link(&b, "ov0")->tx_dropped = 1;
	assert_int_equal(drops_between(&a.facts, &b.facts, &v), 3);
	assert_string_equal(v[0].name, "eth0 tx_errors");
	assert_string_equal(v[1].name, "eth0 rx_dropped");
	assert_int_equal(v[1].count, 2);
	assert_string_equal(v[2].name, "ov0 tx_dropped");
	free(v);
	/* Not told before: nothing is known of any. */
	a.facts.have = 0;
	a.facts.n_links = 0;
	assert_int_equal(drops_between(&a.facts, &b.facts, &v), 0);
}

static void
test_longest_link_name(void **state)
{
	struct moment a, b;
	struct drop *v;
	char name[FACT_NAME_MAX];

	(void)state;
	begin(&a);
	begin(&b);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	add_link(&a, name);
	add_link(&b, name)->rx_dropped = 1;
	assert_int_equal(drops_between(&a.facts, &b.facts, &v), 1);
	assert_string_equal(v[0].name + sizeof(name) - 1, " rx_dropped");
	free(v);
}

static void
test_means(void **state)
{
	(void)state;
	assert_null(drops_means("Ip.InDelivers"));
	assert_null(drops_means("esp_stat.good_auth"));
	assert_null(drops_means("Softnet.Packets"));
	/* They count the same losses as two of ipdrop's. */
	assert_null(drops_means("esp_stat.bad_auth"));
	assert_null(drops_means("esp_stat.replay_failures"));
	assert_non_null(drops_means("Softnet.Dropped"));
	assert_non_null(strstr(drops_means("ipdrop.spd_got_clear"), "clear"));
	/* Newer than espy. */
	assert_non_null(drops_means("XfrmInIptfsError"));
	assert_non_null(drops_means("ipdrop.new_one"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rise),
		cmocka_unit_test(test_equal_counts_by_name),
		cmocka_unit_test(test_anew),
		cmocka_unit_test(test_told_once),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_longest_link_name),
		cmocka_unit_test(test_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
