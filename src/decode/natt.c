#include "decode/cursor.h"
#include "decode/proto.h"

enum { MARKER_LEN = 4, KEEPALIVE = 0xff };

enum decode_result
natt_decode(struct cursor *c, enum natt_kind *ret)
{
	struct cursor peek = *c;
	const uint8_t *p;

	/* RFC 3948 section 2.3: one byte, alone. */
	if (c->wire == 1 && !c->open) {
		p = cursor_take(c, 1);
		if (p == NULL)
			return c->fail;
		if (p[0] != KEEPALIVE)
			return cursor_bad(c);
		*ret = NATT_KEEPALIVE;
		return DEC_OK;
	}
	p = cursor_take(&peek, MARKER_LEN);
	if (p == NULL) {
		c->fail = peek.fail;
		return c->fail;
	}
	*ret = be32(p) == 0 ? NATT_IKE : NATT_ESP;
	if (*ret == NATT_IKE)
		*c = peek;
	return DEC_OK;
}
