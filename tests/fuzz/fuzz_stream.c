/* links: capture/stream base/buf base/err base/mem */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "capture/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 1 << 22 };

/* Takes data apart, fed in steps; its frames put together again in out. */
static enum stream_result
apart(const uint8_t *data, size_t size, size_t step, struct buf *out)
{
	enum stream_result r = STREAM_MORE;
	size_t at = 0, have = 0;
	struct stream s;
	struct frame f;
	struct err e;

	stream_init(&s);
	do {
		size_t used;

		r = stream_next(&s, data + at, have - at, &used, &f, &e);
		if (used > have - at || (r == STREAM_FRAME && used == 0))
			abort();
		at += used;
		if (r == STREAM_FRAME && f.captured > f.length)
			abort();
		if (r == STREAM_FRAME && stream_put_frame(out, &f) < 0)
			return r;
		if (r == STREAM_MORE && used == 0) {
			if (have == size)
				return r;
			have = size - have < step ? size : have + step;
		}
	} while (r != STREAM_BAD);
	return r;
}

/* The same frames however the bytes come. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, parts;

	buf_init(&whole, OUT_MAX);
	buf_init(&parts, OUT_MAX);
	if (apart(data, size, size + 1, &whole) !=
		apart(data, size, 1 + size % 61, &parts) ||
	    whole.len != parts.len ||
	    memcmp(whole.data, parts.data, whole.len) != 0)
		abort();
	buf_free(&whole);
	buf_free(&parts);
	return 0;
}
