/*
 * A node's whole answer, and each section's unpleasant forms.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include "recorded.h"

#include "base/err.h"
#include "model/facts.h"
#include "platform/platform.h"

static const char nonce[] = "abcdef0123";

static const struct platform *
linux_row(void)
{
	const struct platform *p = platform_find(span_of("Linux\n"));

	assert_non_null(p);
	return p;
}

/* Parses all sections of out; returns how many were refused. */
static unsigned
parse_all(struct span out, struct facts *f)
{
	struct section s;
	struct err e;
	unsigned bad = 0;

	while (section_next(&out, nonce, &s))
		if (linux_row()->parse_section(&s, f, &e) < 0)
			bad++;
	return bad;
}

/* One section's text; *e says why when it was refused. */
static int
parse_one(const char *name, const char *text, int status, struct facts *f,
    struct err *e)
{
	struct section s = { .name = span_of(name),
		.text = span_of(text),
		.whole = true,
		.status = status };

	return linux_row()->parse_section(&s, f, e);
}

static uint64_t
counter(const struct facts *f, const char *name)
{
	uint64_t v;

	if (!facts_counter(f, name, &v))
		fail_msg("no counter %s", name);
	return v;
}

static void
check_links(const struct facts *f)
{
	const struct link *l = facts_link(f, "ov0");
	struct ip ip;

	assert_non_null(l);
	assert_string_equal(l->kind, "vxlan");
	assert_string_equal(l->lower, "eth0");
	assert_int_equal(l->vni, 2);
	assert_int_equal(l->vxlan_port, 4790);
	assert_int_equal(l->mtu, 1300);
	assert_true(l->up && l->carrier);
	ip_parse(span_of("192.0.2.12"), &ip);
	assert_true(ip_equal(&l->vxlan_local, &ip));
	assert_true(facts_has_addr(f, &ip));
	assert_true(facts_link(f, "eth0")->rx_packets > 0);
	assert_string_equal(facts_link(f, "eth0")->kind, "");
}

static void
check_rest(const struct facts *f)
{
	assert_string_equal(f->platform, "linux");
	assert_string_equal(f->release, "6.1.176");
	assert_true(f->clock.ns > INT64_C(1795440000) * NS_PER_S);
	assert_true(f->uptime_s > 0 && f->uptime_s < 86400);
	assert_string_equal(f->ike_daemon, "charon-systemd");
	assert_false(f->esp_offload);
	assert_true(facts_gro(f, "eth0"));
	assert_true(facts_listens(f, 4790) && facts_listens(f, 500));
	assert_false(facts_listens(f, 4789));
	assert_string_equal(facts_setting(f, "net.ipv4.icmp_echo_ignore_all"),
	    "0");
	assert_string_equal(facts_setting(f, "net.ipv4.conf.ov0.rp_filter"),
	    "0");
	assert_int_equal(f->n_sas, 4);
	assert_int_equal(f->n_policies, 4);
	assert_true(counter(f, "Ip.InDelivers") > 0);
	assert_true(counter(f, "Udp.NoPorts") == 0);
	assert_true(counter(f, "TcpExt.IPReversePathFilter") == 0);
	assert_true(counter(f, "XfrmInNoStates") == 0);
	assert_true(counter(f, "Softnet.Dropped") == 0);
	assert_true(counter(f, "Qdisc.eth0.Drops") == 0);
}

static void
test_whole_node(void **state)
{
	struct span text = recorded_text("facts.txt");
	struct facts f = { 0 };

	(void)state;
	assert_int_equal(parse_all(text, &f), 0);
	assert_int_equal(f.have, (1U << 18) - 1);
	check_links(&f);
	check_rest(&f);
	facts_free(&f);
	recorded_free(text);
}

/* Cut anywhere, at most the section that was cut is missing. */
static void
test_every_cut(void **state)
{
	struct span text = recorded_text("facts.txt");

	(void)state;
	for (size_t n = 0; n < text.n; n += 97) {
		struct facts f = { 0 };

		assert_true(parse_all((struct span){ text.p, n }, &f) <= 1);
		facts_free(&f);
	}
	recorded_free(text);
}

static void
test_routes(void **state)
{
	struct span text = recorded_text("routes.txt");
	struct section s = section_of(text);
	struct facts f = { 0 };
	char ip[IP_TEXT_MAX];
	struct err e;

	(void)state;
	s.name = span_of("routes");
	assert_int_equal(linux_row()->parse_section(&s, &f, &e), 0);
	assert_int_equal(f.n_routes, 11);
	assert_true(f.routes[0].reachable);
	assert_string_equal(f.routes[0].link, "eth0");
	assert_string_equal(ip_text(&f.routes[0].via, ip), "192.0.2.1");
	assert_string_equal(ip_text(&f.routes[0].src, ip), "192.0.2.11");
	assert_false(ip_is_set(&f.routes[1].via));
	for (size_t i = 2; i < 5; i++)
		assert_false(f.routes[i].reachable);
	assert_string_equal(f.routes[2].why,
	    "RTNETLINK answers: No route to host");
	assert_string_equal(f.routes[5].link, "lo"); /* its own address */
	assert_string_equal(ip_text(&f.routes[6].src, ip), "192.0.2.11");
	assert_string_equal(ip_text(&f.routes[7].via, ip), "2001:db8::5");
	assert_string_equal(ip_text(&f.routes[8].src, ip), "2001:db8::1");
	assert_false(f.routes[10].reachable);
	facts_free(&f);
	recorded_free(text);
}

static const char snmp[] = "Ip: Forwarding InDelivers\nIp: 1 7\n"
			   "Icmp: InEchos\nIcmp: 3\n"
			   "Tcp: MaxConn ActiveOpens\nTcp: -1 9\n"
			   "Udp: NoPorts\nUdp: 4\n"
			   "Ip6InReceives   5\n";

static void
test_counters(void **state)
{
	struct facts f = { 0 };
	struct err e;
	uint64_t v;

	(void)state;
	assert_int_equal(parse_one("counters", snmp, 0, &f, &e), 0);
	assert_true(counter(&f, "Ip.InDelivers") == 7);
	assert_true(counter(&f, "Tcp.ActiveOpens") == 9);
	assert_true(counter(&f, "Ip6InReceives") == 5);
	assert_false(facts_counter(&f, "Tcp.MaxConn", &v));
	assert_int_equal(f.have, HAVE_COUNTERS);
	facts_free(&f);
}

/* What is not there must be unknown, not zero. */
static void
test_refused(void **state)
{
	static const struct {
		const char *name, *text;
		int status;
	} cases[] = {
		{ "counters", "Ip: InDelivers\nIp: 7\n", 0 },
		{ "counters", "Ip: A B\nIp: 7\n", 0 },
		{ "counters", "Ip: A\nUdp: 7\n", 0 },
		{ "counters", "Ip: A\nIp: 7 8\n", 0 },
		{ "counters", snmp, 1 },
		{ "xfrm_stat", "XfrmInError 0\n", 0 },
		{ "xfrm_stat", "", 0 },
		{ "softnet", "0000001 zz\n", 0 },
		{ "clock", "now\n", 0 },
		{ "clock", "1764.5\n", 0 },
		{ "uname", "SunOS 5.11 i86pc\n", 0 },
		{ "links", "[]", 0 },
		{ "links",
		    "[{\"ifname\":\"eth0\",\"mtu\":1500,"
		    "\"flags\":[]}]",
		    0 },
		{ "links", "Object \"addr\" is unknown\n", 0 },
		{ "sas", "", 2 },
		{ "neighs", "[{\"dst\":\"nowhere\",\"dev\":\"eth0\"}]", 0 },
		{ "fdb", "[{\"ifname\":\"ov0\"}]", 0 },
		{ "routes", "? 192.0.2.1\n", 0 },
		{ "routes", "192.0.2.1 dev eth0\n= 0\n", 0 },
		{ "routes", "? 192.0.2.1\n? 192.0.2.2\n= 0\n", 0 },
		{ "offload", "? eth0\n", 0 },
		{ "offload", "generic-receive-offload: on\n", 0 },
		{ "offload", "", 127 },
		{ "modules", "read modules\n", 0 },
		{ "modules", "", 0 },
		{ "settings", "", 2 },
		{ "settings", "net.ipv4.ip_forward = 1\n", 0 },
		{ "sockets", "", 0 },
		{ "sockets", "1: 00000000:01F4 00000000:0000 07\n", 0 },
		{ "ike", "", 127 },
		{ "ike", "", 2 },
		{ "qdisc", "[{\"root\":true,\"dev\":\"eth0\"}]", 0 },
		{ "nft", "nft: JSON support not compiled-in\n", 1 },
		{ "weather", "fine\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct facts f = { 0 };
		struct err e = { 0 };

		if (parse_one(cases[i].name, cases[i].text, cases[i].status, &f,
			&e) == 0)
			fail_msg("taken: %s: %s", cases[i].name, cases[i].text);
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(f.have, 0);
		assert_true(strncmp(e.text, cases[i].name,
				strlen(cases[i].name)) == 0);
		facts_free(&f);
	}
}

static void
test_nul(void **state)
{
	struct section s = { .name = span_of("iptables"),
		.text = { "*fil\0ter\n", 9 },
		.whole = true };
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(linux_row()->parse_section(&s, &f, &e), -1);
	assert_string_equal(e.text, "iptables: not text");
	facts_free(&f);
}

/* "No offload" needs both lists, or ESP itself as a module. */
static void
test_modules(void **state)
{
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(parse_one("modules",
			     "read modules\n"
			     "esp4_offload 16384 0 - Live 0x0\n",
			     0, &f, &e),
	    0);
	assert_true(f.esp_offload);
	assert_int_equal(parse_one("modules",
			     "read modules\nesp4 28672 2 - Live 0x0\n", 0, &f,
			     &e),
	    0);
	assert_false(f.esp_offload);
	assert_int_equal(parse_one("modules",
			     "read modules\nread builtin\n"
			     "kernel/net/ipv4/esp4_offload.ko\n",
			     0, &f, &e),
	    0);
	assert_true(f.esp_offload);
	facts_free(&f);
}

/* grep says 1 for none, 2 for a switch that the kernel does not have. */
static void
test_statuses(void **state)
{
	struct facts f = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(parse_one("ike", "", 1, &f, &e), 0);
	assert_string_equal(f.ike_daemon, "");
	assert_int_equal(parse_one("ike", "/proc/7/comm:pluto\n", 2, &f, &e),
	    0);
	assert_string_equal(f.ike_daemon, "pluto");
	assert_int_equal(parse_one("settings",
			     "/proc/sys/net/ipv4/conf/eth0.5/rp_filter:2\n", 2,
			     &f, &e),
	    0);
	assert_string_equal(facts_setting(&f, "net.ipv4.conf.eth0/5.rp_filter"),
	    "2");
	facts_free(&f);
}

static void
test_other_systems(void **state)
{
	(void)state;
	assert_null(platform_find(span_of("Darwin\n")));
	assert_null(platform_find(span_of("")));
	assert_null(platform_find(span_of("Linux SunOS")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_node),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_modules),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_other_systems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
