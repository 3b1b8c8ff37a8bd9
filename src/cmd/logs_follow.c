/* logs_follow: a script on each node, and what comes of it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/logs.h"
#include "cmd/nodes.h"
#include "io/fanout.h"
#include "io/log.h"
#include "model/host.h"
#include "platform/logtime.h"
#include "platform/platform.h"

enum {
	HOLD_MS = 1000,
	TICK_MS = 100,
	/* Nothing is printed before all have told their past, or so long. */
	BEGIN_MS = 5000,
	END_MS = 9000, /* for a script to put back what was set */
	LINE_MAX_BYTES = 8192,
	NOTE_MAX = 4096,
	SLACK_S = 20 /* on the node, over our own limit */
};

static struct mono
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct mono){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

static struct wall
wall_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall){ t.tv_sec * NS_PER_S + t.tv_nsec };
}

/* ---- what a node prints ------------------------------------------------- */

/* More names than a script has, a node makes up: one number for them all. */
static unsigned
source_number(struct logs_node *n, struct span name)
{
	unsigned i = 0;

	while (i < n->n_names && !span_is(name, n->names[i]))
		i++;
	if (i == LOGS_SOURCES_MAX)
		return LOGS_SOURCES_MAX - 1;
	if (i == n->n_names)
		n->names[n->n_names++] = xstrndup(name.p, name.n);
	return i;
}

/* When no more can be held, the oldest go: that is all that a flood changes. */
static void
make_room(struct logs_run *r)
{
	size_t n;

	if (!logs_full(r->logs))
		return;
	n = logs_due_half(r->logs);
	for (size_t i = 0; i < n; i++)
		logs_show_line(r, logs_line(r->logs, i));
	logs_drop(r->logs, n);
	r->flooded = true;
	logs_say(r);
}

static void
take_text(struct logs_node *n, const struct log_record *rec)
{
	struct logs *logs = n->run->logs;
	struct logs_add a = { .node = n->i,
		.source = source_number(n, rec->name),
		.text = rec->text,
		.came = wall_now(),
		.at = now() };
	const struct wall there = { a.came.ns + logs_ahead(logs, n->i) };
	struct log_time t;

	if (log_time_read(rec->text, there, n->zone_s, &t)) {
		a.timed = true;
		a.coarse = t.coarse;
		a.said = t.time;
		a.rest = (size_t)(t.rest.p - rec->text.p);
	}
	make_room(n->run);
	logs_add(logs, &a);
}

static void
take_clock(struct logs_node *n, const struct log_record *rec)
{
	n->zone_s = rec->zone_s;
	logs_clock(n->run->logs, n->i, rec->clock, rec->coarse, n->asked,
	    wall_now());
	n->asked = (struct wall){ 0 };
}

/* "charon (/var/log/charon.log)", "charon was off" */
static const struct note {
	enum logs_note note;
	const char *how, *end;
} notes[] = {
	[LOG_SOURCE] = { NOTE_SOURCES, " (", ")" },
	[LOG_MISSING] = { NOTE_SOURCES, " (", ", missing)" },
	[LOG_WAS] = { NOTE_RAISED, " was ", "" },
	[LOG_NOW] = { NOTE_RAISED, " is ", "" },
	[LOG_BACK] = { NOTE_LOWERED, " is ", "" },
};

static void
take_note(struct logs_node *n, const struct log_record *rec)
{
	const struct note *how = &notes[rec->kind];
	struct buf *b = &n->notes[how->note];

	buf_puts(b, b->len > 0 ? ", " : "");
	utf8_clean(b, rec->name, UTF8_LINE);
	buf_puts(b, how->how);
	utf8_clean(b, rec->text, UTF8_LINE);
	buf_puts(b, how->end);
}

static void
node_fail(struct logs_node *n, enum task_end end, const char *why)
{
	struct node *node = &n->run->nodes->v[n->i];

	if (node->failure != NULL)
		return;
	nodes_fail(node, end, why);
	logs_show_failure(n->run, n->i);
}

static void
take_failure(struct logs_node *n, const struct log_record *rec)
{
	char *why = xstrndup(rec->text.p, rec->text.n);

	node_fail(n, TASK_EXITED, why);
	free(why);
}

static void
take_ended(struct logs_node *n, const struct log_record *rec)
{
	char *why = xasprintf("%.*s is not followed any more", (int)rec->name.n,
	    rec->name.p);

	node_fail(n, TASK_EXITED, why);
	free(why);
}

static void
take_record(struct logs_node *n, const struct log_record *rec)
{
	logs_show_record(n->run, n, rec);
	switch (rec->kind) {
	case LOG_LINE:
		take_text(n, rec);
		break;
	case LOG_CLOCK:
		take_clock(n, rec);
		break;
	case LOG_SOURCE:
	case LOG_MISSING:
	case LOG_WAS:
	case LOG_NOW:
	case LOG_BACK:
		take_note(n, rec);
		break;
	case LOG_READY:
		n->whole[NOTE_SOURCES] = true;
		break;
	case LOG_RAISED:
		n->whole[NOTE_RAISED] = true;
		break;
	case LOG_LOWERED:
		n->whole[NOTE_LOWERED] = true;
		break;
	case LOG_ENDED:
		take_ended(n, rec);
		break;
	case LOG_FAILED:
		take_failure(n, rec);
		break;
	}
}

/* The script cuts lines itself; what is longer is none of its making. */
static void
take_line(struct logs_node *n)
{
	struct log_record rec;
	struct span line = { n->held.data, n->held.len };

	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (!n->skips && log_record_read(line, n->run->nodes->nonce, &rec))
		take_record(n, &rec);
	n->skips = n->held.len == n->held.max && line.n == n->held.len;
	buf_clear(&n->held);
}

static int
take(void *arg, enum task_stream stream, const void *p, size_t len)
{
	struct logs_node *n = arg;
	struct span rest = { p, len };

	if (stream == TASK_ERR) {
		log_line(LOG_LEVEL_INFO, n->run->nodes->v[n->i].host->name,
		    "%.*s", (int)(len < 256 ? len : 256), rest.p);
		return 0;
	}
	while (rest.n > 0) {
		size_t room = n->held.max - n->held.len;
		size_t some = rest.n < room ? rest.n : room;
		const char *end = memchr(rest.p, '\n', some);

		if (end != NULL)
			some = (size_t)(end - rest.p) + 1;
		buf_add(&n->held, rest.p, some);
		rest.p += some;
		rest.n -= some;
		if (end != NULL || n->held.len == n->held.max)
			take_line(n);
	}
	return n->run->failed || n->run->stopped ? -1 : 0;
}

/* ---- from start to end -------------------------------------------------- */

/* How it ends once it was told to, makes no difference, but for what it set. */
static void
done(void *arg, const struct task_result *t)
{
	struct logs_node *n = arg;
	struct logs_run *r = n->run;

	n->task = NULL;
	r->running--;
	if (!r->asked && t->end == TASK_EXITED)
		node_fail(n, t->end, "it ended before it was told to");
	else if (!r->asked)
		node_fail(n, t->end, t->why);
	else if (n->whole[NOTE_RAISED] && !n->whole[NOTE_LOWERED])
		node_fail(n, t->end,
		    "it did not say that debug logging is as it was");
}

static int
start(struct logs_node *n, struct err *e)
{
	const struct logs_run *r = n->run;
	const struct node *node = &r->nodes->v[n->i];
	int64_t limit_s = r->period_s + SLACK_S;
	const struct logs_ask ask = { .nonce = r->nodes->nonce,
		.lines = (unsigned)r->lines,
		.limit_s = limit_s < LOGS_LIMIT_MAX_S ? (unsigned)limit_s
						      : LOGS_LIMIT_MAX_S,
		.debug = r->debug };
	struct task_spec task = { .host = node->host,
		.hold_input = true,
		.limit_ms = (int64_t)(ask.limit_s + SLACK_S) * 1000,
		.sink = take,
		.done = done,
		.arg = n };

	if (logs_script(node->platform, &ask, &n->script, e) < 0)
		return -1;
	task.input = n->script.data;
	task.input_len = n->script.len;
	n->asked = wall_now();
	n->task = fanout_start(r->nodes->fanout, &task);
	n->run->running++;
	return 0;
}

static int
start_all(struct logs_run *r, struct err *e)
{
	for (size_t i = 0; i < r->nodes->n; i++)
		if (r->nodes->v[i].failure == NULL && start(&r->v[i], e) < 0)
			return -1;
	return 0;
}

static void
print_due(struct logs_run *r, bool all)
{
	size_t n = logs_due(r->logs, now(), all);

	for (size_t i = 0; i < n; i++)
		logs_show_line(r, logs_line(r->logs, i));
	logs_drop(r->logs, n);
	logs_say(r);
}

/* Does any node still tell its past? */
static bool
all_ready(const struct logs_run *r)
{
	for (size_t i = 0; i < r->nodes->n; i++)
		if (r->v[i].task != NULL && !r->v[i].whole[NOTE_SOURCES])
			return false;
	return true;
}

static bool
over(void *arg)
{
	const struct logs_run *r = arg;

	return r->running == 0 || r->failed || r->stopped;
}

/* The time runs, and lines are printed, once all have told their past. */
static void
follow(struct logs_run *r)
{
	const struct mono never = { INT64_MAX };
	const struct mono late = mono_add_ms(now(), BEGIN_MS);
	struct mono from = never, end = never;
	enum fanout_why why = FANOUT_DEADLINE;

	while (why == FANOUT_DEADLINE && !over(r) && now().ns < end.ns) {
		struct mono t;

		why = fanout_follow(r->nodes->fanout, over, r, TICK_MS);
		t = now();
		if (from.ns == never.ns && (all_ready(r) || t.ns >= late.ns)) {
			from = mono_add_ms(t, HOLD_MS);
			end = mono_add_ms(t, r->period_s * 1000);
		}
		logs_show_notes(r, t.ns >= late.ns);
		if (t.ns >= from.ns)
			print_due(r, false);
		logs_say(r);
	}
	r->nodes->interrupted = why == FANOUT_INTERRUPTED || r->stopped;
}

static bool
none_runs(void *arg)
{
	const struct logs_run *r = arg;

	return r->running == 0;
}

static void
end_all(struct logs_run *r)
{
	r->asked = true;
	for (size_t i = 0; i < r->nodes->n; i++)
		if (r->v[i].task != NULL)
			fanout_send(r->v[i].task, "stop\n", 5);
	fanout_run(r->nodes->fanout, none_runs, r, END_MS);
	for (size_t i = 0; i < r->nodes->n; i++)
		if (r->v[i].task != NULL)
			fanout_cancel(r->v[i].task);
	fanout_run(r->nodes->fanout, none_runs, r, END_MS);
}

static void
node_init(struct logs_run *r, size_t i)
{
	struct logs_node *n = &r->v[i];

	*n = (struct logs_node){ .run = r, .i = i };
	buf_init(&n->script, PLATFORM_SCRIPT_MAX);
	buf_init(&n->held, LINE_MAX_BYTES);
	for (size_t k = 0; k < NOTES; k++)
		buf_init(&n->notes[k], NOTE_MAX);
}

static void
node_fini(struct logs_node *n)
{
	for (size_t k = 0; k < NOTES; k++)
		buf_free(&n->notes[k]);
	for (size_t k = 0; k < n->n_names; k++)
		free(n->names[k]);
	buf_free(&n->held);
	buf_free(&n->script);
}

static int
follow_all(struct logs_run *r, struct err *e)
{
	int started = 0;

	for (size_t i = 0; i < r->nodes->n; i++)
		if (r->nodes->v[i].failure != NULL)
			logs_show_failure(r, i);
	if (!r->nodes->interrupted)
		started = start_all(r, e);
	if (started == 0 && !r->nodes->interrupted)
		follow(r);
	end_all(r);
	logs_show_notes(r, true);
	print_due(r, true);
	logs_show_failures(r);
	if (r->failed)
		*e = r->err;
	return r->failed || started < 0 ? -1 : 0;
}

int
logs_follow(struct logs_run *r, struct err *e)
{
	size_t n = r->nodes->n;
	int status;

	r->logs = logs_new(n, HOLD_MS);
	r->v = xcalloc(n, sizeof(*r->v));
	for (size_t i = 0; i < n; i++)
		node_init(r, i);
	status = follow_all(r, e);
	for (size_t i = 0; i < n; i++)
		node_fini(&r->v[i]);
	free(r->v);
	logs_free(r->logs);
	return status;
}
