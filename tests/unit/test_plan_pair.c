/*
 * links: plan/pair plan/underlay model/facts model/host model/run model/addr
 * links: model/reason
 * base/err base/mem base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "base/err.h"
#include "model/facts.h"
#include "model/host.h"
#include "model/run.h"
#include "plan/pair.h"

enum { ROOM = 6 };

/* Two nodes with one VXLAN device each, over eth0. */
static struct link links[2][ROOM];
static struct ifaddr addrs[2][ROOM];
static struct neigh neighs[2][ROOM];
static struct host_var vars[2][ROOM];
static struct facts facts[2];
static struct host hosts[2];
static struct run run;
static struct err e;

static struct ip
addr(const char *s)
{
	struct ip a;

	assert_int_equal(ip_parse(span_of(s), &a), 0);
	return a;
}

static struct link *
add_link(int s, const char *name, uint32_t vni, uint16_t port)
{
	struct link *l = &links[s][facts[s].n_links++];

	*l = (struct link){ .up = true, .vni = vni, .vxlan_port = port };
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->mac.b[0] = 2;
	l->mac.b[4] = (uint8_t)s;
	l->mac.b[5] = (uint8_t)facts[s].n_links;
	return l;
}

static struct ifaddr *
add_addr(int s, const char *link, const char *ip)
{
	struct ifaddr *a = &addrs[s][facts[s].n_addrs++];

	*a = (struct ifaddr){ .ip = addr(ip), .prefix = 24 };
	snprintf(a->link, sizeof(a->link), "%s", link);
	return a;
}

static void
set_var(int s, const char *name, const char *value)
{
	vars[s][hosts[s].n_vars].name = name;
	vars[s][hosts[s].n_vars++].value = value;
}

static int
setup(void **state)
{
	static const char *const names[] = { "node1", "node3" };
	static const char *const under[] = { "192.0.2.1", "192.0.2.3" };
	static const char *const over[] = { "10.0.0.1", "10.0.0.3" };

	(void)state;
	run_init(&run);
	for (int s = 0; s < 2; s++) {
		facts[s] = (struct facts){ .have = HAVE_LINKS | HAVE_ADDRS,
			.links = links[s],
			.addrs = addrs[s],
			.neighs = neighs[s] };
		hosts[s] = (struct host){ .name = names[s], .vars = vars[s] };
		add_link(s, "eth0", 0, 0);
		add_link(s, "ov0", 2, 4790)->vxlan_local = addr(under[s]);
		add_addr(s, "eth0", under[s]);
		add_addr(s, "ov0", over[s]);
	}
	return 0;
}

static int
plan(void)
{
	const struct facts *const f[2] = { &facts[0], &facts[1] };
	const struct host *const h[2] = { &hosts[0], &hosts[1] };

	return plan_pair(f, h, &run, &e);
}

static void
check(enum side s, const char *over, const char *under, const char *over_ip)
{
	const struct run_node *n = &run.nodes[s];
	struct ip ip = addr(over_ip);

	assert_string_equal(n->overlay_link, over);
	assert_string_equal(n->underlay_link, under);
	assert_true(ip_equal(&n->overlay, &ip));
}

/* It fails, names the node and the variable, and fills nothing. */
static void
check_refused(const char *node, const char *word)
{
	assert_int_equal(plan(), -1);
	assert_non_null(strstr(e.text, node));
	assert_non_null(strstr(e.text, word));
	assert_string_equal(run.nodes[SIDE_A].overlay_link, "");
	assert_string_equal(run.nodes[SIDE_B].overlay_link, "");
}

static void
test_the_plain_case(void **state)
{
	(void)state;
	assert_int_equal(plan(), 0);
	check(SIDE_A, "ov0", "eth0", "10.0.0.1");
	check(SIDE_B, "ov0", "eth0", "10.0.0.3");
	assert_int_equal(run.nodes[SIDE_A].vni, 2);
	assert_int_equal(run.nodes[SIDE_B].vxlan_port, 4790);
}

static void
test_missing_facts(void **state)
{
	(void)state;
	facts[1].have = HAVE_LINKS;
	check_refused("node3", "addresses");
}

static void
test_no_overlay(void **state)
{
	(void)state;
	facts[1].n_links = 1;
	check_refused("node3", "espy_overlay_link");
}

/* Different VNIs of the only devices are a fault to find, not to refuse. */
static void
test_vni_differs(void **state)
{
	(void)state;
	links[1][1].vni = 3;
	assert_int_equal(plan(), 0);
	assert_int_equal(run.nodes[SIDE_B].vni, 3);
}

/* Of several, the one whose VNI the other has, too. */
static void
test_common_vni(void **state)
{
	(void)state;
	add_link(1, "ov1", 7, 4790);
	assert_int_equal(plan(), 0);
	check(SIDE_B, "ov0", "eth0", "10.0.0.3");
	/* One that no node has an address on cannot be pinged. */
	add_link(0, "ov1", 7, 4790);
	assert_int_equal(plan(), 0);
	check(SIDE_B, "ov0", "eth0", "10.0.0.3");
	add_addr(0, "ov1", "10.7.0.1");
	add_addr(1, "ov1", "10.7.0.3");
	run_init(&run);
	check_refused("node1", "several");
}

/* One is named: then the other is the one of the same VNI. */
static void
test_named_on_one_side(void **state)
{
	(void)state;
	for (int s = 0; s < 2; s++) {
		add_link(s, "ov1", 7, 4790)->vxlan_local = run.nodes[0].overlay;
		links[s][2].vxlan_local = addrs[s][0].ip;
		add_addr(s, "ov1", s == 0 ? "10.7.0.1" : "10.7.0.3");
	}
	set_var(0, "espy_overlay_link", "ov1");
	assert_int_equal(plan(), 0);
	check(SIDE_A, "ov1", "eth0", "10.7.0.1");
	check(SIDE_B, "ov1", "eth0", "10.7.0.3");
}

static void
test_named_but_absent(void **state)
{
	(void)state;
	set_var(1, "espy_overlay_link", "ov9");
	check_refused("node3", "ov9");
}

static void
test_overlay_without_address(void **state)
{
	struct neigh *n = &neighs[0][0];

	(void)state;
	facts[1].n_addrs = 1;
	check_refused("node3", "espy_overlay_ip");
	/* The peer has seen it, by its MAC address. */
	*n = (struct neigh){
		.ip = addr("10.0.0.99"), .has_mac = true, .mac = links[1][1].mac
	};
	snprintf(n->link, sizeof(n->link), "ov0");
	facts[0].n_neighs = 1;
	assert_int_equal(plan(), 0);
	check(SIDE_B, "ov0", "eth0", "10.0.0.99");
}

/* IPv4 before IPv6, and never a link-local address. */
/* A VLAN of the overlay device has the address; the device is what carries it.
 */
static void
test_address_in_a_vlan(void **state)
{
	struct link *l;

	(void)state;
	l = add_link(1, "ov0.5", 0, 0);
	snprintf(l->kind, sizeof(l->kind), "vlan");
	snprintf(l->lower, sizeof(l->lower), "ov0");
	snprintf(addrs[1][1].link, sizeof(addrs[1][1].link), "ov0.5");
	assert_int_equal(plan(), 0);
	check(SIDE_B, "ov0", "eth0", "10.0.0.3");
}

static void
test_families(void **state)
{
	(void)state;
	addrs[1][1].ip = addr("fe80::1");
	addrs[0][1].ip = addr("2001:db8::1");
	add_addr(1, "ov0", "2001:db8::3");
	assert_int_equal(plan(), 0);
	check(SIDE_B, "ov0", "eth0", "2001:db8::3");
	/* One end cannot ping the other. */
	add_addr(1, "ov0", "10.0.0.33");
	run_init(&run);
	check_refused("node1", "families");
	addrs[0][1].ip = addr("10.0.0.1");
	assert_int_equal(plan(), 0);
	check(SIDE_B, "ov0", "eth0", "10.0.0.33");
}

static void
test_variables_override(void **state)
{
	(void)state;
	add_link(0, "eth1", 0, 0);
	add_addr(0, "eth1", "198.51.100.1");
	set_var(0, "espy_overlay_ip", "10.0.0.77");
	set_var(0, "espy_underlay_ip", "198.51.100.1");
	assert_int_equal(plan(), 0);
	check(SIDE_A, "ov0", "eth1", "10.0.0.77");
	vars[0][0].value = "10.0.0";
	run_init(&run);
	check_refused("node1", "espy_overlay_ip");
}

/* The underlay is not to be seen: it asks, rather than guesses. */
static void
test_no_underlay(void **state)
{
	(void)state;
	links[1][1].vxlan_local = (struct ip){ 0 };
	check_refused("node3", "espy_underlay_ip");
	snprintf(links[1][1].lower, sizeof(links[1][1].lower), "eth0");
	assert_int_equal(plan(), 0);
	check(SIDE_B, "ov0", "eth0", "10.0.0.3");
}

/* ---- SmartOS ----------------------------------------------------------- */

/* As Danube sets up a node: the overlay says nothing of the underlay. */
static void
make_smartos(int s)
{
	static const char *const admin[] = { "172.16.0.1", "172.16.0.3" };
	static const char *const external[] = { "192.0.2.1", "192.0.2.3" };
	static const char *const over[] = { "10.0.0.1", "10.0.0.3" };
	struct link *l;

	facts[s].n_links = facts[s].n_addrs = 0;
	snprintf(facts[s].platform, sizeof(facts[s].platform), "illumos");
	snprintf(facts[s].admin_link, sizeof(facts[s].admin_link), "igb0");
	add_link(s, "igb0", 0, 0);
	add_link(s, "external0", 0, 0);
	l = add_link(s, "adminoverlay_0", 2, 4793);
	snprintf(l->kind, sizeof(l->kind), "vnic");
	snprintf(l->lower, sizeof(l->lower), "adminoverlay2");
	add_addr(s, "igb0", admin[s]);
	add_addr(s, "external0", external[s]);
	add_addr(s, "adminoverlay_0", over[s]);
}

static int
setup_smartos(void **state)
{
	setup(state);
	for (int s = 0; s < 2; s++) {
		make_smartos(s);
		hosts[s].site = s == 0 ? "east" : "west";
	}
	return 0;
}

static void
check_underlay(enum side s, const char *ip)
{
	struct ip want = addr(ip);

	assert_true(ip_equal(&run.nodes[s].underlay, &want));
}

/* Between data centres external0, within one the admin network. */
static void
test_data_centres(void **state)
{
	(void)state;
	assert_int_equal(plan(), 0);
	check(SIDE_A, "adminoverlay_0", "external0", "10.0.0.1");
	check_underlay(SIDE_B, "192.0.2.3");
	assert_int_equal(run.nodes[SIDE_A].vxlan_port, 4793);
	hosts[1].site = "east";
	assert_int_equal(plan(), 0);
	check(SIDE_A, "adminoverlay_0", "igb0", "10.0.0.1");
	check_underlay(SIDE_B, "172.16.0.3");
	/* With a VLAN the admin address is on a VNIC of its own. */
	add_link(1, "admin0", 0, 0);
	snprintf(addrs[1][0].link, sizeof(addrs[1][0].link), "admin0");
	assert_int_equal(plan(), 0);
	assert_string_equal(run.nodes[SIDE_B].underlay_link, "admin0");
	set_var(1, "espy_underlay_link", "external0");
	assert_int_equal(plan(), 0);
	assert_string_equal(run.nodes[SIDE_B].underlay_link, "external0");
	check_underlay(SIDE_B, "192.0.2.3");
}

/* No admin address is known: then it is the inventory's, if it has that. */
static void
test_admin_by_inventory(void **state)
{
	(void)state;
	hosts[1].site = "east";
	facts[1].admin_link[0] = '\0';
	hosts[1].address = "192.0.2.3";
	assert_int_equal(plan(), 0);
	assert_string_equal(run.nodes[SIDE_B].underlay_link, "external0");
	hosts[1].address = "198.51.100.77";
	run_init(&run);
	check_refused("node3", "espy_underlay_ip");
}

/* One that is SmartOS, and one that is not. */
static void
test_mixed(void **state)
{
	(void)state;
	setup(NULL);
	make_smartos(1);
	assert_int_equal(plan(), 0);
	check(SIDE_A, "ov0", "eth0", "10.0.0.1");
	check(SIDE_B, "adminoverlay_0", "external0", "10.0.0.3");
}

/* The overlay has no VNIC: nobody could ping from there. */
static void
test_no_vnic(void **state)
{
	struct link *l = &links[1][2];

	(void)state;
	snprintf(l->name, sizeof(l->name), "adminoverlay2");
	snprintf(l->kind, sizeof(l->kind), "overlay");
	facts[1].n_addrs = 2;
	check_refused("node3", "no VNIC");
}

/* Overlays that only virtual machines use are passed over. */
static void
test_overlays_of_guests(void **state)
{
	(void)state;
	for (int s = 0; s < 2; s++)
		add_link(s, "customer7", 7, 4794);
	assert_int_equal(plan(), 0);
	check(SIDE_A, "adminoverlay_0", "external0", "10.0.0.1");
	check(SIDE_B, "adminoverlay_0", "external0", "10.0.0.3");
}

static void
test_one_address_twice(void **state)
{
	(void)state;
	addrs[1][2].ip = addr("10.0.0.1");
	check_refused("node3", "both claim the overlay address 10.0.0.1");
	addrs[1][2].ip = addr("10.0.0.3");
	addrs[1][1].ip = addr("192.0.2.1");
	check_refused("node1", "both claim the underlay address 192.0.2.1");
}

/* What the route says is stronger than any rule. */
static void
test_route(void **state)
{
	static char name[] = "node1";
	struct route r = { .reachable = true, .link = "external0" };
	struct facts f = { .routes = &r, .n_routes = 1 };

	(void)state;
	assert_int_equal(plan(), 0);
	r.dst = run.nodes[SIDE_B].underlay;
	run.nodes[SIDE_A].name = name;
	assert_int_equal(plan_check_route(&f, &run.nodes[SIDE_A],
			     &run.nodes[SIDE_B], &e),
	    0);
	snprintf(r.link, sizeof(r.link), "igb0");
	assert_int_equal(plan_check_route(&f, &run.nodes[SIDE_A],
			     &run.nodes[SIDE_B], &e),
	    -1);
	assert_non_null(strstr(e.text, "node1"));
	assert_non_null(strstr(e.text, "igb0"));
	/* None at all is for the rules to find. */
	r.reachable = false;
	assert_int_equal(plan_check_route(&f, &run.nodes[SIDE_A],
			     &run.nodes[SIDE_B], &e),
	    0);
}

/* The peer is silent: its address is the inventory's. */
static void
test_half(void **state)
{
	struct run_node n = { 0 };
	struct ip peer = { 0 }, want = addr("198.51.100.13");

	(void)state;
	hosts[1].address = NULL;
	assert_int_equal(plan_half(&facts[0], &hosts[0], &hosts[1], &n, &peer,
			     &e),
	    -1);
	assert_int_equal(e.kind, ERR_HOST);
	assert_non_null(strstr(e.text, "node3"));
	hosts[1].address = "198.51.100.13";
	assert_int_equal(plan_half(&facts[0], &hosts[0], &hosts[1], &n, &peer,
			     &e),
	    0);
	assert_string_equal(n.overlay_link, "ov0");
	assert_string_equal(n.underlay_link, "eth0");
	assert_true(ip_equal(&peer, &want));
	set_var(1, "espy_underlay_ip", "198.51.100.14");
	want = addr("198.51.100.14");
	assert_int_equal(plan_half(&facts[0], &hosts[0], &hosts[1], &n, &peer,
			     &e),
	    0);
	assert_true(ip_equal(&peer, &want));
	/* Which of two overlays, only the peer could tell. */
	add_link(0, "ov1", 7, 4790);
	assert_int_equal(plan_half(&facts[0], &hosts[0], &hosts[1], &n, &peer,
			     &e),
	    -1);
	assert_non_null(strstr(e.text, "espy_overlay_link"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_plain_case, setup),
		cmocka_unit_test_setup(test_missing_facts, setup),
		cmocka_unit_test_setup(test_no_overlay, setup),
		cmocka_unit_test_setup(test_vni_differs, setup),
		cmocka_unit_test_setup(test_common_vni, setup),
		cmocka_unit_test_setup(test_named_on_one_side, setup),
		cmocka_unit_test_setup(test_named_but_absent, setup),
		cmocka_unit_test_setup(test_overlay_without_address, setup),
		cmocka_unit_test_setup(test_address_in_a_vlan, setup),
		cmocka_unit_test_setup(test_families, setup),
		cmocka_unit_test_setup(test_variables_override, setup),
		cmocka_unit_test_setup(test_no_underlay, setup),
		cmocka_unit_test_setup(test_data_centres, setup_smartos),
		cmocka_unit_test_setup(test_admin_by_inventory, setup_smartos),
		cmocka_unit_test_setup(test_mixed, setup_smartos),
		cmocka_unit_test_setup(test_no_vnic, setup_smartos),
		cmocka_unit_test_setup(test_overlays_of_guests, setup_smartos),
		cmocka_unit_test_setup(test_one_address_twice, setup_smartos),
		cmocka_unit_test_setup(test_route, setup_smartos),
		cmocka_unit_test_setup(test_half, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
