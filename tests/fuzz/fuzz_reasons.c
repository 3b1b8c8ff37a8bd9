/*
 * What nodes print of reasons for drops, in two rounds, cut in the middle.
 * links: platform/ base/buf base/date base/err base/map base/mem base/quote
 * links: base/str model/addr model/facts model/pingstat model/reason
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "model/reason.h"
#include "platform/reasons.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct reasons *r)
{
	if (r->n > (size_t)2 * REASONS_ROWS_MAX)
		abort();
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].count == 0 ||
		    strlen(r->v[i].why) >= REASON_TEXT_MAX ||
		    strlen(r->v[i].which) >= REASON_TEXT_MAX ||
		    strlen(r->v[i].where) >= REASON_TEXT_MAX)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct reasons r = { 0 };
	struct err e = { 0 };
	size_t n;

	if (reasons_read((struct span){ text, size / 2 }, &r, &e) < 0 &&
	    e.kind != ERR_INPUT)
		abort();
	n = r.n;
	if (reasons_read((struct span){ text + size / 2, size - size / 2 }, &r,
		&e) < 0 &&
	    (e.kind != ERR_INPUT || r.n != n))
		abort();
	check(&r);
	reasons_fini(&r);
	return 0;
}
