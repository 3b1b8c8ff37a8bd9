/*
 * gather_probes: which pings run when.
 *
 * A sends the probes through the overlay.  Both send sentinels over the
 * underlay, in clear: they show that a capture sees what leaves, and that the
 * way is open for others than ESP.
 */
#include "cmd/gather_impl.h"
#include "plan/probes.h"
#include "platform/platform.h"

enum {
	SENTINELS = 2,
	SENTINEL_WAIT_MS = 500,
	WAIT_MS = 1000 /* for a last answer */
};

/* A ping that is slow has one go at it, so that nothing waits for two. */
static bool
is_slow(const struct gather *g, enum side s)
{
	return g->platform[s]->ping_interval_ms > 100;
}

static struct ping_ask
sentinel(const struct gather *g, enum side s, unsigned wave, unsigned count)
{
	return (struct ping_ask){ .wave = wave,
		.dst = g->run->nodes[!s].underlay,
		.src = g->run->nodes[s].underlay,
		.size = g->run->probes.sentinel,
		.count = count,
		.interval_ms = g->platform[s]->ping_interval_ms,
		.wait_ms = SENTINEL_WAIT_MS };
}

static struct ping_ask
probe(const struct gather *g, unsigned wave, unsigned size, unsigned count)
{
	return (struct ping_ask){ .wave = wave,
		.dst = g->run->nodes[SIDE_B].overlay,
		.src = g->run->nodes[SIDE_A].overlay,
		.size = size,
		.count = count,
		.interval_ms = g->run->probes.interval_ms,
		.wait_ms = WAIT_MS };
}

/* A sentinel, all sizes at once, and a sentinel behind or beside them. */
size_t
gather_pings(const struct gather *g, enum side s, struct ping_ask *ret)
{
	const struct run_probes *p = &g->run->probes;
	bool slow = is_slow(g, s);
	size_t n = 0;

	if (s == SIDE_B) {
		ret[n++] = sentinel(g, s, 0, SENTINELS);
		return n;
	}
	ret[n++] = sentinel(g, s, 0, slow ? 1 : SENTINELS);
	if (g->platform[s]->ping_warms)
		ret[n++] = probe(g, 0, PLAN_SIZE_WARM, 1);
	for (size_t i = 0; i < p->n_sizes; i++)
		ret[n++] = probe(g, 1, p->sizes[i], p->count);
	ret[n++] = sentinel(g, s, slow ? 1 : 2, 1);
	return n;
}
