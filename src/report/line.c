#include "report/line.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/date.h"
#include "model/packet.h"

static void put_layer(struct buf *b, const struct packet *p,
    const struct layer *l);

/* ---- names -------------------------------------------------------------- */

struct name {
	unsigned number;
	const char *name;
};

/* IANA: ICMP Type Numbers; ICMPv6 "type" Numbers. */
static const struct name icmp4_names[] = { { 0, "echo reply" },
	{ 3, "unreachable" }, { 4, "source quench" }, { 5, "redirect" },
	{ 8, "echo request" }, { 11, "time exceeded" },
	{ 12, "parameter problem" }, { 0, NULL } };
static const struct name icmp6_names[] = { { 1, "unreachable" },
	{ 2, "packet too big" }, { 3, "time exceeded" },
	{ 4, "parameter problem" }, { 128, "echo request" },
	{ 129, "echo reply" }, { 133, "router solicitation" },
	{ 134, "router advertisement" }, { 135, "neighbour solicitation" },
	{ 136, "neighbour advertisement" }, { 0, NULL } };

/* RFC 2408 section 3.1 and RFC 2409; RFC 7296 section 3.1. */
static const struct name ike1_names[] = { { 2, "main mode" },
	{ 4, "aggressive mode" }, { 5, "informational" }, { 32, "quick mode" },
	{ 33, "new group" }, { 0, NULL } };
static const struct name ike2_names[] = { { 34, "IKE_SA_INIT" },
	{ 35, "IKE_AUTH" }, { 36, "CREATE_CHILD_SA" }, { 37, "INFORMATIONAL" },
	{ 0, NULL } };

static void
put_name(struct buf *b, const struct name *names, const char *what,
    unsigned number)
{
	for (; names->name != NULL; names++) {
		if (names->number == number) {
			buf_puts(b, names->name);
			return;
		}
	}
	buf_printf(b, "%s %u", what, number);
}

/* ---- one protocol each -------------------------------------------------- */

static void
put_arp(struct buf *b, const struct arp_hdr *h)
{
	char sender[IP_TEXT_MAX], target[IP_TEXT_MAX], mac[MAC_TEXT_MAX];

	ip_text(&h->sender, sender);
	ip_text(&h->target, target);
	if (h->op == 1)
		buf_printf(b, "ARP who-has %s tell %s", target, sender);
	else if (h->op == 2)
		buf_printf(b, "ARP reply %s is-at %s", sender,
		    mac_text(&h->sender_mac, mac));
	else
		buf_printf(b, "ARP operation %u, %s to %s", h->op, sender,
		    target);
}

static bool
is_echo(const struct layer *l)
{
	uint8_t t = l->icmp.type;

	return l->ip.src.family == 4 ? t == 0 || t == 8 : t == 128 || t == 129;
}

/* What an error complains about stands behind it. */
static void
put_icmp(struct buf *b, const struct packet *p, const struct layer *l)
{
	const struct icmp_hdr *h = &l->icmp;

	if (l->ip.src.family == 4) {
		buf_puts(b, "ICMP ");
		put_name(b, icmp4_names, "type", h->type);
	} else {
		buf_puts(b, "ICMPv6 ");
		put_name(b, icmp6_names, "type", h->type);
	}
	if (is_echo(l))
		buf_printf(b, ", id %u, seq %u", h->id, h->seq);
	else if (h->code != 0)
		buf_printf(b, ", code %u", h->code);
	if (h->mtu != 0)
		buf_printf(b, ", mtu %" PRIu32, h->mtu);
	/* A quotation does not tell how long it was. */
	if (is_echo(l) && l != &p->quote)
		buf_printf(b, ", length %" PRIu32, h->wire_data_len + 8);
	if (!p->has_quote || l == &p->quote)
		return;
	buf_puts(b, " about (");
	put_layer(b, p, &p->quote);
	buf_puts(b, ")");
}

static void
put_ike(struct buf *b, const struct ike_hdr *h)
{
	bool two = h->version >> 4 == 2;

	buf_printf(b, "IKEv%d ", h->version >> 4);
	put_name(b, two ? ike2_names : ike1_names, "exchange", h->exchange);
	/* RFC 7296 section 3.1: the response flag. */
	if (two)
		buf_puts(b, (h->flags & 0x20) != 0 ? " response" : " request");
	buf_printf(b, ", SPI 0x%016" PRIx64 " 0x%016" PRIx64, h->initiator_spi,
	    h->responder_spi);
	buf_printf(b, ", message %" PRIu32, h->message_id);
	if (h->notify != 0)
		buf_printf(b, ", notify %u", h->notify);
	buf_printf(b, ", length %" PRIu32, h->length);
}

static void
put_esp(struct buf *b, const struct layer *l)
{
	buf_printf(b, "ESP%s SPI 0x%08" PRIx32 ", seq %" PRIu32,
	    l->esp.natt ? " in UDP" : "", l->esp.spi, l->esp.seq);
	buf_printf(b, ", length %" PRIu32, l->ip.total_len);
}

static void
put_fragment(struct buf *b, const struct ip_hdr *h)
{
	buf_printf(b, "fragment of IP protocol %u, id %" PRIu32 ", offset %u",
	    h->proto, h->id, h->offset);
	buf_printf(b, "%s, length %" PRIu32,
	    h->more_fragments ? ", more to come" : "", h->total_len);
}

static void
put_other(struct buf *b, const struct layer *l)
{
	if (l->ip.src.family != 0)
		buf_printf(b, "IP protocol %u, length %" PRIu32, l->ip.proto,
		    l->ip.total_len);
	else if ((l->has & PACKET_HDR_ETH) != 0)
		buf_printf(b, "Ethernet type 0x%04x", l->eth.type);
	else
		buf_puts(b, "nothing that is known");
}

/* ---- a stack of headers ------------------------------------------------- */

static void
put_addresses(struct buf *b, const struct ip_hdr *h)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];

	if (h->src.family != 0)
		buf_printf(b, "%s > %s: ", ip_text(&h->src, src),
		    ip_text(&h->dst, dst));
}

static void
put_broken(struct buf *b, uint8_t header)
{
	static const struct name headers[] = { { PACKET_HDR_ETH, "Ethernet" },
		{ PACKET_HDR_ARP, "ARP" }, { PACKET_HDR_IP, "IP" },
		{ PACKET_HDR_ICMP, "ICMP" }, { PACKET_HDR_UDP, "UDP" },
		{ PACKET_HDR_VXLAN, "VXLAN" }, { PACKET_HDR_ESP, "ESP" },
		{ PACKET_HDR_IKE, "IKE" }, { 0, NULL } };

	if (header == 0)
		return;
	buf_puts(b, " [cut or malformed: ");
	put_name(b, headers, "header", header);
	buf_puts(b, "]");
}

static void
put_kind(struct buf *b, const struct packet *p, const struct layer *l)
{
	switch (l->kind) {
	case PACKET_OTHER:
		put_other(b, l);
		break;
	case PACKET_ARP:
		put_arp(b, &l->arp);
		break;
	case PACKET_FRAGMENT:
		put_fragment(b, &l->ip);
		break;
	case PACKET_ICMP:
		put_icmp(b, p, l);
		break;
	case PACKET_UDP:
		buf_printf(b, "UDP %u > %u, length %u", l->udp.sport,
		    l->udp.dport, l->udp.len);
		break;
	case PACKET_TCP:
		buf_printf(b, "TCP, length %" PRIu32, l->ip.total_len);
		break;
	case PACKET_ESP:
		put_esp(b, l);
		break;
	case PACKET_NATT_KEEPALIVE:
		buf_puts(b, "NAT-T keepalive");
		break;
	case PACKET_IKE:
		put_ike(b, &l->ike);
		break;
	case PACKET_VXLAN:
		buf_printf(b, "VXLAN VNI %" PRIu32, p->vni);
		break;
	}
}

static void
put_layer(struct buf *b, const struct packet *p, const struct layer *l)
{
	put_addresses(b, &l->ip);
	put_kind(b, p, l);
	put_broken(b, l->broken);
	if (l == &p->outer && p->has_inner) {
		buf_puts(b, ", ");
		put_layer(b, p, &p->inner);
	}
}

void
line_packet(struct buf *ret, const struct packet *p)
{
	put_layer(ret, p, &p->outer);
}

void
line_time(struct buf *ret, struct wall t)
{
	char text[DATE_TEXT_MAX];

	/* "2026-11-23T14:58:41.123456789Z" */
	date_text(t, text);
	buf_add(ret, text + 11, 15);
}

void
line_interval(struct buf *ret, int64_t ns)
{
	double ms = (double)ns / (double)NS_PER_MS;
	double size = ms < 0 ? -ms : ms;

	if (size >= 1000)
		buf_printf(ret, "%.4f s", ms / 1000);
	else
		buf_printf(ret, size >= 10 ? "%.1f ms" : "%.3f ms", ms);
}
