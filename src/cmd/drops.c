/* espy drops: what the kernels of all nodes drop meanwhile, by reason. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/drops.h"
#include "cmd/nodes.h"
#include "cmd/opt.h"
#include "io/sig.h"
#include "platform/platform.h"

enum {
	PERIOD_S = 10,
	REDRAW_S = 2,
	/* A session that is silent for long may be closed by its node. */
	SILENCE_S = 10,
	/* What came of it is known after each. */
	REASONS_S = 5,
	ASKED = SECTION_BIT(SECTION_COUNTERS) | SECTION_BIT(SECTION_XFRM_STAT) |
	    SECTION_BIT(SECTION_SOFTNET) | SECTION_BIT(SECTION_LINKS)
};

static struct mono
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct mono){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

static bool
can_redraw(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

/* ---- asking --------------------------------------------------------------
 */

static void
take(struct drops_node *d, struct node *n)
{
	if (n->failure != NULL)
		return;
	if (d->before == NULL) {
		d->before = xcalloc(1, sizeof(*d->before));
		*d->before = n->facts;
		n->facts = (struct facts){ 0 };
		d->told = d->before->have;
		return;
	}
	free(d->v);
	d->n = drops_between(d->before, &n->facts, &d->v);
	d->told = d->before->have & n->facts.have;
}

/* The next answer of every node. */
static int
read_counters(struct drops *d, struct err *e)
{
	char phase[32];

	snprintf(phase, sizeof(phase), "drops-%u", d->readings++);
	if (nodes_facts(d->nodes, phase, ASKED, e) < 0)
		return -1;
	for (size_t i = 0; i < d->nodes->n; i++)
		take(&d->v[i], &d->nodes->v[i]);
	nodes_forget(d->nodes);
	return 0;
}

/* A signal ends the pause, and is no reason not to ask once more. */
static void
pause_ms(struct drops *d, int64_t ms)
{
	struct pollfd fd = { sig_fd(), POLLIN, 0 };

	/* It fails with EINTR when the signal came in the midst of it. */
	poll(&fd, 1, (int)ms);
	sig_drain();
	d->stopped = sig_take_interrupt();
}

/* Until the counters are read again. */
static int
let_pass(struct drops *d, int64_t left_ms, struct err *e)
{
	const int64_t round_ms = (d->redraw ? REDRAW_S : SILENCE_S) * 1000;

	if (d->reasons && drops_reasons_any(d))
		return drops_reasons_read(d,
		    left_ms < REASONS_S * 1000
			? (unsigned)(left_ms + 999) / 1000
			: REASONS_S,
		    e);
	pause_ms(d, left_ms < round_ms ? left_ms : round_ms);
	return 0;
}

/* The time runs from the first answers on, which may take a while. */
static int
watch(struct drops *d, struct err *e)
{
	struct mono start, end;
	int64_t left_ms;

	if (read_counters(d, e) < 0)
		return -1;
	start = now();
	end = mono_add_ms(start, d->period_s * 1000);
	while (!d->stopped && !d->nodes->interrupted &&
	    nodes_alive(d->nodes) > 0 &&
	    (left_ms = mono_ms_until(now(), end)) > 0) {
		if (d->redraw)
			drops_draw(d);
		if (let_pass(d, left_ms, e) < 0)
			return -1;
		/* Nobody would answer any more. */
		if (d->nodes->interrupted)
			break;
		if (read_counters(d, e) < 0)
			return -1;
		d->took_ms = mono_ms_until(start, now());
	}
	return 0;
}

/* A node that keeps a part of its counters to itself may drop unseen. */
static void
check_told(struct drops *d)
{
	for (size_t i = 0; i < d->nodes->n; i++) {
		const unsigned told = d->v[i].told;
		char *why;

		if ((told & DROPS_WANT) == DROPS_WANT)
			continue;
		why = xasprintf("it did not tell its counters of%s%s%s",
		    told & HAVE_XFRM_STAT ? "" : " IPsec",
		    told & HAVE_COUNTERS ? "" : " IP",
		    told & HAVE_LINKS ? "" : " links");
		nodes_fail(&d->nodes->v[i], TASK_EXITED, why);
		free(why);
	}
}

/* After the counters: a node without reasons still has those. */
static void
check_reasons(struct drops *d)
{
	for (size_t i = 0; i < d->nodes->n; i++) {
		char *why;

		if (d->v[i].no_reasons == NULL)
			continue;
		why = xasprintf("no reasons of drops: %s", d->v[i].no_reasons);
		nodes_fail(&d->nodes->v[i], TASK_EXITED, why);
		free(why);
	}
}

/* ---- the command ---------------------------------------------------------
 */

static void
say_plan(const struct drops *d)
{
	struct buf b;

	buf_init(&b, DROPS_SHOWN_MAX);
	nodes_names(d->nodes, NULL, &b);
	printf("would read the counters of drops of %s, now and %d s later%s; "
	       "nothing is changed\n",
	    b.data, (int)d->period_s,
	    d->reasons ? ", and meanwhile have a tracefs instance of its own, "
			 "or DTrace, tell reasons"
		       : "");
	buf_free(&b);
}

static int
run(struct drops *d, struct err *e)
{
	struct nodes *ns = d->nodes;
	size_t found;

	if (nodes_connect(ns, e) < 0 || watch(d, e) < 0)
		return cmd_fail(e);
	ns->interrupted = ns->interrupted || d->stopped;
	check_told(d);
	check_reasons(d);
	found = drops_show(d, ns->common->json);
	return nodes_status(ns, found > 0);
}

static void
drops_fini(struct drops *d)
{
	for (size_t i = 0; d->v != NULL && i < d->nodes->n; i++) {
		facts_free(d->v[i].before);
		free(d->v[i].before);
		free(d->v[i].v);
		reasons_fini(&d->v[i].reasons);
		free(d->v[i].no_reasons);
	}
	free(d->v);
}

/* -t is how long to watch, not how long a node may take for an answer. */
static int
prepare(struct drops *d, struct args *a, struct err *e)
{
	d->period_s =
	    a->common.timeout_s > 0 ? (int64_t)a->common.timeout_s : PERIOD_S;
	a->common.timeout_s = 0;
	if (nodes_open_pattern("drops", a, d->nodes, e) < 0)
		return -1;
	d->v = xcalloc(d->nodes->n, sizeof(*d->v));
	d->redraw = !a->common.json && can_redraw();
	return 0;
}

int
cmd_drops(int argc, char **argv)
{
	struct nodes ns = { 0 };
	struct drops d = { .nodes = &ns };
	const struct opt own[] = { { "reasons", '\0', OPT_FLAG, &d.reasons,
	    NULL, "also why, by the kernels' own word", 0, 0 } };
	const struct opt_table table = { own, 1 };
	struct args a;
	struct err e;
	int status = EXIT_CLEAN;

	if (cmd_args(argc, argv, &table, &a, &e) < 0 ||
	    (!a.common.help && prepare(&d, &a, &e) < 0))
		status = cmd_fail(&e);
	else if (!a.common.help && a.common.dry_run)
		say_plan(&d);
	else if (!a.common.help)
		status = run(&d, &e);
	drops_fini(&d);
	nodes_close(&ns);
	cmd_args_free(&a);
	return status;
}
