/* links: platform/section base/str */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "platform/section.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sections lie within the input, one behind the other, and come to an end. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span out = { (const char *)data, size };
	const char *p = out.p, *end = out.p + out.n;
	struct section s;

	while (section_next(&out, "0123456789abcdef", &s)) {
		if (s.name.p < p || s.text.p < s.name.p + s.name.n ||
		    s.text.p + s.text.n > end || out.p + out.n != end ||
		    out.p < s.text.p)
			abort();
		p = out.p;
	}
	return 0;
}
