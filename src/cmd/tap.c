#include "cmd/tap.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "capture/convert.h"
#include "model/capstat.h"
#include "model/run_json.h"
#include "platform/platform.h"

enum {
	TASK_SLACK_S = 5, /* over the script's own limit */
	FORCED_MS = 4000  /* for the fan-out to end one by force */
};

struct tap_capture {
	struct tap_spec spec;
	struct task *task; /* NULL once it has ended */
	struct buf script; /* the task's until its end */
	struct buf log;
	struct convert convert; /* of snoop's */
	struct buf pcap;
	bool listens;
	bool asked; /* to end */
	bool freed; /* its owner has gone; it ends with its task */
	int status;
};

static void
destroy(struct tap_capture *t)
{
	convert_free(&t->convert);
	buf_free(&t->pcap);
	buf_free(&t->script);
	buf_free(&t->log);
	free(t);
}

/* What is no snoop capture ends the tap: the log says why. */
static int
take_snoop(struct tap_capture *t, const char *p, size_t n)
{
	int r = 0;

	while (n > 0 && r == 0) {
		size_t piece = n < CONVERT_MORE ? n : CONVERT_MORE;
		struct err e;

		buf_clear(&t->pcap);
		r = convert_feed(&t->convert, p, piece, &t->pcap, &e);
		if (r < 0)
			buf_printf(&t->log, "espy: %s\n", e.text);
		if (t->pcap.len > 0 &&
		    t->spec.sink(t->spec.arg, t->pcap.data, t->pcap.len) < 0)
			r = -1;
		p += piece;
		n -= piece;
	}
	return r;
}

static int
take(void *arg, enum task_stream stream, const void *p, size_t n)
{
	struct tap_capture *t = arg;
	struct capstat st;

	if (t->freed)
		return -1;
	if (stream == TASK_OUT)
		return t->spec.platform->snoop
		    ? take_snoop(t, p, n)
		    : t->spec.sink(t->spec.arg, p, n);
	buf_add(&t->log, p, n);
	if (!t->listens) {
		tap_stat(t, &st);
		t->listens = st.listening;
	}
	return 0;
}

/* snoop has no counts of its own to print. */
static void
note_counts(struct tap_capture *t)
{
	if (!t->spec.platform->snoop || !t->convert.begun)
		return;
	if (convert_may_end(&t->convert))
		convert_summary(&t->convert, &t->log);
	else
		buf_puts(&t->log, "espy: the capture ends within a packet\n");
}

static void
ended(void *arg, const struct task_result *r)
{
	struct tap_capture *t = arg;

	t->task = NULL;
	if (t->freed) {
		destroy(t);
		return;
	}
	if (r->end != TASK_EXITED) {
		buf_printf(&t->log, "espy: %s: %s\n", task_end_name(r->end),
		    r->why);
	} else if (t->listens && !t->asked) {
		buf_puts(&t->log, "espy: it ended before it was told to\n");
	} else {
		note_counts(t);
		t->status = r->status;
	}
	if (t->spec.done != NULL)
		t->spec.done(t->spec.arg);
}

int
tap_start(struct fanout *f, const struct tap_spec *spec,
    struct tap_capture **ret, struct err *e)
{
	struct tap_capture *t = xcalloc(1, sizeof(*t));
	struct task_spec task = { .host = spec->host,
		.hold_input = true,
		.limit_ms = (int64_t)(spec->ask->limit_s + TASK_SLACK_S) * 1000,
		.sink = take,
		.done = ended,
		.arg = t };

	*t = (struct tap_capture){ .spec = *spec, .status = -1 };
	t->spec.ask = NULL;
	buf_init(&t->script, PLATFORM_SCRIPT_MAX);
	buf_init(&t->log, RUN_LOG_MAX);
	buf_init(&t->pcap, (size_t)2 * CONVERT_MORE);
	convert_init(&t->convert);
	if (spec->platform->capture_script(spec->ask, &t->script, e) < 0) {
		destroy(t);
		return -1;
	}
	task.input = t->script.data;
	task.input_len = t->script.len;
	*ret = t;
	t->task = fanout_start(f, &task);
	return 0;
}

void
tap_free(struct tap_capture *t)
{
	if (t == NULL)
		return;
	if (t->task == NULL) {
		destroy(t);
		return;
	}
	t->freed = true;
	fanout_cancel(t->task);
}

bool
tap_listens(const struct tap_capture *t)
{
	return t->listens;
}

bool
tap_has_ended(const struct tap_capture *t)
{
	return t->task == NULL;
}

void
tap_ask_end(struct tap_capture *t)
{
	if (t->task == NULL || t->asked)
		return;
	t->asked = true;
	fanout_send(t->task, "stop\n", 5);
}

/* ---- several ----------------------------------------------------------- */

struct several {
	struct tap_capture *const *taps;
	size_t n;
};

static bool
all_begun(void *arg)
{
	const struct several *s = arg;

	for (size_t i = 0; i < s->n; i++)
		if (s->taps[i] != NULL && !s->taps[i]->listens &&
		    !tap_has_ended(s->taps[i]))
			return false;
	return true;
}

static bool
all_ended(void *arg)
{
	const struct several *s = arg;

	for (size_t i = 0; i < s->n; i++)
		if (s->taps[i] != NULL && !tap_has_ended(s->taps[i]))
			return false;
	return true;
}

/* The greatest of one of the platforms' times, of the taps that run. */
static int64_t
slowest(const struct several *s, bool end)
{
	unsigned ms = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct tap_capture *t = s->taps[i];
		const struct platform *p;
		unsigned own;

		if (t == NULL || tap_has_ended(t))
			continue;
		p = t->spec.platform;
		own = end ? p->capture_end_ms : p->capture_warm_ms;
		if (own > ms)
			ms = own;
	}
	return ms;
}

static bool
never(void *arg)
{
	(void)arg;
	return false;
}

enum fanout_why
tap_await(struct fanout *f, struct tap_capture *const *taps, size_t n,
    int64_t limit_ms)
{
	struct several s = { taps, n };
	enum fanout_why why = fanout_run(f, all_begun, &s, limit_ms);
	int64_t warm_ms = slowest(&s, false);

	if (why == FANOUT_INTERRUPTED || warm_ms == 0)
		return why;
	return fanout_run(f, never, NULL, warm_ms) == FANOUT_INTERRUPTED
	    ? FANOUT_INTERRUPTED
	    : why;
}

enum fanout_why
tap_end(struct fanout *f, struct tap_capture *const *taps, size_t n)
{
	struct several s = { taps, n };
	enum fanout_why why;

	for (size_t i = 0; i < n; i++)
		if (taps[i] != NULL)
			tap_ask_end(taps[i]);
	if (all_ended(&s))
		return FANOUT_DONE;
	why = fanout_run(f, all_ended, &s, slowest(&s, true));
	if (all_ended(&s))
		return why;
	for (size_t i = 0; i < n; i++)
		if (taps[i] != NULL && taps[i]->task != NULL)
			fanout_cancel(taps[i]->task);
	fanout_run(f, all_ended, &s, FORCED_MS);
	return why;
}

/* ---- what it says ------------------------------------------------------ */

struct span
tap_log(const struct tap_capture *t)
{
	return (struct span){ t->log.data, t->log.len };
}

void
tap_stat(const struct tap_capture *t, struct capstat *ret)
{
	t->spec.platform->parse_capstat(tap_log(t), ret);
}

int
tap_status(const struct tap_capture *t)
{
	return t->status;
}

uint64_t
tap_lost(const struct tap_capture *t)
{
	struct capstat st;

	if (t->spec.platform->snoop)
		return t->convert.snoop.drops;
	tap_stat(t, &st);
	return st.dropped + st.if_dropped;
}
