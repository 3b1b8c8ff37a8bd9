#include "cmd/gather.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/gather_impl.h"
#include "cmd/pipeline.h"
#include "io/fanout.h"
#include "io/random.h"
#include "io/rundir.h"
#include "model/host.h"
#include "model/run.h"
#include "model/run_json.h"
#include "plan/pair.h"
#include "plan/probes.h"
#include "platform/platform.h"
#include "platform/section.h"

enum {
	READY_MS = 5000, /* for a capture to begin */
	SLACK_S = 40	 /* on the node, over what is planned; it may be busy */
};

/* A script on one node; its sections become texts "PHASE/SECTION". */
struct job {
	struct gather *g;
	enum side side;
	const char *phase;
	struct buf script;
	bool hello; /* the answer names the platform instead */
};

static void
step(const struct gather *g, const char *what)
{
	if (g->opts->progress)
		fprintf(stderr, "espy: %s\n", what);
}

/* ---- waiting ----------------------------------------------------------- */

static bool
jobs_done(void *arg)
{
	const struct gather *g = arg;

	return g->pending == 0 || g->failed;
}

void
gather_settle(struct gather *g)
{
	if (g->over && g->pending == 0 && gather_dtrace_ended(g))
		free(g);
}

/* False when the run must come to its end now.  What came is saved. */
static bool
wait_for(struct gather *g, bool (*until)(void *), int64_t limit_ms)
{
	if (fanout_run(g->fanout, until, g, limit_ms) == FANOUT_INTERRUPTED)
		g->interrupted = true;
	if (!g->failed && rundir_save(g->dir, g->run, &g->err) < 0)
		g->failed = true;
	return !g->interrupted && !g->failed;
}

/* ---- scripts whose answer is sections ---------------------------------- */

static void
node_failed(struct gather *g, enum side s, const char *why)
{
	struct run_node *n = &g->run->nodes[s];

	if (n->failure == NULL)
		n->failure = xstrdup(why);
}

void
gather_keep_section(struct gather *g, enum side side, const char *phase,
    const struct section *s)
{
	char name[128];
	struct err e;

	if (g->failed)
		return;
	snprintf(name, sizeof(name), "%s/%.*s", phase,
	    (int)(s->name.n < 64 ? s->name.n : 64), s->name.p);
	if (rundir_write_text(g->dir, &g->run->nodes[side], name, s->text.p,
		s->text.n, s->whole ? s->status : -1, &e) == 0)
		return;
	/* A name or a size that makes no sense is the node's own failure. */
	if (e.kind != ERR_SYS) {
		node_failed(g, side, e.text);
		return;
	}
	g->err = e;
	g->failed = true;
}

static void
keep_sections(struct gather *g, const struct job *j, struct span out)
{
	struct section s;

	while (section_next(&out, g->nonce, &s))
		gather_keep_section(g, j->side, j->phase, &s);
}

static void
keep_platform(struct gather *g, enum side s, struct span sysname)
{
	struct run_node *n = &g->run->nodes[s];

	g->platform[s] = platform_find(sysname);
	if (g->platform[s] == NULL) {
		node_failed(g, s, "its platform is not one that espy knows");
		return;
	}
	free(n->platform);
	n->platform = xstrdup(g->platform[s]->name);
}

static void
job_done(void *arg, const struct task_result *r)
{
	struct job *j = arg;
	struct gather *g = j->g;
	struct span out = { r->out, r->out_len };

	g->pending--;
	if (g->over)
		goto out;
	if (r->end != TASK_EXITED) {
		char why[512];

		snprintf(why, sizeof(why), "%s: %s", task_end_name(r->end),
		    r->why);
		node_failed(g, j->side, why);
	}
	if (j->hello && r->end == TASK_EXITED)
		keep_platform(g, j->side, out);
	else if (!j->hello)
		keep_sections(g, j, out);
out:
	buf_free(&j->script);
	free(j);
	gather_settle(g);
}

static struct job *
job_new(struct gather *g, enum side s, const char *phase)
{
	struct job *j = xcalloc(1, sizeof(*j));

	*j = (struct job){ .g = g, .side = s, .phase = phase };
	buf_init(&j->script, PLATFORM_SCRIPT_MAX);
	return j;
}

/* The job is the task's from here on. */
static void
job_start(struct job *j, bool hold_input, int64_t limit_ms)
{
	struct task_spec spec = { .host = j->g->hosts[j->side],
		.input = j->script.data,
		.input_len = j->script.len,
		.hold_input = hold_input,
		.limit_ms = limit_ms,
		.out_cap = PLATFORM_OUTPUT_MAX,
		.done = job_done,
		.arg = j };

	j->g->pending++;
	fanout_start(j->g->fanout, &spec);
}

static void
start_hello(struct gather *g, enum side s)
{
	struct job *j = job_new(g, s, "hello");

	j->hello = true;
	buf_puts(&j->script, platform_hello);
	job_start(j, false, 0);
}

/* A script could not be written: our own doing, not the node's. */
static void
job_drop(struct job *j)
{
	j->g->failed = true;
	buf_free(&j->script);
	free(j);
}

static void
start_facts(struct gather *g, enum side s, const char *phase, unsigned sections)
{
	struct job *j = job_new(g, s, phase);
	const struct run_node *me = &g->run->nodes[s];
	const struct run_node *peer = &g->run->nodes[!s];
	const struct route_ask routes[] = { { peer->underlay, me->underlay },
		{ peer->overlay, { 0 } } };
	struct facts_ask ask = { .nonce = g->nonce, .sections = sections };

	if (ip_is_set(&peer->underlay)) {
		ask.routes = routes;
		ask.n_routes = 2;
	}
	if (g->platform[s]->facts_script(&ask, &j->script, &g->err) < 0)
		job_drop(j);
	else
		job_start(j, false, 0);
}

/* ---- probes ------------------------------------------------------------ */

static void
start_pings(struct gather *g, enum side s, const char *phase,
    const struct ping_ask *pings, size_t n)
{
	struct job *j = job_new(g, s, phase);
	unsigned limit_s = plan_probes_s(&g->run->probes) + SLACK_S;
	struct probe_ask ask = { .nonce = g->nonce,
		.pings = pings,
		.n_pings = n,
		.limit_s = limit_s };

	memcpy(ask.pattern, g->run->probes.nonce, sizeof(ask.pattern));
	if (g->platform[s]->probe_script(&ask, &j->script, &g->err) < 0)
		job_drop(j);
	else
		job_start(j, true, (int64_t)(limit_s + 5) * 1000);
}

static void
start_probes(struct gather *g)
{
	struct ping_ask pings[GATHER_PINGS_MAX];

	for (enum side s = SIDE_A; s < SIDES; s++)
		start_pings(g, s, "probe", pings, gather_pings(g, s, pings));
}

/* ---- the run ----------------------------------------------------------- */

/* The first node that failed makes the run incomplete. */
static bool
both_answer(struct gather *g)
{
	for (size_t s = 0; s < SIDES; s++) {
		const struct run_node *n = &g->run->nodes[s];

		if (n->failure == NULL)
			continue;
		g->run->why = xasprintf("%s: %s", n->name, n->failure);
		return false;
	}
	return true;
}

static bool
ask_facts(struct gather *g)
{
	/* The rest is asked around the probes. */
	const unsigned sections = SECTIONS_ALL & ~SECTION_BIT(SECTION_ROUTES) &
	    ~SECTION_BIT(SECTION_COUNTERS) & ~SECTION_BIT(SECTION_XFRM_STAT) &
	    ~SECTION_BIT(SECTION_SAS) & ~SECTION_BIT(SECTION_SOFTNET) &
	    ~SECTION_BIT(SECTION_QDISC) & ~SECTION_BIT(SECTION_IKE_SAS) &
	    ~SECTION_BIT(SECTION_IKE_LOG) & ~SECTION_BIT(SECTION_MESSAGES);

	step(g, "asking both nodes what they are");
	for (enum side s = SIDE_A; s < SIDES; s++)
		start_hello(g, s);
	if (!wait_for(g, jobs_done, 0) || !both_answer(g))
		return false;
	for (enum side s = SIDE_A; s < SIDES; s++)
		start_facts(g, s, "facts", sections);
	if (!wait_for(g, jobs_done, 0) || !both_answer(g))
		return false;
	for (enum side s = SIDE_A; s < SIDES; s++)
		pipeline_facts(&g->run->nodes[s], "facts", &g->facts[s]);
	return true;
}

static bool
make_plan(struct gather *g)
{
	const struct facts *const facts[2] = { &g->facts[SIDE_A],
		&g->facts[SIDE_B] };
	struct err e;

	plan_probes(g->opts->count, g->platform[SIDE_A]->ping_interval_ms,
	    &g->run->probes);
	if (plan_pair(facts, g->hosts, g->run, &e) == 0)
		return true;
	g->run->why = xstrdup(e.text);
	return false;
}

static void
start_captures(struct gather *g, unsigned limit_s)
{
	for (enum side s = SIDE_A; s < SIDES; s++)
		for (enum point p = POINT_OVERLAY; p < POINTS; p++)
			if (!g->failed)
				gather_watch_start(g, s, p, limit_s);
}

/* What is counted while packets flow, on both nodes. */
static void
start_snapshots(struct gather *g, const char *phase, unsigned more)
{
	static const enum platform_section counted[] = { SECTION_CLOCK,
		SECTION_COUNTERS, SECTION_XFRM_STAT, SECTION_SAS, SECTION_LINKS,
		SECTION_ROUTES };
	unsigned sections = more;

	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++)
		sections |= SECTION_BIT(counted[i]);
	for (enum side s = SIDE_A; s < SIDES; s++)
		start_facts(g, s, phase, sections);
}

/* Do both send by the devices that are captured? */
static bool
routes_agree(struct gather *g)
{
	struct err e;
	bool ok = true;

	for (enum side s = SIDE_A; s < SIDES && ok; s++) {
		struct facts f;

		pipeline_facts(&g->run->nodes[s], "before", &f);
		ok = plan_check_route(&f, &g->run->nodes[s], &g->run->nodes[!s],
			 &e) == 0;
		facts_free(&f);
	}
	if (!ok)
		g->run->why = xstrdup(e.text);
	return ok;
}

/* The captures begin while the first counters are read. */
static bool
prepare(struct gather *g)
{
	unsigned limit_s = plan_probes_s(&g->run->probes) + SLACK_S;

	step(g, "starting four captures");
	if (g->opts->dtrace)
		gather_dtrace_start(g, limit_s);
	start_captures(g, limit_s);
	start_snapshots(g, "before", 0);
	gather_await_captures(g, READY_MS);
	gather_await_dtrace(g);
	return wait_for(g, jobs_done, 0) && both_answer(g) && routes_agree(g);
}

static bool
probe(struct gather *g)
{
	step(g, "sending probes");
	start_probes(g);
	return wait_for(g, jobs_done, 0) && both_answer(g);
}

static bool
conclude(struct gather *g)
{
	step(g, "reading the counters again");
	start_snapshots(g, "after",
	    SECTION_BIT(SECTION_NEIGHS) | SECTION_BIT(SECTION_NFT) |
		SECTION_BIT(SECTION_IPTABLES) | SECTION_BIT(SECTION_IPF) |
		SECTION_BIT(SECTION_IKE_SAS) | SECTION_BIT(SECTION_IKE_LOG) |
		SECTION_BIT(SECTION_MESSAGES));
	return wait_for(g, jobs_done, 0) && both_answer(g);
}

/* True when every step was taken. */
static bool
measure(struct gather *g)
{
	return ask_facts(g) && make_plan(g) && prepare(g) && probe(g) &&
	    conclude(g);
}

/* A nonce that neither a node nor other traffic can guess. */
static int
make_nonce(struct gather *g)
{
	const uint8_t *nonce = g->run->probes.nonce;

	if (random_bytes(g->run->probes.nonce, RUN_NONCE_BYTES, &g->err) < 0)
		return -1;
	for (size_t i = 0; i < RUN_NONCE_BYTES; i++)
		snprintf(g->nonce + 2 * i, 3, "%02x", nonce[i]);
	return 0;
}

static void
begin_run(struct gather *g)
{
	for (size_t s = 0; s < SIDES; s++) {
		const struct host *h = g->hosts[s];

		g->run->nodes[s].name = xstrdup(h->name);
		g->run->nodes[s].site = xstrdup(h->site != NULL ? h->site : "");
		g->run->nodes[s].platform = xstrdup("");
	}
	g->run->complete = false;
}

/* What the run says of its own end. */
static void
end_run(struct gather *g)
{
	struct run *r = g->run;
	struct err e;

	r->complete = r->complete && !g->failed;
	if (!r->complete && r->why == NULL)
		r->why = xstrdup(g->interrupted ? "interrupted"
			: g->failed		? g->err.text
						: "a node stopped answering");
	if (rundir_save(g->dir, r, &e) == 0 || g->failed)
		return;
	g->err = e;
	g->failed = true;
}

int
gather_pair(struct fanout *f, const struct host *const hosts[2],
    const struct gather_opts *o, const char *dir, struct run *r,
    bool *interrupted, struct err *e)
{
	struct gather *g = xcalloc(1, sizeof(*g));
	int status;

	*g = (struct gather){
		.fanout = f, .hosts = hosts, .opts = o, .dir = dir, .run = r
	};
	begin_run(g);
	if (make_nonce(g) < 0 || rundir_save(dir, r, &g->err) < 0) {
		*e = g->err;
		free(g);
		return -1;
	}
	r->complete = measure(g);
	step(g, "ending the captures");
	gather_stop_dtrace(g);
	gather_stop_captures(g);
	gather_close_captures(g);
	for (size_t s = 0; s < SIDES; s++)
		facts_free(&g->facts[s]);
	end_run(g);
	*interrupted = g->interrupted;
	status = g->failed ? -1 : 0;
	if (status < 0)
		*e = g->err;
	g->over = true;
	gather_settle(g);
	return status;
}
