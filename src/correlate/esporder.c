#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "correlate/espjudge.h"

/*
 * Which capture stands nearer the sender is one question for each pair of
 * addresses: what speaks for "capture 0 stands at the lower address" in one
 * direction speaks against it in the other.
 */
enum { LOWER_SENDS, HIGHER_SENDS, DIRECTIONS };

/* As fine as the traffic allows: so many packets each way to a window. */
enum { WINDOWS_MAX = 1024, WINDOW_PACKETS = 8 };

/* Differences of time in one window, each direction on its own. */
struct window {
	double sum[DIRECTIONS];
	uint64_t n[DIRECTIONS];
};

/* The trials of one pair of addresses. */
struct pair {
	struct esptrial **trials;
	size_t n;
};

static int
direction(const struct esptrial *t)
{
	return memcmp(esptrial_src(t)->b, esptrial_dst(t)->b, 16) <= 0
	    ? LOWER_SENDS
	    : HIGHER_SENDS;
}

static int
compare_pair(const struct esptrial *x, const struct esptrial *y)
{
	const struct ip *xs = esptrial_src(x), *xd = esptrial_dst(x);
	const struct ip *ys = esptrial_src(y), *yd = esptrial_dst(y);
	bool xl = direction(x) == LOWER_SENDS, yl = direction(y) == LOWER_SENDS;
	int r = memcmp(xl ? xs->b : xd->b, yl ? ys->b : yd->b, 16);

	return r != 0 ? r : memcmp(xl ? xd->b : xs->b, yl ? yd->b : ys->b, 16);
}

static int
by_pair(const void *a, const void *b)
{
	return compare_pair(*(struct esptrial *const *)a,
	    *(struct esptrial *const *)b);
}

/* +1: capture 0 stands at the lower address, -1: capture 1 does; 0: unknown. */
static int
weigh(double for_it, double against)
{
	return for_it > against ? 1 : for_it < against ? -1 : 0;
}

/* RFC 791: a router counts it down, nothing counts it up. */
static int
ask_ttl(const struct pair *p)
{
	unsigned votes[2] = { 0, 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct espflow_side *s = p->trials[i]->track->side;
		bool lower = direction(p->trials[i]) == LOWER_SENDS;

		if (s[0].seen == 0 || s[1].seen == 0 || s[0].ttl == s[1].ttl)
			continue;
		votes[(s[0].ttl > s[1].ttl) == lower ? 0 : 1]++;
	}
	return weigh(votes[0], votes[1]);
}

static void
fill_windows(const struct pair *p, int64_t start, int64_t width, int64_t origin,
    struct window *w)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct esptrial *t = p->trials[i];
		int d = direction(t);

		for (size_t k = 0; k < t->n_blocks * BLOCK_SEQS; k++) {
			const struct espflow_block *b =
			    t->blocks[k / BLOCK_SEQS];
			unsigned bit = k % BLOCK_SEQS;
			struct window *at;

			if (((b->seen[0] & b->seen[1]) >> bit & 1) == 0)
				continue;
			at = &w[(b->time[0][bit] - start) / width];
			at->sum[d] +=
			    (double)(b->time[1][bit] - b->time[0][bit]) -
			    (double)origin;
			at->n[d]++;
		}
	}
}

static size_t
count_windows(const uint64_t n[DIRECTIONS])
{
	uint64_t fewer = n[0] < n[1] ? n[0] : n[1];
	uint64_t windows = fewer / WINDOW_PACKETS + 1;

	return windows < WINDOWS_MAX ? (size_t)windows : WINDOWS_MAX;
}

/*
 * Delays are positive: seen from capture 0's host, packets that it sends seem
 * later by the delay, packets that it gets earlier.  Within one window of time
 * the offset of the clocks is the same for both, however they drift.
 */
static int
ask_delay(const struct pair *p)
{
	struct window *w;
	int64_t start = INT64_MAX, end = INT64_MIN, origin = 0;
	uint64_t n[DIRECTIONS] = { 0, 0 };
	double diff = 0;
	size_t windows;

	for (size_t i = 0; i < p->n; i++) {
		const struct espties *t = &p->trials[i]->ties;

		if (t->n == 0)
			continue;
		n[direction(p->trials[i])] += t->n;
		origin = t->min; /* any: keeps the sums small and exact */
		start = t->first[0] < start ? t->first[0] : start;
		end = t->last[0] > end ? t->last[0] : end;
	}
	if (n[LOWER_SENDS] == 0 || n[HIGHER_SENDS] == 0)
		return 0;
	windows = count_windows(n);
	w = xcalloc(windows, sizeof(*w));
	fill_windows(p, start, (end - start) / (int64_t)windows + 1, origin, w);
	for (size_t i = 0; i < windows; i++)
		if (w[i].n[0] > 0 && w[i].n[1] > 0)
			diff += w[i].sum[0] / (double)w[i].n[0] -
			    w[i].sum[1] / (double)w[i].n[1];
	free(w);
	return weigh(diff, 0);
}

/* Only when every one-sided packet tells the same story. */
static int
ask_loss(const struct pair *p)
{
	uint64_t n[2] = { 0, 0 };

	for (size_t i = 0; i < p->n; i++) {
		const struct esploss *l = p->trials[i]->loss;
		bool lower = direction(p->trials[i]) == LOWER_SENDS;

		n[0] += l[lower ? 0 : 1].n;
		n[1] += l[lower ? 1 : 0].n;
	}
	return n[0] > 0 && n[1] > 0 ? 0 : weigh((double)n[0], (double)n[1]);
}

static int
ask_argument(const struct pair *p)
{
	double n[DIRECTIONS] = { 0, 0 };

	for (size_t i = 0; i < p->n; i++)
		n[direction(p->trials[i])] +=
		    (double)p->trials[i]->track->side[0].seen;
	return n[LOWER_SENDS] >= n[HIGHER_SENDS] ? 1 : -1;
}

static void
decide_pair(const struct pair *p)
{
	static int (*const ask[])(const struct pair *p) = {
		[ESPFLOW_BY_TTL] = ask_ttl,
		[ESPFLOW_BY_DELAY] = ask_delay,
		[ESPFLOW_BY_LOSS] = ask_loss,
		[ESPFLOW_BY_ARGUMENT] = ask_argument,
	};
	enum espflow_order how = ESPFLOW_BY_TTL;
	int answer = ask[how](p);

	while (answer == 0)
		answer = ask[++how](p);
	for (size_t i = 0; i < p->n; i++) {
		struct esptrial *t = p->trials[i];

		t->how = how;
		t->from = (direction(t) == LOWER_SENDS) == (answer > 0) ? 0 : 1;
	}
}

void
esporder_decide(struct esptrial *trials, size_t n)
{
	struct esptrial **sorted = xcalloc(n + 1, sizeof(struct esptrial *));
	struct pair p = { sorted, 0 };

	for (size_t i = 0; i < n; i++)
		sorted[i] = &trials[i];
	qsort(sorted, n, sizeof(struct esptrial *), by_pair);
	for (size_t i = 0; i < n; i++) {
		p.n++;
		if (i + 1 < n && compare_pair(sorted[i], sorted[i + 1]) == 0)
			continue;
		decide_pair(&p);
		p = (struct pair){ sorted + i + 1, 0 };
	}
	free(sorted);
}
