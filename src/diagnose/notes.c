/*
 * notes: what the reader should know of a verdict's evidence.  Rules without
 * theirs say nothing, and a node may have said why there is none; what DTrace
 * counted no rule reads.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "diagnose/engine.h"

static void
note_unsaid(const struct diag_input *in, enum side s, const struct facts *f,
    unsigned *noted, struct verdict *v)
{
	enum {
		TELLING = HAVE_SAS | HAVE_POLICIES | HAVE_NEIGHS | HAVE_FDB |
		    HAVE_COUNTERS | HAVE_XFRM_STAT | HAVE_ROUTES | HAVE_DROPS
	};

	for (size_t i = 0; i < f->n_unsaid; i++) {
		const struct unsaid *u = &f->unsaid[i];

		if ((u->have & TELLING & ~*noted) == 0)
			continue;
		*noted |= u->have;
		engine_add_note(v, "%s did not say all: %s", engine_node(in, s),
		    u->why);
	}
}

static int
more_first(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->why, y->why);
}

/*
 * What a kernel says that it dropped meanwhile, most first.  It may be of other
 * traffic: nothing is concluded from it.
 */
static void
note_drops(const struct diag_input *in, enum side s, struct verdict *v)
{
	enum { NAMED_MAX = 4 };
	const struct reasons *d = &in->during[s].drops;
	struct reason *sorted;
	struct buf b;

	if ((in->during[s].have & HAVE_DROPS) == 0)
		return;
	if (d->n == 0) {
		engine_add_note(v,
		    "%s's kernel dropped nothing while the probes ran, says "
		    "DTrace",
		    engine_node(in, s));
		return;
	}
	sorted = xreallocarray(NULL, d->n, sizeof(*sorted));
	memcpy(sorted, d->v, d->n * sizeof(*sorted));
	qsort(sorted, d->n, sizeof(*sorted), more_first);
	buf_init(&b, 4 * FACT_TEXT_MAX);
	for (size_t i = 0; i < d->n && i < NAMED_MAX; i++)
		buf_printf(&b, "%s%" PRIu64 " %s (%s, %s)", i > 0 ? ", " : "",
		    sorted[i].count, sorted[i].why, sorted[i].which,
		    sorted[i].where);
	if (d->n > NAMED_MAX)
		buf_puts(&b, ", ...");
	engine_add_note(v,
	    "%s's kernel dropped while the probes ran, says "
	    "DTrace: %s",
	    engine_node(in, s), b.data);
	buf_free(&b);
	free(sorted);
}

void
notes_add(const struct diag_input *in, struct verdict *v)
{
	for (enum side s = SIDE_A; s < SIDES; s++) {
		unsigned noted = 0;

		note_unsaid(in, s, &in->facts[s], &noted, v);
		note_unsaid(in, s, &in->before[s], &noted, v);
		note_unsaid(in, s, &in->after[s], &noted, v);
		note_unsaid(in, s, &in->during[s], &noted, v);
		note_drops(in, s, v);
	}
}
