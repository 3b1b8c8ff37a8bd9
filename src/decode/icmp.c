#include <string.h>

#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum icmp_class {
	ICMP_PLAIN, /* only type and code matter here */
	ICMP_ECHO,
	ICMP_ERROR
};

/* What espy knows of a type; the rest is ICMP_PLAIN. */
static const struct icmp_type {
	uint8_t family, type;
	enum icmp_class class;
	/*
	 * RFC 4884 section 4: where the length of the quotation stands, in
	 * units of so many bytes; 0 when the type cannot be extended.
	 */
	uint8_t len_at, len_unit;
} types[] = {
	{ 4, 0, ICMP_ECHO, 0, 0 },
	{ 4, 8, ICMP_ECHO, 0, 0 },
	{ 4, 3, ICMP_ERROR, 5, 4 },
	{ 4, 4, ICMP_ERROR, 0, 0 },
	{ 4, 5, ICMP_ERROR, 0, 0 },
	{ 4, 11, ICMP_ERROR, 5, 4 },
	{ 4, 12, ICMP_ERROR, 5, 4 },
	{ 6, 128, ICMP_ECHO, 0, 0 },
	{ 6, 129, ICMP_ECHO, 0, 0 },
	{ 6, 1, ICMP_ERROR, 4, 8 },
	{ 6, 2, ICMP_ERROR, 0, 0 },
	{ 6, 3, ICMP_ERROR, 4, 8 },
	{ 6, 4, ICMP_ERROR, 0, 0 },
};

static const struct icmp_type *
find(int family, uint8_t type)
{
	static const struct icmp_type plain = { .class = ICMP_PLAIN };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].family == family && types[i].type == type)
			return &types[i];
	return &plain;
}

bool
icmp_is_error(int family, uint8_t type)
{
	return find(family, type)->class == ICMP_ERROR;
}

/* RFC 1191 section 4: the low 16 bits of 3/4; RFC 4443 section 3.2: all 32. */
static uint32_t
mtu(int family, const uint8_t *p)
{
	if (family == 4 && p[0] == 3 && p[1] == 4)
		return be16(p + 6);
	return family == 6 && p[0] == 2 ? be32(p + 4) : 0;
}

/* A length that the message cannot hold is from before RFC 4884: ignored. */
static void
narrow_quote(struct cursor *c, const struct icmp_type *t, const uint8_t *p)
{
	size_t len = (size_t)p[t->len_at] * t->len_unit;

	if (len > 0 && len <= c->wire)
		cursor_narrow(c, len);
}

enum decode_result
icmp_decode(struct cursor *c, int family, struct icmp_hdr *ret)
{
	const uint8_t *p = cursor_take(c, 8);
	const struct icmp_type *t;

	if (p == NULL)
		return c->fail;
	t = find(family, p[0]);
	if (t->class == ICMP_ERROR && t->len_unit > 0)
		narrow_quote(c, t, p);
	*ret = (struct icmp_hdr){
		.type = p[0], .code = p[1], .mtu = mtu(family, p)
	};
	if (t->class == ICMP_ECHO) {
		ret->id = be16(p + 4);
		ret->seq = be16(p + 6);
	}
	if (t->class != ICMP_PLAIN) {
		ret->data = c->p;
		ret->data_len = c->left;
		ret->wire_data_len = (uint32_t)c->wire;
	}
	return DEC_OK;
}
