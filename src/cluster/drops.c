#include "cluster/drops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/facts.h"

struct found {
	struct drop *v;
	size_t n, room;
};

/* One that went down began anew: its node or its link was started again. */
static void
add(struct found *f, const char *name, const char *means, uint64_t before,
    uint64_t after)
{
	struct drop *d;

	if (after == before || (after < before && after == 0))
		return;
	f->v = mem_grow(f->v, f->n, &f->room, sizeof(*f->v));
	d = &f->v[f->n++];
	*d = (struct drop){ .means = means,
		.count = after > before ? after - before : after,
		.anew = after < before };
	snprintf(d->name, sizeof(d->name), "%s", name);
}

static void
add_counters(const struct facts *before, const struct facts *after,
    struct found *f)
{
	for (size_t i = 0; i < after->n_counters; i++) {
		const struct counter *c = &after->counters[i];
		const char *means = drops_means(c->name);
		uint64_t was;

		if (means != NULL && facts_counter(before, c->name, &was))
			add(f, c->name, means, was, c->value);
	}
}

static void
add_link(const struct link *was, const struct link *is, struct found *f)
{
	const struct {
		const char *name, *means;
		uint64_t before, after;
	} counts[] = {
		{ "rx_dropped",
		    "came in, no room or nobody to take it; on Linux also "
		    "frames of protocols that it does not speak",
		    was->rx_dropped, is->rx_dropped },
		{ "rx_errors", "came in damaged, or the device was overrun",
		    was->rx_errors, is->rx_errors },
		{ "tx_dropped", "not sent: queue full, or refused underneath",
		    was->tx_dropped, is->tx_dropped },
		{ "tx_errors",
		    "not sent: no route, no carrier, or a policy forbids it",
		    was->tx_errors, is->tx_errors },
	};
	char name[DROP_NAME_MAX];

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		snprintf(name, sizeof(name), "%s %s", is->name, counts[i].name);
		add(f, name, counts[i].means, counts[i].before,
		    counts[i].after);
	}
}

static void
add_links(const struct facts *before, const struct facts *after,
    struct found *f)
{
	static const struct link none;

	if ((before->have & after->have & HAVE_LINKS) == 0)
		return;
	for (size_t i = 0; i < after->n_links; i++) {
		const struct link *is = &after->links[i];
		const struct link *was = facts_link(before, is->name);

		add_link(was != NULL ? was : &none, is, f);
	}
}

static int
by_count(const void *a, const void *b)
{
	const struct drop *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->name, y->name);
}

size_t
drops_between(const struct facts *before, const struct facts *after,
    struct drop **ret)
{
	struct found f = { 0 };

	add_counters(before, after, &f);
	add_links(before, after, &f);
	if (f.n > 0)
		qsort(f.v, f.n, sizeof(*f.v), by_count);
	*ret = f.v;
	return f.n;
}
