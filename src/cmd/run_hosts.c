/* run_hosts: the hosts of an `espy run`, each working through the steps. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/remote.h"
#include "cmd/run_files.h"
#include "cmd/run_impl.h"
#include "inventory/inventory.h"
#include "io/file.h"
#include "io/log.h"
#include "io/sig.h"
#include "model/host.h"

enum { NAMES_MAX = 1 << 26 };

struct run;

struct one {
	struct run *run;
	const struct host *host;
	size_t step;	       /* that it is at */
	enum fold_class class; /* of its first step that was not ok */
	struct run_lines lines;
};

struct run {
	const struct run_ask *ask;
	struct fanout *fanout;
	struct one *ones;
	size_t n, next, running, failed;
	struct fold **folds; /* of each step */
	bool write_failed;   /* what is kept or shown is not all */
	bool stuck;	     /* our own output takes no more: begin nothing */
	struct run_progress progress;
};

/* ---- results ---- */

/* Said once a host; the run goes on, but its status tells. */
static void
local_failure(struct run *run, const char *host, const struct err *e)
{
	run->write_failed = true;
	log_line(LOG_LEVEL_WARN, host, "%s", e->text);
}

static void
keep_files(struct one *o, const struct task_result *r)
{
	const struct run_ask *ask = o->run->ask;
	const char *dir = ask->args->common.outdir;
	size_t step = ask->each != NULL ? o->step + 1 : 0;
	struct err e;

	if (dir != NULL && run_files_write(dir, step, o->host->name, r, &e) < 0)
		local_failure(o->run, o->host->name, &e);
}

/* One step's result, wherever results go. */
static void
record(struct one *o, const struct task_result *r)
{
	struct run *run = o->run;
	const struct fold_answer a = { .class =
					   fold_class_of(r->end, r->status),
		.why = r->why,
		.out = { r->out, r->out_len },
		.err = { r->err, r->err_len },
		.out_cut = r->out_cut,
		.err_cut = r->err_cut };

	if (run->ask->args->common.json)
		run_show_json(run->ask, o->host->name, o->step, r);
	fold_add(run->folds[o->step], o->host->name, &a);
	if (o->class == FOLD_OK)
		o->class = a.class;
}

/* The steps from o->step on, none of which was begun. */
static void
record_rest(struct one *o, const char *why)
{
	const struct task_result r = {
		.end = TASK_CANCELLED, .why = why, .out = "", .err = ""
	};

	for (; o->step < o->run->ask->steps.n; o->step++)
		record(o, &r);
}

/* ---- the run ---- */

static void start_step(struct one *o);
static void start_more(struct run *run);

/* A host that is not there, or whose command may still run, is let alone. */
static bool
goes_on(const struct one *o, const struct task_result *r)
{
	const struct run *run = o->run;

	if (o->step >= run->ask->steps.n || sig_interrupted() || run->stuck)
		return false;
	if (r->end == TASK_EXITED && r->status == 0)
		return true;
	return run->ask->keep_going &&
	    (r->end == TASK_EXITED || r->end == TASK_SIGNALLED ||
		r->end == TASK_NO_STATUS || r->end == TASK_TIMEOUT);
}

static void
host_done(struct one *o, struct mono now)
{
	struct run *run = o->run;

	record_rest(o,
	    sig_interrupted() ? "interrupted before it was begun"
			      : "not begun: what came before it failed");
	run->running--;
	if (o->class != FOLD_OK)
		run->failed++;
	if (!fanout_asks(run->fanout))
		run_show_progress(&run->progress, now, run->next - run->running,
		    run->n, run->failed);
	start_more(run);
}

static void
on_done(void *arg, const struct task_result *result)
{
	struct one *o = arg;
	struct task_result r = *result;
	struct err e;

	if (run_lines_end(&o->lines, &r, &e) < 0 && !o->run->stuck)
		local_failure(o->run, NULL, &e);
	keep_files(o, &r);
	record(o, &r);
	run_lines_free(&o->lines);
	o->step++;
	if (goes_on(o, &r))
		start_step(o);
	else
		host_done(o, r.ended);
}

/* Without somebody who reads us there is no reason to go on. */
static int
on_bytes(void *arg, enum task_stream s, const void *p, size_t n)
{
	struct one *o = arg;
	struct err e;
	int r = run_lines_take(&o->lines, s, p, n, &e);

	if (r < 0 && !o->run->stuck) {
		local_failure(o->run, NULL, &e);
		o->run->stuck = true;
	}
	return r == 0 ? 0 : -1;
}

static void
start_step(struct one *o)
{
	const struct run_ask *ask = o->run->ask;
	struct task_spec spec = { .host = o->host,
		.command = ask->steps.v[o->step],
		.input = ask->input.data,
		.input_len = ask->input.len,
		.limit_ms = (int64_t)ask->args->common.timeout_s * 1000,
		.out_cap = ask->out_max,
		.done = on_done,
		.arg = o };

	if (ask->prefix || ask->live) {
		spec.sink = on_bytes;
		run_lines_init(&o->lines, o->host->name, ask->live,
		    ask->out_max);
	}
	fanout_start(o->run->fanout, &spec);
}

static void
start_more(struct run *run)
{
	const struct run_ask *ask = run->ask;

	while (run->next < run->n && !sig_interrupted() && !run->stuck &&
	    (ask->serial == 0 || run->running < ask->serial) &&
	    (ask->stop_after == 0 || run->failed < ask->stop_after)) {
		run->running++;
		start_step(&run->ones[run->next++]);
	}
}

/* ---- its end ---- */

/* One name a line: what -l @FILE reads. */
static int
write_failed(const struct run *run, struct err *e)
{
	struct buf b;
	int r;

	if (run->ask->failed_file == NULL)
		return 0;
	buf_init(&b, NAMES_MAX);
	for (size_t i = 0; i < run->n; i++)
		if (run->ones[i].class != FOLD_OK)
			buf_printf(&b, "%s\n", run->ones[i].host->name);
	r = file_write(run->ask->failed_file, b.data, b.len, 0600, e);
	buf_free(&b);
	return r;
}

static enum exit_status
status_of(const size_t *counts)
{
	static const enum exit_status status[FOLD_CLASSES] = {
		[FOLD_OK] = EXIT_CLEAN,
		[FOLD_FAILED] = EXIT_FAULT,
		[FOLD_TIMEOUT] = EXIT_FAULT,
		[FOLD_UNREACHABLE] = EXIT_INCOMPLETE,
		[FOLD_HOST_KEY] = EXIT_INCOMPLETE,
		[FOLD_AUTH] = EXIT_INCOMPLETE,
		[FOLD_CANCELLED] = EXIT_INCOMPLETE,
	};
	enum exit_status worst = EXIT_CLEAN;

	for (int c = FOLD_OK; c < FOLD_CLASSES; c++) {
		if (counts[c] == 0)
			continue;
		if (status[c] == EXIT_FAULT)
			return EXIT_FAULT;
		if (status[c] != EXIT_CLEAN)
			worst = status[c];
	}
	return worst;
}

/* Says what is known; the exit status. */
static int
conclude(const struct run *run, bool interrupted, struct err *e)
{
	size_t counts[FOLD_CLASSES] = { 0 };
	int status;

	for (size_t i = 0; i < run->n; i++)
		counts[run->ones[i].class]++;
	if (!run->ask->args->common.json)
		run_show_folded(run->ask, run->folds);
	run_show_summary(counts, run->n);
	status =
	    write_failed(run, e) < 0 ? cmd_fail(e) : (int)status_of(counts);
	if (interrupted)
		return EXIT_INTERRUPTED;
	return run->write_failed ? (int)EXIT_LOCAL : status;
}

static void
run_init(struct run *run, const struct run_ask *ask,
    const struct inv_pick *pick)
{
	*run = (struct run){ .ask = ask,
		.n = pick->n,
		.ones = xcalloc(pick->n, sizeof(*run->ones)),
		.folds = xcalloc(ask->steps.n, sizeof(struct fold *)) };
	run->progress.wanted = isatty(STDERR_FILENO) && !ask->prefix &&
	    !ask->live && !ask->args->common.json && pick->n > 1;
	for (size_t i = 0; i < ask->steps.n; i++)
		run->folds[i] = fold_new();
	for (size_t i = 0; i < pick->n; i++)
		run->ones[i] = (struct one){
			.run = run, .host = pick->hosts[i], .class = FOLD_OK
		};
}

static void
run_fini(struct run *run)
{
	for (size_t i = 0; i < run->ask->steps.n; i++)
		fold_free(run->folds[i]);
	free(run->folds);
	free(run->ones);
}

/* Hosts that were not even begun, for --stop-after or an interrupt. */
static void
skip_rest(struct run *run, bool interrupted)
{
	for (; run->next < run->n; run->next++)
		record_rest(&run->ones[run->next],
		    interrupted	     ? "interrupted before it was begun"
			: run->stuck ? "not begun: our output takes no more"
				     : "not begun: too many failed before");
}

int
run_hosts(const struct run_ask *ask, const struct inv_pick *pick, struct err *e)
{
	const char *dir = ask->args->common.outdir;
	struct run run;
	bool interrupted;
	int status;

	if (dir != NULL &&
	    run_files_create(dir, ask->each != NULL ? &ask->steps : NULL, e) <
		0)
		return cmd_fail(e);
	run_init(&run, ask, pick);
	if (remote_open(&ask->args->common, &run.fanout, e) < 0) {
		run_fini(&run);
		return cmd_fail(e);
	}
	start_more(&run);
	interrupted =
	    fanout_run(run.fanout, NULL, NULL, 0) == FANOUT_INTERRUPTED;
	fanout_free(run.fanout);
	run_hide_progress(&run.progress);
	skip_rest(&run, interrupted);
	status = conclude(&run, interrupted, e);
	run_fini(&run);
	return status;
}
