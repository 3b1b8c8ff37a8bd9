/*
 * What operations print on nodes; the first byte chooses the platform.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "model/service.h"
#include "platform/platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct platform *p;
	struct services s = { .n = SIZE_MAX };
	struct err e = { 0 };

	if (size == 0)
		return 0;
	p = platform_named(data[0] % 2 == 0 ? "linux" : "illumos");
	if (p->read_services((struct span){ (const char *)data + 1, size - 1 },
		&s, &e) < 0) {
		if (s.n != SIZE_MAX || e.kind != ERR_INPUT)
			abort();
	} else if (s.n > SERVICES_MAX) {
		abort();
	}
	return 0;
}
