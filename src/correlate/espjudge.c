#include "correlate/espjudge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/*
 * How late a packet may be compared with all that were matched, at an edge.
 * Without a match of its own a flow's delay is not known at all: a second is
 * more than any path takes.
 */
#define MARGIN_NS (10 * NS_PER_MS)
#define MARGIN_UNKNOWN_NS NS_PER_S

/* Times come from outside: sums must not overflow. */
static int64_t
add(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

static int
by_flow_and_number(const void *a, const void *b)
{
	const struct espflow_block *x = *(struct espflow_block *const *)a;
	const struct espflow_block *y = *(struct espflow_block *const *)b;

	if (x->flow != y->flow)
		return x->flow < y->flow ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* All blocks, in order, and every trial's share of them. */
static struct espflow_block **
deal_blocks(const struct espflow *x, struct esptrial *trials)
{
	struct espflow_block **all = xcalloc(x->n_blocks + 1, sizeof(*all));

	for (size_t i = 0; i < x->n_blocks; i++)
		all[i] = espflow_block(x, i);
	qsort(all, x->n_blocks, sizeof(*all), by_flow_and_number);
	for (size_t i = 0; i < x->n_tracks; i++)
		trials[i].track = &x->tracks[i];
	for (size_t i = 0; i < x->n_blocks; i++) {
		struct esptrial *t = &trials[all[i]->flow];

		if (t->n_blocks++ == 0)
			t->blocks = &all[i];
	}
	return all;
}

static void
widen(int64_t *min, int64_t *max, int64_t v)
{
	if (v < *min)
		*min = v;
	if (v > *max)
		*max = v;
}

static void
ties_join(struct espties *a, const struct espties *b)
{
	if (b->n == 0)
		return;
	if (a->n == 0) {
		*a = *b;
		return;
	}
	a->n += b->n;
	widen(&a->min, &a->max, b->min);
	widen(&a->min, &a->max, b->max);
	for (unsigned c = 0; c < CAPTURES; c++) {
		widen(&a->first[c], &a->last[c], b->first[c]);
		widen(&a->first[c], &a->last[c], b->last[c]);
	}
}

static void
tie_block(struct espties *t, const struct espflow_block *b)
{
	uint64_t both = b->seen[0] & b->seen[1];

	for (unsigned i = 0; i < BLOCK_SEQS; i++) {
		int64_t t0, t1;

		if ((both >> i & 1) == 0)
			continue;
		t0 = b->time[0][i];
		t1 = b->time[1][i];
		ties_join(t,
		    &(struct espties){
			1, t1 - t0, t1 - t0, { t0, t1 }, { t0, t1 } });
	}
}

/* When a capture saw its frames, and how its clock relates to the other's. */
struct horizon {
	const struct espflow *x;
	const struct espties *ties; /* of the flow, or of all if it has none */
	bool own;
};

/*
 * Was the other capture live when a packet that this one saw at ns must have
 * come by?  For certain between two packets of the same flow that it did see;
 * else when the clocks say so, with a margin.
 */
static bool
was_live(const struct horizon *h, unsigned capture, int64_t ns)
{
	const struct espties *t = h->ties;
	unsigned other = 1 - capture;
	int64_t low, high, margin = MARGIN_UNKNOWN_NS;

	if (t->n == 0)
		return false;
	if (h->own && t->first[capture] <= ns && ns <= t->last[capture])
		return true;
	if (h->own)
		margin = add(MARGIN_NS, t->max - t->min);
	low = add(ns, capture == 0 ? t->min : -t->max);
	high = add(ns, capture == 0 ? t->max : -t->min);
	return add(low, -margin) >= h->x->first[other] &&
	    add(high, margin) <= h->x->last[other];
}

/* A run of lost packets while it lasts. */
struct run {
	struct esploss *loss;
	uint64_t length;
};

static void
run_end(struct run *r)
{
	if (r->length > r->loss->longest)
		r->loss->longest = r->length;
	r->length = 0;
}

static void
run_lose(struct run *r, uint32_t seq)
{
	if (r->loss->n++ == 0)
		r->loss->first = seq;
	r->loss->last = seq;
	if (r->length++ == 0)
		r->loss->runs++;
}

static void
lose_block(struct esptrial *t, const struct espflow_block *b, unsigned capture,
    const struct horizon *h, struct run *run)
{
	uint64_t seen = b->seen[capture];
	uint64_t alone = seen & ~b->seen[1 - capture];
	bool usable =
	    t->track->side[0].restarts == 0 && t->track->side[1].restarts == 0;

	if (alone == 0) {
		if (seen != 0)
			run_end(run);
		return;
	}
	for (unsigned i = 0; i < BLOCK_SEQS; i++) {
		if ((seen >> i & 1) == 0)
			continue;
		if ((alone >> i & 1) == 0) {
			run_end(run);
		} else if (usable &&
		    was_live(h, capture, b->time[capture][i])) {
			run_lose(run, b->number * BLOCK_SEQS + i);
		} else {
			t->unproven++;
			run_end(run);
		}
	}
}

static void
count_losses(struct esptrial *t, const struct espflow *x,
    const struct espties *all)
{
	struct horizon h = { x, &t->ties, true };

	if (t->ties.n == 0)
		h = (struct horizon){ x, all, false };
	for (unsigned c = 0; c < CAPTURES; c++) {
		struct run run = { &t->loss[c], 0 };

		for (size_t i = 0; i < t->n_blocks; i++)
			lose_block(t, t->blocks[i], c, &h, &run);
		run_end(&run);
	}
}

static unsigned
bits(uint64_t v)
{
	unsigned n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

/* Between the outermost numbers; a restart makes the question senseless. */
static uint64_t
count_unseen(const struct esptrial *t)
{
	const struct espflow_block *head = t->blocks[0];
	const struct espflow_block *tail = t->blocks[t->n_blocks - 1];
	unsigned first = 0, last = BLOCK_SEQS - 1;
	uint64_t seen = 0;

	if (t->track->key.kind != ESPFLOW_ESP &&
	    t->track->key.kind != ESPFLOW_NATT)
		return 0;
	if (t->track->side[0].restarts + t->track->side[1].restarts > 0)
		return 0;
	for (size_t i = 0; i < t->n_blocks; i++)
		seen += bits(t->blocks[i]->seen[0] | t->blocks[i]->seen[1]);
	while (((head->seen[0] | head->seen[1]) >> first & 1) == 0)
		first++;
	while (((tail->seen[0] | tail->seen[1]) >> last & 1) == 0)
		last--;
	return (uint64_t)(tail->number - head->number) * BLOCK_SEQS + last + 1 -
	    first - seen;
}

const struct ip *
esptrial_src(const struct esptrial *t)
{
	return &t->track->src[t->track->side[0].seen > 0 ? 0 : 1];
}

const struct ip *
esptrial_dst(const struct esptrial *t)
{
	return &t->track->dst[t->track->side[0].seen > 0 ? 0 : 1];
}

static struct espflow_flow
flow_of(const struct esptrial *t)
{
	const struct espflow_track *k = t->track;
	const struct esploss *lost = &t->loss[t->from];
	unsigned named = k->side[t->from].seen > 0 ? t->from : 1 - t->from;

	return (struct espflow_flow){ .kind = (enum espflow_kind)k->key.kind,
		.src = k->src[named],
		.dst = k->dst[named],
		.spi = k->key.spi,
		.from = t->from,
		.how = t->how,
		.side = { k->side[0], k->side[1] },
		.matched = t->ties.n,
		.lost = lost->n,
		.missed = t->loss[1 - t->from].n,
		.unproven = t->unproven,
		.unseen = t->unseen,
		.first_lost = lost->first,
		.last_lost = lost->last,
		.runs = lost->runs,
		.longest = lost->longest,
		.delta_min = t->ties.min,
		.delta_max = t->ties.max };
}

static int
by_name(const void *a, const void *b)
{
	const struct espflow_flow *x = a, *y = b;
	int r;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	r = memcmp(&x->src.b, &y->src.b, sizeof(x->src.b));
	if (r == 0)
		r = memcmp(&x->dst.b, &y->dst.b, sizeof(x->dst.b));
	if (r != 0)
		return r;
	return x->spi < y->spi ? -1 : x->spi > y->spi;
}

/* With only one direction the delay of the path cannot be told apart. */
static struct espflow_clock
read_clock(const struct esptrial *trials, size_t n, const struct espties *all)
{
	struct espflow_clock c = { 0 };
	bool have[CAPTURES] = { false, false };
	int64_t low = INT64_MIN, high = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		const struct esptrial *t = &trials[i];

		if (t->ties.n == 0 || t->how > ESPFLOW_BY_DELAY)
			continue;
		have[t->from] = true;
		if (t->from == 0 && t->ties.min < high)
			high = t->ties.min;
		if (t->from == 1 && t->ties.max > low)
			low = t->ties.max;
	}
	c.known = all->n > 0;
	c.two_way = have[0] && have[1];
	c.drifting = c.two_way && low > high;
	c.low = c.two_way ? (c.drifting ? high : low) : all->min;
	c.high = c.two_way ? (c.drifting ? low : high) : all->min;
	return c;
}

static void
fill(const struct espflow *x, const struct esptrial *trials,
    struct espflow_result *ret)
{
	for (size_t i = 0; i < x->n_tracks; i++) {
		struct espflow_flow *f = &ret->flows[ret->n];

		if (trials[i].n_blocks == 0) /* there was no memory for it */
			continue;
		*f = flow_of(&trials[i]);
		ret->n++;
		ret->matched += f->matched;
		ret->lost += f->lost;
		ret->missed[f->from] += f->missed;
		ret->passed[f->from] += f->matched;
		ret->unproven += f->unproven;
	}
	for (unsigned c = 0; c < CAPTURES; c++) {
		ret->frames[c] = x->frames[c];
		ret->known[c] = x->known[c];
		ret->first[c] = (struct wall){ x->first[c] };
		ret->last[c] = (struct wall){ x->last[c] };
	}
	ret->bytes = (x->n_blocks + SLAB_BLOCKS - 1) / SLAB_BLOCKS *
		SLAB_BLOCKS * sizeof(struct espflow_block) +
	    (x->by_number.mask + 1) * sizeof(*x->by_number.slots) +
	    x->tracks_cap * sizeof(*x->tracks);
	qsort(ret->flows, ret->n, sizeof(*ret->flows), by_name);
}

void
espflow_judge(const struct espflow *x, struct espflow_result *ret)
{
	struct esptrial *trials = xcalloc(x->n_tracks + 1, sizeof(*trials));
	struct espflow_block **blocks = deal_blocks(x, trials);
	struct espties all = { 0 };

	for (size_t i = 0; i < x->n_tracks; i++) {
		struct esptrial *t = &trials[i];

		for (size_t b = 0; b < t->n_blocks; b++)
			tie_block(&t->ties, t->blocks[b]);
		ties_join(&all, &t->ties);
	}
	for (size_t i = 0; i < x->n_tracks; i++) {
		if (trials[i].n_blocks == 0)
			continue;
		count_losses(&trials[i], x, &all);
		trials[i].unseen = count_unseen(&trials[i]);
	}
	esporder_decide(trials, x->n_tracks);
	*ret = (struct espflow_result){ .flows = xcalloc(x->n_tracks + 1,
					    sizeof(*ret->flows)),
		.clock = read_clock(trials, x->n_tracks, &all) };
	fill(x, trials, ret);
	free(blocks);
	free(trials);
}
