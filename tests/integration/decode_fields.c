/*
 * links: decode/decode decode/eth decode/arp decode/ip4 decode/ip6 decode/icmp
 * links: decode/udp decode/vxlan decode/esp decode/natt decode/ike model/addr
 * links: cmd/frames capture/snoop io/savefile io/source base/buf base/err
 * base/mem base/str
 */
/*
 * decode_fields: what decode says of a capture, under tshark's names.
 *
 *	decode_fields		the fields, one a line
 *	decode_fields FILE	a line a packet, fields between tabs; a field of
 *				several headers has commas, outermost first
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/frames.h"
#include "decode/decode.h"
#include "model/frame.h"
#include "model/packet.h"

enum { CELL_MAX = 4096 };

static void
put_mac(struct buf *b, const struct mac *m)
{
	char text[MAC_TEXT_MAX];

	buf_printf(b, "%s,", mac_text(m, text));
}

static void
put_ip(struct buf *b, const struct ip *a, int family)
{
	char text[IP_TEXT_MAX];

	if (a->family == family)
		buf_printf(b, "%s,", ip_text(a, text));
}

static int
is4(const struct layer *l)
{
	return (l->has & PACKET_HDR_IP) != 0 && l->ip.src.family == 4;
}

static int
is6(const struct layer *l)
{
	return (l->has & PACKET_HDR_IP) != 0 && l->ip.src.family == 6;
}

static int
has(const struct layer *l, enum packet_hdr hdr)
{
	return (l->has & hdr) != 0;
}

static int
is_echo(const struct layer *l)
{
	return has(l, PACKET_HDR_ICMP) &&
	    (is4(l) ? l->icmp.type == 0 || l->icmp.type == 8
		    : l->icmp.type == 128 || l->icmp.type == 129);
}

/* A field that `when` allows; fragment offsets in tshark's units of 8. */
#define FIELD(name, when, ...) \
	static void name(struct buf *b, const struct layer *l) \
	{ \
		if (when) \
			buf_printf(b, __VA_ARGS__); \
	}

FIELD(vlan, has(l, PACKET_HDR_ETH) && l->eth.vlan != PACKET_NO_VLAN, "%u,",
    l->eth.vlan)
FIELD(arp_op, has(l, PACKET_HDR_ARP), "%u,", l->arp.op)
FIELD(ip_proto, is4(l), "%u,", l->ip.proto)
FIELD(ip_ttl, is4(l), "%u,", l->ip.ttl)
FIELD(ip_tos, is4(l), "0x%02x,", l->ip.tos)
FIELD(ip_id, is4(l), "0x%04" PRIx32 ",", l->ip.id)
FIELD(ip_mf, is4(l), "%d,", l->ip.more_fragments)
FIELD(ip_df, is4(l), "%d,", l->ip.df)
FIELD(ip_offset, is4(l), "%u,", l->ip.offset / 8U)
FIELD(ip_len, is4(l), "%" PRIu32 ",", l->ip.total_len)
FIELD(ip6_hops, is6(l), "%u,", l->ip.ttl)
FIELD(ip6_tos, is6(l), "0x%08x,", l->ip.tos)
FIELD(ip6_len, is6(l), "%" PRIu32 ",", l->ip.total_len - 40)
FIELD(ip6_id, is6(l) && l->ip.id != 0, "0x%08" PRIx32 ",", l->ip.id)
FIELD(ip6_offset, is6(l) && l->ip.id != 0, "%u,", l->ip.offset / 8U)
FIELD(udp_sport, has(l, PACKET_HDR_UDP), "%u,", l->udp.sport)
FIELD(udp_dport, has(l, PACKET_HDR_UDP), "%u,", l->udp.dport)
FIELD(udp_len, has(l, PACKET_HDR_UDP), "%u,", l->udp.len)
FIELD(icmp_type, has(l, PACKET_HDR_ICMP) && is4(l), "%u,", l->icmp.type)
FIELD(icmp_code, has(l, PACKET_HDR_ICMP) && is4(l), "%u,", l->icmp.code)
FIELD(icmp_id, is_echo(l) && is4(l), "%u,", l->icmp.id)
FIELD(icmp_seq, is_echo(l) && is4(l), "%u,", l->icmp.seq)
FIELD(icmp_mtu, has(l, PACKET_HDR_ICMP) && is4(l) && l->icmp.mtu != 0,
    "%" PRIu32 ",", l->icmp.mtu)
FIELD(icmp6_type, has(l, PACKET_HDR_ICMP) && is6(l), "%u,", l->icmp.type)
FIELD(icmp6_id, is_echo(l) && is6(l), "0x%04x,", l->icmp.id)
FIELD(icmp6_seq, is_echo(l) && is6(l), "%u,", l->icmp.seq)
FIELD(icmp6_mtu, has(l, PACKET_HDR_ICMP) && is6(l) && l->icmp.mtu != 0,
    "%" PRIu32 ",", l->icmp.mtu)
FIELD(esp_spi, has(l, PACKET_HDR_ESP), "0x%08" PRIx32 ",", l->esp.spi)
FIELD(esp_seq, has(l, PACKET_HDR_ESP), "%" PRIu32 ",", l->esp.seq)
FIELD(ike_ispi, has(l, PACKET_HDR_IKE), "%016" PRIx64 ",", l->ike.initiator_spi)
FIELD(ike_rspi, has(l, PACKET_HDR_IKE), "%016" PRIx64 ",", l->ike.responder_spi)
FIELD(ike_version, has(l, PACKET_HDR_IKE), "0x%02x,", l->ike.version)
FIELD(ike_exchange, has(l, PACKET_HDR_IKE), "%u,", l->ike.exchange)
FIELD(ike_flags, has(l, PACKET_HDR_IKE), "0x%02x,", l->ike.flags)
FIELD(ike_id, has(l, PACKET_HDR_IKE), "0x%08" PRIx32 ",", l->ike.message_id)
FIELD(ike_len, has(l, PACKET_HDR_IKE), "%" PRIu32 ",", l->ike.length)
FIELD(ike_notify, has(l, PACKET_HDR_IKE) && l->ike.notify != 0, "%u,",
    l->ike.notify)

static void
arp_smac(struct buf *b, const struct layer *l)
{
	if (has(l, PACKET_HDR_ARP))
		put_mac(b, &l->arp.sender_mac);
}

static void
arp_sip(struct buf *b, const struct layer *l)
{
	if (has(l, PACKET_HDR_ARP))
		put_ip(b, &l->arp.sender, 4);
}

static void
arp_tip(struct buf *b, const struct layer *l)
{
	if (has(l, PACKET_HDR_ARP))
		put_ip(b, &l->arp.target, 4);
}

static void
ip_src(struct buf *b, const struct layer *l)
{
	put_ip(b, &l->ip.src, 4);
}

static void
ip_dst(struct buf *b, const struct layer *l)
{
	if (is4(l))
		put_ip(b, &l->ip.dst, 4);
}

static void
ip6_src(struct buf *b, const struct layer *l)
{
	put_ip(b, &l->ip.src, 6);
}

static void
ip6_dst(struct buf *b, const struct layer *l)
{
	if (is6(l))
		put_ip(b, &l->ip.dst, 6);
}

static const struct {
	const char *name; /* tshark's */
	void (*put)(struct buf *b, const struct layer *l);
} fields[] = {
	{ "vlan.id", vlan },
	{ "arp.opcode", arp_op },
	{ "arp.src.hw_mac", arp_smac },
	{ "arp.src.proto_ipv4", arp_sip },
	{ "arp.dst.proto_ipv4", arp_tip },
	{ "ip.src", ip_src },
	{ "ip.dst", ip_dst },
	{ "ip.proto", ip_proto },
	{ "ip.ttl", ip_ttl },
	{ "ip.dsfield", ip_tos },
	{ "ip.id", ip_id },
	{ "ip.flags.mf", ip_mf },
	{ "ip.flags.df", ip_df },
	{ "ip.frag_offset", ip_offset },
	{ "ip.len", ip_len },
	{ "ipv6.src", ip6_src },
	{ "ipv6.dst", ip6_dst },
	{ "ipv6.hlim", ip6_hops },
	{ "ipv6.tclass", ip6_tos },
	{ "ipv6.plen", ip6_len },
	{ "ipv6.fraghdr.ident", ip6_id },
	{ "ipv6.fraghdr.offset", ip6_offset },
	{ "udp.srcport", udp_sport },
	{ "udp.dstport", udp_dport },
	{ "udp.length", udp_len },
	{ "icmp.type", icmp_type },
	{ "icmp.code", icmp_code },
	{ "icmp.ident", icmp_id },
	{ "icmp.seq", icmp_seq },
	{ "icmp.mtu", icmp_mtu },
	{ "icmpv6.type", icmp6_type },
	{ "icmpv6.echo.identifier", icmp6_id },
	{ "icmpv6.echo.sequence_number", icmp6_seq },
	{ "icmpv6.mtu", icmp6_mtu },
	{ "esp.spi", esp_spi },
	{ "esp.sequence", esp_seq },
	{ "isakmp.ispi", ike_ispi },
	{ "isakmp.rspi", ike_rspi },
	{ "isakmp.version", ike_version },
	{ "isakmp.exchangetype", ike_exchange },
	{ "isakmp.flags", ike_flags },
	{ "isakmp.messageid", ike_id },
	{ "isakmp.length", ike_len },
	{ "isakmp.notify.msgtype", ike_notify },
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

/* Those of the frame stand last. */
static const char *const frame_fields[] = { "vxlan.vni", "frame.time_epoch",
	"frame.len", "frame.cap_len" };

static void
print_packet(const struct frame *f, const struct packet *p)
{
	struct buf b;

	buf_init(&b, CELL_MAX);
	for (size_t i = 0; i < FIELDS; i++) {
		buf_clear(&b);
		fields[i].put(&b, &p->outer);
		if (p->has_inner)
			fields[i].put(&b, &p->inner);
		if (p->has_quote)
			fields[i].put(&b, &p->quote);
		printf("%.*s\t", b.len > 0 ? (int)b.len - 1 : 0, b.data);
	}
	if (p->has_inner)
		printf("%" PRIu32, p->vni);
	printf("\t%" PRId64 ".%09" PRId64 "\t%" PRIu32 "\t%" PRIu32 "\n",
	    f->time.ns / NS_PER_S, f->time.ns % NS_PER_S, f->length,
	    f->captured);
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	struct frames *s;
	struct decode_opts o;
	struct packet p;
	struct frame f;
	struct err e;
	int r;

	if (argc != 2) {
		for (size_t i = 0; i < FIELDS; i++)
			puts(fields[i].name);
		for (size_t i = 0; i < 4; i++)
			puts(frame_fields[i]);
		return 0;
	}
	decode_opts_init(&o);
	if (frames_open(argv[1], &s, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	while ((r = frames_next(s, &f, &e)) == 1) {
		(void)decode_frame(&f, &o, &p);
		print_packet(&f, &p);
	}
	frames_close(s);
	return r < 0;
}
