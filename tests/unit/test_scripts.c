/*
 * What is sent to a node.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include "unit.h"

#include "base/buf.h"
#include "base/err.h"
#include "platform/platform.h"

static const struct platform *
linux_row(void)
{
	return platform_find(span_of("Linux"));
}

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
test_only_what_is_asked(void **state)
{
	struct facts_ask ask = { .nonce = "0123456789",
		.sections = SECTION_BIT(SECTION_CLOCK) };
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(linux_row()->facts_script(&ask, &b, &e), 0);
	assert_true(holds(&b, "say clock "));
	assert_false(holds(&b, "say sas") || holds(&b, "say nft"));
	buf_clear(&b);
	ask.sections = SECTIONS_ALL;
	assert_int_equal(linux_row()->facts_script(&ask, &b, &e), 0);
	for (int s = 0; s < SECTION_IPF; s++) {
		char call[64];

		snprintf(call, sizeof(call), "%s %s",
		    s == SECTION_ROUTES ? "begin" : "say",
		    platform_section_name((enum platform_section)s));
		assert_true(holds(&b, call));
	}
	/* Keys are not even asked for. */
	assert_true(holds(&b, "ip -s xfrm state list nokeys"));
	buf_free(&b);
}

/* A name from outside stays one word, whatever it holds. */
static void
test_quoting(void **state)
{
	static const char *const links[] = { "eth0; reboot", "it's" };
	struct capture_ask cap = { .nonce = "0123456789",
		.link = "$(reboot)",
		.filter = "icmp'; reboot; '",
		.limit_s = 5 };
	struct facts_ask ask = { .nonce = "0123456789",
		.sections = SECTIONS_ALL,
		.links = links,
		.n_links = 2,
		.fdb_link = "`reboot`" };
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(linux_row()->facts_script(&ask, &b, &e), 0);
	assert_true(holds(&b, "say offload offload 'eth0; reboot' 'it'\\''s'"));
	assert_true(holds(&b, "show dev '`reboot`'"));
	assert_true(holds(&b, "conf/'eth0; reboot'/rp_filter"));
	buf_clear(&b);
	assert_int_equal(linux_row()->capture_script(&cap, &b, &e), 0);
	assert_true(holds(&b, "-i '$(reboot)' -- 'icmp'\\''; reboot; '\\'''"));
	buf_free(&b);
}

static void
refuse_capture(const char *nonce, unsigned limit_s)
{
	struct capture_ask ask = {
		.nonce = nonce, .link = "eth0", .filter = "", .limit_s = limit_s
	};
	struct buf b;
	struct err e = { 0 };

	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(linux_row()->capture_script(&ask, &b, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	buf_free(&b);
}

static void
refuse_probe(struct ping_ask p)
{
	struct probe_ask ask = {
		.nonce = "0123456789", .pings = &p, .n_pings = 1, .limit_s = 5
	};
	struct buf b;
	struct err e = { 0 };

	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(linux_row()->probe_script(&ask, &b, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	buf_free(&b);
}

static void
test_refused(void **state)
{
	const struct ping_ask good = { .dst = ip("192.0.2.1"),
		.size = 56,
		.count = 1,
		.interval_ms = 20,
		.wait_ms = 1000 };
	struct ping_ask p;

	(void)state;
	refuse_capture("short", 5);
	refuse_capture("01234567 89", 5);
	refuse_capture("0123456789", 0); /* it must end some day */
	refuse_capture("0123456789", 100000);
	p = good, p.dst = (struct ip){ 0 };
	refuse_probe(p);
	p = good, p.count = 0;
	refuse_probe(p);
	p = good, p.interval_ms = 0;
	refuse_probe(p);
	p = good, p.size = 70000;
	refuse_probe(p);
}

static void
test_probe(void **state)
{
	const struct ping_ask pings[] = {
		{ .wave = 0,
		    .dst = ip("192.0.2.2"),
		    .size = 1000,
		    .count = 1,
		    .interval_ms = 20,
		    .wait_ms = 300 },
		{ .wave = 1,
		    .dst = ip("203.0.113.2"),
		    .src = ip("203.0.113.1"),
		    .size = 56,
		    .count = 20,
		    .interval_ms = 1005,
		    .wait_ms = 1001 },
	};
	struct probe_ask ask = { .nonce = "0123456789",
		.pattern = { 0xe5, 0x01 },
		.pings = pings,
		.n_pings = 2,
		.limit_s = 9 };
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(linux_row()->probe_script(&ask, &b, &e), 0);
	assert_true(holds(&b, "limit=9\n"));
	assert_true(holds(&b, "pattern=e5010000000000000000000000000000\n"));
	assert_true(holds(&b,
	    "\twave 0\n\tgo 1000 1 0.020 0.300 1 '' 192.0.2.2\n\tjoin\n"
	    "\twave 1\n"
	    "\tgo 56 20 1.005 1.001 2 203.0.113.1 203.0.113.2\n\tjoin\n"));
	buf_free(&b);
}

static void
test_waves_in_order(void **state)
{
	const struct ping_ask pings[] = {
		{ 1, ip("192.0.2.2"), ip("192.0.2.1"), 56, 1, 20, 300 },
		{ 0, ip("192.0.2.2"), ip("192.0.2.1"), 56, 1, 20, 300 },
	};
	struct probe_ask ask = { .nonce = "0123456789",
		.pings = pings,
		.n_pings = 2,
		.limit_s = 9 };
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, PLATFORM_SCRIPT_MAX);
	assert_int_equal(linux_row()->probe_script(&ask, &b, &e), -1);
	buf_free(&b);
}

static void
test_too_small_a_buffer(void **state)
{
	struct facts_ask ask = { .nonce = "0123456789",
		.sections = SECTIONS_ALL };
	struct buf b;
	struct err e = { 0 };

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(linux_row()->facts_script(&ask, &b, &e), -1);
	assert_int_equal(e.kind, ERR_LIMIT);
	buf_free(&b);
}

static void
test_filters(void **state)
{
	const uint16_t ports[] = { 4790, 4793 };
	struct underlay_filter f = { ip("198.51.100.13"), ports, 2 };
	struct ip a = ip("203.0.113.1"), b6 = ip("2001:db8::1");
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(linux_row()->filter_underlay(&f, &b, &e), 0);
	assert_string_equal(b.data,
	    "(host 198.51.100.13 and (ip proto 50 or udp port 500 or udp port "
	    "4500 or udp port 4790 or udp port 4793 or icmp or (ip proto 17 "
	    "and ip[6:2] & 0x1fff != 0))) or (icmp and (icmp[0] = 3 or icmp[0] "
	    "= 11)) or arp");
	buf_clear(&b);
	assert_int_equal(linux_row()->filter_overlay(&a, &a, &b, &e), 0);
	assert_true(holds(&b, " or (vlan and "));
	assert_int_equal(linux_row()->filter_overlay(&a, &b6, &b, &e), -1);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_is_asked),
		cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_waves_in_order),
		cmocka_unit_test(test_too_small_a_buffer),
		cmocka_unit_test(test_filters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
