/* gather_dtrace: what SmartOS nodes say that they drop while probes run. */
#include <string.h>

#include "base/str.h"
#include "cmd/gather_impl.h"
#include "io/fanout.h"
#include "platform/platform.h"
#include "platform/reasons.h"
#include "platform/section.h"

enum {
	READY_MS = 10000, /* to put its probes in place, on a busy node */
	TASK_SLACK_S = 5, /* over the script's own limit */
	END_MS = 10000,	  /* from "stop"; dtrace is killed within it */
	FORCED_MS = 4000  /* for the fan-out to end one by force */
};

/* False, and *ret untouched, when nothing of it has come. */
static bool
find_reasons(const struct trace *t, struct section *ret)
{
	const struct span heard = { t->heard.data, t->heard.len };

	return section_find(heard, t->g->nonce, "reasons", ret);
}

/* It prints a line at once when it has begun, and when it cannot. */
static bool
has_spoken(const struct trace *t)
{
	struct section s;

	return find_reasons(t, &s) && memchr(s.text.p, '\n', s.text.n) != NULL;
}

static int
hear(void *arg, enum task_stream stream, const void *p, size_t n)
{
	struct trace *t = arg;

	/* What does not fit lacks its end, which is noted. */
	if (stream == TASK_OUT)
		buf_add(&t->heard, p, n);
	return 0;
}

/* Of one that came too late nothing: its parser then says so. */
static void
keep(const struct trace *t)
{
	struct section s = { .name = span_of("reasons"),
		.text = span_of(""),
		.whole = t->late };

	if (!t->late)
		find_reasons(t, &s);
	gather_keep_section(t->g, t->side, "probe", &s);
}

/* No verdict needs it: however it ended, what is missing becomes a note. */
static void
ended(void *arg, const struct task_result *r)
{
	struct trace *t = arg;

	(void)r;
	t->task = NULL;
	if (!t->g->over)
		keep(t);
	buf_free(&t->heard);
	buf_free(&t->script);
	gather_settle(t->g);
}

static void
start(struct gather *g, enum side s, unsigned limit_s)
{
	struct trace *t = &g->traces[s];
	const struct reasons_ask ask = { .nonce = g->nonce,
		.seconds = limit_s };
	struct task_spec spec = { .host = g->hosts[s],
		.hold_input = true,
		.limit_ms =
		    (int64_t)(limit_s + REASONS_SLACK_S + TASK_SLACK_S) * 1000,
		.sink = hear,
		.done = ended,
		.arg = t };

	*t = (struct trace){ .g = g, .side = s };
	buf_init(&t->script, PLATFORM_SCRIPT_MAX);
	if (g->platform[s]->reasons_script(&ask, &t->script, &g->err) < 0) {
		g->failed = true;
		buf_free(&t->script);
		return;
	}
	buf_init(&t->heard, PLATFORM_OUTPUT_MAX);
	spec.input = t->script.data;
	spec.input_len = t->script.len;
	t->task = fanout_start(g->fanout, &spec);
}

void
gather_dtrace_start(struct gather *g, unsigned limit_s)
{
	for (enum side s = SIDE_A; s < SIDES; s++)
		if (strcmp(g->platform[s]->name, "illumos") == 0 && !g->failed)
			start(g, s, limit_s);
}

static bool
all_begun(void *arg)
{
	const struct gather *g = arg;

	for (size_t s = 0; s < SIDES; s++)
		if (g->traces[s].task != NULL && !has_spoken(&g->traces[s]))
			return false;
	return true;
}

void
gather_await_dtrace(struct gather *g)
{
	if (fanout_run(g->fanout, all_begun, g, READY_MS) == FANOUT_INTERRUPTED)
		g->interrupted = true;
	for (size_t s = 0; s < SIDES; s++) {
		struct trace *t = &g->traces[s];

		t->late = t->task != NULL && !has_spoken(t);
		if (t->late)
			fanout_cancel(t->task);
	}
}

bool
gather_dtrace_ended(const struct gather *g)
{
	return g->traces[SIDE_A].task == NULL && g->traces[SIDE_B].task == NULL;
}

static bool
all_ended(void *arg)
{
	return gather_dtrace_ended(arg);
}

void
gather_stop_dtrace(struct gather *g)
{
	if (gather_dtrace_ended(g))
		return;
	for (size_t s = 0; s < SIDES; s++)
		if (g->traces[s].task != NULL)
			fanout_send(g->traces[s].task, "stop\n", 5);
	if (fanout_run(g->fanout, all_ended, g, END_MS) == FANOUT_INTERRUPTED)
		g->interrupted = true;
	for (size_t s = 0; s < SIDES; s++)
		if (g->traces[s].task != NULL)
			fanout_cancel(g->traces[s].task);
	fanout_run(g->fanout, all_ended, g, FORCED_MS);
}
