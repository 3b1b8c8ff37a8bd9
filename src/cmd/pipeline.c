#include "cmd/pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "correlate/pair.h"
#include "decode/decode.h"
#include "diagnose/diagnose.h"
#include "io/rundir.h"
#include "io/savefile.h"
#include "model/capstat.h"
#include "model/frame.h"
#include "model/pingstat.h"
#include "platform/platform.h"
#include "platform/section.h"

void
analysis_free(struct analysis *a)
{
	run_free(&a->run);
	ledger_free(&a->ledger);
}

static const struct platform *
platform_of(const struct run_node *n)
{
	return platform_named(n->platform);
}

/* The rest of the name when it is of the phase; otherwise NULL. */
static const char *
in_phase(const char *name, const char *phase)
{
	size_t n = strlen(phase);

	return strncmp(name, phase, n) == 0 && name[n] == '/' ? name + n + 1
							      : NULL;
}

void
pipeline_facts(const struct run_node *n, const char *phase, struct facts *ret)
{
	const struct platform *p = platform_of(n);

	*ret = (struct facts){ 0 };
	if (p == NULL)
		return;
	for (size_t i = 0; i < n->n_texts; i++) {
		const struct run_text *t = &n->texts[i];
		const char *name = in_phase(t->name, phase);
		struct section s;
		struct err e;

		if (name == NULL)
			continue;
		s = (struct section){ .name = span_of(name),
			.text = { t->text, t->len },
			.whole = t->status >= 0,
			.status = t->status >= 0 ? t->status : 0 };
		/* What makes no sense is missing evidence, no error here. */
		p->parse_section(&s, ret, &e);
	}
}

/* Of one wave: all of it when all are sentinels, else one for each ping. */
static uint64_t
sentinels_of(const struct pingstat *st, uint16_t size)
{
	size_t n = 0;

	/* ping counts what the node itself refused to send, too. */
	if (st->errors > 0)
		return 0;
	for (size_t i = 0; i < st->n_ends; i++)
		n += st->ends[i].size == size;
	return n == st->n_ends && n > 0 ? st->transmitted : n;
}

/* How many of a node's own underlay pings left it at least, as ping said. */
static unsigned
sentinels_sent(const struct run_node *n, uint16_t size)
{
	static const char *const waves[] = { "probe/ping.0", "probe/ping.1",
		"probe/ping.2" };
	const struct platform *p = platform_of(n);
	uint64_t sum = 0;

	for (size_t i = 0; p != NULL && i < sizeof(waves) / sizeof(waves[0]);
	     i++) {
		const struct run_text *t = run_text(n, waves[i]);
		struct pingstat st;

		if (t == NULL)
			continue;
		p->parse_pings((struct span){ t->text, t->len }, &st);
		sum += sentinels_of(&st, size);
		pingstat_free(&st);
	}
	return (unsigned)sum;
}

/* A ping that is not there, or that did not end as pings do. */
static void
ping_trouble(const struct run_node *n, char out[FACT_TEXT_MAX])
{
	const struct platform *p = platform_of(n);
	const struct run_text *t = run_text(n, "probe/ping.1");
	struct pingstat st;

	if (t == NULL || p == NULL)
		return;
	p->parse_pings((struct span){ t->text, t->len }, &st);
	if (st.fail == PING_NO_TOOL)
		snprintf(out, FACT_TEXT_MAX, "%s", st.why);
	/* 2 is of a ping that has said why. */
	for (size_t i = 0; i < st.n_ends && out[0] == '\0'; i++)
		if (st.ends[i].status > 2)
			snprintf(out, FACT_TEXT_MAX, "its ping %s",
			    platform_status_text(st.ends[i].status).s);
	pingstat_free(&st);
}

/* Did its ping have no way to write the nonce into packets? */
static bool
pings_unmarked(const struct run_node *n)
{
	const struct run_text *t = run_text(n, "probe/tool");
	const struct platform *p = platform_of(n);

	return t != NULL && p != NULL &&
	    !p->probe_has_pattern((struct span){ t->text, t->len });
}

/* What the capture tool said of its capture. */
static struct tap
tap_of(const struct run *run, enum side s, enum point point,
    const struct facts *facts)
{
	const struct run_node *n = &run->nodes[s];
	const struct run_capture *c = &n->captures[point];
	const struct platform *p = platform_of(n);
	struct tap t = { .wanted = c->wanted };
	struct capstat st;

	if (!c->wanted || p == NULL || c->log == NULL)
		return t;
	p->parse_capstat(span_of(c->log), &st);
	t.present = st.listening;
	t.refused = st.fail != CAPSTAT_FINE && !st.listening;
	t.link_down = st.fail == CAPSTAT_DOWN || st.fail == CAPSTAT_WENT_DOWN;
	/* Without a status it ended too soon, or was ended by force. */
	t.clean_end = st.counted && st.fail == CAPSTAT_FINE && c->status >= 0;
	t.kernel_drops = st.dropped + st.if_dropped;
	t.said_captured = st.captured;
	snprintf(t.why, sizeof(t.why), "%s", st.why);
	if (point == POINT_UNDERLAY) {
		t.sentinels_sent = sentinels_sent(n, run->probes.sentinel);
		t.blind =
		    facts->esp_offload && facts_gro(facts, n->underlay_link);
	}
	return t;
}

static int
add_frames(struct savefile *s, const struct decode_opts *o, struct pair *p,
    enum side side, enum point point, struct err *e)
{
	struct frame f;
	int r;

	while ((r = savefile_next(s, &f, e)) == 1) {
		struct packet pkt;

		decode_frame(&f, o, &pkt);
		if (pair_add(p, side, point, &pkt, e) < 0)
			return -1;
	}
	return r;
}

/* A capture that is not there has already been noted by its tap. */
static int
add_capture(const char *dir, const struct run_node *n, enum side side,
    enum point point, const struct decode_opts *o, struct pair *p,
    struct err *e)
{
	char *path = rundir_capture_path(dir, n, point);
	struct savefile *s = NULL;
	struct stat st;
	int r = 0;

	if (stat(path, &st) < 0 || st.st_size == 0)
		goto out;
	r = savefile_open(path, &s, e);
	if (r == 0)
		r = add_frames(s, o, p, side, point, e);
	savefile_close(s);
out:
	free(path);
	return r;
}

/* The clock was asked before the captures were told to end. */
static int64_t
open_until(const struct run_node *n, const struct facts *after)
{
	const struct platform *p = platform_of(n);

	if (p == NULL || (after->have & HAVE_CLOCK) == 0)
		return 0;
	return after->clock.ns + p->capture_tail_ms * NS_PER_MS;
}

static int
correlate(const char *dir, struct analysis *a, const struct diag_input *in,
    struct err *e)
{
	const struct run *run = &a->run;
	struct pair_spec spec = { .sentinel = run->probes.sentinel };
	struct decode_opts opts;
	struct pair *p;
	int r = 0;

	decode_opts_init(&opts);
	memcpy(spec.nonce, run->probes.nonce, sizeof(spec.nonce));
	memcpy(spec.sizes, run->probes.sizes, sizeof(spec.sizes));
	spec.n_sizes = run->probes.n_sizes;
	spec.asked = (unsigned)run->probes.n_sizes * run->probes.count;
	for (enum side s = SIDE_A; s < SIDES; s++) {
		const struct run_node *n = &run->nodes[s];

		spec.overlay[s] = n->overlay;
		spec.underlay[s] = n->underlay;
		spec.unmarked[s] = pings_unmarked(n);
		spec.open_until[s] = open_until(n, &in->after[s]);
		if (n->vxlan_port != 0)
			decode_opts_add_vxlan(&opts, n->vxlan_port);
		for (enum point pt = POINT_OVERLAY; pt < POINTS; pt++)
			spec.taps[s][pt] = tap_of(run, s, pt, &in->facts[s]);
	}
	p = pair_new(&spec);
	for (enum side s = SIDE_A; s < SIDES && r == 0; s++)
		for (enum point pt = POINT_OVERLAY; pt < POINTS && r == 0; pt++)
			r = add_capture(dir, &run->nodes[s], s, pt, &opts, p,
			    e);
	if (r == 0)
		pair_finish(p, &a->ledger);
	pair_free(p);
	return r;
}

int
pipeline_analyze(const char *dir, struct analysis *ret, struct err *e)
{
	struct analysis a = { 0 };
	struct diag_input in = { .run = &a.run, .ledger = &a.ledger };
	int r;

	if (rundir_load(dir, &a.run, e) < 0)
		return -1;
	for (enum side s = SIDE_A; s < SIDES; s++) {
		pipeline_facts(&a.run.nodes[s], "facts", &in.facts[s]);
		pipeline_facts(&a.run.nodes[s], "before", &in.before[s]);
		pipeline_facts(&a.run.nodes[s], "after", &in.after[s]);
		pipeline_facts(&a.run.nodes[s], "probe", &in.during[s]);
	}
	ping_trouble(&a.run.nodes[SIDE_A], in.ping_why);
	r = correlate(dir, &a, &in, e);
	if (r == 0)
		diag_run(&in, &a.verdict);
	for (enum side s = SIDE_A; s < SIDES; s++) {
		facts_free(&in.facts[s]);
		facts_free(&in.before[s]);
		facts_free(&in.after[s]);
		facts_free(&in.during[s]);
	}
	if (r == 0)
		*ret = a;
	else
		analysis_free(&a);
	return r;
}
