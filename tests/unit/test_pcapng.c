/* links: capture/pcapng base/buf base/err base/mem */
#include "unit.h"

#include <stdlib.h>

#include "base/be.h"
#include "base/buf.h"
#include "capture/pcapng.h"
#include "hex.h"

static void
is(const struct buf *b, const char *hex)
{
	size_t n;
	uint8_t *want = hex_bytes(hex, &n);

	assert_int_equal(b->len, n);
	assert_memory_equal(b->data, want, n);
	free(want);
}

static const uint8_t data[] = { 1, 2, 3, 4, 5 };
static const struct frame frame = { .time = { INT64_C(0x123456789) },
	.captured = sizeof(data),
	.length = 60,
	.data = data };

/* draft-ietf-opsawg-pcapng sections 4.1 to 4.6, by hand. */
static void
test_blocks(void **state)
{
	const struct pcapng_section section = { "espy", "hello" };
	const struct pcapng_interface interface = { .link = FRAME_ETHERNET,
		.snaplen = 160,
		.name = "a",
		.filter = "arp" };
	const struct pcapng_packet packet = { 1, PCAPNG_OUT, NULL };
	const struct pcapng_packet plain = { 2, PCAPNG_UNKNOWN, NULL };
	const struct pcapng_statistics statistics = { .interface = 1,
		.at = { 5 },
		.counted = true,
		.received = 9,
		.dropped = 2,
		.if_dropped = 1,
		.delivered = 7 };
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	assert_int_equal(pcapng_put_section(&b, &section), 0);
	is(&b,
	    "0a0d0d0a 00000034 1a2b3c4d 00010000 ffffffff ffffffff"
	    "00010005 68656c6c 6f000000 00040004 65737079 00000000"
	    "00000034");
	buf_clear(&b);
	assert_int_equal(pcapng_put_interface(&b, &interface), 0);
	is(&b,
	    "00000001 00000030 00010000 000000a0 00020001 61000000"
	    "00090001 09000000 000b0004 00617270 00000000 00000030");
	buf_clear(&b);
	assert_int_equal(pcapng_put_packet(&b, &frame, &packet), 0);
	is(&b,
	    "00000006 00000034 00000001 00000001 23456789 00000005"
	    "0000003c 01020304 05000000 00020004 00000002 00000000"
	    "00000034");
	buf_clear(&b);
	assert_int_equal(pcapng_put_packet(&b, &frame, &plain), 0);
	is(&b,
	    "00000006 00000028 00000002 00000001 23456789 00000005"
	    "0000003c 01020304 05000000 00000028");
	buf_clear(&b);
	assert_int_equal(pcapng_put_statistics(&b, &statistics), 0);
	is(&b,
	    "00000005 0000004c 00000001 00000000 00000005"
	    "00040008 00000000 00000009 00050008 00000000 00000001"
	    "00070008 00000000 00000002 00080008 00000000 00000007"
	    "00000000 0000004c");
	buf_free(&b);
}

/* A buffer of any size holds whole blocks and nothing else. */
static void
test_no_room(void **state)
{
	const struct pcapng_packet packet = { 1, PCAPNG_IN, "comment" };

	(void)state;
	for (size_t max = 0; max < 200; max++) {
		struct buf b;
		size_t n = 0;

		buf_init(&b, max);
		while (pcapng_put_packet(&b, &frame, &packet) == 0)
			n++;
		assert_int_equal(b.len, n * (b.len > 0 ? b.len / n : 1));
		assert_int_equal(n, max / 64);
		assert_false(b.cut);
		buf_free(&b);
	}
}

/* A long text is cut between two characters. */
static void
test_long_text(void **state)
{
	char text[PCAPNG_TEXT_MAX + 3];
	const struct pcapng_section section = { .comment = text };
	struct buf b;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + PCAPNG_TEXT_MAX - 1, "\xc3\xa9", 3);
	buf_init(&b, 4096);
	assert_int_equal(pcapng_put_section(&b, &section), 0);
	assert_int_equal(be16((const uint8_t *)b.data + 26),
	    PCAPNG_TEXT_MAX - 1);
	assert_int_equal(b.len % 4, 0);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
