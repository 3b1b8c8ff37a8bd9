/* links: capture/stream base/buf base/err base/mem */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "capture/stream.h"

/* A header and a record of 3 of 60 bytes, in each way that there is. */
static const struct {
	uint8_t bytes[STREAM_HEADER + 16 + 3];
	int64_t ns;
} cases[] = {
	{ { 0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0,
	      0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 60, 9,
	      8, 7 },
	    5 * NS_PER_S + 7 * NS_PER_US },
	{ { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4,
	      0, 1, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 9,
	      8, 7 },
	    5 * NS_PER_S + 7 * NS_PER_US },
	{ { 0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0,
	      0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 60, 9,
	      8, 7 },
	    5 * NS_PER_S + 7 },
	{ { 0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4,
	      0, 1, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 9,
	      8, 7 },
	    5 * NS_PER_S + 7 },
};

enum { CASES = sizeof(cases) / sizeof(cases[0]), WHOLE = STREAM_HEADER + 19 };

static void
test_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct stream s;
		struct frame f;
		struct err e;
		size_t used;

		stream_init(&s);
		assert_int_equal(stream_next(&s, cases[i].bytes, WHOLE, &used,
				     &f, &e),
		    STREAM_FRAME);
		assert_int_equal(used, WHOLE);
		assert_int_equal(f.time.ns, cases[i].ns);
		assert_int_equal(f.link, FRAME_ETHERNET);
		assert_int_equal(f.captured, 3);
		assert_int_equal(f.length, 60);
		assert_ptr_equal(f.data, cases[i].bytes + WHOLE - 3);
	}
}

/* Cut anywhere, there is no frame yet, and nothing is read twice. */
static void
test_every_cut(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < WHOLE; cut++) {
		uint8_t *p = malloc(cut + 1);
		struct stream s;
		struct frame f;
		struct err e;
		size_t used;

		memcpy(p, cases[0].bytes, cut);
		stream_init(&s);
		assert_int_equal(stream_next(&s, p, cut, &used, &f, &e),
		    STREAM_MORE);
		assert_int_equal(used, cut < STREAM_HEADER ? 0 : STREAM_HEADER);
		free(p);
		assert_int_equal(stream_next(&s, cases[0].bytes + used,
				     WHOLE - used, &used, &f, &e),
		    STREAM_FRAME);
	}
}

static void
bad(size_t at, uint8_t byte, const char *why)
{
	uint8_t b[WHOLE];
	struct stream s;
	struct frame f;
	struct err e;
	size_t used;

	memcpy(b, cases[0].bytes, WHOLE);
	b[at] = byte;
	stream_init(&s);
	assert_int_equal(stream_next(&s, b, WHOLE, &used, &f, &e), STREAM_BAD);
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.text, why);
}

static void
test_bad(void **state)
{
	(void)state;
	bad(0, 0, "not a pcap capture");
	bad(23, 9, "pcap capture: link type 9 makes no sense");
	bad(35, 61, "pcap capture: captured length 61 makes no sense");
	bad(32, 1, "pcap capture: captured length 16777219 makes no sense");
	bad(28, 1,
	    "pcap capture: fraction of a second 16777223 makes no sense");
}

static void
test_put(void **state)
{
	static const uint8_t data[] = { 9, 8, 7 };
	const struct frame f = { .time = { 5 * NS_PER_S + 7999 },
		.captured = 3,
		.length = 60,
		.data = data };
	struct buf b;

	(void)state;
	buf_init(&b, WHOLE);
	assert_int_equal(stream_put_header(&b, FRAME_ETHERNET, 0x40000), 0);
	assert_int_equal(stream_put_frame(&b, &f), 0);
	assert_int_equal(b.len, WHOLE);
	assert_memory_equal(b.data, cases[0].bytes, WHOLE);
	/* No room: nothing of it. */
	assert_int_equal(stream_put_frame(&b, &f), -1);
	assert_int_equal(b.len, WHOLE);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_put),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
