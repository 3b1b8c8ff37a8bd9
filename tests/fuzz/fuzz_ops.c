/*
 * What operations print on nodes; the first byte chooses the platform.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "model/facts.h"
#include "model/service.h"
#include "platform/platform.h"
#include "platform/sa_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_keys(struct span text)
{
	struct sa sa = { .proto = 50, .spi = 1 };
	struct facts f = { .sas = &sa, .n_sas = 1 };
	struct err e = { 0 };

	if (ip_parse(span_of("192.0.2.11"), &sa.dst) < 0)
		abort();
	if (sa_keys_read(text, &f, &e) < 0 &&
	    (sa.keys[0] != '\0' || e.kind != ERR_INPUT))
		abort();
	if (memchr(sa.keys, '\0', sizeof(sa.keys)) == NULL)
		abort();
}

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
	read_keys((struct span){ (const char *)data + 1, size - 1 });
	return 0;
}
