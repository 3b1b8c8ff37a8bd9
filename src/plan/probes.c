#include "plan/probes.h"

#include "model/run.h"

enum {
	SIZE_STEP = 16, /* one cipher block */
	SIZES_FAST = 10,
	SIZES_SLOW = 25, /* as many processes, for three seconds */
	FAST_MS = 100,	 /* see correlate/tie.c */
	WAIT_S = 4
};

/* Each size twice at least, so that the first burst does not decide alone. */
static unsigned
sizes_for(unsigned total, unsigned interval_ms)
{
	unsigned n = interval_ms > FAST_MS ? (total + 1) / 2 : total;
	unsigned most = interval_ms > FAST_MS ? SIZES_SLOW : SIZES_FAST;

	return n < most ? n : most;
}

void
plan_probes(unsigned total, unsigned interval_ms, struct run_probes *ret)
{
	unsigned n = sizes_for(total, interval_ms);

	ret->n_sizes = n;
	ret->count = (total + n - 1) / n;
	ret->interval_ms = interval_ms > FAST_MS ? interval_ms : FAST_MS;
	ret->sentinel = PLAN_SIZE_SENTINEL;
	for (unsigned i = 0; i < n; i++)
		ret->sizes[i] = (uint16_t)(PLAN_SIZE_FIRST + SIZE_STEP * i);
}

unsigned
plan_probes_s(const struct run_probes *p)
{
	return (p->count * p->interval_ms + 999) / 1000 + WAIT_S;
}
