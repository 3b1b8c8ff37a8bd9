/*
 * links: decode/decode decode/eth decode/arp decode/ip4 decode/ip6 decode/icmp
 * links: decode/udp decode/vxlan decode/esp decode/natt decode/ike model/addr
 * links: base/str
 */
#include "unit.h"

#include "decode/cursor.h"
#include "decode/decode.h"
#include "decode/proto.h"
#include "frames.h"
#include "hex.h"
#include "model/frame.h"
#include "model/packet.h"

enum where { OUTER, INNER, QUOTE };

/* Where the headers begin in frames[]. */
enum {
	IP = 14,
	L4 = 34,	  /* behind IPv4 */
	UDP = L4 + 8,	  /* the payload of UDP */
	IN_IP = UDP + 22, /* behind VXLAN and the inner Ethernet header */
	QUOTED = L4 + 8,  /* what ICMP quotes */
	QUOTED_L4 = QUOTED + 20,
	L4_6 = 54 /* behind IPv6 */
};

/* A frame of frames[], the bytes put into it, and what must come of it. */
static const struct {
	const char *frame;
	size_t at;
	const char *hex;
	enum decode_result want;
	enum where where;
	enum packet_hdr broken;
} cases[] = {
	/* RFC 826, RFC 5494: not Ethernet, not IPv4, lengths, operation 0. */
	{ "arp request", IP, "0006", DEC_BAD, OUTER, PACKET_HDR_ARP },
	{ "arp request", IP + 2, "86dd", DEC_BAD, OUTER, PACKET_HDR_ARP },
	{ "arp request", IP + 4, "08", DEC_BAD, OUTER, PACKET_HDR_ARP },
	{ "arp request", IP + 5, "10", DEC_BAD, OUTER, PACKET_HDR_ARP },
	{ "arp request", IP + 6, "0000", DEC_BAD, OUTER, PACKET_HDR_ARP },
	/* RFC 791: version, header length, total length. */
	{ "udp", IP, "55", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp", IP, "44", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp", IP, "4f", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp", IP + 2, "0013", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp", IP + 2, "0029", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp", IP + 2, "0000", DEC_BAD, OUTER, PACKET_HDR_IP },
	/* A fragment that no other can follow, one that ends behind 65535. */
	{ "udp", IP + 6, "2000", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp", IP + 6, "1fff", DEC_BAD, OUTER, PACKET_HDR_IP },
	/* RFC 8200: version, payload length, options not first, too long. */
	{ "esp 6", IP, "45", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "esp 6", IP + 4, "0fff", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp behind options", L4_6, "00", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp behind options", L4_6 + 1, "ff", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "first fragment 6", IP + 4, "002f", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "last fragment 6", L4_6 + 2, "fff8", DEC_BAD, OUTER, PACKET_HDR_IP },
	{ "udp behind options", IP + 4, "001711", DEC_BAD, OUTER,
	    PACKET_HDR_UDP },
	/* A packet that ends within its transport header. */
	{ "udp", IP + 2, "001b", DEC_BAD, OUTER, PACKET_HDR_UDP },
	{ "esp", IP + 2, "001b", DEC_BAD, OUTER, PACKET_HDR_ESP },
	{ "ping", IP + 2, "001b", DEC_BAD, OUTER, PACKET_HDR_ICMP },
	{ "esp 6", IP + 4, "0007", DEC_BAD, OUTER, PACKET_HDR_ESP },
	{ "ping 6", IP + 4, "0007", DEC_BAD, OUTER, PACKET_HDR_ICMP },
	/* RFC 768: a length below the header's, above the packet's, 0. */
	{ "udp", L4 + 4, "0007", DEC_BAD, OUTER, PACKET_HDR_UDP },
	{ "udp", L4 + 4, "0015", DEC_BAD, OUTER, PACKET_HDR_UDP },
	{ "udp", L4 + 4, "0000", DEC_BAD, OUTER, PACKET_HDR_UDP },
	/* RFC 4303: SPI 0. */
	{ "esp", L4, "00000000", DEC_BAD, OUTER, PACKET_HDR_ESP },
	{ "esp 6", L4_6, "00000000", DEC_BAD, OUTER, PACKET_HDR_ESP },
	/* RFC 3948: one byte that is no keepalive; too little for the rest. */
	{ "nat-t keepalive", UDP, "fe", DEC_BAD, OUTER, PACKET_HDR_ESP },
	{ "nat-t esp", L4 + 4, "0008", DEC_BAD, OUTER, PACKET_HDR_ESP },
	{ "nat-t esp", L4 + 4, "000b", DEC_BAD, OUTER, PACKET_HDR_ESP },
	{ "nat-t esp", L4 + 4, "000f", DEC_BAD, OUTER, PACKET_HDR_ESP },
	{ "nat-t ike", L4 + 4, "0027", DEC_BAD, OUTER, PACKET_HDR_IKE },
	/* RFC 7296 section 3.1: initiator's SPI 0, version 3, length. */
	{ "ike v1 main mode", UDP, "0000000000000000", DEC_BAD, OUTER,
	    PACKET_HDR_IKE },
	{ "ike v1 main mode", UDP + 17, "30", DEC_BAD, OUTER, PACKET_HDR_IKE },
	{ "ike v1 main mode", UDP + 24, "0000001b", DEC_BAD, OUTER,
	    PACKET_HDR_IKE },
	{ "ike v1 main mode", UDP + 24, "00000061", DEC_BAD, OUTER,
	    PACKET_HDR_IKE },
	/* A payload below 4 bytes, behind the end, a NOTIFY too small. */
	{ "ike v1 main mode", UDP + 30, "0003", DEC_BAD, OUTER,
	    PACKET_HDR_IKE },
	{ "ike v1 main mode", UDP + 30, "0fff", DEC_BAD, OUTER,
	    PACKET_HDR_IKE },
	{ "ike v1 notify 14", UDP + 30, "000b", DEC_BAD, OUTER,
	    PACKET_HDR_IKE },
	/* RFC 7348: no I flag; an inner frame that is none. */
	{ "vxlan ping", UDP, "00", DEC_BAD, OUTER, PACKET_HDR_VXLAN },
	{ "vxlan ping", L4 + 4, "000f", DEC_BAD, OUTER, PACKET_HDR_VXLAN },
	{ "vxlan ping", L4 + 4, "001d", DEC_BAD, INNER, PACKET_HDR_ETH },
	{ "vxlan ping", IN_IP, "55", DEC_BAD, INNER, PACKET_HDR_IP },
	{ "vxlan arp", IN_IP + 6, "0000", DEC_BAD, INNER, PACKET_HDR_ARP },
	/* RFC 792: a quotation that is none, or of less than 8 bytes. */
	{ "fragment needed, esp", QUOTED, "55", DEC_BAD, QUOTE, PACKET_HDR_IP },
	{ "fragment needed, esp", QUOTED, "44", DEC_BAD, QUOTE, PACKET_HDR_IP },
	{ "fragment needed, esp", QUOTED_L4, "00000000", DEC_BAD, QUOTE,
	    PACKET_HDR_ESP },
	{ "fragment needed, esp", IP + 2, "001c", DEC_SHORT, QUOTE,
	    PACKET_HDR_IP },
	{ "fragment needed, esp", IP + 2, "0037", DEC_SHORT, QUOTE,
	    PACKET_HDR_ESP },
	{ "port unreachable, udp", IP + 2, "0037", DEC_SHORT, QUOTE,
	    PACKET_HDR_UDP },
	/* RFC 4884: what cannot be a length is not taken for one. */
	{ "rfc 4884, esp", L4 + 5, "ff", DEC_OK, QUOTE, 0 },
	{ "unreachable 6, rfc 4884", L4_6 + 4, "ff", DEC_OK, QUOTE, 0 },
	/* A length below the shortest header: it does quote too little. */
	{ "rfc 4884, esp", L4 + 5, "04", DEC_SHORT, QUOTE, PACKET_HDR_IP },
};

static uint8_t *
find_frame(const char *name, size_t *n)
{
	for (size_t i = 0; i < FRAMES; i++)
		if (strcmp(frames[i].name, name) == 0)
			return hex_bytes(frames[i].hex, n);
	fail_msg("no frame is called %s", name);
	return NULL;
}

static enum decode_result
decode(const uint8_t *data, size_t n, enum frame_link link, struct packet *ret)
{
	struct frame f = { { 0 }, link, (uint32_t)n, (uint32_t)n, data };
	struct decode_opts o;

	decode_opts_init(&o);
	return decode_frame(&f, &o, ret);
}

static const struct layer *
layer_at(const struct packet *p, enum where where)
{
	if (where == INNER)
		assert_true(p->has_inner);
	if (where == QUOTE)
		assert_true(p->has_quote);
	return where == INNER ? &p->inner
	    : where == QUOTE  ? &p->quote
			      : &p->outer;
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct packet p;
		size_t n, patch_n;
		uint8_t *data = find_frame(cases[i].frame, &n);
		uint8_t *patch = hex_bytes(cases[i].hex, &patch_n);
		const struct layer *l;
		enum decode_result r;

		memcpy(data + cases[i].at, patch, patch_n);
		r = decode(data, n, FRAME_ETHERNET, &p);
		l = layer_at(&p, cases[i].where);
		if (r != cases[i].want || l->broken != cases[i].broken)
			fail_msg("case %zu, %s: %d, broken %x", i,
			    cases[i].frame, (int)r, l->broken);
		/* What is broken was not filled in. */
		assert_int_equal(l->has & l->broken, 0);
		free(patch);
		free(data);
	}
}

/* A kind is only claimed when its header is there. */
static void
test_kind_without_header(void **state)
{
	static const struct {
		const char *frame;
		size_t at;
		uint8_t byte;
		enum packet_kind want;
	} t[] = {
		{ "esp", L4 + 3, 0, PACKET_ESP },
		{ "vxlan ping", UDP, 0, PACKET_UDP },
		{ "ike v1 main mode", UDP + 17, 0x30, PACKET_UDP },
		{ "udp", L4 + 5, 0, PACKET_OTHER },
	};
	struct packet p;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint8_t *data = find_frame(t[i].frame, &n);

		data[t[i].at] = t[i].byte;
		decode(data, n, FRAME_ETHERNET, &p);
		assert_int_equal(p.outer.kind, t[i].want);
		assert_true(p.outer.has & PACKET_HDR_IP);
		free(data);
	}
}

/* Header after header: an end is reached before the stack's is. */
static void
test_chains(void **state)
{
	uint8_t ext[40 + 17 * 8 + 8] = { 0x60, [4] = 0, 17 * 8 + 8, 60, 64 };
	uint8_t ike[28 + 65 * 4] = { [7] = 1, [16] = 13, 0x10, 2, 0 };
	struct cursor c = cursor_of(ext, sizeof(ext), sizeof(ext));
	struct ip_hdr ip = { .ttl = 77 };
	struct ike_hdr h = { .flags = 77 };

	(void)state;
	for (size_t i = 0; i < 17; i++)
		ext[40 + i * 8] = 60;
	assert_int_equal(ip6_decode(&c, &ip), DEC_BAD);
	assert_int_equal(ip.ttl, 77);
	ext[40 + 15 * 8] = 59;
	c = cursor_of(ext, sizeof(ext), sizeof(ext));
	assert_int_equal(ip6_decode(&c, &ip), DEC_BAD);
	ext[40 + 14 * 8] = 59;
	c = cursor_of(ext, sizeof(ext), sizeof(ext));
	assert_int_equal(ip6_decode(&c, &ip), DEC_OK);
	assert_int_equal(ip.proto, 59);

	ike[26] = sizeof(ike) >> 8;
	ike[27] = sizeof(ike) & 0xff;
	for (size_t i = 28; i < sizeof(ike); i += 4) {
		ike[i] = 13;
		ike[i + 3] = 4;
	}
	c = cursor_of(ike, sizeof(ike), sizeof(ike));
	assert_int_equal(ike_decode(&c, &h), DEC_BAD);
	assert_int_equal(h.flags, 77);
	ike[28 + 63 * 4] = 0;
	c = cursor_of(ike, sizeof(ike), sizeof(ike));
	assert_int_equal(ike_decode(&c, &h), DEC_OK);
	assert_int_equal(h.notify, 0);
}

/* Linux writes 0 for what the length fields of IPv4 and UDP cannot hold. */
static void
test_oversized(void **state)
{
	uint8_t d[20 + 8] = { 0x45, [6] = 0x40, [8] = 64, 17 };
	struct frame f = { { 0 }, FRAME_RAW_IP, sizeof(d), 100000, d };
	struct decode_opts o;
	struct packet p;

	(void)state;
	decode_opts_init(&o);
	assert_int_equal(decode_frame(&f, &o, &p), DEC_OK);
	assert_int_equal(p.outer.kind, PACKET_UDP);
	assert_int_equal(p.outer.ip.total_len, 100000);
	f.length = 28;
	assert_int_equal(decode_frame(&f, &o, &p), DEC_BAD);
}

/* The link layers, each around the same packet. */
static void
test_links(void **state)
{
	static const struct {
		enum frame_link link;
		const char *hex;
	} t[] = {
		{ FRAME_RAW_IP, "" },
		{ FRAME_LINUX_SLL, "000400010006020000000a0100000800" },
		{ FRAME_LINUX_SLL,
		    "000400010006020000000a0100008100 00070800" },
		{ FRAME_LINUX_SLL2,
		    "080000000000000300010406020000000a010000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		size_t n, head_n = 0;
		uint8_t *eth = find_frame("esp", &n);
		uint8_t *head = hex_bytes(t[i].hex, &head_n);
		uint8_t *data = malloc(head_n + n - IP);
		struct packet p;

		assert_non_null(data);
		if (head_n > 0)
			memcpy(data, head, head_n);
		memcpy(data + head_n, eth + IP, n - IP);
		n += head_n - IP;
		assert_int_equal(decode(data, n, t[i].link, &p), DEC_OK);
		assert_int_equal(p.outer.kind, PACKET_ESP);
		assert_int_equal(p.outer.esp.spi, 0xc0ffee00);
		assert_int_equal(!(p.outer.has & PACKET_HDR_ETH), i == 0);
		if (i > 0)
			assert_int_equal(p.outer.eth.src.b[4], 0x0a);
		if (i > 0)
			assert_int_equal(p.outer.eth.vlan,
			    i == 2 ? 7 : PACKET_NO_VLAN);
		for (size_t cut = 0; cut < head_n; cut++) {
			struct frame f = { { 0 }, t[i].link, (uint32_t)cut,
				(uint32_t)n, data };
			struct decode_opts o;

			decode_opts_init(&o);
			assert_int_equal(decode_frame(&f, &o, &p), DEC_SHORT);
			assert_int_equal(p.outer.broken, PACKET_HDR_ETH);
			assert_int_equal(p.outer.has, 0);
		}
		free(data);
		free(head);
		free(eth);
	}
}

static void
test_cursor(void **state)
{
	static const uint8_t d[] = { 1, 2, 3, 4 };
	struct cursor c = cursor_of(d, 4, 6);

	(void)state;
	assert_ptr_equal(cursor_take(&c, 3), d);
	assert_null(cursor_take(&c, 2));
	assert_int_equal(c.fail, DEC_SHORT);
	/* Sticky: even what would fit is refused now. */
	assert_null(cursor_take(&c, 1));
	assert_null(cursor_take(&c, 0));
	c = cursor_of(d, 4, 6);
	assert_null(cursor_take(&c, 7));
	assert_int_equal(c.fail, DEC_BAD);
	c = cursor_of(d, 4, 6);
	c.open = true;
	assert_null(cursor_take(&c, 7));
	assert_int_equal(c.fail, DEC_SHORT);
	c = cursor_of(d, 4, 6);
	cursor_narrow(&c, 2);
	assert_null(cursor_take(&c, 3));
	assert_int_equal(c.fail, DEC_BAD);
	assert_int_equal(be64((const uint8_t *)"\1\2\3\4\5\6\7\xff"),
	    0x01020304050607ff);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_kind_without_header),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_oversized),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
