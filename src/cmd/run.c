/* espy run: one command on many hosts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/fold.h"
#include "cmd/load.h"
#include "cmd/opt.h"
#include "cmd/remote.h"
#include "cmd/run_files.h"
#include "inventory/hostrange.h"
#include "inventory/inventory.h"
#include "io/fanout.h"
#include "io/file.h"
#include "io/log.h"
#include "io/sig.h"
#include "model/host.h"

enum {
	COMMAND_MAX = 1024 * 1024,
	INPUT_MAX = 64 * 1024 * 1024,
	SHOWN_MAX = 1 << 30,
	PROGRESS_MS = 100
};

/* What the command line asked for. */
struct wish {
	const struct args *args;
	const char *script, *failed_file;
	bool prefix, diff, use_stdin;
	uint64_t serial, stop_after, out_max;
	struct buf command; /* empty: a script */
	struct buf input;
};

struct run;

struct one {
	struct run *run;
	const struct host *host;
	struct task *task;
	bool finished;
	enum fold_class class;
	struct buf line[2]; /* --prefix: the line not yet whole */
};

struct run {
	const struct wish *wish;
	struct fanout *fanout;
	struct one *ones;
	size_t n, next, running, failed;
	bool write_failed; /* a file of --output: what is kept is not all */
	bool watched;	   /* on a terminal, where progress is shown */
	struct mono shown; /* when it last was */
	struct fold *fold;
};

/* ---- results ---- */

static json_t *
text_json(const char *p, size_t n)
{
	struct buf b;
	json_t *v;

	buf_init(&b, SHOWN_MAX);
	utf8_clean(&b, (struct span){ p, n }, UTF8_VALID);
	v = json_stringn(b.data, b.len);
	buf_free(&b);
	return v;
}

/* One object a line, when the host is done. */
static void
print_json(const struct one *o, const struct task_result *r)
{
	json_t *v = json_object();

	json_object_set_new(v, "host",
	    text_json(o->host->name, strlen(o->host->name)));
	json_object_set_new(v, "class", json_string(fold_class_name(o->class)));
	json_object_set_new(v, "end", json_string(task_end_name(r->end)));
	json_object_set_new(v, "status",
	    r->end == TASK_EXITED ? json_integer(r->status) : json_null());
	json_object_set_new(v, "signal",
	    r->signal[0] != '\0' ? text_json(r->signal, strlen(r->signal))
				 : json_null());
	json_object_set_new(v, "why", text_json(r->why, strlen(r->why)));
	json_object_set_new(v, "ms",
	    json_integer((json_int_t)mono_ms_until(r->started, r->ended)));
	json_object_set_new(v, "out", text_json(r->out, r->out_len));
	json_object_set_new(v, "err", text_json(r->err, r->err_len));
	json_object_set_new(v, "out_cut", json_boolean(r->out_cut));
	json_object_set_new(v, "err_cut", json_boolean(r->err_cut));
	json_dumpf(v, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(v);
}

/* ---- --prefix: lines as they come ---- */

static void
print_line(const struct one *o, int stream, struct span line)
{
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	utf8_clean(&b, line, UTF8_TEXT);
	fprintf(stream == TASK_OUT ? stdout : stderr, "%s: %s\n", o->host->name,
	    b.data);
	buf_free(&b);
}

/* Lines are printed whole; one that does not end is cut where the cap is. */
static int
on_bytes(void *arg, enum task_stream s, const void *p, size_t n)
{
	struct one *o = arg;
	struct span rest = { p, n }, line;
	struct buf *held = &o->line[s];

	while (memchr(rest.p, '\n', rest.n) != NULL) {
		span_until(&rest, '\n', &line);
		buf_add(held, line.p, line.n);
		print_line(o, (int)s, (struct span){ held->data, held->len });
		buf_clear(held);
		if (rest.n == 0)
			break;
	}
	if (rest.n > 0 && buf_add(held, rest.p, rest.n) < 0) {
		print_line(o, (int)s, (struct span){ held->data, held->len });
		buf_clear(held);
	}
	fflush(stdout);
	return ferror(stdout) ? -1 : 0;
}

static void
flush_lines(struct one *o)
{
	for (int s = 0; s < 2; s++) {
		if (o->line[s].data == NULL)
			continue;
		if (o->line[s].len > 0)
			print_line(o, s,
			    (struct span){ o->line[s].data, o->line[s].len });
		buf_free(&o->line[s]);
	}
}

/* ---- the run ---- */

static void start_more(struct run *run);

/* Said once a host; the run goes on, but its status tells. */
static void
keep_files(struct one *o, const struct task_result *r)
{
	const char *dir = o->run->wish->args->common.outdir;
	struct err e;

	if (dir == NULL || run_files_write(dir, o->host->name, r, &e) == 0)
		return;
	o->run->write_failed = true;
	log_line(LOG_LEVEL_WARN, o->host->name, "%s", e.text);
}

/* One line on stderr that the next one, or the result, takes the place of. */
static void
show_progress(struct run *run, struct mono now)
{
	size_t done = run->next - run->running;

	if (!run->watched ||
	    (run->shown.ns != 0 &&
		mono_ms_until(run->shown, now) < PROGRESS_MS))
		return;
	run->shown = now;
	fprintf(stderr, "\r%zu of %zu hosts, %zu failed\033[K", done, run->n,
	    run->failed);
	fflush(stderr);
}

static void
hide_progress(const struct run *run)
{
	if (run->shown.ns == 0)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

static void
on_done(void *arg, const struct task_result *r)
{
	struct one *o = arg;
	struct run *run = o->run;
	struct fold_answer a = { .why = r->why,
		.out = { r->out, r->out_len },
		.err = { r->err, r->err_len },
		.out_cut = r->out_cut,
		.err_cut = r->err_cut };

	o->class = a.class = fold_class_of(r->end, r->status);
	o->finished = true;
	o->task = NULL;
	flush_lines(o);
	keep_files(o, r);
	if (run->wish->args->common.json)
		print_json(o, r);
	fold_add(run->fold, o->host->name, &a);
	run->running--;
	if (a.class != FOLD_OK)
		run->failed++;
	show_progress(run, r->ended);
	start_more(run);
}

static void
start_one(struct run *run, struct one *o)
{
	const struct wish *w = run->wish;
	struct task_spec spec = { .host = o->host,
		.command = w->command.len > 0 ? w->command.data : NULL,
		.input = w->input.data,
		.input_len = w->input.len,
		.limit_ms = (int64_t)w->args->common.timeout_s * 1000,
		.out_cap = w->out_max,
		.done = on_done,
		.arg = o };

	if (w->prefix) {
		spec.sink = on_bytes;
		buf_init(&o->line[0], w->out_max);
		buf_init(&o->line[1], w->out_max);
	}
	run->running++;
	o->task = fanout_start(run->fanout, &spec);
}

static void
start_more(struct run *run)
{
	const struct wish *w = run->wish;

	while (run->next < run->n && !sig_interrupted() &&
	    (w->serial == 0 || run->running < w->serial) &&
	    (w->stop_after == 0 || run->failed < w->stop_after))
		start_one(run, &run->ones[run->next++]);
}

/* Hosts that were not even begun, for --stop-after or an interrupt. */
static void
add_rest(struct run *run, const char *why)
{
	const struct fold_answer a = { .class = FOLD_CANCELLED,
		.why = why,
		.out = { "", 0 },
		.err = { "", 0 } };

	for (; run->next < run->n; run->next++) {
		struct one *o = &run->ones[run->next];

		o->class = FOLD_CANCELLED;
		fold_add(run->fold, o->host->name, &a);
	}
}

static void
summarize(const struct run *run)
{
	struct buf b;

	buf_init(&b, 1024);
	for (int c = FOLD_OK; c < FOLD_CLASSES; c++) {
		size_t n = fold_count(run->fold, (enum fold_class)c);

		if (n > 0)
			buf_printf(&b, "%s%zu %s", b.len > 0 ? ", " : "", n,
			    fold_class_name((enum fold_class)c));
	}
	fprintf(stderr, "espy: %zu host%s: %s\n", run->n,
	    run->n == 1 ? "" : "s", b.data);
	buf_free(&b);
}

/* --prefix has printed the output; only the failures remain to be said. */
static void
print_result(const struct run *run)
{
	struct buf b;

	if (run->wish->args->common.json)
		return;
	buf_init(&b, SHOWN_MAX);
	if (run->wish->diff)
		fold_print_diff(run->fold, &b);
	else
		fold_print(run->fold, &b, run->wish->prefix);
	fwrite(b.data, 1, b.len, stdout);
	fflush(stdout);
	buf_free(&b);
}

/* One name a line: what -l @FILE reads. */
static int
write_failed(const struct run *run, struct err *e)
{
	struct buf b;
	int r;

	if (run->wish->failed_file == NULL)
		return 0;
	buf_init(&b, SHOWN_MAX);
	for (size_t i = 0; i < run->n; i++)
		if (run->ones[i].class != FOLD_OK)
			buf_printf(&b, "%s\n", run->ones[i].host->name);
	r = file_write(run->wish->failed_file, b.data, b.len, 0600, e);
	buf_free(&b);
	return r;
}

static enum exit_status
status_of(const struct run *run)
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
		if (fold_count(run->fold, (enum fold_class)c) == 0)
			continue;
		if (status[c] == EXIT_FAULT)
			return EXIT_FAULT;
		if (status[c] != EXIT_CLEAN)
			worst = status[c];
	}
	return worst;
}

static int
run_all(const struct wish *w, const struct inv_pick *pick, struct err *e)
{
	struct run run = { .wish = w,
		.n = pick->n,
		.watched = isatty(STDERR_FILENO) && !w->prefix &&
		    !w->args->common.json && pick->n > 1 };
	enum fanout_why why;
	int status;

	if (w->args->common.outdir != NULL &&
	    run_files_create(w->args->common.outdir, e) < 0)
		return cmd_fail(e);
	if (remote_open(&w->args->common, &run.fanout, e) < 0)
		return cmd_fail(e);
	run.ones = xcalloc(pick->n, sizeof(*run.ones));
	run.fold = fold_new();
	for (size_t i = 0; i < pick->n; i++)
		run.ones[i] = (struct one){ .run = &run,
			.host = pick->hosts[i],
			.class = FOLD_CANCELLED };
	start_more(&run);
	why = fanout_run(run.fanout, NULL, NULL, 0);
	fanout_free(run.fanout);
	hide_progress(&run);
	add_rest(&run,
	    why == FANOUT_INTERRUPTED ? "interrupted before it was begun"
				      : "not begun: too many failed before");
	print_result(&run);
	summarize(&run);
	status = write_failed(&run, e) < 0 ? cmd_fail(e) : (int)status_of(&run);
	fold_free(run.fold);
	free(run.ones);
	if (why == FANOUT_INTERRUPTED)
		return EXIT_INTERRUPTED;
	return run.write_failed ? EXIT_LOCAL : status;
}

/* ---- the command line ---- */

static void
dry_run(const struct wish *w, const struct inv_pick *pick)
{
	const char **names = xcalloc(pick->n, sizeof(*names));
	struct buf b;

	buf_init(&b, SHOWN_MAX);
	for (size_t i = 0; i < pick->n; i++)
		names[i] = pick->hosts[i]->name;
	buf_puts(&b, "would run on ");
	hostrange_fold(names, pick->n, &b);
	buf_puts(&b, ": ");
	if (w->command.len > 0)
		utf8_clean(&b, (struct span){ w->command.data, w->command.len },
		    UTF8_TEXT);
	else
		buf_printf(&b, "the script %s", w->script);
	printf("%s\n", b.data);
	buf_free(&b);
	free(names);
}

static int
read_stdin(struct buf *b, struct err *e)
{
	char chunk[16384];
	ssize_t n;

	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
		if (buf_add(b, chunk, (size_t)n) < 0)
			return err_set(e, ERR_LIMIT,
			    "standard input: longer than %zu bytes", b->max);
	return n < 0 ? err_sys(e, "read standard input") : 0;
}

/* The words behind "--", joined as ssh joins them. */
static int
fill_command(struct wish *w, struct err *e)
{
	const struct args *a = w->args;
	int n = a->n_behind > 0 ? a->n_behind : 0;

	if (w->script != NULL && n > 0)
		return err_set(e, ERR_USAGE,
		    "run: either --script or a command behind --");
	if (w->script != NULL && w->use_stdin)
		return err_set(e, ERR_USAGE,
		    "run: a script takes up standard input; no --stdin");
	if (w->prefix && a->common.outdir != NULL)
		return err_set(e, ERR_USAGE,
		    "run: --prefix keeps nothing; no --output with it");
	if (w->script == NULL && n == 0)
		return err_set(e, ERR_USAGE,
		    "run: no command; write: espy run PATTERN -- COMMAND");
	if (a->n_words - n != 1)
		return err_set(e, ERR_USAGE,
		    "run: one pattern before --, not %d words", a->n_words - n);
	for (int i = a->n_words - n; i < a->n_words; i++) {
		buf_puts(&w->command, i > a->n_words - n ? " " : "");
		buf_puts(&w->command, a->words[i]);
	}
	if (w->command.cut)
		return err_set(e, ERR_USAGE, "run: the command is too long");
	return 0;
}

static int
fill_input(struct wish *w, struct err *e)
{
	if (w->script != NULL)
		return file_read(w->script, &w->input, e);
	return w->use_stdin ? read_stdin(&w->input, e) : 0;
}

static int
run_wish(struct wish *w, struct err *e)
{
	const struct args *a = w->args;
	struct inv_pick pick = { 0 };
	struct inv *inv;
	int status;

	if (fill_command(w, e) < 0 || fill_input(w, e) < 0 ||
	    load_hosts(&a->common, a->words[0], &inv, &pick, e) < 0)
		return cmd_fail(e);
	if (a->common.dry_run) {
		dry_run(w, &pick);
		status = EXIT_CLEAN;
	} else {
		status = run_all(w, &pick, e);
	}
	inv_pick_free(&pick);
	inv_free(inv);
	return status;
}

int
cmd_run(int argc, char **argv)
{
	struct wish w = { .out_max = 1024 * 1024 };
	const struct opt own[] = {
		{ "script", 's', OPT_TEXT, &w.script, "FILE",
		    "run this script with sh instead of a command", 0, 0 },
		{ "stdin", '\0', OPT_FLAG, &w.use_stdin, NULL,
		    "give every command our standard input", 0, 0 },
		{ "prefix", 'p', OPT_FLAG, &w.prefix, NULL,
		    "print lines as they come, each with its host", 0, 0 },
		{ "diff", '\0', OPT_FLAG, &w.diff, NULL,
		    "print what differs from the commonest answer", 0, 0 },
		{ "serial", '\0', OPT_NUMBER, &w.serial, "N",
		    "no more than N hosts at once", 1, 65535 },
		{ "stop-after", '\0', OPT_NUMBER, &w.stop_after, "N",
		    "begin no host once N have failed", 1, 65535 },
		{ "failed", '\0', OPT_TEXT, &w.failed_file, "FILE",
		    "write who failed to FILE, for -l @FILE", 0, 0 },
		{ "max-output", '\0', OPT_NUMBER, &w.out_max, "BYTES",
		    "kept of each host's output (1048576)", 1, 1 << 28 },
	};
	const struct opt_table table = { own, sizeof(own) / sizeof(own[0]) };
	struct args a;
	struct err e;
	int status = EXIT_CLEAN;

	buf_init(&w.command, COMMAND_MAX);
	buf_init(&w.input, INPUT_MAX);
	w.args = &a;
	if (cmd_args(argc, argv, &table, &a, &e) < 0) {
		status = cmd_fail(&e);
	} else if (!a.common.help) {
		log_set_level(a.common.verbose);
		status = run_wish(&w, &e);
	}
	cmd_args_free(&a);
	buf_free(&w.command);
	buf_free(&w.input);
	return status;
}
