#include <string.h>

#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum {
	IP6_LEN = 40,
	IP6_MAX = 65535,
	EXTENSIONS_MAX = 16, /* more than RFC 8200 section 4.1 foresees */
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AH = 51,
	NEXT_DEST_OPTIONS = 60,
	NEXT_MOBILITY = 135,
	NEXT_HIP = 139,
	NEXT_SHIM6 = 140
};

/* RFC 8200 section 4.5: 13 bits of offset in units of 8, 2 reserved, M. */
static enum decode_result
take_fragment(struct cursor *c, struct ip_hdr *h)
{
	const uint8_t *p = cursor_take(c, 8);
	unsigned offset;

	if (p == NULL)
		return c->fail;
	offset = be16(p + 2) & 0xfff8U;
	h->proto = p[0];
	h->more_fragments = (p[3] & 1) != 0;
	h->offset = (uint16_t)offset;
	h->id = be32(p + 4);
	if (offset + c->wire > IP6_MAX && !c->open)
		return cursor_bad(c);
	if (h->more_fragments && c->wire % 8 != 0 && !c->open)
		return cursor_bad(c);
	if (h->more_fragments)
		c->open = true;
	return DEC_OK;
}

/* Length in units of 8 behind the first 8; AH (RFC 4302): of 4, behind 8. */
static enum decode_result
take_options(struct cursor *c, struct ip_hdr *h)
{
	const uint8_t *p = cursor_take(c, 2);
	unsigned len;

	if (p == NULL)
		return c->fail;
	len = h->proto == NEXT_AH ? (p[1] + 2U) * 4 : (p[1] + 1U) * 8;
	if (cursor_take(c, len - 2) == NULL)
		return c->fail;
	h->proto = p[0];
	return DEC_OK;
}

static bool
is_options(uint8_t next)
{
	return next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING ||
	    next == NEXT_AH || next == NEXT_DEST_OPTIONS ||
	    next == NEXT_MOBILITY || next == NEXT_HIP || next == NEXT_SHIM6;
}

/* A fragment that is not the first has none of the headers behind it. */
static enum decode_result
take_extensions(struct cursor *c, struct ip_hdr *h)
{
	for (int i = 0; h->offset == 0; i++) {
		enum decode_result r;

		/* Hop-by-hop options stand first, or nowhere (section 4.1). */
		if (i == EXTENSIONS_MAX ||
		    (i > 0 && h->proto == NEXT_HOP_BY_HOP))
			return cursor_bad(c);
		if (h->proto == NEXT_FRAGMENT)
			r = take_fragment(c, h);
		else if (is_options(h->proto))
			r = take_options(c, h);
		else
			return DEC_OK;
		if (r != DEC_OK)
			return r;
	}
	return DEC_OK;
}

enum decode_result
ip6_decode(struct cursor *c, struct ip_hdr *ret)
{
	const uint8_t *p = cursor_take(c, IP6_LEN);
	struct ip_hdr h = { 0 };
	size_t payload;
	enum decode_result r;

	if (p == NULL)
		return c->fail;
	payload = be16(p + 4);
	/* RFC 2675: 0 before hop-by-hop options is a jumbogram's. */
	if (payload == 0 && p[6] == NEXT_HOP_BY_HOP)
		payload = c->wire;
	if (p[0] >> 4 != 6 || (payload > c->wire && !c->open))
		return cursor_bad(c);
	h.src = ip_v6(p + 8);
	h.dst = ip_v6(p + 24);
	h.proto = p[6];
	h.ttl = p[7];
	h.tos = (uint8_t)(be16(p) >> 4);
	h.total_len = (uint32_t)(payload + IP6_LEN);
	cursor_narrow(c, payload);
	r = take_extensions(c, &h);
	if (r == DEC_OK)
		*ret = h;
	return r;
}
