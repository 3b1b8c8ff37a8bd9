#include <string.h>

#include "decode/cursor.h"
#include "decode/proto.h"
#include "model/packet.h"

enum decode_result
arp_decode(struct cursor *c, struct arp_hdr *ret)
{
	/* Hardware Ethernet, protocol IPv4, address lengths 6 and 4. */
	static const uint8_t head[] = { 0, 1, 8, 0, 6, 4 };
	const uint8_t *p = cursor_take(c, 28);

	if (p == NULL)
		return c->fail;
	/* RFC 5494 section 3 reserves operation 0. */
	if (memcmp(p, head, sizeof(head)) != 0 || be16(p + 6) == 0)
		return cursor_bad(c);
	ret->op = be16(p + 6);
	memcpy(ret->sender_mac.b, p + 8, 6);
	ret->sender = ip_v4(p + 14);
	memcpy(ret->target_mac.b, p + 18, 6);
	ret->target = ip_v4(p + 24);
	return DEC_OK;
}
