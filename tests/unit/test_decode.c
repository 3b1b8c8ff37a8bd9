/*
 * links: decode/decode decode/eth decode/arp decode/ip4 decode/ip6 decode/icmp
 * links: decode/udp decode/vxlan decode/esp decode/natt decode/ike model/addr
 * links: base/buf base/mem base/str
 */
#include "unit.h"

#include "decode/decode.h"
#include "decode_want.h"
#include "frames.h"
#include "hex.h"
#include "model/frame.h"
#include "model/packet.h"
#include "packet_text.h"

static enum decode_result
decode(const uint8_t *data, size_t captured, size_t length, struct packet *ret)
{
	struct frame f = { .time = { 5 },
		.link = FRAME_ETHERNET,
		.captured = (uint32_t)captured,
		.length = (uint32_t)length,
		.data = data };
	struct decode_opts o;

	decode_opts_init(&o);
	memset(ret, 0xa5, sizeof(*ret));
	return decode_frame(&f, &o, ret);
}

static void
test_whole(void **state)
{
	struct buf text;
	struct packet p;
	size_t n;

	(void)state;
	assert_int_equal(FRAMES, sizeof(want) / sizeof(want[0]));
	buf_init(&text, 65536);
	for (size_t i = 0; i < FRAMES; i++) {
		uint8_t *data = hex_bytes(frames[i].hex, &n);

		assert_int_equal(decode(data, n, n, &p), DEC_OK);
		assert_int_equal(p.time.ns, 5);
		assert_int_equal(p.length, n);
		buf_clear(&text);
		text_packet(&text, &p);
		assert_string_equal(text.data, want[i]);
		free(data);
	}
	buf_free(&text);
}

/* Every line but those with '~' must be one of the whole frame's. */
static void
assert_part_of(struct buf *cut, const char *whole)
{
	for (char *line = cut->data, *end; *line != '\0'; line = end + 1) {
		const char *at;

		end = strchr(line, '\n');
		assert_non_null(end);
		*end = '\0';
		if (*line == '~')
			continue;
		at = strstr(whole, line);
		assert_non_null(at);
		assert_int_equal(at[strlen(line)], '\n');
	}
}

static unsigned
count(unsigned bits)
{
	return bits == 0 ? 0 : (bits & 1) + count(bits >> 1);
}

static unsigned
headers(const struct packet *p)
{
	return count(p->outer.has) + (p->has_inner ? count(p->inner.has) : 0) +
	    (p->has_quote ? count(p->quote.has) : 0);
}

static unsigned
broken(const struct packet *p)
{
	return count(p->outer.broken) +
	    (p->has_inner ? count(p->inner.broken) : 0) +
	    (p->has_quote ? count(p->quote.broken) : 0);
}

/* A cut is short, never bad, and what stands before it is as in the whole. */
static void
test_every_cut(void **state)
{
	struct buf text;
	struct packet p;
	size_t len;

	(void)state;
	buf_init(&text, 65536);
	for (size_t i = 0; i < FRAMES; i++) {
		uint8_t *whole = hex_bytes(frames[i].hex, &len);
		unsigned before = 0;

		for (size_t n = 0; n < len; n++) {
			uint8_t *data = malloc(n);
			enum decode_result r;

			assert_true(data != NULL || n == 0);
			if (n > 0)
				memcpy(data, whole, n);
			r = decode(data, n, len, &p);
			assert_int_not_equal(r, DEC_BAD);
			assert_int_equal(broken(&p), r == DEC_SHORT ? 1 : 0);
			assert_true(headers(&p) >= before);
			before = headers(&p);
			buf_clear(&text);
			text_packet(&text, &p);
			assert_part_of(&text, want[i]);
			free(data);
		}
		free(whole);
	}
	buf_free(&text);
}

/* The same cuts on the wire: nothing is read either, and it may be bad. */
static void
test_every_stump(void **state)
{
	struct packet p;
	size_t len;

	(void)state;
	for (size_t i = 0; i < FRAMES; i++) {
		uint8_t *whole = hex_bytes(frames[i].hex, &len);

		for (size_t n = 1; n < len; n++) {
			uint8_t *data = malloc(n);
			enum decode_result r;

			assert_non_null(data);
			memcpy(data, whole, n);
			r = decode(data, n, n, &p);
			assert_int_equal(broken(&p), r == DEC_OK ? 0 : 1);
			free(data);
		}
		free(whole);
	}
}

/* A second tunnel inside the first is left closed. */
static void
test_tunnel_depth(void **state)
{
	static const char inner[] =
	    "020000000b01020000000a01080045000046000040004011000a"
	    "c000020bc633640dc35112b60032000008000000000002000200"
	    "00000b02020000000a0288b50000000000000000000000000000"
	    "000000000000000000000000";
	static const char outer[] =
	    "020000000b01020000000a01080045000078000040004011000a"
	    "c000020bc633640dc35112b60064000008000000000001 00";
	char both[sizeof(inner) + sizeof(outer)];
	struct packet p;
	size_t n;
	uint8_t *data;

	(void)state;
	snprintf(both, sizeof(both), "%s%s", outer, inner);
	data = hex_bytes(both, &n);
	assert_int_equal(decode(data, n, n, &p), DEC_OK);
	assert_int_equal(p.outer.kind, PACKET_VXLAN);
	assert_true(p.has_inner);
	assert_int_equal(p.vni, 1);
	assert_int_equal(p.inner.kind, PACKET_UDP);
	assert_int_equal(p.inner.udp.dport, 4790);
	free(data);
}

static void
test_vxlan_ports(void **state)
{
	static const char hex[] =
	    "450000320000400040110000c000020bc633640dc351"
	    "2710001e0000080000000000020002000000 0b02020000000a0288b5";
	struct decode_opts o;
	struct packet p;
	size_t n;
	uint8_t *data = hex_bytes(hex, &n);
	struct frame f = { { 0 }, FRAME_RAW_IP, (uint32_t)n, (uint32_t)n,
		data };

	(void)state;
	decode_opts_init(&o);
	assert_int_equal(decode_frame(&f, &o, &p), DEC_OK);
	assert_int_equal(p.outer.kind, PACKET_UDP);
	assert_false(p.has_inner);
	decode_opts_add_vxlan(&o, 10000);
	assert_int_equal(decode_frame(&f, &o, &p), DEC_OK);
	assert_int_equal(p.outer.kind, PACKET_VXLAN);
	assert_int_equal(p.inner.eth.type, 0x88b5);
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_stump),
		cmocka_unit_test(test_tunnel_depth),
		cmocka_unit_test(test_vxlan_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
