/*
 * capture_live: a line a packet, as they come.
 *
 * Nodes hand packets on with different delays, so each is held back for a
 * moment; then everything that is older by the clocks, as well as they are
 * known by now, goes before it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "cmd/capture_impl.h"
#include "cmd/nodes.h"
#include "model/host.h"
#include "model/packet.h"
#include "platform/platform.h"
#include "report/line.h"

enum {
	HELD_MAX = 8192, /* lines; then the oldest go at once */
	LINE_MAX_BYTES = 512,
	HOLD_MS = 250,
	HOLD_SNOOP_MS = 1500 /* it hands packets on once a second */
};

struct held {
	struct mono came;
	struct wall time; /* by its node's clock */
	int64_t sort;	  /* ns, by A's clock */
	int rank;
	uint64_t nth;
	const struct spot *spot;
	enum pcapng_direction direction;
	char *text;
};

struct live {
	struct capture *c;
	struct held *held;
	size_t n;
	uint64_t nth;
	int64_t hold_ms;
	int name_width;
	struct buf text;
};

struct live *
live_new(struct capture *c)
{
	struct live *l = xcalloc(1, sizeof(*l));

	l->c = c;
	l->hold_ms = HOLD_MS;
	l->held = xcalloc(HELD_MAX, sizeof(*l->held));
	buf_init(&l->text, LINE_MAX_BYTES);
	for (size_t i = 0; i < c->ns->n; i++) {
		const struct node *n = &c->ns->v[i];
		int width = (int)strlen(n->host->name);

		if (width > l->name_width)
			l->name_width = width;
		if (n->platform != NULL && n->platform->snoop)
			l->hold_ms = HOLD_SNOOP_MS;
	}
	return l;
}

void
live_free(struct live *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->n; i++)
		free(l->held[i].text);
	free(l->held);
	buf_free(&l->text);
	free(l);
}

static struct mono
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct mono){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

void
live_add(struct live *l, const struct spot *s, const struct packet *p)
{
	enum pcapng_direction d = capture_direction(l->c, s, p);

	if (l->n == HELD_MAX)
		live_print(l, true);
	buf_clear(&l->text);
	line_packet(&l->text, p);
	l->held[l->n++] = (struct held){ .came = now(),
		.time = p->time,
		.nth = l->nth++,
		.spot = s,
		.rank = capture_rank(s, d),
		.direction = d,
		.text = xstrdup(l->text.data) };
}

static int
by_time(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->sort != y->sort)
		return x->sort < y->sort ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank - y->rank;
	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

static void
print(struct live *l, const struct held *h)
{
	static const char *const arrows[] = { [PCAPNG_UNKNOWN] = "  ",
		[PCAPNG_IN] = "in",
		[PCAPNG_OUT] = "out" };

	buf_clear(&l->text);
	line_time(&l->text, (struct wall){ h->sort });
	printf("%s %-*s %-8s %-3s %s\n", l->text.data, l->name_width,
	    l->c->ns->v[h->spot->side].host->name, point_name(h->spot->point),
	    arrows[h->direction], h->text);
}

void
live_print(struct live *l, bool all)
{
	struct mono due = mono_add_ms(now(), -l->hold_ms);
	size_t n = all ? l->n : 0;

	for (size_t i = 0; i < l->n; i++)
		l->held[i].sort =
		    capture_time(l->c, l->held[i].spot->side, l->held[i].time)
			.ns;
	qsort(l->held, l->n, sizeof(*l->held), by_time);
	for (size_t i = n; i < l->n; i++)
		if (l->held[i].came.ns <= due.ns)
			n = i + 1;
	for (size_t i = 0; i < n; i++) {
		print(l, &l->held[i]);
		free(l->held[i].text);
	}
	if (n > 0)
		fflush(stdout);
	memmove(l->held, l->held + n, (l->n - n) * sizeof(*l->held));
	l->n -= n;
}
