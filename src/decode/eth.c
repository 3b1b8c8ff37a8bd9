#include <string.h>

#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum { ETH_LEN = 14, TAG_LEN = 4, TAGS_MAX = 4, SLL_LEN = 16, SLL2_LEN = 20 };

/* 802.1Q, 802.1ad, and what was used before 802.1ad. */
static bool
is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}

/* IEEE 802.1Q clause 9.6: priority, drop eligible, then 12 bits of VLAN id. */
static enum decode_result
take_tags(struct cursor *c, struct eth_hdr *h)
{
	for (int i = 0; i < TAGS_MAX && is_tag(h->type); i++) {
		const uint8_t *p = cursor_take(c, TAG_LEN);

		if (p == NULL)
			return c->fail;
		h->vlan = be16(p) & 0xfff;
		h->type = be16(p + 2);
	}
	return DEC_OK;
}

static enum decode_result
finish(struct cursor *c, const struct eth_hdr *h, struct eth_hdr *ret)
{
	struct eth_hdr whole = *h;
	enum decode_result r = take_tags(c, &whole);

	if (r == DEC_OK)
		*ret = whole;
	return r;
}

enum decode_result
eth_decode(struct cursor *c, struct eth_hdr *ret)
{
	const uint8_t *p = cursor_take(c, ETH_LEN);
	struct eth_hdr h;

	if (p == NULL)
		return c->fail;
	memcpy(h.dst.b, p, 6);
	memcpy(h.src.b, p + 6, 6);
	h.type = be16(p + 12);
	h.vlan = PACKET_NO_VLAN;
	return finish(c, &h, ret);
}

/* The sender's address fills at most 8 bytes; only Ethernet's fits here. */
static struct mac
cooked_mac(const uint8_t *addr, unsigned len)
{
	struct mac m = { 0 };

	if (len == sizeof(m.b))
		memcpy(m.b, addr, sizeof(m.b));
	return m;
}

enum decode_result
sll_decode(struct cursor *c, struct eth_hdr *ret)
{
	const uint8_t *p = cursor_take(c, SLL_LEN);
	struct eth_hdr h = { .vlan = PACKET_NO_VLAN };

	if (p == NULL)
		return c->fail;
	h.src = cooked_mac(p + 6, be16(p + 4));
	h.type = be16(p + 14);
	return finish(c, &h, ret);
}

enum decode_result
sll2_decode(struct cursor *c, struct eth_hdr *ret)
{
	const uint8_t *p = cursor_take(c, SLL2_LEN);
	struct eth_hdr h = { .vlan = PACKET_NO_VLAN };

	if (p == NULL)
		return c->fail;
	h.src = cooked_mac(p + 12, p[11]);
	h.type = be16(p);
	return finish(c, &h, ret);
}
