/* links: io/remote base/buf base/mem base/str */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "io/remote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
pass(void *arg, struct span bytes)
{
	return buf_add(arg, bytes.p, bytes.n);
}

static void
feed(const uint8_t *data, size_t size, size_t step, struct buf *out)
{
	struct remote_filter f = { .mark = "espy00" };

	for (size_t at = 0; at < size; at += step)
		remote_filter(&f,
		    (struct span){ (const char *)data + at,
			size - at < step ? size - at : step },
		    pass, out);
	remote_filter_end(&f, pass, out);
}

/* How the bytes are cut makes no difference, and only one line can go. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, cut;

	buf_init(&whole, size + 1);
	buf_init(&cut, size + 1);
	feed(data, size, size + 1, &whole);
	feed(data, size, 3, &cut);
	if (whole.len != cut.len ||
	    memcmp(whole.data, cut.data, cut.len) != 0 || whole.len > size ||
	    size - whole.len > 64)
		abort();
	buf_free(&whole);
	buf_free(&cut);
	return 0;
}
