/* drops_reasons: what the kernels say while the counters are watched. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/drops.h"
#include "platform/platform.h"
#include "platform/reasons.h"

enum {
	/* Signals a second apart, and a busy node's own time. */
	LIMIT_MS = (REASONS_SLACK_S + 10) * 1000
};

struct round {
	struct drops *drops;
	unsigned seconds;
	char phase[32];
};

static struct drops_node *
own(const struct drops *d, const struct node *n)
{
	return &d->v[n - d->nodes->v];
}

static bool
can_tell(const struct drops *d, const struct node *n)
{
	return n->failure == NULL && own(d, n)->no_reasons == NULL;
}

static int
write_script(void *arg, struct node *n, struct buf *ret, struct err *e)
{
	const struct round *r = arg;
	const struct reasons_ask ask = { .nonce = r->drops->nodes->nonce,
		.seconds = r->seconds };

	if (!can_tell(r->drops, n))
		return 1;
	return n->platform->reasons_script(&ask, ret, e);
}

/* One that cannot tell is asked no more, for that. */
static void
take(struct drops_node *d, const struct run_text *t)
{
	struct span text, line;
	struct err e = { 0 };

	if (t == NULL)
		return;
	text = (struct span){ t->text, t->len };
	if (t->status == 0 && reasons_read(text, &d->reasons, &e) == 0)
		return;
	if (t->status == 0)
		d->no_reasons = xstrdup(e.text);
	else if (span_line(&text, &line) && line.n > 0)
		d->no_reasons = xasprintf("%.*s", (int)line.n, line.p);
	else
		d->no_reasons = xasprintf("exit status %d", t->status);
}

bool
drops_reasons_any(const struct drops *d)
{
	for (size_t i = 0; i < d->nodes->n; i++)
		if (can_tell(d, &d->nodes->v[i]))
			return true;
	return false;
}

int
drops_reasons_read(struct drops *d, unsigned seconds, struct err *e)
{
	struct round r = { .drops = d, .seconds = seconds };
	const struct nodes_ask ask = { .phase = r.phase,
		.script = write_script,
		.arg = &r,
		.hold_input = true,
		.limit_ms = seconds * 1000 + LIMIT_MS };

	snprintf(r.phase, sizeof(r.phase), "reasons-%u", d->readings);
	if (nodes_ask(d->nodes, &ask, e) < 0)
		return -1;
	for (size_t i = 0; i < d->nodes->n; i++)
		if (can_tell(d, &d->nodes->v[i]))
			take(&d->v[i],
			    nodes_text(&d->nodes->v[i], r.phase, "reasons"));
	return 0;
}
