#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum decode_result
esp_decode(struct cursor *c, bool natt, struct esp_hdr *ret)
{
	const uint8_t *p = cursor_take(c, 8);

	if (p == NULL)
		return c->fail;
	/* RFC 4303 section 2.1: an SPI of 0 must not be sent. */
	if (be32(p) == 0)
		return cursor_bad(c);
	ret->spi = be32(p);
	ret->seq = be32(p + 4);
	ret->natt = natt;
	return DEC_OK;
}
