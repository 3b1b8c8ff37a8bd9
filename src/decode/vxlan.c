#include "decode/cursor.h"
#include "decode/proto.h"

enum decode_result
vxlan_decode(struct cursor *c, uint32_t *ret)
{
	const uint8_t *p = cursor_take(c, 8);

	if (p == NULL)
		return c->fail;
	/* The I flag says that the VNI is valid; the rest is ignored. */
	if ((p[0] & 0x08) == 0)
		return cursor_bad(c);
	*ret = be32(p + 4) >> 8;
	return DEC_OK;
}
