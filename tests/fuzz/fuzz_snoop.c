/* links: capture/snoop base/err */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "capture/snoop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What became of a capture: the same however its bytes arrive. */
struct outcome {
	uint64_t frames, sum;
	uint32_t drops;
	int bad;
	size_t left;
};

/* Shows the parser `step` bytes more each time it asks. */
static struct outcome
feed(const uint8_t *data, size_t size, size_t step)
{
	struct outcome o = { 0 };
	struct snoop s;
	size_t from = 0, shown = 0;

	snoop_init(&s);
	while (!o.bad) {
		struct frame f;
		struct err e;
		size_t used;
		enum snoop_result r =
		    snoop_next(&s, data + from, shown - from, &used, &f, &e);

		from += used;
		o.bad = r == SNOOP_BAD;
		if (r == SNOOP_FRAME) {
			o.frames++;
			for (uint32_t i = 0; i < f.captured; i++)
				o.sum = o.sum * 31 + f.data[i];
			if (f.captured > f.length || f.time.ns < 0)
				abort();
		}
		if (r == SNOOP_MORE && shown == size)
			break;
		if (r == SNOOP_MORE)
			shown += step < size - shown ? step : size - shown;
	}
	o.drops = s.drops;
	o.left = shown - from;
	return o;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole = feed(data, size, size + 1);
	struct outcome parts = feed(data, size, 1 + size % 37);

	if (whole.frames != parts.frames || whole.sum != parts.sum ||
	    whole.bad != parts.bad || whole.drops != parts.drops)
		abort();
	if (!whole.bad && whole.left != parts.left)
		abort();
	return 0;
}
