/* links: capture/filter base/err base/mem */
#include "unit.h"

#include <stdlib.h>

#include "base/err.h"
#include "capture/filter.h"
#include "frames.h"
#include "hex.h"
#include "model/frame.h"

static unsigned
matches(struct filter *f, enum frame_link link, size_t skip)
{
	unsigned sum = 0;

	for (size_t i = 0; i < FRAMES; i++) {
		size_t n;
		uint8_t *p = hex_bytes(frames[i].hex, &n);
		const struct frame frame = { .link = link,
			.captured = (uint32_t)(n - skip),
			.length = (uint32_t)(n - skip),
			.data = p + skip };

		sum += filter_match(f, &frame);
		free(p);
	}
	return sum;
}

/* How many of frames.h each matches. */
static void
test_match(void **state)
{
	static const struct {
		const char *text;
		unsigned ethernet, raw;
	} cases[] = {
		{ "arp", 2, 0 },
		{ "ip proto 50 or ip6 proto 50", 2, 0 },
		{ "udp port 500", 4, 0 },
		{ "icmp[icmptype] = icmp-echo and host 192.0.2.11", 2, 0 },
		{ "", FRAMES, 0 },
		{ "less 20", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct filter *f = NULL;
		struct err e;

		assert_int_equal(filter_new(cases[i].text, &f, &e), 0);
		assert_int_equal(matches(f, FRAME_ETHERNET, 0),
		    cases[i].ethernet);
		filter_free(f);
	}
	assert_int_equal(matches(NULL, FRAME_ETHERNET, 0), FRAMES);
}

/* What has no Ethernet header is compiled for what it is. */
static void
test_link(void **state)
{
	struct filter *f = NULL;
	struct err e;

	(void)state;
	assert_int_equal(filter_new("udp port 500", &f, &e), 0);
	assert_int_equal(matches(f, FRAME_RAW_IP, 14), 4);
	assert_int_equal(matches(f, FRAME_ETHERNET, 0), 4);
	filter_free(f);
	/* An Ethernet address is none of it; that matches nothing. */
	assert_int_equal(filter_new("ether host 2:0:0:0:b:1", &f, &e), 0);
	assert_int_not_equal(matches(f, FRAME_ETHERNET, 0), 0);
	assert_int_equal(matches(f, FRAME_RAW_IP, 14), 0);
	filter_free(f);
}

static void
test_bad(void **state)
{
	struct filter *f = NULL;
	struct err e;

	(void)state;
	assert_int_equal(filter_new("udp port", &f, &e), -1);
	assert_int_equal(e.kind, ERR_USAGE);
	assert_non_null(strstr(e.text, "filter \"udp port\": "));
	assert_null(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
