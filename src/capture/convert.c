#include "capture/convert.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"

/* draft-ietf-opsawg-pcap; big-endian as snoop is. */
enum { PCAP_HEADER = 24, PCAP_RECORD = 16, PCAP_ETHERNET = 1 };

/* Fed to the parser in pieces, so that rest keeps to its cap. */
enum { PIECE = 64 * 1024 };

void
convert_init(struct convert *c)
{
	*c = (struct convert){ 0 };
	snoop_init(&c->snoop);
	buf_init(&c->rest, SNOOP_RECORD_MAX + PIECE);
}

void
convert_free(struct convert *c)
{
	buf_free(&c->rest);
}

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static int
put_header(struct convert *c, struct buf *ret)
{
	uint8_t h[PCAP_HEADER] = { 0 };

	if (c->begun)
		return 0;
	put32(h, 0xa1b2c3d4);
	put32(h + 4, 2U << 16 | 4);
	put32(h + 16, SNOOP_CAPTURED_MAX);
	put32(h + 20, PCAP_ETHERNET);
	c->begun = true;
	return buf_add(ret, h, sizeof(h));
}

/* snoop's seconds are 32 bits, and so are pcap's. */
static int
put_frame(struct convert *c, const struct frame *f, struct buf *ret)
{
	uint8_t h[PCAP_RECORD];

	put32(h, (uint32_t)(f->time.ns / NS_PER_S));
	put32(h + 4, (uint32_t)(f->time.ns % NS_PER_S / NS_PER_US));
	put32(h + 8, f->captured);
	put32(h + 12, f->length);
	c->packets++;
	/* All of it, or the file would end within a record. */
	if (ret->max - ret->len < sizeof(h) + f->captured)
		return -1;
	buf_add(ret, h, sizeof(h));
	return buf_add(ret, f->data, f->captured);
}

/* Converts the records that are whole. */
static int
drain(struct convert *c, struct buf *ret, struct err *e)
{
	const uint8_t *p = (const uint8_t *)c->rest.data;
	size_t done = 0, used;
	enum snoop_result r;
	struct frame f;
	int fits = 0;

	if (c->rest.len >= SNOOP_MAGIC_LEN && !c->begun &&
	    snoop_recognize(p, c->rest.len))
		fits = put_header(c, ret);
	do {
		r = snoop_next(&c->snoop, p + done, c->rest.len - done, &used,
		    &f, e);
		done += used;
		if (r == SNOOP_FRAME && fits == 0)
			fits = put_frame(c, &f, ret);
	} while (r == SNOOP_FRAME && fits == 0);
	buf_drop(&c->rest, done);
	if (fits < 0)
		return err_set(e, ERR_LIMIT,
		    "snoop to pcap: more than %zu "
		    "bytes",
		    ret->max);
	return r == SNOOP_BAD ? -1 : 0;
}

int
convert_feed(struct convert *c, const void *data, size_t n, struct buf *ret,
    struct err *e)
{
	const char *p = data;

	if (c->bad)
		return err_set(e, ERR_INPUT, "not a snoop capture");
	while (n > 0) {
		size_t step = n < PIECE ? n : PIECE;

		buf_add(&c->rest, p, step);
		p += step;
		n -= step;
		if (drain(c, ret, e) < 0) {
			c->bad = true;
			return -1;
		}
	}
	return 0;
}

bool
convert_may_end(const struct convert *c)
{
	size_t left = c->rest.len;

	if (c->bad)
		return false;
	if (snoop_may_end(&c->snoop, left))
		return true;
	return left > 0 && c->rest.data[left - 1] == '\n' &&
	    snoop_may_end(&c->snoop, left - 1);
}

int
convert_summary(const struct convert *c, struct buf *ret)
{
	return buf_printf(ret,
	    "espy: snoop: %" PRIu64 " packets captured, %" PRIu32 " dropped\n",
	    c->packets, c->snoop.drops);
}
