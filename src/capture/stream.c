#include "capture/stream.h"

#include "base/be.h"
#include "base/buf.h"
#include "base/err.h"

enum { RECORD_HEADER = 16, MAJOR = 2, MINOR = 4 };

static const struct {
	uint32_t magic;
	bool swapped, nano;
} magics[] = {
	{ 0xa1b2c3d4, false, false },
	{ 0xd4c3b2a1, true, false },
	{ 0xa1b23c4d, false, true },
	{ 0x4d3cb2a1, true, true },
};

void
stream_init(struct stream *s)
{
	*s = (struct stream){ .link = FRAME_ETHERNET };
}

static uint32_t
field(const struct stream *s, const uint8_t *p)
{
	uint32_t v = be32(p);

	if (!s->swapped)
		return v;
	return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

static enum stream_result
bad(struct err *e, const char *what, uint32_t v)
{
	err_set(e, ERR_INPUT, "pcap capture: %s %lu makes no sense", what,
	    (unsigned long)v);
	return STREAM_BAD;
}

static bool
known_link(uint32_t v)
{
	return v == FRAME_ETHERNET || v == FRAME_RAW_IP ||
	    v == FRAME_LINUX_SLL || v == FRAME_LINUX_SLL2;
}

static enum stream_result
take_header(struct stream *s, const uint8_t *data, size_t len, size_t *used,
    struct err *e)
{
	size_t i = 0;

	if (len < STREAM_HEADER)
		return STREAM_MORE;
	while (i < sizeof(magics) / sizeof(magics[0]) &&
	    magics[i].magic != be32(data))
		i++;
	if (i == sizeof(magics) / sizeof(magics[0])) {
		err_set(e, ERR_INPUT, "not a pcap capture");
		return STREAM_BAD;
	}
	s->swapped = magics[i].swapped;
	s->nano = magics[i].nano;
	if (!known_link(field(s, data + 20)))
		return bad(e, "link type", field(s, data + 20));
	s->link = (enum frame_link)field(s, data + 20);
	s->begun = true;
	*used = STREAM_HEADER;
	return STREAM_MORE;
}

static enum stream_result
take_record(const struct stream *s, const uint8_t *data, size_t len,
    size_t *used, struct frame *ret, struct err *e)
{
	uint32_t captured, fraction;

	if (len < RECORD_HEADER)
		return STREAM_MORE;
	captured = field(s, data + 8);
	fraction = field(s, data + 4);
	if (captured > STREAM_CAPTURED_MAX || captured > field(s, data + 12))
		return bad(e, "captured length", captured);
	if (fraction >= (s->nano ? NS_PER_S : NS_PER_S / NS_PER_US))
		return bad(e, "fraction of a second", fraction);
	if (len < RECORD_HEADER + (size_t)captured)
		return STREAM_MORE;
	*ret = (struct frame){ .time = { field(s, data) * NS_PER_S +
				   fraction * (s->nano ? 1 : NS_PER_US) },
		.link = s->link,
		.captured = captured,
		.length = field(s, data + 12),
		.data = data + RECORD_HEADER };
	*used += RECORD_HEADER + (size_t)captured;
	return STREAM_FRAME;
}

enum stream_result
stream_next(struct stream *s, const uint8_t *data, size_t len, size_t *used,
    struct frame *ret, struct err *e)
{
	*used = 0;
	if (!s->begun) {
		enum stream_result r = take_header(s, data, len, used, e);

		if (r == STREAM_BAD || !s->begun)
			return r;
	}
	return take_record(s, data + *used, len - *used, used, ret, e);
}

int
stream_put_header(struct buf *ret, enum frame_link link, uint32_t snaplen)
{
	uint8_t h[STREAM_HEADER] = { 0 };

	be_put32(h, magics[0].magic);
	be_put16(h + 4, MAJOR);
	be_put16(h + 6, MINOR);
	be_put32(h + 16, snaplen);
	be_put32(h + 20, link);
	return buf_add(ret, h, sizeof(h));
}

int
stream_put_frame(struct buf *ret, const struct frame *f)
{
	uint8_t h[RECORD_HEADER];

	/* All of it, or the file would end within a record. */
	if (ret->max - ret->len < sizeof(h) + f->captured)
		return -1;
	be_put32(h, (uint32_t)(f->time.ns / NS_PER_S));
	be_put32(h + 4, (uint32_t)(f->time.ns % NS_PER_S / NS_PER_US));
	be_put32(h + 8, f->captured);
	be_put32(h + 12, f->length);
	buf_add(ret, h, sizeof(h));
	return buf_add(ret, f->data, f->captured);
}
