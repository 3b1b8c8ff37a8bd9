#include "cluster/logs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SAMPLES = 8 };

/* A time further off than this is not one to reckon with. */
#define SENSE_MAX (INT64_MAX / 4)
/* A word may take so long, and more seldom. */
#define SLOW_NS (100 * NS_PER_MS)
/* What comes so soon behind a line may be its continuation. */
#define TOGETHER_NS (100 * NS_PER_MS)
/* Later than it came, even so, no line can have been written. */
#define FUTURE_NS (2 * NS_PER_S)

struct source {
	bool any;
	struct wall sort, came; /* of its last line */
};

struct node {
	/*
	 * How far its clock may be ahead: each word bounds it from below, for
	 * it was on its way for a while; and from above, when we know since
	 * when.
	 */
	int64_t low[SAMPLES], high;
	size_t n_low, high_at; /* 0: never */
	bool coarse;
	struct source sources[LOGS_SOURCES_MAX];
};

struct logs {
	struct node *nodes;
	int64_t hold_ms;
	struct logs_line *held;
	size_t n, bytes;
	uint64_t nth;
};

struct logs *
logs_new(size_t nodes, int64_t hold_ms)
{
	struct logs *l = xcalloc(1, sizeof(*l));

	l->nodes = xcalloc(nodes, sizeof(*l->nodes));
	l->hold_ms = hold_ms;
	l->held = xcalloc(LOGS_HELD_MAX, sizeof(*l->held));
	return l;
}

void
logs_free(struct logs *l)
{
	if (l == NULL)
		return;
	logs_drop(l, l->n);
	free(l->held);
	free(l->nodes);
	free(l);
}

/* ---- clocks ------------------------------------------------------------- */

static bool
makes_sense(struct wall t)
{
	return t.ns >= 0 && t.ns <= SENSE_MAX;
}

void
logs_clock(struct logs *l, size_t node, struct wall said, bool coarse,
    struct wall asked, struct wall came)
{
	struct node *n = &l->nodes[node];

	if (!makes_sense(said) || !makes_sense(came) || !makes_sense(asked))
		return;
	n->low[n->n_low++ % SAMPLES] = said.ns - came.ns;
	n->coarse = coarse;
	if (asked.ns == 0)
		return;
	n->high = said.ns - asked.ns + (coarse ? NS_PER_S : 0);
	n->high_at = n->n_low;
}

/* low is the highest bound from below. */
static bool
may_agree(const struct node *n, int64_t low)
{
	bool bounded = n->high_at > 0 && n->n_low - n->high_at < SAMPLES;

	if (low > 0 || (bounded && n->high < 0))
		return false;
	return bounded || low > (n->coarse ? -NS_PER_S : -SLOW_NS);
}

/* The word that was least delayed is the closest. */
int64_t
logs_ahead(const struct logs *l, size_t node)
{
	const struct node *n = &l->nodes[node];
	size_t samples = n->n_low < SAMPLES ? n->n_low : SAMPLES;
	int64_t low;

	if (samples == 0)
		return 0;
	low = n->low[0];
	for (size_t i = 1; i < samples; i++)
		if (n->low[i] > low)
			low = n->low[i];
	if (may_agree(n, low))
		return 0;
	return low + (n->coarse ? NS_PER_S / 2 : 0);
}

/* ---- lines -------------------------------------------------------------- */

/* Its time by our clock, whose word that is, and what to sort it by. */
static void
place(const struct logs *l, const struct logs_add *a, struct logs_line *line)
{
	const struct source *s = &l->nodes[a->node].sources[a->source];
	int64_t t = 0;

	line->when = LOGS_CAME;
	if (a->timed && makes_sense(a->said)) {
		t = a->said.ns - logs_ahead(l, a->node);
		if (t <= a->came.ns + FUTURE_NS)
			line->when = a->coarse ? LOGS_WRITTEN_S : LOGS_WRITTEN;
	} else if (!a->timed && s->any &&
	    a->came.ns - s->came.ns <= TOGETHER_NS) {
		line->when = LOGS_WITH;
		t = s->sort.ns;
	}
	if (line->when == LOGS_CAME)
		t = a->came.ns;
	line->time = line->sort = (struct wall){ t };
	/* Within its second, as late as it may be. */
	if (line->when == LOGS_WRITTEN_S && a->came.ns >= t &&
	    a->came.ns < t + 2 * NS_PER_S)
		line->sort.ns =
		    a->came.ns < t + NS_PER_S ? a->came.ns : t + NS_PER_S - 1;
	if (s->any && s->sort.ns > line->sort.ns)
		line->sort = s->sort;
}

void
logs_add(struct logs *l, const struct logs_add *a)
{
	struct logs_line *line;
	struct source *s = &l->nodes[a->node].sources[a->source];
	size_t len;

	if (logs_full(l))
		logs_drop(l, logs_due_half(l));
	line = &l->held[l->n++];
	*line = (struct logs_line){ .node = a->node,
		.source = a->source,
		.said = a->said,
		.text = xstrndup(a->text.p, a->text.n),
		.rest = a->rest,
		.nth = l->nth++,
		.came = a->at };
	len = strlen(line->text);
	if (line->rest > len)
		line->rest = len;
	l->bytes += len;
	place(l, a, line);
	*s =
	    (struct source){ .any = true, .sort = line->sort, .came = a->came };
}

bool
logs_full(const struct logs *l)
{
	return l->n == LOGS_HELD_MAX || l->bytes >= LOGS_HELD_BYTES_MAX;
}

static int
by_time(const void *a, const void *b)
{
	const struct logs_line *x = a, *y = b;

	if (x->sort.ns != y->sort.ns)
		return x->sort.ns < y->sort.ns ? -1 : 1;
	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

size_t
logs_due(struct logs *l, struct mono now, bool all)
{
	struct mono due = mono_add_ms(now, -l->hold_ms);
	size_t n = all ? l->n : 0;

	qsort(l->held, l->n, sizeof(*l->held), by_time);
	for (size_t i = n; i < l->n; i++)
		if (l->held[i].came.ns <= due.ns)
			n = i + 1;
	return n;
}

size_t
logs_due_half(struct logs *l)
{
	qsort(l->held, l->n, sizeof(*l->held), by_time);
	return (l->n + 1) / 2;
}

const struct logs_line *
logs_line(const struct logs *l, size_t i)
{
	return &l->held[i];
}

void
logs_drop(struct logs *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		l->bytes -= strlen(l->held[i].text);
		free(l->held[i].text);
	}
	memmove(l->held, l->held + n, (l->n - n) * sizeof(*l->held));
	l->n -= n;
}
