/*
 * packet_text: a decoded packet as lines of text, one a header.  Lines that
 * depend on how much was captured begin with '~'.
 */
#ifndef ESPY_TESTS_PACKET_TEXT_H
#define ESPY_TESTS_PACKET_TEXT_H
#include <inttypes.h>

#include "base/buf.h"
#include "model/packet.h"

static inline void
text_eth(struct buf *b, const char *at, const struct eth_hdr *h)
{
	char src[MAC_TEXT_MAX], dst[MAC_TEXT_MAX];

	buf_printf(b, "%s eth %s>%s type %04x vlan %d\n", at,
	    mac_text(&h->src, src), mac_text(&h->dst, dst), h->type,
	    h->vlan == PACKET_NO_VLAN ? -1 : h->vlan);
}

static inline void
text_arp(struct buf *b, const char *at, const struct arp_hdr *h)
{
	char smac[MAC_TEXT_MAX], tmac[MAC_TEXT_MAX];
	char sip[IP_TEXT_MAX], tip[IP_TEXT_MAX];

	buf_printf(b, "%s arp %u %s %s > %s %s\n", at, h->op,
	    mac_text(&h->sender_mac, smac), ip_text(&h->sender, sip),
	    mac_text(&h->target_mac, tmac), ip_text(&h->target, tip));
}

static inline void
text_ip(struct buf *b, const char *at, const struct ip_hdr *h)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];

	buf_printf(b, "%s ip%u %s>%s proto %u ttl %u tos %u id %" PRIu32 "%s%s",
	    at, h->src.family, ip_text(&h->src, src), ip_text(&h->dst, dst),
	    h->proto, h->ttl, h->tos, h->id, h->df ? " df" : "",
	    h->more_fragments ? " mf" : "");
	buf_printf(b, " offset %u length %" PRIu32 "\n", h->offset,
	    h->total_len);
}

static inline void
text_icmp(struct buf *b, const char *at, const struct icmp_hdr *h)
{
	buf_printf(b,
	    "%s icmp %u/%u id %u seq %u mtu %" PRIu32 " data %" PRIu32
	    "\n~data %zu\n",
	    at, h->type, h->code, h->id, h->seq, h->mtu, h->wire_data_len,
	    h->data_len);
}

static inline void
text_ike(struct buf *b, const char *at, const struct ike_hdr *h)
{
	buf_printf(b, "%s ike %" PRIx64 " %" PRIx64 " next %u version %x", at,
	    h->initiator_spi, h->responder_spi, h->next_payload, h->version);
	buf_printf(b,
	    " exchange %u flags %x id %" PRIu32 " length %" PRIu32
	    "\n~notify %u%s\n",
	    h->exchange, h->flags, h->message_id, h->length, h->notify,
	    h->cut ? " cut" : "");
}

static inline void
text_layer(struct buf *b, const char *at, const struct layer *l)
{
	static const char *const kinds[] = { "other", "arp", "fragment", "icmp",
		"udp", "tcp", "esp", "keepalive", "ike", "vxlan" };

	if (l->has & PACKET_HDR_ETH)
		text_eth(b, at, &l->eth);
	if (l->has & PACKET_HDR_ARP)
		text_arp(b, at, &l->arp);
	if (l->has & PACKET_HDR_IP)
		text_ip(b, at, &l->ip);
	if (l->has & PACKET_HDR_ICMP)
		text_icmp(b, at, &l->icmp);
	if (l->has & PACKET_HDR_UDP)
		buf_printf(b, "%s udp %u>%u length %u\n", at, l->udp.sport,
		    l->udp.dport, l->udp.len);
	if (l->has & PACKET_HDR_ESP)
		buf_printf(b, "%s esp %08" PRIx32 " %" PRIu32 "%s\n", at,
		    l->esp.spi, l->esp.seq, l->esp.natt ? " nat-t" : "");
	if (l->has & PACKET_HDR_IKE)
		text_ike(b, at, &l->ike);
	buf_printf(b, "~%s %s\n", at, kinds[l->kind]);
}

static inline void
text_packet(struct buf *b, const struct packet *p)
{
	text_layer(b, "outer", &p->outer);
	if (p->has_inner) {
		buf_printf(b, "vni %" PRIu32 "\n", p->vni);
		text_layer(b, "inner", &p->inner);
	}
	if (p->has_quote)
		text_layer(b, "quote", &p->quote);
}

#endif
