#include "capture/convert.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "capture/stream.h"

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

static int
put_header(struct convert *c, struct buf *ret)
{
	if (c->begun)
		return 0;
	c->begun = true;
	return stream_put_header(ret, FRAME_ETHERNET, SNOOP_CAPTURED_MAX);
}

/* snoop's seconds are 32 bits, and so are pcap's. */
static int
put_frame(struct convert *c, const struct frame *f, struct buf *ret)
{
	c->packets++;
	return stream_put_frame(ret, f);
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
