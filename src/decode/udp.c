#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum { UDP_LEN = 8, UDP_MAX = 65535 };

enum decode_result
udp_decode(struct cursor *c, struct udp_hdr *ret)
{
	const uint8_t *p = cursor_take(c, UDP_LEN);
	size_t len;

	if (p == NULL)
		return c->fail;
	len = be16(p + 4);
	/* RFC 2675 section 4: 0 in a datagram too large for the field. */
	if (len == 0 && c->wire + UDP_LEN > UDP_MAX)
		len = c->wire + UDP_LEN;
	if (len < UDP_LEN || (len - UDP_LEN > c->wire && !c->open))
		return cursor_bad(c);
	ret->sport = be16(p);
	ret->dport = be16(p + 2);
	ret->len = be16(p + 4);
	cursor_narrow(c, len - UDP_LEN);
	return DEC_OK;
}
