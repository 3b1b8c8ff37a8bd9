/* espy flush: empty the SADBs, then watch the SAs come back. */
#include "cmd/flush.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/opt.h"
#include "io/sig.h"
#include "model/host.h"
#include "plan/pair.h"
#include "platform/op.h"
#include "platform/platform.h"

enum { FLUSH_LIMIT_MS = 30000 };

/* What the command line asked for. */
struct wish {
	const struct args *args;
	bool pair;
	uint64_t stagger_s;
};

/* ---- before ---------------------------------------------------------------
 */

/* Where the probe of a pair goes; without it only the SAs are watched. */
static void
plan(struct flush *f, struct flush_pair *p)
{
	const struct node *const v[2] = { &f->nodes->v[p->renew.a],
		&f->nodes->v[p->renew.b] };
	const struct facts *const facts[2] = { &f->before[p->renew.a],
		&f->before[p->renew.b] };
	const struct host *const hosts[2] = { v[0]->host, v[1]->host };
	struct run run;
	struct err e;

	run_init(&run);
	if (plan_pair(facts, hosts, &run, &e) == 0) {
		p->planned = true;
		p->from = run.nodes[SIDE_A].overlay;
		p->to = run.nodes[SIDE_B].overlay;
		p->ends[0] = run.nodes[SIDE_A].underlay;
		p->ends[1] = run.nodes[SIDE_B].underlay;
	}
	run_free(&run);
}

/* The facts move from the nodes into f. */
static void
take_before(struct flush *f)
{
	const struct facts **facts = xcalloc(f->nodes->n, sizeof(*facts));
	struct renew_pair *pairs;

	f->before = xcalloc(f->nodes->n, sizeof(*f->before));
	for (size_t i = 0; i < f->nodes->n; i++) {
		f->before[i] = f->nodes->v[i].facts;
		f->nodes->v[i].facts = (struct facts){ 0 };
		facts[i] = &f->before[i];
	}
	f->n = renew_pairs(facts, f->nodes->n, &pairs);
	f->pairs = xcalloc(f->n, sizeof(*f->pairs));
	for (size_t i = 0; i < f->n; i++) {
		f->pairs[i].renew = pairs[i];
		plan(f, &f->pairs[i]);
	}
	free(pairs);
	free(facts);
}

static void
flush_fini(struct flush *f)
{
	for (size_t i = 0; f->before != NULL && i < f->nodes->n; i++)
		facts_free(&f->before[i]);
	for (size_t i = 0; i < f->n; i++) {
		free(f->pairs[i].why);
		free(f->pairs[i].run);
	}
	free(f->before);
	free(f->pairs);
}

/* ---- flushing -------------------------------------------------------------
 */

/* One step: all nodes, or the only one. */
struct step {
	const struct flush *flush;
	bool pair;
	const struct node *only; /* NULL: all */
};

static int
write_flush(void *arg, struct node *n, struct buf *ret, struct err *e)
{
	const struct step *s = arg;
	char ends[2][IP_TEXT_MAX];
	const char *words[2] = { ends[0], ends[1] };
	const struct op_ask op = {
		.op = OP_FLUSH, .words = words, .n_words = s->pair ? 2 : 0
	};

	if (s->only != NULL && s->only != n)
		return 1;
	for (int i = 0; s->pair && i < 2; i++) {
		bool first = n == s->flush->nodes->v;

		ip_text(&s->flush->pairs[0].ends[first ? i : !i], ends[i]);
	}
	if (op_script(n->platform, &op, s->flush->nodes->nonce, ret, e) == 0)
		return 0;
	if (e->kind != ERR_HOST)
		return -1;
	nodes_fail(n, TASK_EXITED, e->text);
	return 1;
}

static int
flush_some(struct step *s, struct err *e)
{
	const struct nodes_ask ask = { .phase = "flush",
		.script = write_flush,
		.arg = s,
		.limit_ms = FLUSH_LIMIT_MS };

	return nodes_ask(s->flush->nodes, &ask, e);
}

/* Interrupted by a signal. */
static void
pause_s(struct nodes *ns, uint64_t seconds)
{
	struct pollfd fd = { sig_fd(), POLLIN, 0 };

	poll(&fd, 1, (int)seconds * 1000);
	ns->interrupted = ns->interrupted || sig_interrupted();
}

static int
flush_all(const struct wish *w, struct flush *f, struct err *e)
{
	struct nodes *ns = f->nodes;
	struct step s = { .flush = f, .pair = w->pair };

	if (w->stagger_s == 0)
		return flush_some(&s, e);
	for (size_t i = 0; i < ns->n && !ns->interrupted; i++) {
		s.only = &ns->v[i];
		if (flush_some(&s, e) < 0)
			return -1;
		if (i + 1 < ns->n && ns->v[i].failure == NULL)
			pause_s(ns, w->stagger_s);
	}
	return 0;
}

/* ---- the command ----------------------------------------------------------
 */

static int
flush_nodes(const struct wish *w, struct flush *f, struct err *e)
{
	const unsigned sections = SECTION_BIT(SECTION_SAS) |
	    SECTION_BIT(SECTION_LINKS) | SECTION_BIT(SECTION_NEIGHS) |
	    SECTION_BIT(SECTION_FDB) | SECTION_BIT(SECTION_POLICIES);
	struct nodes *ns = f->nodes;

	if (nodes_connect(ns, e) < 0 ||
	    nodes_facts(ns, "before", sections, e) < 0)
		return -1;
	take_before(f);
	if (w->pair && nodes_alive(ns) < 2)
		return 0;
	if (w->pair && (f->n == 0 || !f->pairs[0].planned))
		return err_set(e, ERR_HOST,
		    "flush: %s and %s have no SAs with each other; nothing was "
		    "flushed",
		    ns->v[0].host->name, ns->v[1].host->name);
	if (flush_all(w, f, e) < 0)
		return -1;
	nodes_check_do(ns, "flush");
	if (ns->interrupted)
		return 0;
	return flush_watch(f, e) < 0 ? -1 : flush_explain(f, e);
}

static int
run_wish(const struct wish *w, struct nodes *ns, struct err *e)
{
	const struct nodes_plan plan = { .changes = true,
		.what = w->pair ? "flush the SAs between both of "
				: "flush the SADB of ",
		.then = ", then send probes and watch the SAs come back" };
	struct flush f = { .nodes = ns };
	int status;

	if (!nodes_may(ns, &plan, &status, e))
		return status;
	if (flush_nodes(w, &f, e) < 0)
		status = cmd_fail(e);
	else
		status =
		    nodes_status(ns, flush_show(&f, w->args->common.json) > 0);
	flush_fini(&f);
	return status;
}

static int
open_nodes(const struct wish *w, struct nodes *ns, struct err *e)
{
	const struct args *a = w->args;
	char *both;
	int r;

	if (!w->pair)
		return nodes_open_pattern("flush", a, ns, e);
	if (a->n_words != 2)
		return err_set(e, ERR_USAGE,
		    "flush: --pair takes two hosts, not %d", a->n_words);
	both = xasprintf("%s,%s", a->words[0], a->words[1]);
	r = nodes_open(&a->common, both, ns, e);
	free(both);
	if (r == 0 && ns->n != 2)
		r = err_set(e, ERR_USAGE,
		    "flush: \"%s\" and \"%s\" are %zu hosts, not a pair",
		    a->words[0], a->words[1], ns->n);
	return r;
}

int
cmd_flush(int argc, char **argv)
{
	struct args a;
	struct wish w = { .args = &a };
	const struct opt own[] = {
		{ "pair", '\0', OPT_FLAG, &w.pair, NULL,
		    "only the SAs between the two hosts A B", 0, 0 },
		{ "stagger", '\0', OPT_NUMBER, &w.stagger_s, "SECONDS",
		    "one node after the other, so far apart", 1, 3600 },
	};
	const struct opt_table table = { own, 2 };
	struct nodes ns = { 0 };
	struct err e;
	int status;

	if (cmd_args(argc, argv, &table, &a, &e) < 0 ||
	    (!a.common.help && open_nodes(&w, &ns, &e) < 0))
		status = cmd_fail(&e);
	else
		status = a.common.help ? EXIT_CLEAN : run_wish(&w, &ns, &e);
	nodes_close(&ns);
	cmd_args_free(&a);
	return status;
}
