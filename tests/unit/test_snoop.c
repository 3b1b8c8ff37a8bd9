/* links: capture/snoop base/err */
#include "unit.h"

#include <stdlib.h>

#include "base/err.h"
#include "capture/snoop.h"

enum { RECORD = 24, FIRST = 7, SECOND = 60 };

/* RFC 1761 by hand: the header, 7 of 100 bytes (padded to 8), 60 of 60. */
static const uint8_t head[] = { 's', 'n', 'o', 'o', 'p', 0, 0, 0, 0, 0, 0, 2, 0,
	0, 0, 4 };
static const uint8_t first[] = { 0, 0, 0, 100, 0, 0, 0, FIRST, 0, 0, 0, 32, 0,
	0, 0, 0, 0x65, 0x53, 0xf1, 0, 0, 0x0f, 0x42, 0x3f, 1, 2, 3, 4, 5, 6, 7,
	0 };
static const uint8_t second[RECORD + SECOND] = { 0, 0, 0, SECOND, 0, 0, 0,
	SECOND, 0, 0, 0, RECORD + SECOND, 0, 0, 1, 2, 0xff, 0, 0, 0, 0, 0, 0,
	1 };

enum { WHOLE = sizeof(head) + sizeof(first) + sizeof(second) };

static void
compose(uint8_t b[WHOLE])
{
	memcpy(b, head, sizeof(head));
	memcpy(b + sizeof(head), first, sizeof(first));
	memcpy(b + sizeof(head) + sizeof(first), second, sizeof(second));
}

/* Everything that n bytes hold; how many frames, how many bytes are left. */
static enum snoop_result
run(struct snoop *s, const uint8_t *b, size_t n, unsigned *frames, size_t *left,
    struct err *e)
{
	enum snoop_result r;
	size_t used;
	struct frame f;

	while ((r = snoop_next(s, b, n, &used, &f, e)) == SNOOP_FRAME) {
		++*frames;
		assert_ptr_equal(f.data + (*frames == 1 ? 8 : SECOND),
		    b + used);
		b += used;
		n -= used;
	}
	*left = n - used;
	return r;
}

static void
test_whole(void **state)
{
	uint8_t b[WHOLE];
	struct snoop s;
	struct frame f;
	struct err e;
	size_t used, at;

	(void)state;
	compose(b);
	assert_true(snoop_recognize(b, WHOLE));
	snoop_init(&s);
	assert_int_equal(snoop_next(&s, b, WHOLE, &used, &f, &e), SNOOP_FRAME);
	assert_int_equal(used, sizeof(head) + sizeof(first));
	assert_int_equal(f.length, 100);
	assert_int_equal(f.captured, FIRST);
	assert_int_equal(f.link, FRAME_ETHERNET);
	assert_int_equal(f.time.ns, 1700000000999999000);
	assert_int_equal(f.data[FIRST - 1], 7);
	assert_int_equal(s.drops, 0);
	at = used;
	assert_int_equal(snoop_next(&s, b + at, WHOLE - at, &used, &f, &e),
	    SNOOP_FRAME);
	assert_int_equal(f.captured, SECOND);
	/* Seconds are unsigned: behind 2038 as well. */
	assert_int_equal(f.time.ns, INT64_C(4278190080000001000));
	assert_int_equal(s.drops, 258);
	at += used;
	assert_int_equal(at, WHOLE);
	assert_int_equal(snoop_next(&s, b + at, 0, &used, &f, &e), SNOOP_MORE);
	assert_true(snoop_may_end(&s, 0));
}

/* Cut anywhere: what is whole is there, and the end is known for a cut. */
static void
test_every_cut(void **state)
{
	uint8_t b[WHOLE];

	(void)state;
	compose(b);
	for (size_t n = 0; n < WHOLE; n++) {
		uint8_t *cut = malloc(n + (n == 0));
		unsigned frames = 0;
		size_t left;
		struct snoop s;
		struct err e;

		assert_non_null(cut);
		memcpy(cut, b, n);
		snoop_init(&s);
		assert_int_equal(run(&s, cut, n, &frames, &left, &e),
		    SNOOP_MORE);
		assert_int_equal(frames, n >= sizeof(head) + sizeof(first));
		assert_int_equal(snoop_may_end(&s, left),
		    n == 12 || n == sizeof(head) ||
			n == sizeof(head) + sizeof(first));
		free(cut);
	}
}

/* Bytes that come one by one make the same frames. */
static void
test_byte_by_byte(void **state)
{
	uint8_t b[WHOLE];
	unsigned frames = 0;
	size_t from = 0, used;
	struct snoop s;
	struct frame f;
	struct err e;

	(void)state;
	compose(b);
	snoop_init(&s);
	for (size_t n = 1; n <= WHOLE; n++) {
		enum snoop_result r =
		    snoop_next(&s, b + from, n - from, &used, &f, &e);

		from += used;
		assert_int_not_equal(r, SNOOP_BAD);
		if (r == SNOOP_FRAME)
			assert_int_equal(f.captured,
			    frames++ == 0 ? FIRST : SECOND);
	}
	assert_int_equal(frames, 2);
	assert_int_equal(from, WHOLE);
}

static void
test_refuses(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		unsigned frames;
		const char *why;
	} t[] = {
		{ 0, 'S', 0, "not a snoop capture" },
		{ 7, 1, 0, "not a snoop capture" },
		{ 11, 3, 0, "snoop capture: version 3 makes no sense" },
		{ 15, 8, 0, "snoop capture: link type 8 makes no sense" },
		/* More captured than there was, or than a packet can be. */
		{ 16 + 7, 101, 0, "captured length 101" },
		{ 16 + 4, 1, 0, "captured length 16777223" },
		/* A record too small for its packet, or endless. */
		{ 16 + 11, 30, 0, "record length 30" },
		{ 16 + 8, 1, 0, "record length 16777248" },
		{ 16 + 21, 0x10, 0, "microsecond 1065535" },
		{ 16 + 32 + 11, RECORD, 1, "record length 24" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint8_t b[WHOLE];
		unsigned frames = 0;
		size_t left;
		struct snoop s;
		struct err e = { 0 };

		compose(b);
		b[t[i].at] = t[i].byte;
		snoop_init(&s);
		assert_int_equal(run(&s, b, WHOLE, &frames, &left, &e),
		    SNOOP_BAD);
		assert_int_equal(e.kind, ERR_INPUT);
		if (strstr(e.text, t[i].why) == NULL)
			fail_msg("%s, not %s", e.text, t[i].why);
		assert_int_equal(frames, t[i].frames);
	}
}

static void
test_recognize(void **state)
{
	(void)state;
	assert_false(snoop_recognize(head, 7));
	assert_true(snoop_recognize(head, 8));
	assert_false(snoop_recognize((const uint8_t *)"snoopdog", 8));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_recognize),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
