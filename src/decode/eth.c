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

/* The type behind the tags, and the innermost VLAN id, go into h. */
static enum decode_result
take_tags(struct cursor *c, uint16_t type, struct eth_hdr *h)
{
	uint16_t vlan = PACKET_NO_VLAN;

	for (int i = 0; i < TAGS_MAX && is_tag(type); i++) {
		const uint8_t *p = cursor_take(c, TAG_LEN);

		if (p == NULL)
			return c->fail;
		/* IEEE 802.1Q clause 9.6: 12 bits behind priority and DEI. */
		vlan = be16(p) & 0xfff;
		type = be16(p + 2);
	}
	h->type = type;
	h->vlan = vlan;
	return DEC_OK;
}

enum decode_result
eth_decode(struct cursor *c, struct eth_hdr *ret)
{
	const uint8_t *p = cursor_take(c, ETH_LEN);

	if (p == NULL)
		return c->fail;
	if (take_tags(c, be16(p + 12), ret) != DEC_OK)
		return c->fail;
	memcpy(ret->dst.b, p, 6);
	memcpy(ret->src.b, p + 6, 6);
	return DEC_OK;
}

/* The sender's address fills at most 8 bytes; only Ethernet's fits here. */
static enum decode_result
finish(struct cursor *c, uint16_t type, const uint8_t *addr, unsigned len,
    struct eth_hdr *ret)
{
	if (take_tags(c, type, ret) != DEC_OK)
		return c->fail;
	ret->src = ret->dst = (struct mac){ { 0 } };
	if (len == sizeof(ret->src.b))
		memcpy(ret->src.b, addr, sizeof(ret->src.b));
	return DEC_OK;
}

enum decode_result
sll_decode(struct cursor *c, struct eth_hdr *ret)
{
	const uint8_t *p = cursor_take(c, SLL_LEN);

	if (p == NULL)
		return c->fail;
	return finish(c, be16(p + 14), p + 6, be16(p + 4), ret);
}

enum decode_result
sll2_decode(struct cursor *c, struct eth_hdr *ret)
{
	const uint8_t *p = cursor_take(c, SLL2_LEN);

	if (p == NULL)
		return c->fail;
	return finish(c, be16(p), p + 12, p[11], ret);
}
