/* flush_watch: probes for the pairs of a flush, and their new SAs. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/flush.h"
#include "cmd/gather.h"
#include "cmd/measure.h"
#include "cmd/pipeline.h"
#include "io/random.h"
#include "model/host.h"
#include "model/pingstat.h"
#include "platform/platform.h"

enum {
	ROUNDS = 3,	    /* of probes, before a pair is given up */
	PROBES = 3,	    /* the first of them starts the negotiation */
	INTERVAL_MS = 1000, /* the least that SmartOS knows */
	WAIT_MS = 1000,
	SIZE = 64,	   /* ICMP data bytes of a node's first pair */
	PINGS_MAX = 256,   /* pairs that one node probes */
	LIMIT_S = 30,	   /* of one round on a node */
	EXPLAINED_MAX = 4, /* pairs that are diagnosed */
	EXPLAIN_PINGS = 20
};

/* ---- probes -------------------------------------------------------------- */

struct round {
	struct flush *flush;
	unsigned number;
	char phase[16];
};

bool
flush_is_back(const struct flush_pair *p)
{
	return p->renew.state == RENEW_DONE && (!p->planned || p->came > 0);
}

static bool
needs_probe(const struct flush_pair *p)
{
	return p->planned && !flush_is_back(p);
}

/* Sizes tell a node's pings apart: its k-th pair has SIZE + k. */
static size_t
list_pings(const struct flush *f, size_t node, struct ping_ask *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n && n < PINGS_MAX; i++) {
		const struct flush_pair *p = &f->pairs[i];

		if (p->renew.a != node || !needs_probe(p))
			continue;
		ret[n] = (struct ping_ask){ .dst = p->to,
			.src = p->from,
			.size = (unsigned)(SIZE + n),
			.count = PROBES,
			.interval_ms = INTERVAL_MS,
			.wait_ms = WAIT_MS };
		n++;
	}
	return n;
}

static int
write_probes(void *arg, struct node *n, struct buf *ret, struct err *e)
{
	const struct round *r = arg;
	const struct nodes *ns = r->flush->nodes;
	struct ping_ask pings[PINGS_MAX];
	struct probe_ask ask = {
		.nonce = ns->nonce, .pings = pings, .limit_s = LIMIT_S
	};

	ask.n_pings = list_pings(r->flush, (size_t)(n - ns->v), pings);
	if (ask.n_pings == 0)
		return 1;
	if (random_bytes(ask.pattern, sizeof(ask.pattern), e) < 0)
		return -1;
	return n->platform->probe_script(&ask, ret, e);
}

static void
count_answers(struct flush *f, const struct pingstat *st, size_t node)
{
	size_t k = 0;

	for (size_t i = 0; i < f->n && k < PINGS_MAX; i++) {
		struct flush_pair *p = &f->pairs[i];

		if (p->renew.a != node || !needs_probe(p))
			continue;
		p->sent = PROBES;
		p->came = 0;
		for (size_t r = 0; r < st->n_replies; r++)
			p->came += st->replies[r].size == SIZE + k &&
			    !st->replies[r].duplicate;
		k++;
	}
}

static int
send_probes(struct round *r, struct err *e)
{
	struct nodes *ns = r->flush->nodes;
	const struct nodes_ask ask = { .phase = r->phase,
		.script = write_probes,
		.arg = r,
		.hold_input = true,
		.limit_ms = (LIMIT_S + 5) * 1000 };

	if (nodes_ask(ns, &ask, e) < 0)
		return -1;
	for (size_t i = 0; i < ns->n; i++) {
		const struct run_text *t =
		    nodes_text(&ns->v[i], r->phase, "ping.0");
		struct pingstat st = { 0 };

		if (t == NULL || ns->v[i].failure != NULL)
			continue;
		ns->v[i].platform->parse_pings((struct span){ t->text, t->len },
		    &st);
		count_answers(r->flush, &st, i);
		pingstat_free(&st);
	}
	return 0;
}

/* ---- the SAs ------------------------------------------------------------- */

static bool
all_back(struct flush *f)
{
	const struct facts **before = xcalloc(f->nodes->n, sizeof(*before));
	const struct facts **after = xcalloc(f->nodes->n, sizeof(*after));
	bool all = true;

	for (size_t i = 0; i < f->nodes->n; i++) {
		before[i] = &f->before[i];
		after[i] = &f->nodes->v[i].facts;
	}
	for (size_t i = 0; i < f->n; i++) {
		renew_check(before, after, &f->pairs[i].renew);
		all = all && flush_is_back(&f->pairs[i]);
	}
	free(before);
	free(after);
	return all;
}

int
flush_watch(struct flush *f, struct err *e)
{
	for (unsigned i = 1; i <= ROUNDS && !f->nodes->interrupted; i++) {
		struct round r = { .flush = f, .number = i };
		char phase[16];

		snprintf(r.phase, sizeof(r.phase), "probe%u", i);
		snprintf(phase, sizeof(phase), "after%u", i);
		if (send_probes(&r, e) < 0 ||
		    nodes_facts(f->nodes, phase,
			SECTION_BIT(SECTION_SAS) | SECTION_BIT(SECTION_LINKS),
			e) < 0)
			return -1;
		if (all_back(f))
			break;
	}
	return 0;
}

/* ---- why not ------------------------------------------------------------- */

/* As `espy diagnose A B` would, over the sessions that are open. */
static int
diagnose_pair(struct flush *f, struct flush_pair *p, struct err *e)
{
	const struct host *const hosts[2] = { f->nodes->v[p->renew.a].host,
		f->nodes->v[p->renew.b].host };
	const struct gather_opts o = { .count = EXPLAIN_PINGS };
	struct analysis result = { 0 };
	bool interrupted = false;
	int r = -1;

	if (measure_pair(f->nodes->fanout, hosts, &o, NULL, &p->run,
		&interrupted, e) == 0 &&
	    pipeline_analyze(p->run, &result, e) == 0) {
		p->why = xstrdup(result.verdict.sentence);
		r = 0;
	}
	f->nodes->interrupted |= interrupted;
	analysis_free(&result);
	return r;
}

int
flush_explain(struct flush *f, struct err *e)
{
	size_t done = 0;

	for (size_t i = 0; i < f->n && !f->nodes->interrupted; i++) {
		struct flush_pair *p = &f->pairs[i];

		if (flush_is_back(p))
			continue;
		if (p->renew.state == RENEW_UNKNOWN || !p->planned ||
		    done == EXPLAINED_MAX)
			continue;
		if (diagnose_pair(f, p, e) < 0)
			return -1;
		done++;
	}
	return 0;
}
