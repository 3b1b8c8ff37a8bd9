#include <string.h>

#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum {
	IP4_LEN = 20,
	IP4_MAX = 65535,
	FLAG_DF = 0x4000,
	FLAG_MF = 0x2000,
	OFFSET_MASK = 0x1fff
};

/*
 * RFC 791 section 3.1: the end of any fragment lies within 65535 bytes, and
 * all but the last hold a multiple of 8.
 */
static bool
fragment_is_sane(unsigned offset, bool more, size_t payload)
{
	return offset + payload <= IP4_MAX && (!more || payload % 8 == 0);
}

/*
 * The payload's length, or -1.  Linux leaves a total length of 0 in packets
 * too large for the field, seen before the NIC has segmented them; it means
 * the rest of the frame.  An ICMP error's quotation holds less than stated.
 */
static int
payload_len(const struct cursor *c, unsigned total, unsigned head, size_t *ret)
{
	if (total == 0 && c->wire + head > IP4_MAX) {
		*ret = c->wire;
		return 0;
	}
	if (total < head || (total - head > c->wire && !c->open))
		return -1;
	*ret = total - head;
	return 0;
}

enum decode_result
ip4_decode(struct cursor *c, struct ip_hdr *ret)
{
	const uint8_t *p = cursor_take(c, IP4_LEN);
	unsigned head, frag, offset;
	size_t payload;

	if (p == NULL)
		return c->fail;
	head = (p[0] & 0xfU) * 4;
	if (p[0] >> 4 != 4 || head < IP4_LEN)
		return cursor_bad(c);
	if (cursor_take(c, head - IP4_LEN) == NULL)
		return c->fail;
	frag = be16(p + 6);
	offset = (frag & OFFSET_MASK) * 8;
	if (payload_len(c, be16(p + 2), head, &payload) < 0)
		return cursor_bad(c);
	if ((frag & (FLAG_MF | OFFSET_MASK)) != 0 &&
	    !fragment_is_sane(offset, (frag & FLAG_MF) != 0, payload))
		return cursor_bad(c);
	ret->src = ip_v4(p + 12);
	ret->dst = ip_v4(p + 16);
	ret->proto = p[9];
	ret->ttl = p[8];
	ret->tos = p[1];
	ret->id = be16(p + 4);
	ret->df = (frag & FLAG_DF) != 0;
	ret->more_fragments = (frag & FLAG_MF) != 0;
	ret->offset = (uint16_t)offset;
	ret->total_len = (uint32_t)(payload + head);
	cursor_narrow(c, payload);
	if (ret->more_fragments)
		c->open = true;
	return DEC_OK;
}
