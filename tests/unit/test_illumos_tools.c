/*
 * What is sent to a SmartOS node, and what its snoop and ping print.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include "illumos.h"

#include "base/buf.h"
#include "model/capstat.h"
#include "model/pingstat.h"

/* ---- snoop ------------------------------------------------------------- */

static struct capstat
capstat(const char *text)
{
	struct capstat c;

	illumos_row()->parse_capstat(span_of(text), &c);
	assert_int_equal(c.fail == CAPSTAT_FINE, c.why[0] == '\0');
	return c;
}

static void
test_capture(void **state)
{
	struct capstat c;

	(void)state;
	/* What it lost is not known before the stream has been read. */
	c = capstat("Using device external0 (promiscuous mode)\n");
	assert_true(c.listening && !c.counted);
	assert_int_equal(c.fail, CAPSTAT_FINE);
	c = capstat("Using device ipnet/lo0 (non promiscuous)\n\r1 \r2 \n"
		    "snoop: WARNING: Mac Type = 9 not supported\n"
		    "12 packets captured\n");
	assert_true(c.listening && !c.counted);
	assert_int_equal(c.fail, CAPSTAT_FINE);
	c = capstat("Using device external0 (promiscuous mode)\n"
		    "espy: snoop: 12 packets captured, 3 dropped\n");
	assert_true(c.listening && c.counted);
	assert_true(c.captured == 12 && c.dropped == 3 && c.received == 15);
	assert_false(capstat("Using dev").listening);
}

static void
test_capture_fails(void **state)
{
	static const struct {
		const char *text;
		enum capstat_fail fail;
	} cases[] = {
		{ "snoop: cannot open \"foo0\": DLPI link does not exist\n",
		    CAPSTAT_NO_DEVICE },
		{ "snoop: cannot open \"e0\": Permission denied\n",
		    CAPSTAT_PERMISSION },
		{ "snoop: invalid expression\n", CAPSTAT_FILTER },
		{ "sh: line 70: /usr/sbin/snoop: not found [No such file or "
		  "directory]\n",
		    CAPSTAT_NO_TOOL },
		{ "Using device external0 (promiscuous mode)\n"
		  "snoop: cannot write packet to capture file: Broken pipe\n",
		    CAPSTAT_OTHER },
		{ "espy: timeout: it took too long\n", CAPSTAT_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(capstat(cases[i].text).fail, cases[i].fail);
}

/* ---- ping -------------------------------------------------------------- */

static struct pingstat
pings(const char *text)
{
	struct pingstat p;

	illumos_row()->parse_pings(span_of(text), &p);
	assert_int_equal(p.fail == PING_FINE, p.errors == 0);
	return p;
}

static void
test_ping(void **state)
{
	struct pingstat p = pings(
	    "PING 203.0.113.110 (203.0.113.110): 56 data bytes\n"
	    "64 bytes from 203.0.113.110: icmp_seq=0. time=0.412 ms\n"
	    "64 bytes from node02 (203.0.113.110): icmp_seq=1. time=12.5 ms\n"
	    "64 bytes from 203.0.113.110: icmp_seq=2.\n"
	    "64 bytes from 203.0.113.110: udp_port=33434. time=0.5 ms\n"
	    "\n"
	    "----203.0.113.110 PING Statistics----\n"
	    "3 packets transmitted, 3 packets received, 0% packet loss\n"
	    "round-trip (ms)  min/avg/max/stddev = 0.301/0.356/0.412/-nan\n"
	    "= 56 0\n");

	(void)state;
	assert_int_equal(p.n_replies, 3);
	assert_int_equal(p.replies[0].size, 56);
	assert_int_equal(p.replies[0].seq, 0);
	assert_int_equal(p.replies[0].rtt_us, 412);
	assert_int_equal(p.replies[1].rtt_us, 12500);
	assert_int_equal(p.replies[2].rtt_us, -1);
	assert_true(p.finished == 1 && p.transmitted == 3 && p.received == 3);
	assert_int_equal(p.n_ends, 1);
	assert_int_equal(p.errors, 0);
	pingstat_free(&p);
}

/* The percentage is rounded down, and may be something else. */
static void
test_ping_totals(void **state)
{
	struct pingstat p = pings(
	    "1000 packets transmitted, 999 packets received, 0% packet loss\n"
	    "3 packets transmitted, 4 packets received, 1.33 times "
	    "amplification\n"
	    "5 packets transmitted, 0 packets received, 100% packet loss\n");

	(void)state;
	assert_true(p.finished == 3 && p.transmitted == 1008);
	assert_true(p.received == 1003);
	pingstat_free(&p);
}

/* Of lines that ran into each other nothing is believed. */
static void
test_ping_mixed(void **state)
{
	struct pingstat p = pings(
	    "64 bytes from 64 bytes from 10.0.0.1: icmp_seq=0. time=1 ms\n"
	    "2 packets transmitted, 2 packets transmitted, 2 packets received\n"
	    "64 bytes from 10.0.0.1: icmp_seq=0 64 bytes from\n"
	    "64 bytes from 10.0.0.1: icmp_seq=. time=1 ms\n");

	(void)state;
	assert_int_equal(p.n_replies, 0);
	assert_int_equal(p.finished, 0);
	pingstat_free(&p);
}

static void
test_ping_fails(void **state)
{
	static const struct {
		const char *text;
		enum ping_fail fail;
	} cases[] = {
		{ "ping: unknown host nosuch\n", PING_OTHER },
		{ "ping: sendto Network is unreachable\n"
		  "ping: wrote 10.0.0.1 64 chars, ret=-1\n",
		    PING_NO_ROUTE },
		{ "sendto No route to host\n", PING_NO_ROUTE },
		{ "ICMP Host Unreachable from gateway 10.0.0.1\n"
		  " for icmp from 10.0.0.2 to 10.0.0.3\n",
		    PING_NO_ANSWER },
		{ "sh: /usr/sbin/ping: not found\n", PING_NO_TOOL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pingstat p = pings(cases[i].text);

		assert_int_equal(p.fail, cases[i].fail);
		pingstat_free(&p);
	}
	assert_false(illumos_row()->probe_has_pattern(span_of("illumos\n")));
}

/* ---- scripts ----------------------------------------------------------- */

static struct ip
ip(const char *text)
{
	struct ip a;

	assert_int_equal(ip_parse(span_of(text), &a), 0);
	return a;
}

static bool
holds(const struct buf *b, const char *text)
{
	return strstr(b->data, text) != NULL;
}

static void
test_facts_script(void **state)
{
	static const char *const never[] = { " ip ", "timeout", "/proc",
		"ipseckey -n ", "ipseckey dump", "xfrm state" };
	struct route_ask route = { .dst = ip("192.0.2.1") };
	struct facts_ask ask = { .nonce = "0123456789",
		.sections = SECTIONS_ALL,
		.routes = &route,
		.n_routes = 1,
		.fdb_link = "$(reboot)" };
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(illumos_row()->facts_script(&ask, &b, &e), 0);
	assert_true(holds(&b, "LC_ALL=C "));
	/* Keys are masked by the tool, and stripped behind it. */
	assert_true(holds(&b, "/usr/sbin/ipseckey -np dump esp"));
	assert_true(holds(&b, "[AE]KY:"));
	assert_true(holds(&b, "\troute 192.0.2.1\n") ||
	    holds(&b, "\nroute 192.0.2.1\n") || holds(&b, "route '192.0.2.1'"));
	assert_true(holds(&b, "fdb '$(reboot)'"));
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_false(holds(&b, never[i]));
	/* It costs the node time, and is no part of these. */
	assert_false(holds(&b, "dtrace"));
	buf_clear(&b);
	ask.sections = SECTION_BIT(SECTION_CLOCK);
	assert_int_equal(illumos_row()->facts_script(&ask, &b, &e), 0);
	assert_true(holds(&b, "say clock"));
	assert_false(holds(&b, "ipseckey") || holds(&b, "dladm"));
	buf_free(&b);
}

static void
test_capture_script(void **state)
{
	struct capture_ask ask = { .nonce = "0123456789",
		.link = "$(reboot)",
		.filter = "icmp'; reboot; '",
		.limit_s = 5 };
	struct buf b;
	struct err e;

	(void)state;
	assert_true(illumos_row()->snoop);
	assert_false(platform_find(span_of("Linux"))->snoop);
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(illumos_row()->capture_script(&ask, &b, &e), 0);
	assert_true(holds(&b,
	    "/usr/sbin/snoop -q -r -s 160 -o /dev/stdout -d '$(reboot)' "
	    "'icmp'\\''; reboot; '\\'''"));
	ask.limit_s = 0; /* it must end some day */
	assert_int_equal(illumos_row()->capture_script(&ask, &b, &e), -1);
	buf_free(&b);
}

/* No options of Linux's: -c is the traffic class there. */
static void
test_probe_script(void **state)
{
	struct ping_ask p = { .dst = ip("192.0.2.1"),
		.src = ip("192.0.2.2"),
		.size = 56,
		.count = 3,
		.interval_ms = 100,
		.wait_ms = 500 };
	struct probe_ask ask = {
		.nonce = "0123456789", .pings = &p, .n_pings = 1, .limit_s = 5
	};
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(illumos_row()->probe_script(&ask, &b, &e), 0);
	assert_true(holds(&b, "set -- -s -n -I $3\n"));
	assert_true(holds(&b, "go 56 3 1 4 "));
	assert_true(holds(&b, "/usr/sbin/ping \"$@\" \"$dst\" $size $count "));
	buf_clear(&b);
	p.count = 0;
	assert_int_equal(illumos_row()->probe_script(&ask, &b, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	buf_free(&b);
}

/* Nothing that makes snoop copy every frame of the link. */
static void
test_filters(void **state)
{
	static const char *const slow[] = { "port", "not", "length", "greater",
		"less", "nofrag", "[" };
	const uint16_t ports[] = { 4790, 4793 };
	const struct ip a = ip("192.0.2.1"), b6 = ip("2001:db8::2");
	const struct ip b = ip("192.0.2.2");
	struct underlay_filter f = { a, ports, 2 };
	struct buf t;
	struct err e;

	(void)state;
	buf_init(&t, PLATFORM_SCRIPT_MAX);
	assert_int_equal(illumos_row()->filter_underlay(&f, &t, &e), 0);
	assert_string_equal(t.data,
	    "( host 192.0.2.1 and ( udp or esp ) ) or icmp or arp");
	buf_clear(&t);
	assert_int_equal(illumos_row()->filter_overlay(&a, &b, &t, &e), 0);
	assert_string_equal(t.data,
	    "( icmp and ( host 192.0.2.1 or host 192.0.2.2 ) ) or arp");
	f.peer = b6;
	assert_int_equal(illumos_row()->filter_underlay(&f, &t, &e), 0);
	assert_int_equal(illumos_row()->filter_overlay(&b6, &b6, &t, &e), 0);
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++)
		assert_false(holds(&t, slow[i]));
	assert_int_equal(illumos_row()->filter_overlay(&a, &b6, &t, &e), -1);
	f.peer = (struct ip){ 0 };
	assert_int_equal(illumos_row()->filter_underlay(&f, &t, &e), -1);
	buf_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capture),
		cmocka_unit_test(test_capture_fails),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_ping_totals),
		cmocka_unit_test(test_ping_mixed),
		cmocka_unit_test(test_ping_fails),
		cmocka_unit_test(test_facts_script),
		cmocka_unit_test(test_capture_script),
		cmocka_unit_test(test_probe_script),
		cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
