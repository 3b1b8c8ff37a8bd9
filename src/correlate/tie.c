/*
 * tie: which ESP packet holds which probe.
 *
 * On one host the overlay device and the underlay device share a clock, so a
 * frame that leaves the first is followed, within a moment, by an ESP packet of
 * a length that follows from its own.  Probes have sizes of their own, so there
 * is seldom a choice; where other traffic has that length too, the tie is weak,
 * and nothing is concluded from it alone.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "correlate/esplen.h"
#include "correlate/pair_impl.h"

enum {
	/* Rather wait too long: one size comes again after 100 ms or more. */
	WINDOW_NS = 90 * 1000 * 1000,
	WINDOW_MIN_NS = 5 * 1000 * 1000,
	/* Two sockets stamp two packets: the order may be off by this much. */
	SLACK_NS = 200 * 1000,
	/* Strangers of that length expected in a window, in thousandths. */
	STRANGERS_MAX = 20,
	FIT_MIN = 3,  /* frames */
	NATT_UDP = 8, /* bytes, RFC 3948 section 2.1 */
	LENGTHS = 65536
};

/* A frame on the overlay that an ESP packet should hold, or has held. */
struct item {
	size_t probe;
	int64_t at;
	uint32_t length;
	size_t esp; /* 1 + index in the list; 0: none found */
	bool late;  /* found, but long after the usual time */
	bool weak;
};

/* One host, one direction: frames and the ESP packets to look among. */
struct bench {
	struct item *items;
	size_t n;
	struct esp_list *esp;
	bool leaving; /* the ESP packet comes after the frame */
};

static int
item_compare(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->probe < b->probe ? -1 : a->probe > b->probe;
}

static void
bench_init(struct bench *b, struct pair *p, enum side side, enum travel t)
{
	enum sight s = pair_sight(side, POINT_OVERLAY, t);

	*b = (struct bench){ .esp = &p->esp[side][t],
		.leaving = (t == TRAVEL_AB) == (side == SIDE_A) };
	b->items = xcalloc(p->l.n_probes, sizeof(*b->items));
	for (size_t i = 0; i < p->l.n_probes; i++) {
		const struct probe *pr = &p->l.probes[i];

		if (probe_seen(pr, s) && pr->spi[t] == 0)
			b->items[b->n++] = (struct item){ .probe = i,
				.at = pr->at[s],
				.length = pr->length };
	}
	qsort(b->items, b->n, sizeof(*b->items), item_compare);
}

/* How long after the frame (before it, on arrival) the ESP packet came. */
static int64_t
lag(const struct bench *b, const struct item *it, const struct esp_seen *e)
{
	return b->leaving ? e->at - it->at : it->at - e->at;
}

/* First index whose time is not before t; captures are nearly in order. */
static size_t
first_from(const struct esp_list *l, int64_t t)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->v[mid].at < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The unclaimed packet of the right length whose lag is nearest to `want`. */
static size_t
nearest(const struct bench *b, const struct item *it,
    const struct esp_suite *suite, int64_t window, int64_t want)
{
	int64_t from = it->at - (b->leaving ? SLACK_NS : window);
	int64_t best = INT64_MAX;
	size_t found = 0;

	for (size_t i = first_from(b->esp, from); i < b->esp->n; i++) {
		const struct esp_seen *e = &b->esp->v[i];
		int64_t d = lag(b, it, e), off = d > want ? d - want : want - d;

		if (e->at > it->at + (b->leaving ? window : SLACK_NS))
			break;
		if (e->claimed || e->duplicate || off >= best ||
		    e->length !=
			esp_length(suite, it->length, e->ip_header, e->natt))
			continue;
		best = off;
		found = i + 1;
	}
	return found;
}

/* Ties what is not tied yet; returns how many. */
static size_t
tie_all(struct bench *b, const struct esp_suite *suite, int64_t window,
    int64_t want, bool late)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct item *it = &b->items[i];

		if (it->esp != 0)
			continue;
		it->esp = nearest(b, it, suite, window, want);
		if (it->esp == 0)
			continue;
		b->esp->v[it->esp - 1].claimed = true;
		it->late = late;
		n++;
	}
	return n;
}

static void
untie(struct bench *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->items[i].esp != 0)
			b->esp->v[b->items[i].esp - 1].claimed = false;
		b->items[i].esp = 0;
	}
}

static int
time_compare(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return *a < *b ? -1 : *a > *b;
}

static int64_t
median_lag(const struct bench *b)
{
	int64_t *d = xcalloc(b->n, sizeof(*d)), m = 0;
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].esp != 0)
			d[n++] = lag(b, &b->items[i],
			    &b->esp->v[b->items[i].esp - 1]);
	qsort(d, n, sizeof(*d), time_compare);
	if (n > 0)
		m = d[n / 2];
	free(d);
	return m;
}

/* The length that does not depend on how the packet is carried. */
static uint32_t
bare_length(const struct esp_seen *e)
{
	uint32_t carried = e->ip_header + (e->natt ? NATT_UDP : 0U);

	return e->length > carried ? e->length - carried : 0;
}

/*
 * A tie is weak when packets of that length that belong to no probe are so
 * frequent that one of them may stand in the window by chance; or when it came
 * late, and there are strangers at all.
 */
static void
find_weak(struct bench *b, const struct esp_suite *suite, int64_t window)
{
	uint32_t *strangers = xcalloc(LENGTHS, sizeof(*strangers));
	const struct esp_list *l = b->esp;
	bool any = false;
	int64_t windows =
	    l->n > 0 ? (l->v[l->n - 1].at - l->v[0].at) / window + 1 : 1;

	for (size_t j = 0; j < l->n; j++) {
		if (l->v[j].claimed || l->v[j].duplicate)
			continue;
		strangers[bare_length(&l->v[j]) % LENGTHS]++;
		any = true;
	}
	for (size_t i = 0; i < b->n; i++) {
		struct item *it = &b->items[i];
		uint32_t len = esp_length(suite, it->length, 0, 0) % LENGTHS;

		it->weak = (it->late && any) ||
		    (int64_t)strangers[len] * 1000 > STRANGERS_MAX * windows;
	}
	free(strangers);
}

/* Is it so many of the frames that it cannot be by chance? */
static bool
fits(const struct bench *b, size_t tied)
{
	return tied >= FIT_MIN && tied * 2 > b->n;
}

/* The suite under which most frames find their packet. */
static void
calibrate(struct pair *p)
{
	size_t most = 0;

	p->suite = esp_suite(0);

	for (size_t i = 0; i < esp_suites(); i++) {
		struct bench a, b;
		size_t na, nb;

		bench_init(&a, p, SIDE_A, TRAVEL_AB);
		bench_init(&b, p, SIDE_B, TRAVEL_BA);
		na = tie_all(&a, esp_suite(i), WINDOW_NS, 0, false);
		nb = tie_all(&b, esp_suite(i), WINDOW_NS, 0, false);
		untie(&a);
		untie(&b);
		free(a.items);
		free(b.items);
		if (na + nb > most) {
			most = na + nb;
			p->suite = esp_suite(i);
			p->suite_known = fits(&a, na) || fits(&b, nb);
		}
	}
}

void
pair_give_esp(struct pair *p, struct probe *pr, enum side at, enum travel t,
    size_t i, bool weak)
{
	struct esp_seen *e = &p->esp[at][t].v[i];
	enum side other = at == SIDE_A ? SIDE_B : SIDE_A;
	enum sight here = pair_sight(at, POINT_UNDERLAY, t);
	enum sight there = pair_sight(other, POINT_UNDERLAY, t);

	e->claimed = true;
	pr->spi[t] = e->spi;
	pr->esp_seq[t] = e->seq;
	probe_see(pr, here, e->at);
	if (weak)
		pr->weak |= (uint8_t)(1U << here);
	if (e->other == 0)
		return;
	e = &p->esp[other][t].v[e->other - 1];
	e->claimed = true;
	probe_see(pr, there, e->at);
	if (weak)
		pr->weak |= (uint8_t)(1U << there);
}

/* A first pass learns the usual lag; the second prefers it; then the rest. */
static void
tie_bench(struct pair *p, enum side side, enum travel t)
{
	const struct esp_suite *suite = p->suite;
	int64_t usual, window;
	struct bench b;

	bench_init(&b, p, side, t);
	tie_all(&b, suite, WINDOW_NS, 0, false);
	usual = median_lag(&b);
	window = usual * 20 > WINDOW_MIN_NS ? usual * 20 : WINDOW_MIN_NS;
	if (window > WINDOW_NS)
		window = WINDOW_NS;
	untie(&b);
	tie_all(&b, suite, window, usual, false);
	tie_all(&b, suite, WINDOW_NS, usual, true);
	find_weak(&b, suite, WINDOW_NS);
	for (size_t i = 0; i < b.n; i++)
		if (b.items[i].esp != 0)
			pair_give_esp(p, &p->l.probes[b.items[i].probe], side,
			    t, b.items[i].esp - 1, b.items[i].weak);
	free(b.items);
}

void
pair_tie_esp(struct pair *p)
{
	/* What is left over the second time must not change the suite. */
	if (p->suite == NULL || !p->suite_known)
		calibrate(p);
	/* Where they leave first; arrival only for what that did not show. */
	tie_bench(p, SIDE_A, TRAVEL_AB);
	tie_bench(p, SIDE_B, TRAVEL_AB);
	tie_bench(p, SIDE_B, TRAVEL_BA);
	tie_bench(p, SIDE_A, TRAVEL_BA);
}

bool
pair_may_hide(const struct pair *p, const struct probe *pr, enum sight s)
{
	bool leaving = s == SIGHT_AU_OUT || s == SIGHT_BU_OUT;
	enum travel t = s <= SIGHT_BO_IN ? TRAVEL_AB : TRAVEL_BA;
	const struct esp_list *l = &p->esp[sight_side(s)][t];
	int64_t from = INT64_MIN, to = INT64_MAX;

	if (sight_point(s) != POINT_UNDERLAY || pr->spi[t] != 0)
		return false;
	/* By its length it would have been found, once lengths are known. */
	if (leaving && probe_seen(pr, (enum sight)(s - 1))) {
		if (p->suite_known)
			return false;
		from = pr->at[s - 1] - SLACK_NS;
		to = pr->at[s - 1] + WINDOW_NS;
	}
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].claimed && !l->v[i].duplicate &&
		    l->v[i].at >= from && l->v[i].at <= to)
			return true;
	return false;
}
