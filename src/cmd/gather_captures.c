/* gather_captures: the four captures, from their start to their end. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/gather_impl.h"
#include "io/fanout.h"
#include "io/rundir.h"
#include "model/capstat.h"
#include "model/run_json.h"
#include "platform/platform.h"

enum {
	STOP_MS = 4000 /* for a capture to end */
};

bool
gather_captures_ready(void *arg)
{
	struct gather *g = arg;

	for (size_t s = 0; s < SIDES; s++)
		for (size_t p = 0; p < POINTS; p++)
			if (g->watches[s][p].task != NULL &&
			    !g->watches[s][p].ready)
				return false;
	return true;
}

bool
gather_captures_done(void *arg)
{
	const struct gather *g = arg;

	for (size_t s = 0; s < SIDES; s++)
		for (size_t p = 0; p < POINTS; p++)
			if (g->watches[s][p].task != NULL)
				return false;
	return true;
}

static void
watch_fini(struct watch *w)
{
	buf_free(&w->script);
	buf_free(&w->log);
}

static int
watch_sink(void *arg, enum task_stream stream, const void *p, size_t n)
{
	struct watch *w = arg;
	struct capstat st;

	if (w->g->over)
		return -1;
	if (stream == TASK_OUT) {
		if (rundir_file_write(w->file, p, n, &w->g->err) == 0)
			return 0;
		w->g->failed = true;
		return -1;
	}
	buf_add(&w->log, p, n);
	w->g->platform[w->side]->parse_capstat((struct span){ w->log.data,
						   w->log.len },
	    &st);
	w->ready = st.listening;
	return 0;
}

static void
watch_done(void *arg, const struct task_result *r)
{
	struct watch *w = arg;
	struct gather *g = w->g;
	struct run_capture *c;

	w->task = NULL;
	if (g->over) {
		watch_fini(w);
		gather_settle(g);
		return;
	}
	c = &g->run->nodes[w->side].captures[w->point];
	if (r->end != TASK_EXITED)
		buf_printf(&w->log, "espy: %s: %s\n", task_end_name(r->end),
		    r->why);
	else if (w->ready && !g->stopping)
		buf_puts(&w->log, "espy: it ended before it was told to\n");
	else
		c->status = r->status;
}

static int
write_filter(struct gather *g, const struct watch *w, struct buf *ret)
{
	const struct run_node *me = &g->run->nodes[w->side];
	const struct run_node *peer = &g->run->nodes[!w->side];
	const uint16_t ports[] = { me->vxlan_port, peer->vxlan_port };
	const struct underlay_filter f = {
		.peer = peer->underlay, .vxlan_ports = ports, .n_ports = 2
	};

	if (w->point == POINT_UNDERLAY)
		return g->platform[w->side]->filter_underlay(&f, ret, &g->err);
	return g->platform[w->side]->filter_overlay(&me->overlay,
	    &peer->overlay, ret, &g->err);
}

static int
write_capture_script(struct gather *g, struct watch *w, unsigned limit_s)
{
	struct run_node *n = &g->run->nodes[w->side];
	struct run_capture *c = &n->captures[w->point];
	struct capture_ask ask = { .nonce = g->nonce, .limit_s = limit_s };
	struct buf filter;
	int r;

	snprintf(c->link, sizeof(c->link), "%s",
	    w->point == POINT_OVERLAY ? n->overlay_link : n->underlay_link);
	buf_init(&filter, PLATFORM_SCRIPT_MAX);
	r = write_filter(g, w, &filter);
	c->wanted = true;
	c->filter = xstrdup(filter.data);
	ask.link = c->link;
	ask.filter = c->filter;
	if (r == 0)
		r = g->platform[w->side]->capture_script(&ask, &w->script,
		    &g->err);
	buf_free(&filter);
	return r;
}

void
gather_watch_start(struct gather *g, enum side s, enum point p,
    unsigned limit_s)
{
	struct watch *w = &g->watches[s][p];
	struct task_spec spec = { .host = g->hosts[s],
		.hold_input = true,
		.limit_ms = (int64_t)(limit_s + 5) * 1000,
		.sink = watch_sink,
		.done = watch_done,
		.arg = w };

	*w = (struct watch){ .g = g, .side = s, .point = p, .started = true };
	buf_init(&w->script, PLATFORM_SCRIPT_MAX);
	buf_init(&w->log, RUN_LOG_MAX);
	if (write_capture_script(g, w, limit_s) < 0 ||
	    rundir_capture_open(g->dir, &g->run->nodes[s], p, &w->file,
		&g->err) < 0) {
		g->failed = true;
		return;
	}
	spec.input = w->script.data;
	spec.input_len = w->script.len;
	w->task = fanout_start(g->fanout, &spec);
}

void
gather_stop_captures(struct gather *g)
{
	g->stopping = true;
	for (size_t s = 0; s < SIDES; s++)
		for (size_t p = 0; p < POINTS; p++)
			if (g->watches[s][p].task != NULL)
				fanout_send(g->watches[s][p].task, "stop\n", 5);
	if (fanout_run(g->fanout, gather_captures_done, g, STOP_MS) ==
	    FANOUT_INTERRUPTED)
		g->interrupted = true;
	for (size_t s = 0; s < SIDES; s++)
		for (size_t p = 0; p < POINTS; p++)
			if (g->watches[s][p].task != NULL)
				fanout_cancel(g->watches[s][p].task);
	fanout_run(g->fanout, gather_captures_done, g, STOP_MS);
}

void
gather_close_captures(struct gather *g)
{
	for (size_t s = 0; s < SIDES; s++) {
		for (size_t p = 0; p < POINTS; p++) {
			struct watch *w = &g->watches[s][p];
			struct run_capture *c = &g->run->nodes[s].captures[p];

			if (!w->started)
				continue;
			if (w->file != NULL &&
			    rundir_file_close(w->file, &c->bytes, &g->err) < 0)
				g->failed = true;
			c->log = xstrndup(w->log.data, w->log.len);
			/* Its task, if it is not over, reads the script. */
			if (w->task == NULL)
				watch_fini(w);
		}
	}
}
