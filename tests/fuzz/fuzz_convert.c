/*
 * links: capture/convert capture/snoop capture/stream base/buf base/err
 * links: base/mem
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/be.h"
#include "base/err.h"
#include "capture/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 1 << 22 };

static int
convert(const uint8_t *data, size_t size, size_t step, struct buf *out,
    uint64_t *packets)
{
	struct convert c;
	struct err e;
	int r = 0;

	convert_init(&c);
	for (size_t at = 0; r == 0 && at < size; at += step)
		r = convert_feed(&c, data + at,
		    size - at < step ? size - at : step, out, &e);
	*packets = c.packets;
	convert_free(&c);
	return r;
}

/* What comes out is whole pcap, and the same however the bytes come. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, parts;
	uint64_t n, m;
	size_t at = 24;

	buf_init(&whole, OUT_MAX);
	buf_init(&parts, OUT_MAX);
	if (convert(data, size, size + 1, &whole, &n) !=
		convert(data, size, 1 + size % 61, &parts, &m) ||
	    n != m || whole.len != parts.len ||
	    memcmp(whole.data, parts.data, whole.len) != 0)
		abort();
	while (whole.len > 0 && at < whole.len) {
		const uint8_t *p = (const uint8_t *)whole.data + at;

		if (whole.len - at < 16 || be32(p + 8) > be32(p + 12))
			abort();
		at += 16 + be32(p + 8);
		n--;
	}
	if (whole.len > 0 && (at != whole.len || n != 0))
		abort();
	buf_free(&whole);
	buf_free(&parts);
	return 0;
}
