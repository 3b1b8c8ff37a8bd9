#include "cmd/nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/load.h"
#include "cmd/pipeline.h"
#include "cmd/remote.h"
#include "io/log.h"
#include "io/random.h"
#include "io/rundir.h"
#include "model/host.h"
#include "model/run_json.h"
#include "platform/platform.h"
#include "platform/section.h"

enum { LIMIT_MS = 60000 };

/* One script on one node. */
struct job {
	struct nodes *nodes;
	struct node *node;
	const char *phase; /* NULL: the answer names the platform */
	struct buf script;
};

/* ---- opening and closing ------------------------------------------------ */

static struct node
node_of(const struct host *h)
{
	struct node n = { .host = h };

	n.said.name = xstrdup(h->name);
	n.said.site = xstrdup(h->site != NULL ? h->site : "");
	n.said.platform = xstrdup("");
	return n;
}

int
nodes_open(const struct common *c, const char *pattern, struct nodes *ret,
    struct err *e)
{
	struct nodes *ns = ret;

	*ns = (struct nodes){ .common = c };
	log_set_level(c->verbose);
	if (random_word(ns->nonce, NODES_NONCE_BYTES, e) < 0 ||
	    load_hosts(c, pattern, &ns->inv, &ns->pick, e) < 0)
		return -1;
	ns->v = xcalloc(ns->pick.n, sizeof(*ns->v));
	for (; ns->n < ns->pick.n; ns->n++)
		ns->v[ns->n] = node_of(ns->pick.hosts[ns->n]);
	return 0;
}

int
nodes_open_pattern(const char *command, const struct args *a, struct nodes *ret,
    struct err *e)
{
	if (cmd_one_pattern(a, command, e) < 0)
		return -1;
	return nodes_open(&a->common, a->n_words > 0 ? a->words[0] : NULL, ret,
	    e);
}

int
nodes_open_pair(const char *command, const struct args *a, struct nodes *ret,
    struct err *e)
{
	struct nodes *ns = ret;
	const struct host *hosts[2];

	*ns = (struct nodes){ .common = &a->common };
	log_set_level(a->common.verbose);
	if (random_word(ns->nonce, NODES_NONCE_BYTES, e) < 0 ||
	    load_inventory(a->common.inventory, &ns->inv, e) < 0 ||
	    load_pair(ns->inv, command, a, hosts, e) < 0)
		return -1;
	ns->v = xcalloc(2, sizeof(*ns->v));
	for (; ns->n < 2; ns->n++)
		ns->v[ns->n] = node_of(hosts[ns->n]);
	return 0;
}

/* A run owns its nodes; these are ours. */
static void
free_said(struct run_node *said)
{
	struct run r;

	run_init(&r);
	r.nodes[0] = *said;
	run_free(&r);
}

void
nodes_forget(struct nodes *ns)
{
	for (size_t i = 0; i < ns->n; i++) {
		struct node *n = &ns->v[i];

		free_said(&n->said);
		n->said = node_of(n->host).said;
		if (n->platform == NULL)
			continue;
		free(n->said.platform);
		n->said.platform = xstrdup(n->platform->name);
	}
}

void
nodes_close(struct nodes *ns)
{
	fanout_free(ns->fanout);
	for (size_t i = 0; i < ns->n; i++) {
		free_said(&ns->v[i].said);
		facts_free(&ns->v[i].facts);
		free(ns->v[i].failure);
	}
	free(ns->v);
	free(ns->dir);
	inv_pick_free(&ns->pick);
	inv_free(ns->inv);
	*ns = (struct nodes){ 0 };
}

/* ---- what came of it ---------------------------------------------------- */

void
nodes_fail(struct node *n, enum task_end end, const char *why)
{
	if (n->failure != NULL)
		return;
	n->failure = xstrdup(why);
	n->end = end;
}

static void
keep_platform(struct node *n, struct span sysname)
{
	n->platform = platform_find(sysname);
	if (n->platform == NULL) {
		nodes_fail(n, TASK_EXITED,
		    "its platform is not one that espy knows");
		return;
	}
	free(n->said.platform);
	n->said.platform = xstrdup(n->platform->name);
}

/* A name or a size that makes no sense is the node's own failure. */
static void
keep_text(struct nodes *ns, struct node *n, const char *name, struct span text,
    int status)
{
	struct err e;

	if (text.n > RUN_TEXT_MAX) {
		nodes_fail(n, TASK_EXITED, "it printed too much");
		return;
	}
	if (ns->dir == NULL) {
		run_add_text(&n->said, name, text.p, text.n, status);
		return;
	}
	if (rundir_write_text(ns->dir, &n->said, name, text.p, text.n, status,
		&e) == 0)
		return;
	if (e.kind != ERR_SYS) {
		nodes_fail(n, TASK_EXITED, e.text);
	} else if (!ns->failed) {
		*ns->err = e;
		ns->failed = true;
	}
}

static void
keep_sections(const struct job *j, struct span out)
{
	struct section s;

	while (section_next(&out, j->nodes->nonce, &s)) {
		char name[128];

		snprintf(name, sizeof(name), "%s/%.*s", j->phase,
		    (int)(s.name.n < 64 ? s.name.n : 64), s.name.p);
		if (run_text(&j->node->said, name) == NULL)
			keep_text(j->nodes, j->node, name, s.text,
			    s.whole ? s.status : -1);
	}
}

static void
job_done(void *arg, const struct task_result *r)
{
	struct job *j = arg;
	struct span out = { r->out, r->out_len };

	j->nodes->pending--;
	if (j->phase != NULL)
		keep_sections(j, out);
	else if (r->end == TASK_EXITED)
		keep_platform(j->node, out);
	if (r->end != TASK_EXITED)
		nodes_fail(j->node, r->end, r->why);
	else if (r->out_cut)
		nodes_fail(j->node, r->end, "it printed too much");
	buf_free(&j->script);
	free(j);
}

/* ---- asking ------------------------------------------------------------- */

static bool
all_done(void *arg)
{
	const struct nodes *ns = arg;

	return ns->pending == 0;
}

/* Jobs are bounded, and an interrupt ends them: none outlives this. */
static int
wait_all(struct nodes *ns)
{
	while (ns->pending > 0)
		if (fanout_run(ns->fanout, all_done, ns, 0) ==
		    FANOUT_INTERRUPTED)
			ns->interrupted = true;
	return ns->failed ? -1 : 0;
}

static void
job_start(struct job *j, int64_t limit_ms, bool hold_input)
{
	const struct task_spec spec = { .host = j->node->host,
		.input = j->script.data,
		.input_len = j->script.len,
		.hold_input = hold_input,
		.limit_ms = limit_ms,
		.out_cap = PLATFORM_OUTPUT_MAX,
		.done = job_done,
		.arg = j };

	j->nodes->pending++;
	fanout_start(j->nodes->fanout, &spec);
}

static int64_t
limit_of(const struct nodes *ns, int64_t limit_ms)
{
	if (limit_ms > 0)
		return limit_ms;
	return ns->common->timeout_s > 0 ? (int64_t)ns->common->timeout_s * 1000
					 : LIMIT_MS;
}

static struct job *
job_new(struct nodes *ns, struct node *n, const char *phase)
{
	struct job *j = xcalloc(1, sizeof(*j));

	*j = (struct job){ .nodes = ns, .node = n, .phase = phase };
	buf_init(&j->script, PLATFORM_SCRIPT_MAX);
	return j;
}

static int
make_directory(struct nodes *ns, struct err *e)
{
	if (ns->common->outdir == NULL)
		return 0;
	return rundir_create(ns->common->outdir, NULL, &ns->dir, e);
}

int
nodes_connect(struct nodes *ns, struct err *e)
{
	ns->err = e;
	if (make_directory(ns, e) < 0 ||
	    remote_open(ns->common, &ns->fanout, e) < 0)
		return -1;
	for (size_t i = 0; i < ns->n; i++) {
		struct job *j = job_new(ns, &ns->v[i], NULL);

		buf_puts(&j->script, platform_hello);
		job_start(j, limit_of(ns, 0), false);
	}
	return wait_all(ns);
}

int
nodes_ask(struct nodes *ns, const struct nodes_ask *ask, struct err *e)
{
	ns->err = e;
	for (size_t i = 0; i < ns->n && !ns->interrupted; i++) {
		struct job *j;
		int r;

		if (ns->v[i].failure != NULL)
			continue;
		j = job_new(ns, &ns->v[i], ask->phase);
		r = ask->script(ask->arg, &ns->v[i], &j->script, e);
		if (r == 0) {
			job_start(j, limit_of(ns, ask->limit_ms),
			    ask->hold_input);
			continue;
		}
		buf_free(&j->script);
		free(j);
		ns->failed = ns->failed || r < 0;
	}
	return wait_all(ns);
}

/* ---- the two usual questions -------------------------------------------- */

struct facts_want {
	const struct nodes *nodes;
	unsigned sections;
};

static int
facts_script(void *arg, struct node *n, struct buf *ret, struct err *e)
{
	const struct facts_want *w = arg;
	const struct facts_ask ask = { .nonce = w->nodes->nonce,
		.sections = w->sections };

	return n->platform->facts_script(&ask, ret, e);
}

int
nodes_facts(struct nodes *ns, const char *phase, unsigned sections,
    struct err *e)
{
	struct facts_want w = { ns, sections };
	const struct nodes_ask ask = {
		.phase = phase, .script = facts_script, .arg = &w
	};

	if (nodes_ask(ns, &ask, e) < 0)
		return -1;
	for (size_t i = 0; i < ns->n; i++) {
		facts_free(&ns->v[i].facts);
		ns->v[i].facts = (struct facts){ 0 };
		if (ns->v[i].failure == NULL)
			pipeline_facts(&ns->v[i].said, phase, &ns->v[i].facts);
	}
	return 0;
}

struct op_want {
	const struct nodes *nodes;
	const struct op_ask *op;
	bool (*want)(const struct node *n);
};

static int
write_op(void *arg, struct node *n, struct buf *ret, struct err *e)
{
	const struct op_want *w = arg;

	if (w->want != NULL && !w->want(n))
		return 1;
	if (op_script(n->platform, w->op, w->nodes->nonce, ret, e) == 0)
		return 0;
	if (e->kind != ERR_HOST)
		return -1;
	nodes_fail(n, TASK_EXITED, e->text);
	return 1;
}

int
nodes_op(struct nodes *ns, const struct op_ask *op,
    bool (*want)(const struct node *n), int64_t limit_ms, struct err *e)
{
	struct op_want w = { ns, op, want };
	const struct nodes_ask ask = { .phase = op_name(op->op),
		.script = write_op,
		.arg = &w,
		.limit_ms = limit_ms };

	return nodes_ask(ns, &ask, e);
}

void
nodes_need(struct node *n, unsigned have, const char *what)
{
	const char *why = facts_why(&n->facts, have);
	char *text;

	if ((n->facts.have & have) == have)
		return;
	text = xasprintf("it did not say %s%s%s", what, why != NULL ? ": " : "",
	    why != NULL ? why : "");
	nodes_fail(n, TASK_EXITED, text);
	free(text);
}

void
nodes_check_do(struct nodes *ns, const char *phase)
{
	for (size_t i = 0; i < ns->n; i++) {
		const struct run_text *t = nodes_text(&ns->v[i], phase, "do");
		struct span rest, line;
		char *why;

		if (t == NULL || t->status == 0)
			continue;
		rest = (struct span){ t->text, t->len };
		if (!span_line(&rest, &line))
			line = span_of("it says nothing");
		why = xasprintf("exit status %d: %.*s", t->status, (int)line.n,
		    line.p);
		nodes_fail(&ns->v[i], TASK_EXITED, why);
		free(why);
	}
}

const struct run_text *
nodes_text(const struct node *n, const char *phase, const char *section)
{
	char name[128];

	snprintf(name, sizeof(name), "%s/%s", phase, section);
	return run_text(&n->said, name);
}
