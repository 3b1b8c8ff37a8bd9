/*
 * links: report/line decode/ model/addr base/buf base/date base/err base/mem
 * links: base/str
 */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "decode/decode.h"
#include "frames.h"
#include "hex.h"
#include "model/frame.h"
#include "model/packet.h"
#include "report/line.h"

/* Of every frame in frames.h, in its order. */
/* clang-format off */
static const char *const want[] = {
	"ARP who-has 192.0.2.1 tell 192.0.2.11",
	"ARP reply 192.0.2.1 is-at 02:00:00:00:0b:01",
	"192.0.2.11 > 198.51.100.13: ICMP echo request, id 16962, seq 7, length 24",
	"192.0.2.11 > 198.51.100.13: ICMP echo reply, id 16962, seq 7, length 24",
	"192.0.2.11 > 198.51.100.13: ICMP echo request, id 1, seq 2, length 72",
	"192.0.2.11 > 198.51.100.13: fragment of IP protocol 1, id 4660, offset 72, length 50",
	"203.0.113.1 > 198.51.100.13: ICMP unreachable, code 4, mtu 1400 about (192.0.2.11 > 198.51.100.13: ESP SPI 0xc0ffee01, seq 4711, length 1420)",
	"203.0.113.1 > 198.51.100.13: ICMP time exceeded about (192.0.2.11 > 198.51.100.13: ESP SPI 0xc0ffee01, seq 4711, length 1420)",
	"203.0.113.1 > 198.51.100.13: ICMP unreachable, code 3 about (192.0.2.11 > 198.51.100.13: UDP 40000 > 4790, length 1400)",
	"203.0.113.1 > 198.51.100.13: ICMP unreachable, code 1 about (192.0.2.11 > 198.51.100.13: ESP in UDP SPI 0xc0ffee02, seq 12, length 1420)",
	"203.0.113.1 > 198.51.100.13: ICMP unreachable, code 13 about (192.0.2.11 > 198.51.100.13: ICMP echo request, id 16962, seq 7)",
	"192.0.2.11 > 198.51.100.13: ICMP type 13",
	"192.0.2.11 > 198.51.100.13: UDP 5353 > 53000, length 20",
	"192.0.2.11 > 198.51.100.13: TCP, length 40",
	"192.0.2.11 > 198.51.100.13: ESP SPI 0xc0ffee00, seq 16909060, length 124",
	"192.0.2.11 > 198.51.100.13: ESP in UDP SPI 0xc0ffee03, seq 77, length 100",
	"192.0.2.11 > 198.51.100.13: NAT-T keepalive",
	"192.0.2.11 > 198.51.100.13: IKEv2 IKE_AUTH request, SPI 0x1112131415161718 0x2122232425262728, message 1, length 92",
	"192.0.2.11 > 198.51.100.13: IKEv1 main mode, SPI 0x1112131415161718 0x0000000000000000, message 0, length 96",
	"192.0.2.11 > 198.51.100.13: IKEv1 informational, SPI 0x1112131415161718 0x2122232425262728, message 5, notify 14, length 48",
	"192.0.2.11 > 198.51.100.13: IKEv1 quick mode, SPI 0x1112131415161718 0x2122232425262728, message 6, length 76",
	"192.0.2.11 > 198.51.100.13: IKEv2 IKE_SA_INIT response, SPI 0x1112131415161718 0x2122232425262728, message 0, notify 17, length 66",
	"192.0.2.11 > 198.51.100.13: VXLAN VNI 2, 10.0.0.1 > 10.0.0.2: ICMP echo request, id 16962, seq 7, length 24",
	"192.0.2.11 > 198.51.100.13: VXLAN VNI 11259375, 10.0.0.2 > 10.0.0.1: ICMP echo reply, id 16962, seq 7, length 24",
	"192.0.2.11 > 198.51.100.13: VXLAN VNI 2, ARP who-has 10.0.0.2 tell 10.0.0.1",
	"2001:db8::11 > 2001:db8:1::13: ICMPv6 echo request, id 9, seq 10, length 24",
	"2001:db8::11 > 2001:db8:1::13: ICMPv6 packet too big, mtu 1280 about (2001:db8::11 > 2001:db8:1::13: ESP SPI 0xc0ffee06, seq 99, length 88)",
	"2001:db8::11 > 2001:db8:1::13: ICMPv6 unreachable, code 3 about (2001:db8::11 > 2001:db8:1::13: ESP SPI 0xc0ffee06, seq 99, length 88)",
	"2001:db8::11 > 2001:db8:1::13: ICMPv6 neighbour solicitation",
	"2001:db8::11 > 2001:db8:1::13: UDP 6000 > 6001, length 11",
	"2001:db8::11 > 2001:db8:1::13: UDP 6000 > 6001, length 80",
	"2001:db8::11 > 2001:db8:1::13: fragment of IP protocol 17, id 4277006349, offset 40, length 69",
	"2001:db8::11 > 2001:db8:1::13: ESP SPI 0xc0ffee66, seq 66, length 112",
	"2001:db8::11 > 2001:db8:1::13: VXLAN VNI 77, 10.0.0.1 > 10.0.0.2: ICMP echo request, id 16962, seq 7, length 24",
	"2001:db8::11 > 2001:db8:1::13: IP protocol 59, length 40",
	"192.0.2.11 > 198.51.100.13: ESP SPI 0xc0ffee00, seq 5, length 92",
	"192.0.2.11 > 198.51.100.13: ICMP echo request, id 16962, seq 7, length 24",
	"192.0.2.11 > 198.51.100.13: UDP 1 > 2, length 9",
	"Ethernet type 0x002e",
	"Ethernet type 0x88cc",
};
/* clang-format on */

static void
put_frame(struct buf *b, const uint8_t *p, size_t n)
{
	const struct frame f = { .link = FRAME_ETHERNET,
		.captured = (uint32_t)n,
		.length = (uint32_t)n,
		.data = p };
	struct decode_opts o;
	struct packet pkt;

	decode_opts_init(&o);
	decode_frame(&f, &o, &pkt);
	line_packet(b, &pkt);
}

static void
test_every_kind(void **state)
{
	(void)state;
	assert_int_equal(FRAMES, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < FRAMES; i++) {
		size_t n;
		uint8_t *p = hex_bytes(frames[i].hex, &n);
		struct buf b;

		buf_init(&b, 1024);
		put_frame(&b, p, n);
		assert_string_equal(b.data, want[i]);
		buf_free(&b);
		free(p);
	}
}

/* Cut anywhere there is a line, of printable characters. */
static void
test_every_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < FRAMES; i++) {
		size_t n;
		uint8_t *p = hex_bytes(frames[i].hex, &n);

		for (size_t cut = 0; cut < n; cut++) {
			struct buf b;

			buf_init(&b, 1024);
			put_frame(&b, p, cut);
			assert_true(b.len > 0 && !b.cut);
			for (size_t at = 0; at < b.len; at++)
				assert_in_range(b.data[at], ' ', '~');
			buf_free(&b);
		}
		free(p);
	}
}

static void
test_numbers(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0.000 ms" },
		{ 208400, "0.208 ms" },
		{ -208400, "-0.208 ms" },
		{ 12345678, "12.3 ms" },
		{ INT64_C(3000200000), "3.0002 s" },
		{ INT64_C(-86400000000000), "-86400.0000 s" },
	};
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&b);
		line_interval(&b, cases[i].ns);
		assert_string_equal(b.data, cases[i].text);
	}
	buf_clear(&b);
	line_time(&b,
	    (struct wall){ INT64_C(1764000000) * NS_PER_S + 123456789 });
	assert_string_equal(b.data, "16:00:00.123456");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
