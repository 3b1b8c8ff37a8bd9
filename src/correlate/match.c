/* match: the same packet on both underlays, and what that says of the clocks.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "correlate/pair_impl.h"

/* One entry of a list, with what it is sorted by. */
struct key {
	uint32_t spi, seq;
	int64_t at;
	size_t i;
};

static int
key_compare(const void *va, const void *vb)
{
	const struct key *a = va, *b = vb;

	if (a->spi != b->spi)
		return a->spi < b->spi ? -1 : 1;
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->i < b->i ? -1 : a->i > b->i;
}

/* Sorted keys of a list; marks the second and later of one key. */
static struct key *
sorted(struct esp_list *l, uint64_t *duplicates)
{
	struct key *k = xcalloc(l->n, sizeof(*k));

	for (size_t i = 0; i < l->n; i++)
		k[i] = (struct key){ l->v[i].spi, l->v[i].seq, l->v[i].at, i };
	qsort(k, l->n, sizeof(*k), key_compare);
	for (size_t i = 1; i < l->n; i++) {
		if (k[i].spi == k[i - 1].spi && k[i].seq == k[i - 1].seq) {
			l->v[k[i].i].duplicate = true;
			(*duplicates)++;
		}
	}
	return k;
}

/* Joins what has the same SPI and sequence number in both lists. */
static void
join(struct esp_list *out, struct esp_list *in, struct tunnel *tn)
{
	uint64_t none = 0;
	struct key *ko = sorted(out, &none);
	struct key *ki = sorted(in, &tn->duplicates);
	size_t j = 0;

	for (size_t i = 0; i < out->n; i++) {
		if (out->v[ko[i].i].duplicate)
			continue;
		while (j < in->n &&
		    (ki[j].spi < ko[i].spi ||
			(ki[j].spi == ko[i].spi && ki[j].seq < ko[i].seq)))
			j++;
		if (j == in->n)
			break;
		if (ki[j].spi != ko[i].spi || ki[j].seq != ko[i].seq)
			continue;
		out->v[ko[i].i].other = ki[j].i + 1;
		in->v[ki[j].i].other = ko[i].i + 1;
		tn->matched++;
	}
	free(ko);
	free(ki);
}

static void
note_spi(struct tunnel *tn, const struct esp_seen *e)
{
	size_t i = 0;

	while (i < tn->n_spis && tn->spis[i] != e->spi)
		i++;
	if (i == tn->n_spis) {
		if (i == LEDGER_SPIS_MAX)
			return;
		tn->spis[tn->n_spis++] = e->spi;
	}
	if (e->seq > tn->max_seq[i])
		tn->max_seq[i] = e->seq;
}

/* Arrivals whose sequence number is below one that came before it. */
static uint64_t
count_reordered(const struct esp_list *in, const struct tunnel *tn)
{
	uint32_t top[LEDGER_SPIS_MAX] = { 0 };
	uint64_t n = 0;

	for (size_t i = 0; i < in->n; i++) {
		for (size_t s = 0; s < tn->n_spis; s++) {
			if (tn->spis[s] != in->v[i].spi)
				continue;
			if (in->v[i].seq > top[s])
				top[s] = in->v[i].seq;
			else if (!in->v[i].duplicate)
				n++;
		}
	}
	return n;
}

static int
time_compare(const void *va, const void *vb)
{
	const struct esp_seen *a = va, *b = vb;

	return a->at < b->at ? -1 : a->at > b->at;
}

/* A clock that was set back leaves a list out of order. */
static void
sort_by_time(struct esp_list *l)
{
	size_t i = 1;

	while (i < l->n && l->v[i - 1].at <= l->v[i].at)
		i++;
	if (i < l->n)
		qsort(l->v, l->n, sizeof(*l->v), time_compare);
}

void
pair_match_esp(struct pair *p)
{
	for (enum travel t = TRAVEL_AB; t < TRAVELS; t++) {
		enum side from = t == TRAVEL_AB ? SIDE_A : SIDE_B;
		enum side to = from == SIDE_A ? SIDE_B : SIDE_A;
		struct esp_list *out = &p->esp[from][t];
		struct esp_list *in = &p->esp[to][t];
		struct tunnel *tn = &p->l.tunnel[t];

		sort_by_time(out);
		sort_by_time(in);
		join(out, in, tn);
		tn->sent = out->n;
		tn->received = in->n;
		for (size_t i = 0; i < out->n; i++)
			note_spi(tn, &out->v[i]);
		for (size_t i = 0; i < in->n; i++)
			note_spi(tn, &in->v[i]);
		tn->reordered = count_reordered(in, tn);
	}
}

/* Bounds of B's clock minus A's. */
struct bounds {
	int64_t min, max;
	bool has_min, has_max;
};

/*
 * A packet cannot arrive before it was sent: what A sent at a and B saw at b
 * says that the offset is at most b - a; what B sent, at least.
 */
static void
bound(struct bounds *b, enum travel t, int64_t at_a, int64_t at_b)
{
	int64_t d = at_b - at_a;

	if (t == TRAVEL_AB && (!b->has_max || d < b->max)) {
		b->max = d;
		b->has_max = true;
	}
	if (t == TRAVEL_BA && (!b->has_min || d > b->min)) {
		b->min = d;
		b->has_min = true;
	}
}

static void
bound_by_echoes(const struct pair *p, struct bounds *b)
{
	const struct echo_list *la = &p->echo[SIDE_A], *lb = &p->echo[SIDE_B];

	for (size_t i = 0; i < la->n; i++) {
		for (size_t j = 0; j < lb->n; j++) {
			const struct echo_seen *x = &la->v[i], *y = &lb->v[j];

			if (x->id == y->id && x->seq == y->seq &&
			    x->reply == y->reply && x->sender == y->sender)
				bound(b,
				    x->sender == SIDE_A ? TRAVEL_AB : TRAVEL_BA,
				    x->at, y->at);
		}
	}
}

static void
bound_by_probes(const struct pair *p, struct bounds *b)
{
	for (size_t i = 0; i < p->l.n_probes; i++) {
		const struct probe *pr = &p->l.probes[i];

		if (probe_seen(pr, SIGHT_AU_OUT) && probe_seen(pr, SIGHT_BU_IN))
			bound(b, TRAVEL_AB, pr->at[SIGHT_AU_OUT],
			    pr->at[SIGHT_BU_IN]);
		if (probe_seen(pr, SIGHT_AU_IN) && probe_seen(pr, SIGHT_BU_OUT))
			bound(b, TRAVEL_BA, pr->at[SIGHT_AU_IN],
			    pr->at[SIGHT_BU_OUT]);
	}
}

static void
bound_by_esp(const struct pair *p, struct bounds *b)
{
	for (enum travel t = TRAVEL_AB; t < TRAVELS; t++) {
		const struct esp_list *la = &p->esp[SIDE_A][t];
		const struct esp_list *lb = &p->esp[SIDE_B][t];

		for (size_t i = 0; i < la->n; i++)
			if (la->v[i].other != 0)
				bound(b, t, la->v[i].at,
				    lb->v[la->v[i].other - 1].at);
	}
}

void
pair_match_clocks(struct pair *p)
{
	struct bounds b = { 0 };

	bound_by_echoes(p, &b);
	bound_by_probes(p, &b);
	bound_by_esp(p, &b);
	if (!b.has_min && !b.has_max)
		return;
	/* One way only: then that bound, as if the way took no time. */
	p->l.has_offset = true;
	p->l.offset_min_ns = b.has_min ? b.min : b.max;
	p->l.offset_max_ns = b.has_max ? b.max : b.min;
}

enum {
	/* Bounds that cross by more than clocks drift: one of them was set. */
	STEP_NS = 5 * 1000 * 1000
};

bool
pair_offset(const struct pair *p, int64_t *ret)
{
	const struct ledger *l = &p->l;

	if (!l->has_offset || l->offset_min_ns > l->offset_max_ns + STEP_NS)
		return false;
	*ret = l->offset_min_ns + (l->offset_max_ns - l->offset_min_ns) / 2;
	return true;
}
