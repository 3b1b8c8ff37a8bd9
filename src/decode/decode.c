#include "decode/decode.h"

#include <stdbool.h>
#include <string.h>

#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/frame.h"
#include "model/packet.h"

/* Where the walk through one stack of headers stands. */
struct walk {
	const struct decode_opts *o;
	struct packet *pkt;
	struct layer *l;
	bool nested; /* in a tunnel or a quotation: neither is opened again */
};

static void
layer_init(struct layer *l)
{
	l->kind = PACKET_OTHER;
	l->has = 0;
	l->broken = 0;
	l->ip.src.family = 0;
}

/* Books a header's result in the layer. */
static enum decode_result
book(struct layer *l, enum packet_hdr hdr, enum decode_result r)
{
	if (r == DEC_OK)
		l->has |= (uint8_t)hdr;
	else
		l->broken = (uint8_t)hdr;
	return r;
}

static enum decode_result walk_ether(struct walk *w, struct cursor *c);
static enum decode_result walk_ip(struct walk *w, struct cursor *c);

static enum decode_result
walk_esp(struct walk *w, struct cursor *c)
{
	struct layer *l = w->l;
	enum decode_result r = esp_decode(c, l->kind == PACKET_UDP, &l->esp);

	if (book(l, PACKET_HDR_ESP, r) == DEC_OK)
		l->kind = PACKET_ESP;
	return r;
}

static enum decode_result
walk_ike(struct walk *w, struct cursor *c)
{
	struct layer *l = w->l;
	enum decode_result r = ike_decode(c, &l->ike);

	if (book(l, PACKET_HDR_IKE, r) == DEC_OK)
		l->kind = PACKET_IKE;
	return r;
}

static enum decode_result
walk_natt(struct walk *w, struct cursor *c)
{
	enum natt_kind kind = NATT_ESP;
	enum decode_result r = natt_decode(c, &kind);

	if (r != DEC_OK)
		return book(w->l, PACKET_HDR_ESP, r);
	if (kind == NATT_IKE) /* of which a quotation holds too little */
		return w->l == &w->pkt->quote ? DEC_OK : walk_ike(w, c);
	if (kind == NATT_ESP)
		return walk_esp(w, c);
	w->l->kind = PACKET_NATT_KEEPALIVE;
	return DEC_OK;
}

static enum decode_result
walk_vxlan(struct walk *w, struct cursor *c)
{
	struct packet *pkt = w->pkt;
	enum decode_result r = vxlan_decode(c, &pkt->vni);
	struct walk in = { w->o, pkt, &pkt->inner, true };

	if (book(w->l, PACKET_HDR_VXLAN, r) != DEC_OK)
		return r;
	w->l->kind = PACKET_VXLAN;
	pkt->has_inner = true;
	layer_init(in.l);
	return walk_ether(&in, c);
}

static bool
is_vxlan(const struct decode_opts *o, uint16_t port)
{
	return (o->vxlan[port / 8] >> port % 8 & 1) != 0;
}

/* IKE and NAT-T answer to the port a request came from: either may be it. */
static bool
uses_port(const struct udp_hdr *u, uint16_t port)
{
	return u->dport == port || u->sport == port;
}

static enum decode_result
walk_udp(struct walk *w, struct cursor *c)
{
	struct layer *l = w->l;
	enum decode_result r = udp_decode(c, &l->udp);

	if (book(l, PACKET_HDR_UDP, r) != DEC_OK)
		return r;
	l->kind = PACKET_UDP;
	if (!w->nested && is_vxlan(w->o, l->udp.dport))
		return walk_vxlan(w, c);
	/* A quotation may end with the UDP header, and tells enough. */
	if (l == &w->pkt->quote && c->left < 8)
		return DEC_OK;
	if (uses_port(&l->udp, 4500))
		return walk_natt(w, c);
	if (uses_port(&l->udp, 500) && l != &w->pkt->quote)
		return walk_ike(w, c);
	return DEC_OK;
}

/* RFC 792, RFC 4443: the IP header and at least 8 bytes behind it. */
static enum decode_result
walk_quote(struct walk *w, struct cursor *c)
{
	struct packet *pkt = w->pkt;
	struct walk in = { w->o, pkt, &pkt->quote, true };

	pkt->has_quote = true;
	layer_init(in.l);
	c->open = true;
	return walk_ip(&in, c);
}

static enum decode_result
walk_icmp(struct walk *w, struct cursor *c)
{
	struct layer *l = w->l;
	int family = l->ip.src.family;
	enum decode_result r = icmp_decode(c, family, &l->icmp);

	if (book(l, PACKET_HDR_ICMP, r) != DEC_OK)
		return r;
	l->kind = PACKET_ICMP;
	if (l != &w->pkt->quote && icmp_is_error(family, l->icmp.type))
		return walk_quote(w, c);
	return DEC_OK;
}

/* Nothing here looks into TCP. */
static enum decode_result
walk_tcp(struct walk *w, struct cursor *c)
{
	(void)c;
	w->l->kind = PACKET_TCP;
	return DEC_OK;
}

static enum decode_result
walk_transport(struct walk *w, struct cursor *c)
{
	static const struct {
		uint8_t family, proto; /* family 0: either */
		enum decode_result (*step)(struct walk *w, struct cursor *c);
	} protos[] = {
		{ 0, 50, walk_esp },
		{ 0, 17, walk_udp },
		{ 4, 1, walk_icmp },
		{ 6, 58, walk_icmp },
		{ 0, 6, walk_tcp },
	};
	const struct ip_hdr *ip = &w->l->ip;

	if (ip->offset > 0) {
		w->l->kind = PACKET_FRAGMENT;
		return DEC_OK;
	}
	for (size_t i = 0; i < sizeof(protos) / sizeof(protos[0]); i++)
		if (protos[i].proto == ip->proto &&
		    (protos[i].family == 0 ||
			protos[i].family == ip->src.family))
			return protos[i].step(w, c);
	return DEC_OK;
}

static enum decode_result
walk_ip4(struct walk *w, struct cursor *c)
{
	enum decode_result r = ip4_decode(c, &w->l->ip);

	if (book(w->l, PACKET_HDR_IP, r) != DEC_OK)
		return r;
	return walk_transport(w, c);
}

static enum decode_result
walk_ip6(struct walk *w, struct cursor *c)
{
	enum decode_result r = ip6_decode(c, &w->l->ip);

	if (book(w->l, PACKET_HDR_IP, r) != DEC_OK)
		return r;
	return walk_transport(w, c);
}

/* Without a link header the first four bits say which IP it is. */
static enum decode_result
walk_ip(struct walk *w, struct cursor *c)
{
	struct cursor peek = *c;
	const uint8_t *p = cursor_take(&peek, 1);

	if (p == NULL)
		return book(w->l, PACKET_HDR_IP, peek.fail);
	return p[0] >> 4 == 6 ? walk_ip6(w, c) : walk_ip4(w, c);
}

static enum decode_result
walk_arp(struct walk *w, struct cursor *c)
{
	enum decode_result r = arp_decode(c, &w->l->arp);

	if (book(w->l, PACKET_HDR_ARP, r) == DEC_OK)
		w->l->kind = PACKET_ARP;
	return r;
}

static enum decode_result
walk_type(struct walk *w, struct cursor *c)
{
	static const struct {
		uint16_t type;
		enum decode_result (*step)(struct walk *w, struct cursor *c);
	} types[] = {
		{ 0x0800, walk_ip4 },
		{ 0x86dd, walk_ip6 },
		{ 0x0806, walk_arp },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == w->l->eth.type)
			return types[i].step(w, c);
	return DEC_OK;
}

static enum decode_result
walk_ether(struct walk *w, struct cursor *c)
{
	enum decode_result r = eth_decode(c, &w->l->eth);

	if (book(w->l, PACKET_HDR_ETH, r) != DEC_OK)
		return r;
	return walk_type(w, c);
}

static enum decode_result
walk_cooked(struct walk *w, struct cursor *c, enum frame_link link)
{
	enum decode_result r = link == FRAME_LINUX_SLL
	    ? sll_decode(c, &w->l->eth)
	    : sll2_decode(c, &w->l->eth);

	if (book(w->l, PACKET_HDR_ETH, r) != DEC_OK)
		return r;
	return walk_type(w, c);
}

enum decode_result
decode_frame(const struct frame *f, const struct decode_opts *o,
    struct packet *ret)
{
	struct cursor c = cursor_of(f->data, f->captured, f->length);
	struct walk w = { o, ret, &ret->outer, false };

	ret->time = f->time;
	ret->length = f->length;
	ret->has_inner = false;
	ret->has_quote = false;
	layer_init(w.l);
	switch (f->link) {
	case FRAME_ETHERNET:
		return walk_ether(&w, &c);
	case FRAME_RAW_IP:
		return walk_ip(&w, &c);
	case FRAME_LINUX_SLL:
	case FRAME_LINUX_SLL2:
		return walk_cooked(&w, &c, f->link);
	}
	return DEC_OK; /* a link we know nothing of: PACKET_OTHER */
}

void
decode_opts_add_vxlan(struct decode_opts *o, uint16_t port)
{
	o->vxlan[port / 8] |= (uint8_t)(1U << port % 8);
}

void
decode_opts_init(struct decode_opts *o)
{
	memset(o, 0, sizeof(*o));
	for (uint16_t port = 4789; port <= 4799; port++)
		decode_opts_add_vxlan(o, port);
	decode_opts_add_vxlan(o, 8472);
}
