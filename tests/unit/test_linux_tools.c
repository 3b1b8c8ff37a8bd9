/*
 * links: platform/linux_tools platform/pings platform/words model/pingstat
 * links: model/addr base/mem base/str
 */
#include "recorded.h"

#include "model/capstat.h"
#include "model/pingstat.h"
#include "platform/linux.h"

static struct capstat
read_capture(const char *text)
{
	struct capstat c;

	linux_parse_capstat(span_of(text), &c);
	return c;
}

static const char fine[] =
    "tcpdump: listening on lo, link-type EN10MB (Ethernet), snapshot length 160 "
    "bytes\n"
    "1 packet captured\n"
    "12 packets received by filter\n"
    "3 packets dropped by kernel\n";

static void
test_capture_counts(void **state)
{
	struct capstat c = read_capture(fine);

	(void)state;
	assert_true(c.listening && c.counted);
	assert_true(c.captured == 1 && c.received == 12 && c.dropped == 3);
	assert_int_equal(c.fail, CAPSTAT_FINE);
	assert_string_equal(c.why, "");
}

/* Killed before it could count: the drops are unknown, not zero. */
static void
test_capture_cut(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(fine) - 10; n++) {
		struct capstat c;

		linux_parse_capstat((struct span){ fine, n }, &c);
		assert_false(c.counted);
	}
}

static void
test_capture_fails(void **state)
{
	static const struct {
		const char *text;
		enum capstat_fail fail;
	} cases[] = {
		{ "tcpdump: nosuch: No such device exists\n"
		  "(No such device exists)\n",
		    CAPSTAT_NO_DEVICE },
		{ "tcpdump: d0: That device is not up\n", CAPSTAT_DOWN },
		{ "tcpdump: listening on d0, link-type EN10MB (Ethernet)\n"
		  "tcpdump: pcap_loop: The interface disappeared\n",
		    CAPSTAT_WENT_DOWN },
		{ "tcpdump: pcap_loop: The interface went down\n",
		    CAPSTAT_WENT_DOWN },
		{ "tcpdump: d0: You don't have permission to perform this "
		  "capture on that device\n(socket: Operation not permitted)\n",
		    CAPSTAT_PERMISSION },
		{ "sh: 79: tcpdump: not found\n", CAPSTAT_NO_TOOL },
		{ "bash: line 79: tcpdump: command not found\n",
		    CAPSTAT_NO_TOOL },
		{ "tcpdump: can't parse filter expression: syntax error\n",
		    CAPSTAT_FILTER },
		{ "Segmentation fault\n", CAPSTAT_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct capstat c = read_capture(cases[i].text);

		assert_int_equal(c.fail, cases[i].fail);
		assert_true(c.why[0] != '\0');
		assert_false(c.counted);
	}
}

static bool
answered(const struct pingstat *p, uint32_t size, uint16_t seq)
{
	for (size_t i = 0; i < p->n_replies; i++)
		if (p->replies[i].size == size && p->replies[i].seq == seq)
			return true;
	return false;
}

/* Three pings at once: their lines come mixed, each says its size. */
static void
test_pings_at_once(void **state)
{
	struct span text = recorded_text("pings.txt");
	struct pingstat p;

	(void)state;
	linux_parse_pings(text, &p);
	assert_int_equal(p.n_replies, 15);
	for (uint16_t seq = 1; seq <= 5; seq++) {
		assert_true(answered(&p, 56, seq));
		assert_true(answered(&p, 72, seq));
		assert_true(answered(&p, 88, seq));
	}
	assert_true(p.replies[0].rtt_us == 13);
	assert_true(p.finished == 3);
	assert_true(p.transmitted == 15 && p.received == 15);
	assert_int_equal(p.n_ends, 3);
	assert_int_equal(p.ends[2].size, 88);
	assert_int_equal(p.ends[2].status, 0);
	assert_int_equal(p.errors, 0);
	pingstat_free(&p);
	recorded_free(text);
}

static void
test_ping_busybox(void **state)
{
	struct span text = recorded_text("ping_busybox.txt");
	struct pingstat p;

	(void)state;
	linux_parse_pings(text, &p);
	assert_int_equal(p.n_replies, 2);
	assert_true(answered(&p, 72, 0) && answered(&p, 72, 1));
	assert_true(p.transmitted == 2 && p.received == 2);
	pingstat_free(&p);
	recorded_free(text);
}

static void
test_ping_unanswered_arp(void **state)
{
	struct span text = recorded_text("ping_no_arp.txt");
	struct pingstat p;

	(void)state;
	linux_parse_pings(text, &p);
	assert_int_equal(p.n_replies, 0);
	assert_true(p.transmitted == 2 && p.received == 0);
	assert_true(p.errors == 2);
	assert_int_equal(p.fail, PING_NO_ANSWER);
	assert_string_equal(p.why,
	    "From 192.0.2.1 icmp_seq=1 Destination Host Unreachable");
	pingstat_free(&p);
	recorded_free(text);
}

static void
test_ping_fails(void **state)
{
	static const struct {
		const char *text;
		enum ping_fail fail;
	} cases[] = {
		{ "ping: connect: Network is unreachable\n= 56 2\n",
		    PING_NO_ROUTE },
		{ "ping: sendto: Network is unreachable\n", PING_NO_ROUTE },
		{ "ping: bind: Cannot assign requested address\n",
		    PING_NO_ADDRESS },
		{ "ping: sendmsg: Operation not permitted\n", PING_REFUSED },
		{ "ping: local error: message too long, mtu=1500\n",
		    PING_TOO_BIG },
		{ "sh: 3: ping: not found\n", PING_NO_TOOL },
		{ "ping: unknown iface d9\n", PING_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pingstat p;

		linux_parse_pings(span_of(cases[i].text), &p);
		assert_int_equal(p.fail, cases[i].fail);
		assert_true(p.errors == 1);
		assert_true(p.finished == 0 && p.n_replies == 0);
		pingstat_free(&p);
	}
}

/* What only looks like an answer is none. */
static void
test_ping_refuses(void **state)
{
	static const char *const bad[] = {
		"64 bytes from 192.0.2.1: ttl=64 time=1 ms\n",
		"64 bytes from 192.0.2.1: icmp_seq=70000 ttl=64\n",
		"4 bytes from 192.0.2.1: icmp_seq=1\n",
		"70000 bytes from 192.0.2.1: icmp_seq=1\n",
		"64 bytes to 192.0.2.1: icmp_seq=1\n",
		"x packets transmitted, 5 received\n",
		"5 packets transmitted\n",
		"= 56\n",
		"= 70000 0\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct pingstat p;

		linux_parse_pings(span_of(bad[i]), &p);
		assert_true(p.n_replies + p.n_ends + p.finished == 0);
		pingstat_free(&p);
	}
}

static void
test_ping_duplicate(void **state)
{
	struct pingstat p;

	(void)state;
	linux_parse_pings(span_of("64 bytes from 192.0.2.1: icmp_seq=1 "
				  "ttl=64 time=1012 ms (DUP!)\n"),
	    &p);
	assert_int_equal(p.n_replies, 1);
	assert_true(p.replies[0].duplicate);
	assert_true(p.replies[0].rtt_us == 1012000);
	pingstat_free(&p);
}

static void
test_pattern(void **state)
{
	(void)state;
	assert_true(linux_probe_has_pattern(span_of("iputils\n")));
	assert_false(linux_probe_has_pattern(span_of("busybox\n")));
	assert_false(linux_probe_has_pattern(span_of("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capture_counts),
		cmocka_unit_test(test_capture_cut),
		cmocka_unit_test(test_capture_fails),
		cmocka_unit_test(test_pings_at_once),
		cmocka_unit_test(test_ping_busybox),
		cmocka_unit_test(test_ping_unanswered_arp),
		cmocka_unit_test(test_ping_fails),
		cmocka_unit_test(test_ping_refuses),
		cmocka_unit_test(test_ping_duplicate),
		cmocka_unit_test(test_pattern),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
