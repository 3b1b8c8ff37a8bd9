#include "capture/snoop.h"

#include <string.h>

#include "base/be.h"
#include "base/err.h"

enum {
	HEADER_LEN = 16,
	HEADER_LEN_UNUSED = 12,
	RECORD_LEN = 24, /* before the packet's bytes */
	VERSION = 2,
	USEC_PER_SEC = 1000000
};

static const uint8_t magic[SNOOP_MAGIC_LEN] = { 's', 'n', 'o', 'o', 'p' };

/* RFC 1761: data link types; both are Ethernet frames. */
enum { LINK_802_3 = 0, LINK_ETHERNET = 4 };

bool
snoop_recognize(const uint8_t *data, size_t len)
{
	return len >= sizeof(magic) && memcmp(data, magic, sizeof(magic)) == 0;
}

void
snoop_init(struct snoop *s)
{
	*s = (struct snoop){ .link = FRAME_ETHERNET };
}

static enum snoop_result
bad(struct err *e, const char *what, uint32_t v)
{
	err_set(e, ERR_INPUT, "snoop capture: %s %lu makes no sense", what,
	    (unsigned long)v);
	return SNOOP_BAD;
}

/* SNOOP_MORE: the header is taken, or not yet there. */
static enum snoop_result
take_header(struct snoop *s, const uint8_t *data, size_t len, size_t *used,
    struct err *e)
{
	size_t known = len < sizeof(magic) ? len : sizeof(magic);

	if (memcmp(data, magic, known) != 0) {
		err_set(e, ERR_INPUT, "not a snoop capture");
		return SNOOP_BAD;
	}
	if (len >= HEADER_LEN_UNUSED && be32(data + 8) != VERSION)
		return bad(e, "version", be32(data + 8));
	if (len < HEADER_LEN)
		return SNOOP_MORE;
	if (be32(data + 12) != LINK_802_3 && be32(data + 12) != LINK_ETHERNET)
		return bad(e, "link type", be32(data + 12));
	s->begun = true;
	*used = HEADER_LEN;
	return SNOOP_MORE;
}

static enum snoop_result
take_record(struct snoop *s, const uint8_t *data, size_t len, size_t *used,
    struct frame *ret, struct err *e)
{
	uint32_t length, captured, record;

	if (len < RECORD_LEN)
		return SNOOP_MORE;
	length = be32(data);
	captured = be32(data + 4);
	record = be32(data + 8);
	if (captured > SNOOP_CAPTURED_MAX || captured > length)
		return bad(e, "captured length", captured);
	if (record > SNOOP_RECORD_MAX || record < RECORD_LEN + captured)
		return bad(e, "record length", record);
	if (be32(data + 20) >= USEC_PER_SEC)
		return bad(e, "microsecond", be32(data + 20));
	if (len < record)
		return SNOOP_MORE;
	s->drops = be32(data + 12);
	*ret = (struct frame){ .time = { be32(data + 16) * NS_PER_S +
				   be32(data + 20) * NS_PER_US },
		.link = s->link,
		.captured = captured,
		.length = length,
		.data = data + RECORD_LEN };
	*used += record;
	return SNOOP_FRAME;
}

enum snoop_result
snoop_next(struct snoop *s, const uint8_t *data, size_t len, size_t *used,
    struct frame *ret, struct err *e)
{
	*used = 0;
	if (!s->begun) {
		enum snoop_result r = take_header(s, data, len, used, e);

		if (r == SNOOP_BAD || !s->begun)
			return r;
	}
	return take_record(s, data + *used, len - *used, used, ret, e);
}

bool
snoop_may_end(const struct snoop *s, size_t left)
{
	return s->begun ? left == 0 : left == HEADER_LEN_UNUSED;
}
